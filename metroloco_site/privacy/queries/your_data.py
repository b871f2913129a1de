"""« Vos données », generated from what the models tell of their own fields."""

from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import models

from lessons.models import Participant
from metroloco_site.privacy.queries.own_rows import OwnRow, own_rows, told

TITLES = {
    "ClassRun": "L’activité",
    "Participant": "Vous, dans l’activité",
    "Sitting": "Votre temps",
    "Answer": "Vos réponses",
    "SetAside": "Vos textes gardés à part",
    "Membership": "Votre groupe",
    "Separation": "Les séparations demandées",
    "AnnexeShare": "Les annexes que vous lisez pour votre groupe",
    "PosterUpdate": "Ce que vous écrivez avec votre groupe",
    "PosterWriter": "Qui a écrit quoi",
    "PosterLate": "Ce qui est arrivé après la fin du temps",
    "PosterImage": "Vos images",
    "BallotVoter": "Votre vote",
    "Assessment": "Votre fiche d’évaluation",
    "GroupAssessment": "L’évaluation de votre affiche",
    "SelfAssessment": "Votre autoévaluation",
    "GeneralRemark": "L’appréciation générale",
    "CopyPhoto": "La photographie de votre copie papier",
    "DataRequest": "Vos demandes",
    "User": "Le compte de l’enseignant",
    "SignInThrottle": "Les mots de passe erronés",
}
UNTIL_DELETION = "Jusqu’à l’effacement de l’activité"


@dataclass(frozen=True)
class Theme:
    """A row of the table: the same questions for everything that is kept."""

    title: str
    models: tuple[str, ...]
    what: str
    why: str
    seen: str
    kept: str = UNTIL_DELETION


THEMES = (
    Theme(
        title="Vous, dans l’activité",
        models=("ClassRun", "Participant", "Sitting", "DataRequest"),
        what="Un pseudonyme, un code personnel, quelques heures (arrivée, aide, fin du temps) ; "
        "votre absence, une copie papier, du temps supplémentaire\u202f; vos demandes.",
        why="Vous reconnaître sans savoir qui vous êtes, et donner à chacun son temps.",
        seen="Vous et l’enseignant ; votre pseudonyme, la classe, avec votre affiche.",
    ),
    Theme(
        title="Ce que vous écrivez",
        models=("Answer", "SetAside", "CopyPhoto"),
        what="Vos textes, leur longueur, leur heure ; la photographie d’une copie papier, si l’enseignant l’a voulue.",
        why="Ne rien perdre, puis vous lire.",
        seen="Vous et l’enseignant.",
    ),
    Theme(
        title="Votre groupe et son affiche",
        models=(
            "Membership",
            "Separation",
            "AnnexeShare",
            "PosterUpdate",
            "PosterWriter",
            "PosterLate",
            "PosterImage",
            "BallotVoter",
        ),
        what="Vos annexes, ce que vous écrivez à plusieurs et ses états antérieurs, vos images ; que vous avez "
        "voté, jamais pour qui.",
        why="Travailler ensemble.",
        seen="Votre groupe et l’enseignant ; l’affiche, toute la classe ; les séparations, l’enseignant seul.",
    ),
    Theme(
        title="Votre évaluation",
        models=("Assessment", "GroupAssessment", "SelfAssessment", "GeneralRemark"),
        what="Un niveau par compétence, le vôtre si vous en donnez un, des observations, une appréciation.",
        why="Vous dire où vous en êtes.",
        seen="L’enseignant, puis vous, dès qu’il la publie.",
        kept=f"{UNTIL_DELETION} ; sept jours, les PDF préparés",
    ),
    Theme(
        title="Les comptes des enseignants",
        models=("User", "SignInThrottle"),
        what="Un nom de compte, une empreinte du mot de passe, des dates.",
        why="Que personne d’autre n’ouvre l’activité.",
        seen="L’enseignant et qui administre les comptes.",
        kept="Tant que le compte existe ; un jour environ après un mot de passe erroné.",
    ),
)


@dataclass(frozen=True)
class ToldModel:
    title: str
    sentences: tuple[str, ...]
    rows: tuple[OwnRow, ...]


@dataclass(frozen=True)
class YourData:
    themes: tuple[Theme, ...]
    models: tuple[ToldModel, ...]
    own: tuple[ToldModel, ...]
    delete_on: date | None

    @property
    def count(self) -> int:
        return sum(len(model.sentences) for model in self.models)


def told_models() -> list[type[models.Model]]:
    """Models that hold something about a person, in the order of TITLES."""
    found = {model.__name__: model for model in apps.get_models() if hasattr(model, "told")}
    return [found[name] for name in TITLES]


def your_data(participant: Participant | None) -> YourData:
    """Every stored personal field in a sentence; a participant sees their own rows as they are now."""
    rows = own_rows(participant) if participant else {}
    models = tuple(
        ToldModel(
            title=TITLES[model.__name__],
            sentences=tuple(told(model).values()),
            rows=tuple(row for row in rows.get(model.__name__, ()) if row.values),
        )
        for model in told_models()
    )
    return YourData(
        themes=THEMES,
        models=models,
        own=tuple(model for model in models if model.rows),
        delete_on=participant.run.delete_on if participant else None,
    )
