"""The teacher’s levels and words on one sheet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from evaluations.models import Assessment, GeneralRemark, GroupAssessment
from evaluations.queries.report import grid_of
from evaluations.rules.longer import after
from evaluations.rules.marks import Field, Mark, Put, may_write
from lessons.models import Criterion, Participant
from lessons.rules import texts


class NotInGrid(Exception):
    """Carries the French sentence: this criterion or level is not in the activité's grid."""


def set_level(*, participant: Participant, criterion: Criterion, level: int | None, now: datetime) -> None:
    """One level, whatever was there. None takes it back: « non évalué », which is not TI. Raises NotInGrid."""
    check(participant, criterion, level)
    _write(Assessment(participant=participant, criterion=criterion, level=level, updated_at=now), "level")


def set_observations(
    *, participant: Participant, criterion: Criterion, observations: str, now: datetime
) -> None:
    """The words beside one row, whatever was there. Raises NotInGrid."""
    check(participant, criterion, None)
    text = texts.clean(observations)
    assessment = Assessment(participant=participant, criterion=criterion, observations=text, updated_at=now)
    _write(assessment, "observations")


def set_remark(*, participant: Participant, text: str, now: datetime) -> None:
    """The general remark at the foot of the sheet, whatever was there."""
    GeneralRemark.objects.bulk_create(
        [GeneralRemark(participant=participant, text=texts.clean(text), updated_at=now)],
        update_conflicts=True,
        unique_fields=["participant"],
        update_fields=["text", "updated_at"],
    )


def put_marks(
    *,
    participant: Participant,
    marks: Sequence[Mark],
    now: datetime,
    criteria: Sequence[Criterion] | None = None,
) -> tuple[Put, ...]:
    """What a page sends: each mark is written if its page has seen what it replaces, else told as a clash.

    `criteria` spares a query where several copies are written at once. Raises NotInGrid, and then writes nothing.
    """
    rows = {criterion.number: criterion for criterion in criteria or grid_of(participant.run)}
    for mark in marks:
        if mark.field != Field.REMARK and mark.number not in rows:
            raise NotInGrid(NO_CRITERION)
        if mark.field == Field.LEVEL:
            check(participant, rows[mark.number], mark.value)
    found = Assessment.objects.filter(participant=participant).select_for_update().order_by("pk")
    given = {row.criterion_id: row for row in found}
    return tuple(
        _put_remark(participant, mark, now)
        if mark.field == Field.REMARK
        else _put_in_row(participant, rows[mark.number], given.get(rows[mark.number].pk), mark, now)
        for mark in marks
    )


NO_CRITERION = "Ce critère n’est pas dans la fiche d’évaluation de cette activité."
_NO_LEVEL = "Ce niveau de maîtrise n’est pas dans la fiche d’évaluation de cette activité."


def check(participant: Participant, criterion: Criterion, level: int | str | None) -> None:
    """Raises NotInGrid if the row is of another lesson, or the level is none of its grid."""
    if criterion.grid.part.lesson_id != participant.run.lesson_id:
        raise NotInGrid(NO_CRITERION)
    if level is not None and level not in range(1, len(criterion.grid.levels) + 1):
        raise NotInGrid(_NO_LEVEL)


def _write(assessment: Assessment, field: str) -> None:
    """One upsert: two quick clicks make one row, and neither field erases the other."""
    Assessment.objects.bulk_create(
        [assessment],
        update_conflicts=True,
        unique_fields=["participant", "criterion"],
        update_fields=[field, "updated_at"],
    )


def _put_in_row(
    participant: Participant, criterion: Criterion, row: Assessment | None, mark: Mark, now: datetime
) -> Put:
    if mark.forgets:
        return forget(row, mark)
    blank = None if mark.field == Field.LEVEL else ""
    stored = getattr(row, mark.field) if row else blank
    if stored == mark.value or not may_write(stored, mark):
        return Put(mark, stored)
    if row is None:  # another page may be making it at this instant
        made = Assessment(participant=participant, criterion=criterion, updated_at=now)
        Assessment.objects.bulk_create([made], ignore_conflicts=True)
    rows = Assessment.objects.filter(participant=participant, criterion=criterion)
    if rows.filter(_holds(mark)).update(**columns(row, mark, now)):
        return Put(mark, mark.value)
    return Put(mark, rows.values_list(mark.field, flat=True).get())


def _put_remark(participant: Participant, mark: Mark, now: datetime) -> Put:
    remarks = GeneralRemark.objects.filter(participant=participant)
    row = remarks.select_for_update().first()
    if mark.forgets:
        return forget(row, mark)
    stored = row.text if row else ""
    if stored == mark.value or not may_write(stored, mark):
        return Put(mark, stored)
    if row is None:
        made = GeneralRemark(participant_id=participant.pk, updated_at=now)
        GeneralRemark.objects.bulk_create([made], ignore_conflicts=True)
    if remarks.filter(_holds(mark)).update(**columns(row, mark, now)):
        return Put(mark, mark.value)
    return Put(mark, remarks.values_list("text", flat=True).get())


def columns(
    row: Assessment | GroupAssessment | GeneralRemark | None, mark: Mark, now: datetime
) -> dict[str, Any]:
    """What a mark writes, and of words what it takes away of this row, which is locked."""
    written = {str(mark.field): mark.value, "updated_at": now}
    if row is None or mark.field == Field.LEVEL:
        return written
    before = getattr(row, mark.field)
    return {**written, "longer": after(row.longer, before, row.updated_at, str(mark.value))}


def forget(row: Assessment | GroupAssessment | GeneralRemark | None, mark: Mark) -> Put:
    """The teacher wants nothing back of what went from these words."""
    if row is not None:
        row.longer = {}
        row.save(update_fields=["longer"])
    return Put(mark, mark.value)


def _holds(mark: Mark) -> Q:
    """The condition of the write itself: between the look and the write another page may have written."""
    known = Q(**{f"{mark.field}__in": [value for value in mark.seen if value is not None]})
    return known | Q(**{f"{mark.field}__isnull": True}) if None in mark.seen else known
