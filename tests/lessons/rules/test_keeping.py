"""How long an activité is kept, on every day of the year."""

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from lessons.rules.keeping import end_of_school_year, usual_deletion

days = st.dates(date(2026, 1, 1), date(2040, 12, 31))


@given(days)
@example(date(2027, 8, 30))
@example(date(2027, 8, 31))
@example(date(2027, 9, 1))
@example(date(2028, 2, 29))
@example(date(2026, 12, 31))
def test_on_every_day_something_can_be_made_and_goes_with_the_school_year(today: date) -> None:
    last, usual, tomorrow = end_of_school_year(today), usual_deletion(today), today + timedelta(days=1)
    assert (last.month, last.day) == (8, 31)
    assert tomorrow <= usual <= last  # a rehearsal goes the next day: that is within the limit, too
    assert last - today <= timedelta(days=366)
    assert usual in (last, today + timedelta(days=30))
    if (today.month, today.day) != (8, 31):
        assert date(last.year - 1, 8, 31) < today


@given(days, days)
def test_what_is_made_later_may_stay_as_long(one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert end_of_school_year(first) <= end_of_school_year(second)
    assert usual_deletion(first) <= usual_deletion(second)
