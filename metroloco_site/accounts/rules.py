"""How long wrong passwords make an account wait. By account name, for a school sits behind one address."""

from datetime import datetime, timedelta

FREE_FAILURES = 5
FORGOTTEN_AFTER = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=5)


def wait_after(failures: int) -> timedelta:
    """Nothing for five failures, then 10 s, 20 s, 40 s … up to five minutes."""
    if failures < FREE_FAILURES:
        return timedelta()
    return min(LONGEST_WAIT, timedelta(seconds=10 * 2 ** min(failures - FREE_FAILURES, 10)))


def may_try(failures: int, last_failure_at: datetime, now: datetime) -> bool:
    """True if the wait after the last wrong password is over."""
    return now >= last_failure_at + wait_after(failures) or now >= last_failure_at + FORGOTTEN_AFTER
