"""The clock: derived from events, equal to what is stored, in any order of the buttons."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lessons.actions import clock as actions
from lessons.actions import runs
from lessons.models import ClassRun, Part, Participant, Phase, Sitting
from lessons.queries.clock import clock_of, longest_extra
from lessons.rules import clock as rules
from tests.harness import builders as make
from tests.harness.builders import NOW, at

QUARTER = timedelta(minutes=15)


def events(*steps: tuple[str, float] | tuple[str, float, int]) -> list[rules.Event]:
    return [rules.Event(rules.Kind(step[0]), at(step[1]), *step[2:]) for step in steps]


def test_a_pause_moves_the_deadline_by_its_length() -> None:
    clock = rules.derive(events(("start", 0), ("pause", 5), ("resume", 9)), QUARTER)
    assert clock.ends_at == at(19)


def test_plus_one_while_paused_is_not_lost() -> None:
    clock = rules.derive(events(("start", 0), ("pause", 5), ("extend", 6, 60), ("resume", 9)), QUARTER)
    assert clock.ends_at == at(20)


def test_extra_time_adds_to_the_base_deadline() -> None:
    clock = rules.derive(events(("start", 0)), QUARTER)
    assert clock.deadline(300) == at(20)


def test_a_third_of_15_minutes_is_5_and_of_40_is_13_min_20() -> None:
    assert rules.extra_seconds("third", 0, 15 * 60) == 300
    assert rules.extra_seconds("third", 0, 40 * 60) == 800
    assert rules.extra_seconds("percent", 20, 15 * 60) == 180
    assert rules.extra_seconds("minutes", 7, 15 * 60) == 420
    assert rules.extra_seconds("", 7, 15 * 60) == 0


def test_ending_for_all_takes_extra_time_too_and_ending_for_the_others_leaves_it() -> None:
    started = rules.derive(events(("start", 0)), QUARTER)
    for_all = rules.apply(started, rules.Event(rules.Kind.END, at(10), keeps_extra=False), QUARTER)
    for_others = rules.apply(started, rules.Event(rules.Kind.END, at(10), keeps_extra=True), QUARTER)
    assert not for_all.is_open(at(10), 300)
    assert for_others.is_open(at(14), 300)
    assert not for_others.is_open(at(10), 0)


def test_ending_after_the_bell_does_not_give_time_back() -> None:
    clock = rules.derive(events(("start", 0), ("end", 17)), QUARTER)
    assert clock.ends_at == at(15)


def test_an_instant_never_goes_backwards() -> None:
    clock = rules.derive(events(("start", 0), ("pause", -30)), QUARTER)
    assert clock.remaining == QUARTER
    assert clock.last_at == NOW


def test_buttons_that_make_no_sense_are_refused() -> None:
    with pytest.raises(rules.NotPossible):
        rules.check(rules.Clock(), rules.Kind.PAUSE, NOW)
    rung = rules.derive(events(("start", 0)), QUARTER)
    with pytest.raises(rules.NotPossible):
        rules.check(rung, rules.Kind.PAUSE, at(16))
    rules.check(rung, rules.Kind.REOPEN, at(16))
    rules.check(rung, rules.Kind.PAUSE, at(16), longest_extra=300)


STEP = st.tuples(
    st.sampled_from(list(rules.Kind)),
    st.integers(min_value=-120, max_value=900),  # seconds after the step before
    st.sampled_from([60, 300]),
    st.booleans(),
)


class StoredClock(TestCase):
    """What is stored for SQL equals what the rules derive, whatever is pressed and when."""

    @given(
        steps=st.lists(STEP, max_size=12),
        extra=st.sampled_from([0, 5, 33]),
        kind=st.sampled_from(["individual", "group"]),
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_stored_deadlines_equal_the_rules(
        self, steps: list[tuple[rules.Kind, int, int, bool]], extra: int, kind: str
    ) -> None:
        run = make.class_run(participants=2)
        Part.objects.filter(lesson=run.lesson, number=1).update(kind=kind)
        make.groups(run, sizes=(2,))
        first, _ = run.participants.all()
        actions.set_extra_time(participant=first, unit="percent", amount=extra)
        phase, now = make.phase(run), NOW
        for step, later, seconds, keeps in [(rules.Kind.START, 0, 0, True), *steps]:
            now += timedelta(seconds=later)
            try:
                with transaction.atomic():
                    actions.act(phase=phase, kind=step, now=now, seconds=seconds, keeps_extra=keeps)
            except rules.NotPossible:
                pass
            self.check_stored(phase)

    def check_stored(self, phase: Phase) -> None:
        phase = Phase.objects.get(pk=phase.pk)
        clock = clock_of(phase)
        if phase.part.kind == "group":
            assert longest_extra(phase) == 0  # one time for all
        assert phase.status == clock.status
        assert phase.ends_at == clock.ends_at
        for sitting in Sitting.objects.filter(phase=phase):
            assert sitting.ends_at == clock.deadline(sitting.extra_seconds)


@pytest.mark.django_db
def test_extra_time_given_during_the_part_moves_that_deadline_alone() -> None:
    run = make.class_run(participants=2)
    phase = make.start(run)
    first, second = run.participants.all()
    actions.set_extra_time(participant=first, unit="third", amount=0)
    assert first.sittings.get().ends_at == at(20)
    assert second.sittings.get().ends_at == at(15)
    assert longest_extra(phase) == 300


@pytest.mark.django_db
def test_a_latecomer_gets_a_place_with_the_same_deadline() -> None:
    run = make.class_run(participants=1)
    make.start(run)
    late = make.participant(run, now=at(3))
    assert late.sittings.get().ends_at == at(15)
    assert late.sittings.get().answers.count() == 3


@pytest.mark.django_db
def test_suspending_stops_the_clock_and_withdraws_the_code() -> None:
    run = make.class_run(participants=1)
    make.start(run)
    old_code = run.access_code
    runs.suspend(run=run, now=at(5))
    assert run.access_code is None
    assert clock_of(make.phase(run)).remaining == timedelta(minutes=10)
    runs.unsuspend(run=run)
    assert run.access_code not in (None, old_code)
    actions.act(phase=make.phase(run), kind=rules.Kind.RESUME, now=at(60 * 24))
    assert make.phase(run).ends_at == at(60 * 24 + 10)


@pytest.mark.django_db
def test_suspending_and_closing_after_the_bell() -> None:
    run = make.class_run(participants=1)
    make.start(run)
    runs.suspend(run=run, now=at(20))
    runs.unsuspend(run=run)
    runs.close(run=run, now=at(30))
    assert run.closed_at == at(30)
    assert run.access_code is None
    assert make.phase(run).ends_at == at(15)


def extra_after_the_end() -> tuple[ClassRun, Participant]:
    """The part has been ended for the others at 10 min; one student has until 15 min."""
    run = make.class_run(participants=2)
    person = run.participants.all()[0]
    actions.set_extra_time(participant=person, unit="minutes", amount=5)
    make.start(run)
    actions.act(phase=make.phase(run), kind=rules.Kind.END, now=at(10), keeps_extra=True)
    assert person.sittings.get().ends_at == at(15)
    return run, person


@pytest.mark.django_db
def test_closing_ends_the_extra_time_too() -> None:
    run, person = extra_after_the_end()
    runs.close(run=run, now=at(11))
    assert person.sittings.get().ends_at == at(10)


@pytest.mark.django_db
def test_suspending_keeps_what_is_left_of_the_extra_time() -> None:
    run, person = extra_after_the_end()
    runs.suspend(run=run, now=at(11))
    assert make.phase(run).status == "paused"
    runs.unsuspend(run=run)
    actions.act(phase=make.phase(run), kind=rules.Kind.RESUME, now=at(60))
    assert person.sittings.get().ends_at == at(64)
    other = run.participants.exclude(pk=person.pk).get()
    assert other.sittings.get().ends_at == at(59)


@pytest.mark.django_db
def test_the_buttons_of_an_old_board_open_nothing_again() -> None:
    run = make.class_run(participants=1)
    make.start(run)
    runs.suspend(run=run, now=at(5))
    with pytest.raises(rules.NotPossible):
        actions.act(phase=make.phase(run), kind=rules.Kind.RESUME, now=at(6))
    runs.unsuspend(run=run)
    code = run.access_code
    runs.unsuspend(run=run)
    assert run.access_code == code
    runs.close(run=run, now=at(7))
    for kind in (rules.Kind.REOPEN, rules.Kind.START):
        with pytest.raises(rules.NotPossible):
            actions.act(phase=make.phase(run), kind=kind, now=at(8), seconds=60)
    runs.suspend(run=run, now=at(9))
    runs.unsuspend(run=run)
    assert (run.access_code, run.suspended_at) == (None, None)


@pytest.mark.django_db
def test_closing_while_suspended_ends_the_part() -> None:
    run = make.class_run(participants=1)
    make.start(run)
    runs.suspend(run=run, now=at(5))
    runs.close(run=run, now=at(7))
    assert make.phase(run).status == "ended"


@pytest.mark.django_db
def test_closing_a_running_part_ends_it_for_everybody() -> None:
    run = make.class_run(participants=1)
    make.start(run)
    runs.close(run=run, now=at(5))
    assert make.phase(run).status == "ended"
    assert run.participants.get().sittings.get().ends_at == at(5)
