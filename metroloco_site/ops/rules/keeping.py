"""When what was kept until a day goes: hidden on that day, erased by a look of a later one.

One look alone never erases. A clock that is months ahead (a flat battery, a wrong year) would otherwise take every
class of an installation at the start; hidden, they come back as soon as it is set right.
"""

from datetime import date


def is_due(until: date, today: date) -> bool:
    """Its day has come: nobody is shown it any more."""
    return until <= today


def erased_until(last: date | None, today: date) -> date | None:
    """Whatever was to be kept until that day, or an earlier one, goes now; None: nothing does.

    `last`: the day of the look before this one, None if there was none. What it found due, it hid.
    """
    return last if last is not None and last < today else None


def is_to_erase(until: date, last: date | None, today: date) -> bool:
    """A look of an earlier day found it due already, and this one does too."""
    found = erased_until(last, today)
    return found is not None and until <= found
