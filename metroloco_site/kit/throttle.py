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
            return self._now(self._digest(key)) >= 1

    def fail(self, key: str) -> None:
        """Counts one failure; full buckets are forgotten, so that memory stays small."""
        digest = self._digest(key)
        with self._lock:
            self._left[digest] = (self._now(digest) - 1, self._clock())
            if len(self._left) > MOST_KEYS:
                self._left = {k: v for k, v in self._left.items() if self._now(k) < self.rate.burst}

    def _now(self, digest: bytes) -> float:
        left, at = self._left.get(digest, (float(self.rate.burst), self._clock()))
        return min(self.rate.burst, left + (self._clock() - at) * self.rate.per_minute / 60)

    @staticmethod
    def _digest(key: str) -> bytes:
        return hashlib.blake2b(key.encode(), key=_KEY, digest_size=16).digest()
