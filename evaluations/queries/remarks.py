"""Remarks that the teacher has already written in this activité, to be taken up again."""

from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from evaluations.models import Assessment, GeneralRemark, GroupAssessment
from lessons.models import ClassRun

MOST = 8  # a longer list is slower than typing


@dataclass(frozen=True)
class Remarks:
    """The most used first, then the newest. `rows`: by criterion id."""

    rows: dict[int, tuple[str, ...]]
    general: tuple[str, ...]


def remarks_of(run: ClassRun) -> Remarks:
    """Two queries. An activité has one teacher, so these are theirs."""
    general = (
        GeneralRemark.objects.filter(participant__run=run)
        .exclude(text="")
        .values_list("text")
        .annotate(times=Count("pk"), last=Max("updated_at"))
        .order_by("-times", "-last", "text")
    )
    rows = _by_row(Assessment.objects.filter(participant__run=run))
    return Remarks(rows, tuple(text for text, *_ in general[:MOST]))


def poster_remarks_of(run: ClassRun) -> Remarks:
    """One query: those on the posters of this activité."""
    return Remarks(_by_row(GroupAssessment.objects.filter(group__run=run)), ())


def _by_row(found: QuerySet[Assessment] | QuerySet[GroupAssessment]) -> dict[int, tuple[str, ...]]:
    used = (
        found.exclude(observations="")
        .values_list("criterion_id", "observations")
        .annotate(times=Count("pk"), last=Max("updated_at"))
        .order_by("-times", "-last", "observations")
    )
    rows: dict[int, tuple[str, ...]] = {}
    for criterion, text, *_ in used:
        rows[criterion] = (*rows.get(criterion, ()), text)[:MOST]
    return rows
