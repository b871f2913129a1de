"""A participant's own rows, as they are now: for their page and for their download."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from evaluations.models import Assessment, CopyPhoto, GeneralRemark, GroupAssessment, SelfAssessment
from lessons.models import (
    AnnexeShare,
    Answer,
    BallotVoter,
    Membership,
    Participant,
    PosterImage,
    PosterLate,
    PosterUpdate,
    PosterWriter,
    Separation,
    SetAside,
    Sitting,
)
from metroloco_site.kit.french import clock_time
from metroloco_site.privacy.models import DataRequest
from metroloco_site.privacy.queries.own_texts import poster_rows, said_in

_DRAFTS = ("longer",)  # words taken away, no evaluation given (docs/decisions/0023-forgiving-saves.md)
_POSTER_MODELS = (PosterUpdate, PosterWriter, PosterLate)


@dataclass(frozen=True)
class OwnValue:
    """One stored field: what it is, as people read it, as machines do (ISO 8601, plain numbers)."""

    field: str
    sentence: str
    shown: str
    plain: object


@dataclass(frozen=True)
class OwnRow:
    """One row about the reader: what it is about, then its values; empty ones are left out."""

    name: str
    values: tuple[OwnValue, ...]


def own_rows(person: Participant) -> dict[str, list[OwnRow]]:
    """By model. An evaluation is the reader's to see once it is published, as on every other page."""
    return {
        "ClassRun": [_row("", person.run, leave=("owner",))],
        "Participant": [_row("", person)],
        **_written(person),
        **_in_group(person),
        **{name: [_made(name, *row) for row in rows] for name, rows in poster_rows(person).items()},
        "SelfAssessment": [
            _level_row(one) for one in _levels(SelfAssessment, participant__in=_places(person))
        ],
        "CopyPhoto": [_row("", one, file=_picture(one)) for one in copy_photos(person)],
        **(_published(person) if person.run.results_published_at else {}),
        "DataRequest": [_row("", one) for one in DataRequest.objects.filter(participant=person)],
    }


def _places(person: Participant) -> models.QuerySet[Participant]:
    """This place, and those merged into it: a level stays there where both had one."""
    return Participant.objects.filter(Q(pk=person.pk) | Q(merged_into=person.pk))


def _written(person: Participant) -> dict[str, list[OwnRow]]:
    sittings = Sitting.objects.filter(participant=person).select_related("phase__part")
    answers = Answer.objects.filter(sitting__participant=person, revision__gt=0)
    asides = SetAside.objects.filter(answer__sitting__participant=person).select_related("answer__question")
    order = ("question__part__number", "question__number", "pk")
    return {
        "Sitting": [
            _row(f"Partie {sitting.phase.part.number}", sitting)
            for sitting in sittings.order_by("phase__part__number")
        ],
        "Answer": [
            _row(f"Question {answer.question.number}", answer)
            for answer in answers.select_related("question").order_by(*order)
        ],
        "SetAside": [
            _row(f"Question {aside.answer.question.number}, {aside.get_reason_display()}", aside)
            for aside in asides.order_by("received_at")
        ],
    }


def _in_group(person: Participant) -> dict[str, list[OwnRow]]:
    """A separation does not name the other: their data are theirs (RGPD art. 15.4)."""
    seats = Membership.objects.filter(participant=person).select_related("group")
    apart = Separation.objects.filter(Q(one=person) | Q(other=person))
    shares = AnnexeShare.objects.filter(participant=person).select_related("annexe")
    images = PosterImage.objects.filter(participant=person).order_by("added_at", "pk")
    voted = BallotVoter.objects.filter(participant__in=_places(person)).select_related("ballot")
    return {
        "Membership": [_row("", seat, group=str(seat.group), seat=str(seat.seat + 1)) for seat in seats],
        "Separation": [_row("", one, leave=("other",), one="oui") for one in apart],
        "AnnexeShare": [_row("", share, annexe=str(share.annexe)) for share in shares],
        "PosterImage": [
            _row("", image, block=said_in(image.block), **({"file": _picture(image)} if image.file else {}))
            for image in images
        ],
        "BallotVoter": [
            _row("", vote, ballot=f"vous avez voté (vote n°\u00a0{vote.ballot.number})")
            for vote in voted.order_by("ballot__number")
        ],
    }


def copy_photos(person: Participant) -> models.QuerySet[CopyPhoto]:
    """The pages of their copie papier that the teacher photographed."""
    return CopyPhoto.objects.filter(participant__in=_places(person)).order_by("added_at", "pk")


def _picture(image: PosterImage | CopyPhoto) -> str:
    return f"une image de {image.width} × {image.height} points"


def _published(person: Participant) -> dict[str, list[OwnRow]]:
    remarks = GeneralRemark.objects.filter(participant__in=_places(person))
    return {
        "Assessment": [_level_row(one) for one in _levels(Assessment, participant__in=_places(person))],
        "GroupAssessment": [
            _level_row(one) for one in _levels(GroupAssessment, group__memberships__participant=person)
        ],
        "GeneralRemark": [_row("", remark, leave=_DRAFTS) for remark in remarks],
    }


def _levels(model: type[models.Model], **whose: object) -> models.QuerySet[Any]:
    given = model._default_manager.filter(**whose)  # noqa: SLF001 - Django's documented way
    return given.select_related("criterion__grid").order_by("criterion__number")


def _level_row(given: Assessment | GroupAssessment | SelfAssessment) -> OwnRow:
    levels = given.criterion.grid.levels
    level = str(levels[given.level - 1]["label"]) if given.level else "non évalué"
    return _row(given.criterion.label, given, leave=_DRAFTS, level=level)


def told(model: type[models.Model]) -> dict[str, str]:
    """Its sentences by field."""
    sentences: dict[str, str] = model.told  # type: ignore[attr-defined]
    return sentences


def _row(name: str, row: models.Model, leave: Iterable[str] = (), **instead: str) -> OwnRow:
    return _values(
        name,
        type(row),
        lambda field: instead.get(field) or _shown(row, field),
        lambda field: instead.get(field) or _plain(row, field),
        leave,
    )


def _made(model: str, name: str, values: dict[str, object]) -> OwnRow:
    """A row put together from several stored ones."""
    kind = next(m for m in _POSTER_MODELS if m.__name__ == model)
    shown = {field: _written_out(value) for field, value in values.items()}
    return _values(name, kind, lambda field: shown.get(field, ""), values.get)


def _values(
    name: str,
    model: type[models.Model],
    shown: Callable[[str], str],
    plain: Callable[[str], object],
    leave: Iterable[str] = (),
) -> OwnRow:
    found = (
        OwnValue(field, sentence.rstrip("."), shown(field), plain(field))
        for field, sentence in told(model).items()
        if field not in leave
    )
    return OwnRow(name, tuple(value for value in found if value.shown))


def _shown(row: models.Model, field: str) -> str:
    display = getattr(row, f"get_{field}_display", None)
    value: object = display() if display and getattr(row, field) else getattr(row, field)
    return _written_out(value)


def _written_out(value: object) -> str:
    if value is True or isinstance(value, models.Model):
        return "oui"
    if isinstance(value, datetime):
        return f"le {timezone.localtime(value):%d/%m/%Y} à {clock_time(value)}"
    if isinstance(value, date):
        return f"le {value:%d/%m/%Y}"
    return str(value) if value else ""


def _plain(row: models.Model, field: str) -> object:
    value = getattr(row, field)
    return True if isinstance(value, models.Model) else value
