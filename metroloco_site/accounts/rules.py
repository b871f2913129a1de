"""How long wrong passwords make an account name wait (docs/decisions/0012-sign-in.md).

By account name, for a school sits behind one address. Who knows a teacher's account name must not keep its
teacher out: ten seconds after anybody's wrong try the next one is looked at, whoever sends it, until 300
wrong ones in a row. Only then does the wait grow, so that guessing stays as slow as it was.
"""

from datetime import datetime, timedelta

FREE_FAILURES = 10
BUDGET = 240  # wrong passwords in a row after which somebody is guessing, not mistyping
SHORT_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=1)  # less would let who guesses begin a new budget too often


def wait_after(failures: int) -> timedelta:
    """Nothing for ten failures, ten seconds up to the budget, then doubling every ten up to five minutes."""
    if failures < FREE_FAILURES:
        return timedelta()
    doublings = max(0, failures - BUDGET) // 10
    return min(LONGEST_WAIT, SHORT_WAIT * (1 << min(doublings, 10)))


def may_try(failures: int, last_failure_at: datetime, now: datetime) -> bool:
    """True if the wait after the last wrong password is over."""
    return now >= last_failure_at + wait_after(failures) or now >= last_failure_at + FORGOTTEN_AFTER
