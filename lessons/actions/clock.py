"""What the teacher does to the clock. Deadlines are stored beside the events, for SQL to test."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from lessons.actions.revision import hold, touch
from lessons.models import (
    Answer,
    ClassRun,
    Membership,
    Part,
    Participant,
    Phase,
    PhaseEvent,
    Question,
    Sitting,
)
from lessons.queries.clock import clock_of, longest_extra
from lessons.rules import clock as rules

# Of a part that another one has followed: its clock may stop and go on with the class's, nothing else.
_OF_THE_LAST_PART = (rules.Kind.START, rules.Kind.EXTEND, rules.Kind.REOPEN)
_FOR_THE_WHOLE_CLASS = (rules.Kind.PAUSE, rules.Kind.RESUME)


def act(
    *, phase: Phase, kind: rules.Kind, now: datetime, seconds: int = 0, keeps_extra: bool = True
) -> rules.Clock:
    """Adds an event and stores what follows from it. Raises rules.NotPossible."""
    hold(phase.run)
    phase = Phase.objects.select_related("run", "part").get(pk=phase.pk)
    if phase.run.closed_at or (phase.run.suspended_at and kind != rules.Kind.END):
        raise rules.NotPossible("a button of a board that was not up to date")
    before = clock_of(phase)
    at = max(now, before.last_at) if before.last_at else now
    rules.check(before, kind, at, longest_extra(phase))
    _check_order(phase, kind, at)
    PhaseEvent.objects.create(
        phase=phase,
        number=phase.events.count() + 1,
        kind=kind,
        at=at,
        seconds=seconds,
        keeps_extra=keeps_extra,
    )
    if kind in (rules.Kind.START, rules.Kind.REOPEN):  # those who came after the end have no place yet
        here = phase.run.participants.filter(left_at=None, absent=False).exclude(joined_at=None)
        seat(phase=phase, participants=here)
    if kind == rules.Kind.START:
        phase.run.screen, phase.run.screen_page = ClassRun.Screen.INSTRUCTION, 0
        phase.run.save(update_fields=["screen", "screen_page"])
    after = rules.apply(before, rules.Event(kind, at, seconds, keeps_extra), timedelta(seconds=phase.seconds))
    _store(phase, after)
    if kind in _FOR_THE_WHOLE_CLASS:
        _carry(phase, kind, now)
    touch(phase.run)
    return after


def seat(*, phase: Phase, participants: Iterable[Participant]) -> None:
    """Places in this phase: at its start, and when a latecomer joins.

    With empty answers where each works alone; a group writes its own document, in one time for all.
    """
    clock = clock_of(phase)
    alone = phase.part.kind == Part.Kind.INDIVIDUAL
    seated = set(phase.sittings.values_list("participant_id", flat=True))
    sittings = []
    for participant in participants:
        if participant.pk not in seated:
            extra = _extra_seconds(participant, phase)
            sittings.append(
                Sitting(
                    phase=phase, participant=participant, extra_seconds=extra, ends_at=clock.deadline(extra)
                )
            )
    Sitting.objects.bulk_create(sittings)
    questions = list(Question.objects.filter(part_id=phase.part_id)) if alone else []
    Answer.objects.bulk_create(
        Answer(sitting=sitting, question=question, field=field["key"])
        for sitting in sittings
        for question in questions
        for field in question.fields
    )


def set_extra_time(*, participant: Participant, unit: str, amount: int) -> None:
    """Gives extra time, before or during a part: the individual ones still open follow at once."""
    participant.extra_unit, participant.extra_amount = unit, amount
    participant.save(update_fields=["extra_unit", "extra_amount"])
    hold(participant.run)
    for sitting in participant.sittings.select_related("phase__part"):
        sitting.extra_seconds = _extra_seconds(participant, sitting.phase)
        sitting.ends_at = clock_of(sitting.phase).deadline(sitting.extra_seconds)
        sitting.save(update_fields=["extra_seconds", "ends_at"])
    touch(participant.run)


def _extra_seconds(participant: Participant, phase: Phase) -> int:
    """Part 2 has one time for all, which the teacher extends."""
    if phase.part.kind == Part.Kind.GROUP:
        return 0
    return rules.extra_seconds(participant.extra_unit, participant.extra_amount, phase.seconds)


def _check_order(phase: Phase, kind: rules.Kind, now: datetime) -> None:
    """Raises NoGroups, or NotPossible where this part's turn has not come or is over.

    A part in groups may start while some still have their own time in the part before.
    """
    if kind not in _OF_THE_LAST_PART:
        return
    started = phase.run.phases.exclude(status=Phase.Status.PENDING).exclude(pk=phase.pk)
    if started.filter(part__number__gt=phase.part.number).exists():
        raise rules.NotPossible("another part has followed")
    if kind != rules.Kind.START or phase.part.kind != Part.Kind.GROUP:
        return
    if any(clock_of(earlier).is_open(now) for earlier in started):
        raise rules.NotPossible("the class still writes in the part before")
    formed = Membership.objects.filter(group__run=phase.run, group__dissolved_at=None)
    if not formed.filter(participant__left_at=None).exists():
        raise rules.NoGroups("a part in groups")


def _carry(phase: Phase, kind: rules.Kind, now: datetime) -> None:
    """The class stops and goes on as one: those who still have their own time in the part before, too."""
    started = phase.run.phases.exclude(status=Phase.Status.PENDING)
    for earlier in started.filter(part__number__lt=phase.part.number):
        try:
            act(phase=earlier, kind=kind, now=now)
        except rules.NotPossible:
            continue  # nobody has time left there


def _store(phase: Phase, clock: rules.Clock) -> None:
    phase.status, phase.ends_at = Phase.Status(clock.status), clock.ends_at
    phase.save(update_fields=["status", "ends_at"])
    for extra in phase.sittings.order_by().values_list("extra_seconds", flat=True).distinct():
        phase.sittings.filter(extra_seconds=extra).update(ends_at=clock.deadline(extra))
