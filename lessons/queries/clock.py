"""The clock of a phase, from its stored events, and what live pages are told of a run."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from lessons.models import Answer, ClassRun, Part, Participant, Phase, PhaseEvent, Sitting
from lessons.queries.newest_vote import ballot_word, newest_ballot
from lessons.rules import clock as rules


def clock_of(phase: Phase) -> rules.Clock:
    """Derived from the dated events; the stored status and deadlines are a copy of this."""
    events = [
        rules.Event(rules.Kind(event.kind), event.at, event.seconds, event.keeps_extra)
        for event in phase.events.all()
    ]
    return rules.derive(events, timedelta(seconds=phase.seconds))


def latest_instant() -> datetime | None:
    """The last thing that happened in any class: an event or a save. Two queries, at the server's start."""
    event = PhaseEvent.objects.aggregate(at=Max("at"))["at"]
    saved = Answer.objects.aggregate(at=Max("saved_at"))["at"]
    return max((instant for instant in (event, saved) if instant), default=None)


def longest_extra(phase: Phase) -> int:
    """Seconds of the participant who has most extra time in this phase."""
    longest = (
        Sitting.objects.filter(phase=phase, participant__left_at=None, participant__absent=False)
        .order_by("-extra_seconds")
        .first()
    )
    return longest.extra_seconds if longest else 0


def current_phase(run: ClassRun) -> Phase | None:
    """The phase that has started last; None before the first start."""
    started = [phase for phase in run.phases.all() if phase.status != Phase.Status.PENDING]
    return max(started, key=lambda phase: phase.part.number, default=None)


@dataclass(frozen=True)
class Place:
    """Where a participant is: a phase of their activité, and their sitting in it if they have one."""

    phase: Phase | None
    sitting: Sitting | None


def place_of(participant: Participant, now: datetime) -> Place:
    """In the current phase or, while their own time goes on there and the current one is in groups, before it.

    « J’ai terminé » ends that stay. One query, and one more a part that was left.
    """
    run = participant.run
    current = current_phase(run)
    sittings = {s.phase_id: s for s in participant.sittings.all()} if current else {}
    if current and current.part.kind == Part.Kind.GROUP:
        for phase in run.phases.all():
            sitting = sittings.get(phase.pk)
            if phase.part.number < current.part.number and sitting and _stays(phase, sitting, now):
                return Place(phase, sitting)
    return Place(current, sittings.get(current.pk) if current else None)


def _stays(phase: Phase, sitting: Sitting, now: datetime) -> bool:
    return sitting.done_at is None and clock_of(phase).is_open(now, sitting.extra_seconds)


@dataclass(frozen=True)
class LiveState:
    """What every screen of a run may know: never anybody's extra time, name or text.

    Instants are milliseconds since 1970; `remaining` is milliseconds, set while paused. `ballot`: which
    vote, and whether it is open; never how it goes.
    """

    revision: int
    stage: str
    part: int
    status: str
    ends_at: int | None
    remaining: int | None
    counts_extra: bool
    published: bool
    assessing: bool
    gallery: bool
    ballot: str

    def as_event(self, now: datetime) -> dict[str, object]:
        return {**asdict(self), "now": milliseconds(now)}


def live_state(run: ClassRun) -> LiveState:
    """Two queries besides the run's own: its phases and the events of the current one."""
    phase = current_phase(run)
    clock = clock_of(phase) if phase else rules.Clock()
    return LiveState(
        revision=run.revision,
        stage=stage_of(run, phase),
        part=phase.part.number if phase else 0,
        status=clock.status,
        ends_at=milliseconds(clock.ends_at) if clock.ends_at else None,
        remaining=int(clock.remaining.total_seconds() * 1000) if clock.remaining is not None else None,
        counts_extra=clock.counts_extra,
        published=run.results_published_at is not None,
        assessing=run.self_assessment_at is not None,
        gallery=run.gallery_opened_at is not None,
        ballot=ballot_word(newest_ballot(run)),
    )


def stage_of(run: ClassRun, phase: Phase | None) -> str:
    """Where the run stands: waiting, writing, ended, suspended, closed; « published » is told apart."""
    if run.closed_at:
        return "closed"
    if run.suspended_at:
        return "suspended"
    if phase is None:
        return "waiting"
    return "ended" if phase.status == Phase.Status.ENDED else "writing"


def milliseconds(instant: datetime) -> int:
    """Since 1970, as JavaScript counts."""
    return round(instant.timestamp() * 1000)
