"""The teacher's list of activités."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from lessons.models import ClassRun, Participant
from lessons.queries.clock import clock_of, current_phase, stage_of
from lessons.queries.projector import left_for_all
from lessons.rules.clock import Status as ClockStatus
from metroloco_site.accounts.models import User

SOON_DAYS = 7  # before its deletion an activité says so in the list


@dataclass(frozen=True)
class RunRow:
    run: ClassRun
    joined: int
    stage: str
    days_left: int
    part: int

    @property
    def soon(self) -> bool:
        """Its deletion is near enough to be said."""
        return self.days_left <= SOON_DAYS


def runs_of(user: User, today: date, now: datetime) -> tuple[RunRow, ...]:
    """The teacher's activités, newest first; those whose date has come too, to be told."""
    runs = (
        ClassRun.objects.owned_or_due(user)
        .select_related("lesson")
        .prefetch_related("phases__part", "phases__events")
    )
    joined = Participant.objects.filter(run__owner=user).exclude(joined_at=None)
    counts = Counter(joined.order_by().values_list("run_id", flat=True))
    return tuple(_run_row(run, counts[run.pk], today, now) for run in runs)


def _run_row(run: ClassRun, joined: int, today: date, now: datetime) -> RunRow:
    """`stage` as the board says it: in pause or over, too."""
    phase = current_phase(run)
    stage = stage_of(run, phase)
    if phase and stage in ("writing", "ended"):
        clock = clock_of(phase)
        paused = clock.status == ClockStatus.PAUSED
        stage = "paused" if paused else "writing" if left_for_all(clock, now) else "ended"
    return RunRow(run, joined, stage, (run.delete_on - today).days, phase.part.number if phase else 0)
