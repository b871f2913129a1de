"""Token buckets in memory, against guessing. An address is kept only as a keyed hash, never stored."""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MOST_KEYS = 10_000
_KEY = secrets.token_bytes(32)  # new at each start: no hash outlives the process


@dataclass(frozen=True)
class Rate:
    """`burst` failures at once, then `per_minute`."""

    burst: int
    per_minute: float

    def most(self, minutes: float) -> float:
        """The most failures that get through in so many minutes."""
        return self.burst + self.per_minute * minutes


class Bucket:
    """Failures still allowed, by key. Successes cost nothing."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._lock = Lock()
        self._left: dict[bytes, tuple[float, float]] = {}

    def allows(self, key: str) -> bool:
        with self._lock:
            return self._now(digest(key)) >= 1

    def fail(self, key: str) -> None:
        """Counts one failure; full buckets are forgotten, so that memory stays small."""
        counted = digest(key)
        with self._lock:
            self._left[counted] = (self._now(counted) - 1, self._clock())
            if len(self._left) > MOST_KEYS:
                self._left = {k: v for k, v in self._left.items() if self._now(k) < self.rate.burst}

    def _now(self, counted: bytes) -> float:
        left, at = self._left.get(counted, (float(self.rate.burst), self._clock()))
        return min(self.rate.burst, left + (self._clock() - at) * self.rate.per_minute / 60)


class Tried:
    """What has been tried lately, as keyed hashes: the same wrong guess again teaches its author nothing."""

    def __init__(self, most: int = MOST_KEYS) -> None:
        self._most = most
        self._lock = Lock()
        self._known: dict[bytes, None] = {}

    def again(self, guess: str) -> bool:
        """True if this very guess is remembered; it is from now on. The oldest are forgotten first."""
        key = digest(guess)
        with self._lock:
            known = key in self._known
            self._known[key] = None
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
        return known


def digest(text: str) -> bytes:
    """A hash that means nothing outside this process."""
    return hashlib.blake2b(text.encode(), key=_KEY, digest_size=16).digest()
