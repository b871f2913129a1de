"""« Vos données » and « Transparence », generated from the models and the installation."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from lessons.models import ClassRun, Participant

TITLES = {
    "User": "Le compte de l’enseignant",
    "SignInThrottle": "Les mots de passe erronés",
    "ClassRun": "L’activité",
    "Participant": "Vous, dans l’activité",
    "Sitting": "Votre temps",
    "Answer": "Vos réponses",
    "SetAside": "Vos textes gardés à part",
    "Assessment": "Votre fiche d’évaluation",
    "GeneralRemark": "La remarque générale",
}


@dataclass(frozen=True)
class Told:
    field: str
    sentence: str
    value: str


@dataclass(frozen=True)
class ToldModel:
    title: str
    fields: tuple[Told, ...]


def told_models() -> list[type[models.Model]]:
    """Models that hold something about a person, in the order of TITLES."""
    found = {model.__name__: model for model in apps.get_models() if hasattr(model, "told")}
    return [found[name] for name in TITLES]


def your_data(participant: Participant | None) -> tuple[ToldModel, ...]:
    """Every stored personal field in a sentence; a participant sees their own values beside it."""
    return tuple(
        ToldModel(
            title=TITLES[model.__name__],
            fields=tuple(
                Told(field, sentence, _value(model, field, participant))
                for field, sentence in model.told.items()  # type: ignore[attr-defined]
            ),
        )
        for model in told_models()
    )


def _value(model: type[models.Model], field: str, participant: Participant | None) -> str:
    if model is not Participant or participant is None:
        return ""
    value = getattr(participant, field)
    return "" if value in (None, "", 0, False) else str(value)


@dataclass(frozen=True)
class Figures:
    activities: int
    students: int
    database: str
    database_bytes: int
    data_bytes: int
    versions: tuple[tuple[str, str], ...]


def figures() -> Figures:
    """What this installation holds, counted now."""
    folder = Path(settings.DATA_DIR)
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    packages = ("Django", "WeasyPrint", "uvicorn", "nh3")
    return Figures(
        activities=ClassRun.objects.count(),
        students=Participant.objects.exclude(joined_at=None).count(),
        database=connection.display_name,
        database_bytes=sizes.get(name, 0),
        data_bytes=sum(sizes.values()),
        versions=tuple((package, version(package)) for package in packages),
    )
