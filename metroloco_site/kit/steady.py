"""The clock of a class: the machine's, except that it never goes back.

A school PC's clock is set right in the middle of a lesson, or wrong. Set back by an hour, it would give the
whole class an hour more and open again what the bell has closed. So time goes on from where it was, at the
pace of the monotonic clock. Set forward, it is followed: a machine that slept looks the same from inside,
and there the wall clock is right (docs/decisions/0010-steady-clock.md).
"""

import time
from datetime import UTC, datetime
from threading import Lock

MOST_AHEAD_S = 24 * 3600.0  # an instant further ahead than that was itself written by a wrong clock


class Steady:
    """Seconds since 1970 that never decrease; `wall` and `ticks` are replaced in tests."""

    def __init__(self) -> None:
        self.wall = time.time
        self.ticks = time.monotonic
        self._lock = Lock()
        self._from: tuple[float, float] | None = None

    def seconds(self) -> float:
        with self._lock:
            wall, ticks = self.wall(), self.ticks()
            start, since = self._from or (wall, ticks)
            steady = start + ticks - since
            if self._from is None or wall > steady:
                self._from, steady = (wall, ticks), wall
            return steady

    def not_before(self, instant: datetime) -> None:
        """Goes on from an instant that was stored before this process started, if the clock was set back since."""
        ahead = instant.timestamp() - self.seconds()
        if 0 < ahead < MOST_AHEAD_S:
            with self._lock:
                self._from = (instant.timestamp(), self.ticks())


_clock = Steady()
not_before = _clock.not_before


def now() -> datetime:
    """Now, in UTC, never earlier than what it gave before."""
    return datetime.fromtimestamp(_clock.seconds(), UTC)
