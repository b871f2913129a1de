"""The rule of what goes on its date: hidden by one look, erased by that of a later day, whatever the clock says."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from metroloco_site.ops.rules.keeping import erased_until, is_due, is_to_erase

DAY = date(2026, 12, 23)
days = st.integers(-400, 400).map(lambda away: DAY + timedelta(days=away))


def fate(until: date, looks: list[date]) -> int | None:
    """Which of these looks erases; None: none of them."""
    last = None
    for number, today in enumerate(looks):
        if is_to_erase(until, last, today):
            return number
        last = today
    return None


@given(until=days, looks=st.lists(days, max_size=8))
def test_it_takes_two_looks_of_two_days_that_both_find_it_due(until: date, looks: list[date]) -> None:
    erased = fate(until, looks)
    by_hand = [n for n, (one, other) in enumerate(pairwise(looks), 1) if is_due(until, one) and one < other]
    assert erased == (by_hand[0] if by_hand else None)


@given(until=days, ahead=st.integers(1, 4000), again=st.integers(1, 20), since=days)
def test_a_clock_that_is_ahead_for_a_day_erases_nothing(
    until: date, ahead: int, again: int, since: date
) -> None:
    """However often one starts on that day, and right before and after it."""
    right = min(since, until - timedelta(days=1))
    wrong = [right + timedelta(days=ahead)] * again
    looks = [right, *wrong, right, right + timedelta(days=1)]
    assert fate(until, looks[: 2 + again]) is None
    assert fate(until, looks) is None or is_due(until, right)


@given(until=days, away=st.integers(0, 30))
def test_with_a_look_a_day_it_is_hidden_on_its_date_and_erased_on_the_next(until: date, away: int) -> None:
    first = until - timedelta(days=away)
    looks = [first + timedelta(days=n) for n in range(away + 3)]
    erased = fate(until, looks)
    assert erased is not None
    assert looks[erased] == until + timedelta(days=1)
    assert [is_due(until, day) for day in looks].index(True) == away


@given(until=days, today=days)
def test_a_first_look_erases_nothing(until: date, today: date) -> None:
    """An older installation has stored none."""
    assert erased_until(None, today) is None
    assert not is_to_erase(until, None, today)
