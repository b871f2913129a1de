"""The machine's clock is set back in the middle of a lesson, or between two starts: nobody gains or loses time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import save_answers
from lessons.queries.clock import clock_of, latest_instant
from lessons.rules.clock import GRACE, Kind
from lessons.rules.saving import Draft, Outcome
from metroloco_site.kit.steady import MOST_AHEAD_S, Steady
from tests.harness import builders as make
from tests.harness.builders import NOW, at


class Machine:
    """A wall clock that anybody may set, and a monotonic one that stands still while the machine sleeps."""

    def __init__(self, wall: float = 1_000_000.0) -> None:
        self.wall, self.ticks, self.steady = wall, 50.0, Steady()
        self.steady.wall = lambda: self.wall
        self.steady.ticks = lambda: self.ticks

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds


def test_it_is_the_machines_clock_as_long_as_nobody_touches_it() -> None:
    machine = Machine()
    machine.passes(10)
    assert machine.steady.seconds() == machine.wall


def test_set_back_it_goes_on_at_its_own_pace() -> None:
    machine = Machine()
    start = machine.steady.seconds()
    machine.wall -= 3600
    assert machine.steady.seconds() == start
    machine.passes(60)
    assert machine.steady.seconds() == start + 60


def test_after_sleep_it_is_right_again() -> None:
    machine = Machine()
    machine.steady.seconds()
    machine.wall += 600  # slept: the ticks stood still
    assert machine.steady.seconds() == machine.wall


MOVES = st.lists(
    st.tuples(st.sampled_from(["passes", "set"]), st.integers(min_value=-7200, max_value=7200)), max_size=30
)


@given(moves=MOVES)
def test_it_never_goes_back_and_never_runs_slower_than_time(moves: list[tuple[str, int]]) -> None:
    machine = Machine()
    last = machine.steady.seconds()
    for kind, seconds in moves:
        lasted = abs(seconds) if kind == "passes" else 0
        if kind == "passes":
            machine.passes(lasted)
        else:
            machine.wall += seconds
        now = machine.steady.seconds()
        assert now >= last + lasted
        last = now


def test_after_a_restart_it_goes_on_from_what_was_stored() -> None:
    machine = Machine(wall=(NOW - timedelta(hours=1)).timestamp())
    machine.steady.not_before(NOW)
    assert machine.steady.seconds() == NOW.timestamp()
    machine.passes(5)
    assert machine.steady.seconds() == NOW.timestamp() + 5


def test_a_date_from_a_clock_that_was_years_ahead_is_not_believed() -> None:
    machine = Machine(wall=NOW.timestamp())
    machine.steady.not_before(NOW + timedelta(seconds=MOST_AHEAD_S + 1))
    assert machine.steady.seconds() == NOW.timestamp()


@pytest.mark.django_db
def test_the_latest_stored_instant_is_the_last_event_or_the_last_save() -> None:
    run = make.class_run(participants=1)
    assert latest_instant() is None
    phase = make.start(run, at(0))
    assert latest_instant() == at(0)
    person = run.participants.get()
    draft = Draft(1, "reponse", "mot", 0, 1)
    save_answers(token=Token(person.pk, 1), phase=phase, writer="page-abcd", drafts=[draft], now=at(3))
    assert latest_instant() == at(3)
    act(phase=phase, kind=Kind.PAUSE, now=at(4))
    assert latest_instant() == at(4)


@pytest.mark.django_db
def test_even_an_action_that_is_told_an_earlier_instant_keeps_the_order_of_events() -> None:
    """What holds without the steady clock: events never go back; the bell's test alone would open again."""
    run = make.class_run(participants=1)
    phase = make.start(run, at(10))
    act(phase=phase, kind=Kind.PAUSE, now=at(5))
    act(phase=phase, kind=Kind.RESUME, now=at(4))
    assert [event.at for event in phase.events.all()] == [at(10)] * 3
    assert clock_of(make.phase(run)).ends_at == at(25)
    person = run.participants.get()
    draft = Draft(1, "reponse", "trop tard", 0, 1)
    late = at(25) + GRACE + timedelta(seconds=1)
    (result,) = save_answers(
        token=Token(person.pk, 1), phase=phase, writer="page-abcd", drafts=[draft], now=late
    )
    assert result.outcome is Outcome.LATE
