"""How the simulated students of a rehearsal behave: a seed, a number and an instant in, what they do out.

Nothing is remembered: what a student should have done by now follows from the time that the class has
worked. A server that was killed goes on from what the database says (docs/decisions/0022-rehearsal.md).
Seconds are seconds of class: a rehearsal at × 15 goes through fifteen of them in a real one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from lessons.rules import clock
from lessons.rules.pseudonyms import SIMULATED

SPEEDS = (1, 5, 15)
SIZES = (6, 12, 18, 28, 35)
USUAL = 28
LONGEST = timedelta(hours=2)  # then the simulated students leave
MOST_AT_ONCE = 3  # rehearsals of an installation
SHORTEST = 20  # real seconds of a part, however fast its clock
ARRIVAL = 60.0  # within so many seconds the first ones have joined
FASTEST = 5.0  # characters a second of class
BACK_AFTER = clock.GRACE + timedelta(seconds=8)  # real: who was cut off across the bell returns too late
FLUSH = timedelta(seconds=90)  # real: what was typed in time is sent so long after the bell, or never
CUT_AT = 0.82  # of the part: when those cut off across the bell go
SAYS_DONE, ABSTAINS = 0.8, 0.05  # shares of the students
SIGN = SIMULATED


class Trait(StrEnum):
    ORDINARY = "ordinary"
    DROPS = "drops"  # twice off line, and back
    ACROSS_BELL = "across bell"  # off line from shortly before the bell: the text comes late
    ASKS_HELP = "asks help"
    LATECOMER = "latecomer"  # joins once part 1 has begun
    EXTRA_TIME = "extra time"
    SILENT = "silent"  # stops writing for a good while
    LAGS = "lags"  # a slow line: saved seldom
    NEXT_PART = "next part"  # comes once part 2 has begun: its groups must be repaired


# The first six are in every class; the others come with its size.
_CAST = (
    Trait.ACROSS_BELL, Trait.DROPS, Trait.ASKS_HELP, Trait.LATECOMER, Trait.EXTRA_TIME, Trait.ORDINARY,
    Trait.SILENT, Trait.LAGS, Trait.ORDINARY, Trait.ORDINARY, Trait.NEXT_PART, Trait.ORDINARY,
    Trait.ASKS_HELP, Trait.DROPS, Trait.ORDINARY, Trait.ORDINARY, Trait.EXTRA_TIME, Trait.ORDINARY,
    Trait.SILENT, Trait.DROPS, Trait.ASKS_HELP, Trait.LATECOMER, Trait.LAGS,
)  # fmt: skip


def cast(seed: str, count: int) -> tuple[Trait, ...]:
    """What is particular about each of `count` students, in the order of their numbers."""
    traits = [*_CAST, *[Trait.ORDINARY] * count][:count]
    _dice(seed, 0, "cast").shuffle(traits)
    return tuple(traits)


def arrival(seed: str, number: int, trait: Trait) -> tuple[int, float]:
    """(0, seconds after the opening), or (part, share of its duration) for those who come late."""
    rng = _dice(seed, number, "arrival")
    if trait is Trait.LATECOMER:
        return 1, rng.uniform(0.1, 0.25)
    if trait is Trait.NEXT_PART:
        return 2, rng.uniform(0.05, 0.15)
    return 0, rng.uniform(0.0, ARRIVAL)


@dataclass(frozen=True)
class Plan:
    """One student in one part. `finish`: the share of it at which all is written; above 1, the bell comes first.

    `quiet`, `offline`: intervals in seconds of class since the part's start. `every`: real seconds between saves.
    """

    seconds: float
    starts: float
    finish: float
    quiet: tuple[tuple[float, float], ...]
    offline: tuple[tuple[float, float], ...]
    cut: bool
    help_at: float | None
    says_done: bool
    every: int

    def typed(self, at: float, length: int) -> int:
        """Characters typed by then, of `length`; off line too, where they wait on the page."""
        active = self._active(at)
        share = active / max(self._active(self.finish * self.seconds), 1.0)
        return min(length, int(length * share), int(FASTEST * active))

    def _active(self, at: float) -> float:
        pauses = sum(max(0.0, min(at, end) - max(self.starts, start)) for start, end in self.quiet)
        return max(0.0, at - self.starts - pauses)

    def is_online(self, at: float, over: timedelta | None) -> bool:
        """`over`: real time since their own bell, None before: cut off by it they come back, some too late."""
        if self.cut and at >= CUT_AT * self.seconds:
            return over is not None and over >= BACK_AFTER
        return over is not None or not any(start <= at < end for start, end in self.offline)

    def asks_help(self, at: float) -> bool:
        """Whether the moment to ask has come."""
        return self.help_at is not None and at >= self.help_at

    def is_done(self, at: float) -> bool:
        """Whether « J’ai terminé » has been pressed by then."""
        return self.says_done and at >= self.finish * self.seconds


def plan(seed: str, number: int, trait: Trait, part: int, seconds: float) -> Plan:
    """How this student goes through a part of so many seconds of class."""
    rng = _dice(seed, number, f"part {part}")
    first = part == 1
    starts = rng.uniform(0.03, 0.1) * seconds
    thoughts = [(at := rng.uniform(0.1, 0.9), at + rng.uniform(0.01, 0.04)) for _ in range(3)]
    quiet = [(0.35, 0.6)] if trait is Trait.SILENT and first else _apart(thoughts)
    drops = [(0.2, 0.3), (0.55, 0.62)] if trait is Trait.DROPS else []
    finish = 1.3 if trait is Trait.ACROSS_BELL else rng.uniform(0.6, 1.15)
    return Plan(
        seconds=seconds,
        starts=starts,
        finish=finish,
        quiet=tuple((start * seconds, end * seconds) for start, end in quiet),
        offline=tuple((start * seconds, end * seconds) for start, end in drops),
        cut=trait is Trait.ACROSS_BELL and first,
        help_at=rng.uniform(0.2, 0.6) * seconds if trait is Trait.ASKS_HELP else None,
        says_done=trait is not Trait.LAGS and rng.random() < SAYS_DONE,
        every=rng.randint(10, 20) if trait is Trait.LAGS else rng.randint(2, 5),
    )


def _apart(intervals: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """In their order, without overlaps: no moment is counted twice."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        begin = max(start, found[-1][1]) if found else start
        if begin < end:
            found.append((begin, end))
    return found


def worked(
    events: Sequence[clock.Event], duration: timedelta, extra_seconds: int, until: datetime
) -> timedelta:
    """Real time in which this student could write: from start to bell, without pauses, with their extra time."""
    state, total = clock.Clock(), timedelta()
    for event, following in zip(events, [*(event.at for event in events[1:]), until], strict=True):
        state = clock.apply(state, event, duration)
        bell = state.deadline(extra_seconds)
        if bell is not None:
            total += max(timedelta(), min(bell, following, until) - event.at)
    return total


def spread(lengths: Sequence[int], typed: int) -> list[int]:
    """How much of each text is written, one after the other, once so many characters are typed in all."""
    found = []
    for length in lengths:
        found.append(min(length, typed))
        typed -= found[-1]
    return found


def vote(seed: str, number: int, ballot: int, candidates: Collection[int]) -> tuple[float, int] | None:
    """(seconds after the opening, the poster's number), none for their own group's; None for who does not vote."""
    rng = _dice(seed, number, f"ballot {ballot}")
    if not candidates or rng.random() < ABSTAINS:
        return None
    return rng.uniform(5.0, 60.0), rng.choice(sorted(candidates))


def real_seconds(minutes: int, speed: int) -> int:
    """How long a part of so many minutes lasts on this clock."""
    return max(SHORTEST, 60 * minutes // speed)


def _dice(seed: str, number: int, what: str) -> Random:
    return Random(f"{seed}:{number}:{what}")  # noqa: S311 - the same each time, that is the point
