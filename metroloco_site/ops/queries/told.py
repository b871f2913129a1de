"""« Vos données », generated from what the models tell of their own fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from evaluations.models import Assessment, GeneralRemark, GroupAssessment, SelfAssessment
from lessons.models import Answer, Participant, SetAside, Sitting
from metroloco_site.kit.french import clock_time

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
    "User": "Le compte de l’enseignant",
    "SignInThrottle": "Les mots de passe erronés",
}
UNTIL_DELETION = "Jusqu’à la date d’effacement de l’activité"


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
        models=("ClassRun", "Participant", "Sitting"),
        what="Un pseudonyme, un code personnel, quelques heures (arrivée, demande d’aide, fin du temps) ; "
        "si vous êtes absent, si vous écrivez sur papier, si vous avez du temps supplémentaire.",
        why="Vous reconnaître sans savoir qui vous êtes, et donner à chacun son temps.",
        seen="Vous et l’enseignant.",
    ),
    Theme(
        title="Ce que vous écrivez",
        models=("Answer", "SetAside"),
        what="Vos textes, leur nombre de mots et l’heure où ils ont été enregistrés.",
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
        what="Vos annexes, ce que vous écrivez à plusieurs, vos images ; que vous avez voté, jamais pour qui.",
        why="Travailler ensemble sans rien perdre.",
        seen="Votre groupe et l’enseignant ; l’affiche, toute la classe.",
    ),
    Theme(
        title="Votre évaluation",
        models=("Assessment", "GroupAssessment", "SelfAssessment", "GeneralRemark"),
        what="Un niveau par compétence, le vôtre si vous en donnez un, des observations, une appréciation générale.",
        why="Vous dire où vous en êtes.",
        seen="L’enseignant, puis vous, dès qu’il la publie.",
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
class OwnRow:
    """One row about the reader: what it is about, then (sentence, value); empty values are left out."""

    name: str
    values: tuple[tuple[str, str], ...]


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
    rows = _own_rows(participant) if participant else {}
    models = tuple(
        ToldModel(
            title=TITLES[model.__name__],
            sentences=tuple(_told(model).values()),
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


def _told(model: type[models.Model]) -> dict[str, str]:
    told: dict[str, str] = model.told  # type: ignore[attr-defined]
    return told


def _own_rows(person: Participant) -> dict[str, list[OwnRow]]:
    """By model. An evaluation is the reader's to see once it is published, as on every other page."""
    sittings = (
        Sitting.objects.filter(participant=person)
        .select_related("phase__part")
        .order_by("phase__part__number")
    )
    answers = Answer.objects.filter(sitting__participant=person, revision__gt=0).select_related(
        "question__part"
    )
    asides = SetAside.objects.filter(answer__sitting__participant=person).select_related("answer__question")
    order = ("question__part__number", "question__number", "pk")
    return {
        "ClassRun": [_row("", person.run, leave=("owner",))],
        "Participant": [_row("", person)],
        "Sitting": [_row(f"Partie {sitting.phase.part.number}", sitting) for sitting in sittings],
        "Answer": [_row(f"Question {answer.question.number}", answer) for answer in answers.order_by(*order)],
        "SetAside": [
            _row(f"Question {aside.answer.question.number}, {aside.get_reason_display()}", aside)
            for aside in asides.order_by("received_at")
        ],
        "SelfAssessment": [
            _row(one.criterion.label, one, level=_level(one))
            for one in SelfAssessment.objects.filter(participant=person)
            .select_related("criterion__grid")
            .order_by("criterion__number")
        ],
        **(_published(person) if person.run.results_published_at else {}),
    }


def _published(person: Participant) -> dict[str, list[OwnRow]]:
    given = Assessment.objects.filter(participant=person).select_related("criterion__grid")
    return {
        "Assessment": [
            _row(one.criterion.label, one, level=_level(one)) for one in given.order_by("criterion__number")
        ],
        "GroupAssessment": [
            _row(one.criterion.label, one, level=_level(one))
            for one in GroupAssessment.objects.filter(group__memberships__participant=person)
            .select_related("criterion__grid")
            .order_by("criterion__number")
        ],
        "GeneralRemark": [_row("", remark) for remark in GeneralRemark.objects.filter(participant=person)],
    }


def _level(given: Assessment | GroupAssessment | SelfAssessment) -> str:
    return str(given.criterion.grid.levels[given.level - 1]["label"]) if given.level else "non évalué"


def _row(name: str, row: models.Model, leave: Iterable[str] = (), **instead: str) -> OwnRow:
    values = (
        (sentence.rstrip("."), instead.get(field) or _value(row, field))
        for field, sentence in _told(type(row)).items()
        if field not in leave
    )
    return OwnRow(name, tuple((sentence, value) for sentence, value in values if value))


def _value(row: models.Model, field: str) -> str:
    shown = getattr(row, f"get_{field}_display", None)
    value: Any = shown() if shown and getattr(row, field) else getattr(row, field)
    if value is True or isinstance(value, models.Model):
        return "oui"
    if isinstance(value, datetime):
        return f"le {timezone.localtime(value):%d/%m/%Y} à {clock_time(value)}"
    if isinstance(value, date):
        return f"le {value:%d/%m/%Y}"
    return str(value) if value else ""
