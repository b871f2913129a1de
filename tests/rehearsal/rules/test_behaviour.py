"""The behaviour of simulated students: whatever the seed, the class and the clock."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.rules import clock
from lessons.rules.pseudonyms import MAX_LENGTH, propose
from metroloco_site.rehearsal.rules import behaviour as rules
from metroloco_site.rehearsal.rules import simulated_texts as texts
from metroloco_site.rehearsal.rules.behaviour import Trait
from tests.harness.builders import NOW, at

SEEDS = st.text(min_size=1, max_size=20)
NUMBERS = st.integers(1, 35)
SECONDS = st.floats(20, 4 * 3600)
SHARES = st.floats(0, 2)
STEP_S = 5


def plan(seed: str, number: int, trait: Trait, seconds: float, part: int = 1) -> rules.Plan:
    return rules.plan(seed, number, trait, part, seconds)


@given(SEEDS, st.sampled_from(rules.SIZES))
def test_every_class_has_what_a_teacher_must_have_seen(seed: str, count: int) -> None:
    traits = rules.cast(seed, count)
    assert len(traits) == count
    assert {Trait.ACROSS_BELL, Trait.DROPS, Trait.ASKS_HELP, Trait.LATECOMER, Trait.EXTRA_TIME} <= {*traits}
    assert traits == rules.cast(seed, count)  # the same after a restart
    assert traits.count(Trait.ORDINARY) >= count // 6


@given(SEEDS, NUMBERS, st.sampled_from(Trait))
def test_all_arrive_in_time_but_those_who_come_late(seed: str, number: int, trait: Trait) -> None:
    part, when = rules.arrival(seed, number, trait)
    late = {Trait.LATECOMER: 1, Trait.NEXT_PART: 2}
    assert part == late.get(trait, 0)
    assert 0 <= when <= (rules.ARRIVAL if part == 0 else 0.25)


@settings(max_examples=200)
@given(SEEDS, NUMBERS, st.sampled_from(Trait), SECONDS, SHARES, SHARES, st.integers(0, 5000))
def test_what_is_typed_only_grows_and_never_beyond_the_text(
    seed: str, number: int, trait: Trait, seconds: float, one: float, other: float, length: int
) -> None:
    made = plan(seed, number, trait, seconds)
    early, late = sorted((one * seconds, other * seconds))
    assert 0 <= made.typed(early, length) <= made.typed(late, length) <= length
    assert made.typed(made.starts, length) == 0
    assert (
        made.typed(late, length) - made.typed(early, length)
        <= rules.FASTEST * (late - early) + 1 + length * (late - early) / seconds * 3
    )  # nobody pastes a text in one go
    ends = [end for _, end in made.quiet]
    assert all(end <= start for end, (start, _) in zip(ends, made.quiet[1:], strict=False))


@given(SEEDS, NUMBERS, SECONDS)
def test_who_stops_writing_types_nothing_meanwhile(seed: str, number: int, seconds: float) -> None:
    made = plan(seed, number, Trait.SILENT, seconds)
    ((start, end),) = made.quiet
    assert made.typed(start, 1000) == made.typed(end, 1000)
    assert end - start == pytest.approx(seconds / 4)


@given(SEEDS, NUMBERS, SECONDS)
def test_who_is_cut_off_across_the_bell_comes_back_too_late(seed: str, number: int, seconds: float) -> None:
    made = plan(seed, number, Trait.ACROSS_BELL, seconds)
    assert made.is_online(0.5 * seconds, None)
    assert not made.is_online(seconds, None)
    assert not made.is_online(seconds, clock.GRACE)
    assert made.is_online(seconds, rules.BACK_AFTER)
    assert rules.BACK_AFTER < rules.FLUSH  # what waits on the page is sent, and kept apart as late
    whole = 10_000
    assert made.typed(seconds, whole) > made.typed(rules.CUT_AT * seconds, whole)  # off line, they typed on


@given(SEEDS, NUMBERS, SECONDS)
def test_who_drops_off_comes_back_before_the_bell(seed: str, number: int, seconds: float) -> None:
    made = plan(seed, number, Trait.DROPS, seconds)
    states = [made.is_online(seconds * step / 100, None) for step in range(101)]
    assert sum(before and not after for before, after in pairwise(states)) == 2
    assert states[0]
    assert states[-1]
    assert made.is_online(0.25 * seconds, timedelta())  # at an early bell, they are all told


@given(SEEDS, NUMBERS, st.sampled_from(Trait), SECONDS)
def test_help_is_asked_by_some_while_there_is_time(
    seed: str, number: int, trait: Trait, seconds: float
) -> None:
    made = plan(seed, number, trait, seconds)
    assert not made.asks_help(0)
    assert made.asks_help(0.7 * seconds) == (trait is Trait.ASKS_HELP)
    assert not made.is_done(0.5 * seconds)


def test_some_say_that_they_are_done_before_the_bell_and_some_are_cut_short() -> None:
    made = [plan("une classe", number, Trait.ORDINARY, 900) for number in range(1, 36)]
    assert 5 < sum(one.is_done(900) for one in made) < 35
    assert 5 < sum(one.typed(900, 1000) < 1000 for one in made) < 30


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(clock.Kind), st.floats(0.1, 200), st.integers(0, 100)), max_size=6),
    st.integers(0, 200),
    st.floats(0, 1000),
    st.floats(0, 1000),
)
def test_time_worked_is_the_time_in_which_they_may_write(
    steps: list[tuple[clock.Kind, float, int]], extra: int, one: float, other: float
) -> None:
    """Against a count step by step; pauses and what lies after the bell do not count."""
    duration, state = timedelta(seconds=200), clock.Clock()
    events: list[clock.Event] = []
    now = NOW
    for kind, wait, seconds in [(clock.Kind.START, 0.0, 0), *steps]:
        now += timedelta(seconds=wait)
        if kind in state.possible(now, extra):
            events.append(clock.Event(kind, now, seconds))
            state = clock.apply(state, events[-1], duration)
    early, late = (NOW + timedelta(seconds=s) for s in sorted((one, other)))
    spent = rules.worked(events, duration, extra, early), rules.worked(events, duration, extra, late)
    assert timedelta() <= spent[0] <= spent[1] <= spent[0] + (late - early)
    counted = 0
    for second in range(0, int((late - NOW).total_seconds()), STEP_S):
        moment = NOW + timedelta(seconds=second + STEP_S / 2)
        before = clock.derive([event for event in events if event.at <= moment], duration)
        deadline = before.deadline(extra)
        counted += STEP_S * (deadline is not None and moment < deadline)
    assert abs(spent[1].total_seconds() - counted) <= STEP_S * (2 * len(events) + 2)


def test_a_pause_and_a_reopened_part() -> None:
    kinds = [(clock.Kind.START, 0), (clock.Kind.PAUSE, 5), (clock.Kind.RESUME, 25), (clock.Kind.END, 30)]
    events = [clock.Event(kind, at(minute)) for kind, minute in kinds]
    quarter = timedelta(minutes=15)
    assert rules.worked(events[:3], quarter, 0, at(27)) == timedelta(minutes=7)
    assert rules.worked(events, quarter, 0, at(50)) == timedelta(minutes=10)
    assert rules.worked(events, quarter, 300, at(50)) == timedelta(minutes=15)  # their own time went on
    reopened = [*events, clock.Event(clock.Kind.REOPEN, at(60), seconds=120)]
    assert rules.worked(reopened, quarter, 0, at(90)) == timedelta(minutes=12)


@given(st.lists(st.integers(0, 500), max_size=8), st.integers(0, 3000))
def test_texts_are_written_one_after_the_other(lengths: list[int], typed: int) -> None:
    upto = rules.spread(lengths, typed)
    assert sum(upto) == min(typed, sum(lengths))
    assert all(0 <= done <= length for done, length in zip(upto, lengths, strict=True))
    unfinished = [index for index, (d, n) in enumerate(zip(upto, lengths, strict=True)) if d < n]
    assert not unfinished or not any(upto[unfinished[0] + 1 :])


@given(SEEDS, NUMBERS, st.integers(1, 3), st.sets(st.integers(1, 12)))
def test_votes_are_for_posters_that_may_be_chosen(
    seed: str, number: int, ballot: int, candidates: set[int]
) -> None:
    choice = rules.vote(seed, number, ballot, candidates)
    assert choice is None or (choice[1] in candidates and 5 <= choice[0] <= 60)
    assert candidates or choice is None


@pytest.mark.parametrize(
    ("minutes", "speed", "seconds"), [(15, 1, 900), (15, 15, 60), (40, 5, 480), (1, 15, 20)]
)
def test_a_fast_clock_divides_the_durations(minutes: int, speed: int, seconds: int) -> None:
    assert rules.real_seconds(minutes, speed) == seconds


def test_every_pseudonym_has_room_for_its_sign() -> None:
    every = propose(10_000, (), random.Random(1))
    assert len(set(every)) > 500
    assert all(len(f"{name} {rules.SIGN}") <= MAX_LENGTH for name in every)


@given(st.text(max_size=40), NUMBERS)
def test_there_is_a_text_for_any_lesson(about: str, number: int) -> None:
    for said in (
        texts.answer("autre", "q1-reponse", about, number),
        texts.block("autre", "q1-reponse", about, number),
        texts.block("autre", "titre", "", number),
        texts.essential("autre", "essentiel-4", 4, number),
    ):
        assert said.strip()
    assert texts.answer("autre", "q1-reponse", about, 1) == texts.answer("autre", "q1-reponse", about, 1)
    assert texts.block("autre", "source", "", number) == "Annexes de la leçon."
