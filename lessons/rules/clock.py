"""The clock of a part: dated events in, deadlines out. The server's clock is the only one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(seconds=30)  # for the network, after each student's own deadline
WARNINGS = (timedelta(minutes=5), timedelta(minutes=1))


class Kind(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    END = "end"
    REOPEN = "reopen"


class Status(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class NotPossible(Exception):
    """The event makes no sense in the present state; nothing is changed."""


class NoGroups(NotPossible):
    """A part in groups cannot start before its groups are formed."""


@dataclass(frozen=True)
class Event:
    kind: Kind
    at: datetime
    seconds: int = 0
    keeps_extra: bool = True


@dataclass(frozen=True)
class Clock:
    """State after some events. `ends_at` is for those without extra time; None while not running.

    `remaining` is set while paused; it is negative where only students with extra time still write.
    `counts_extra` is False after « Terminer la partie », now for everyone.
    """

    status: Status = Status.PENDING
    ends_at: datetime | None = None
    remaining: timedelta | None = None
    counts_extra: bool = True
    last_at: datetime | None = None

    def deadline(self, extra_seconds: int) -> datetime | None:
        """When this student's time ends; None before the start and while paused."""
        if self.ends_at is None:
            return None
        return self.ends_at + timedelta(seconds=extra_seconds if self.counts_extra else 0)

    def is_open(self, now: datetime, extra_seconds: int = 0) -> bool:
        """True while this student may write (grace not counted)."""
        deadline = self.deadline(extra_seconds)
        return self.status == Status.PAUSED or (deadline is not None and now < deadline)

    def possible(self, now: datetime, longest_extra: int = 0) -> frozenset[Kind]:
        """What the teacher may do now; `longest_extra`: seconds of the student who has most."""
        if self.status == Status.PENDING:
            return frozenset({Kind.START})
        if self.status == Status.PAUSED:
            return frozenset({Kind.RESUME, Kind.EXTEND, Kind.END})
        if self.status == Status.RUNNING and self.is_open(now):
            return frozenset({Kind.PAUSE, Kind.EXTEND, Kind.END})
        if self.is_open(now, longest_extra):
            return frozenset({Kind.PAUSE, Kind.END, Kind.REOPEN})
        return frozenset({Kind.REOPEN})


def check(clock: Clock, kind: Kind, now: datetime, longest_extra: int = 0) -> None:
    """Raises NotPossible if the teacher may not do this now."""
    if kind not in clock.possible(now, longest_extra):
        raise NotPossible(f"{kind} while {clock.status}")


def apply(clock: Clock, event: Event, duration: timedelta) -> Clock:
    """The clock after `event`, which `check` let through. An instant never goes backwards."""
    at = event.at if clock.last_at is None else max(event.at, clock.last_at)
    changed = _CHANGES[event.kind](clock, replace(event, at=at), duration)
    return replace(changed, last_at=at)


def derive(events: Iterable[Event], duration: timedelta) -> Clock:
    """The clock after all events, in order."""
    clock = Clock()
    for event in events:
        clock = apply(clock, event, duration)
    return clock


def _start(clock: Clock, event: Event, duration: timedelta) -> Clock:
    return replace(clock, status=Status.RUNNING, ends_at=event.at + duration)


def _pause(clock: Clock, event: Event, duration: timedelta) -> Clock:
    assert clock.ends_at is not None
    return replace(clock, status=Status.PAUSED, ends_at=None, remaining=clock.ends_at - event.at)


def _resume(clock: Clock, event: Event, duration: timedelta) -> Clock:
    assert clock.remaining is not None
    return replace(clock, status=Status.RUNNING, ends_at=event.at + clock.remaining, remaining=None)


def _extend(clock: Clock, event: Event, duration: timedelta) -> Clock:
    more = timedelta(seconds=event.seconds)
    if clock.remaining is not None:
        return replace(clock, remaining=clock.remaining + more)
    assert clock.ends_at is not None
    return replace(clock, ends_at=clock.ends_at + more)


def _end(clock: Clock, event: Event, duration: timedelta) -> Clock:
    ends_at = event.at if clock.ends_at is None else min(clock.ends_at, event.at)
    if clock.remaining is not None:
        ends_at = event.at + min(clock.remaining, timedelta())
    return replace(
        clock, status=Status.ENDED, ends_at=ends_at, remaining=None, counts_extra=event.keeps_extra
    )


def _reopen(clock: Clock, event: Event, duration: timedelta) -> Clock:
    ends_at = event.at + timedelta(seconds=event.seconds)
    return replace(clock, status=Status.RUNNING, ends_at=ends_at, counts_extra=True)


_CHANGES = {
    Kind.START: _start,
    Kind.PAUSE: _pause,
    Kind.RESUME: _resume,
    Kind.EXTEND: _extend,
    Kind.END: _end,
    Kind.REOPEN: _reopen,
}


def extra_seconds(unit: str, amount: int, duration_seconds: int) -> int:
    """Extra time of a student, in seconds, from the part's duration at its start.

    A third is the usual « tiers-temps » (15 → 20 min, 40 → 53 min 20 s); +1 and +5 min add to
    everyone alike, so they do not count here.
    """
    if unit == "third":
        return duration_seconds // 3
    if unit == "percent":
        return duration_seconds * amount // 100
    if unit == "minutes":
        return amount * 60
    return 0
