"""How long an activité is kept: a month as a rule, at most to the end of the school year in which it was made."""

from datetime import date, timedelta

KEPT_DAYS = 30
SEPTEMBER = 9


def end_of_school_year(made_on: date) -> date:
    """31 August that closes the school year of this day; 31 August itself belongs to the year that follows.

    The first day on which what is made then can be erased is 1 September: no date would do otherwise.
    """
    first = made_on + timedelta(days=1)
    return date(first.year + (first.month >= SEPTEMBER), 8, 31)


def usual_deletion(today: date) -> date:
    """The day on which what is made today goes, unless somebody chooses another one."""
    return min(today + timedelta(days=KEPT_DAYS), end_of_school_year(today))
