"""A group’s poster on its grid: levels for all its members, and one member’s own where needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluations.actions.marks import NO_CRITERION, NotInGrid, columns, forget
from evaluations.models import Assessment, GroupAssessment
from evaluations.rules.marks import AS_GROUP, Field, Mark, Put, may_write
from lessons.models import ClassRun, Criterion, Group, Participant


@dataclass(frozen=True)
class OwnMark:
    """A level of one member's own: `mark.value` is AS_GROUP, a level, or None for « non évalué »."""

    participant: Participant
    mark: Mark


def set_poster_graded(*, run: ClassRun, graded: bool) -> None:
    """Whether the posters of this activité have a fiche d'évaluation. Levels that were given stay."""
    run.poster_graded = graded
    run.save(update_fields=["poster_graded"])


def grade_poster(
    *,
    group: Group,
    criteria: Sequence[Criterion],
    marks: Sequence[Mark],
    own: Sequence[OwnMark],
    now: datetime,
) -> tuple[Put, ...]:
    """Each mark is written if its page has seen what it replaces, else told as a clash. Raises NotInGrid."""
    rows = {criterion.number: criterion for criterion in criteria}
    if not rows.keys() >= {mark.number for mark in marks} | {one.mark.number for one in own}:
        raise NotInGrid(NO_CRITERION)
    Group.objects.select_for_update().get(pk=group.pk)  # two pages of the teacher, one after the other
    given = {row.criterion_id: row for row in GroupAssessment.objects.filter(group=group)}
    own_rows = Assessment.objects.filter(criterion__in=criteria, participant__in=[o.participant for o in own])
    levels = {(row.participant_id, row.criterion_id): row.level for row in own_rows}
    done = [_for_all(group, rows[mark.number], given.get(rows[mark.number].pk), mark, now) for mark in marks]
    for one in own:
        criterion = rows[one.mark.number]
        stored = levels.get((one.participant.pk, criterion.pk), AS_GROUP)
        done.append(_for_one(one.participant, criterion, stored, one.mark, now))
    return tuple(done)


def _for_all(
    group: Group, criterion: Criterion, row: GroupAssessment | None, mark: Mark, now: datetime
) -> Put:
    if mark.forgets:
        return forget(row, mark)
    stored = getattr(row, mark.field) if row else (None if mark.field == Field.LEVEL else "")
    if stored == mark.value or not may_write(stored, mark):
        return Put(mark, stored)
    written = columns(row, mark, now)
    made = GroupAssessment(group=group, criterion=criterion, **written)
    GroupAssessment.objects.bulk_create(
        [made],
        update_conflicts=True,
        unique_fields=["group", "criterion"],
        update_fields=list(written),
    )
    return Put(mark, mark.value)


def _for_one(
    participant: Participant, criterion: Criterion, stored: int | str | None, mark: Mark, now: datetime
) -> Put:
    if stored == mark.value or not may_write(stored, mark):
        return Put(mark, stored)
    if mark.value == AS_GROUP:
        Assessment.objects.filter(participant=participant, criterion=criterion).delete()
    else:
        Assessment.objects.update_or_create(
            participant=participant, criterion=criterion, defaults={"level": mark.value, "updated_at": now}
        )
    return Put(mark, mark.value)
