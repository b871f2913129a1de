"""When students read their sheets, and when they may say where they stand."""

from collections.abc import Sequence
from datetime import datetime

from evaluations.actions.marks import NO_CRITERION, NotInGrid, check
from evaluations.models import SelfAssessment
from evaluations.queries.report import grid_of
from evaluations.rules.marks import Mark
from lessons.actions.revision import touch
from lessons.models import ClassRun, Participant

CLOSED = "L’autoévaluation est fermée."


def publish(*, run: ClassRun, now: datetime) -> None:
    """« Publier les évaluations »: each student may read their own sheet. A repeat keeps the first date.

    Self-assessment closes: it is said before the teacher's levels are read, or it says nothing.
    """
    unpublished = ClassRun.objects.filter(pk=run.pk, results_published_at=None)
    unpublished.update(results_published_at=now, self_assessment_at=None)
    run.refresh_from_db(fields=["results_published_at", "self_assessment_at"])
    touch(run)


def hide(*, run: ClassRun) -> None:
    """« Masquer aux élèves »: the teacher alone reads the sheets."""
    run.results_published_at = None
    run.save(update_fields=["results_published_at"])
    touch(run)


def open_self_assessment(*, run: ClassRun, now: datetime) -> None:
    """Students may say where they stand, on the same grid, until they read theirs. A repeat keeps the first date."""
    closed = ClassRun.objects.filter(pk=run.pk, self_assessment_at=None, results_published_at=None)
    closed.update(self_assessment_at=now)
    run.refresh_from_db(fields=["self_assessment_at"])
    touch(run)


def close_self_assessment(*, run: ClassRun) -> None:
    """What they said stays, beside the teacher's levels."""
    run.self_assessment_at = None
    run.save(update_fields=["self_assessment_at"])
    touch(run)


def assess_self(*, participant: Participant, marks: Sequence[Mark], now: datetime) -> None:
    """The student's own levels, while the teacher lets them. Raises NotInGrid, also once it is closed."""
    rows = {criterion.number: criterion for criterion in grid_of(participant.run)}
    if not ClassRun.objects.filter(pk=participant.run_id, self_assessment_at__isnull=False).exists():
        raise NotInGrid(CLOSED)
    for mark in marks:
        if mark.number not in rows:
            raise NotInGrid(NO_CRITERION)
        check(participant, rows[mark.number], mark.value)
    SelfAssessment.objects.bulk_create(
        [
            SelfAssessment(participant=participant, criterion=rows[m.number], level=m.value, updated_at=now)
            for m in marks
        ],
        update_conflicts=True,
        unique_fields=["participant", "criterion"],
        update_fields=["level", "updated_at"],
    )
