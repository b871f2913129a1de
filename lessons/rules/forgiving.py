"""When a save takes so much away that what was there is kept, and what is given back of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from lessons.rules.texts import MAX_KEPT

FEWEST_WORDS = 20  # of less, nothing is kept: it is typed again faster than found
PARTS = 5  # a save that leaves less than a fifth takes away more than 80 %
MOST_KEPT = 4  # of one field, those decided included


@dataclass(frozen=True)
class Kept:
    """A text that was taken away. `at`: when it was saved. `decided`: it was taken back, or refused."""

    pk: int
    text: str
    words: int
    at: datetime
    decided: bool = False


class Best(Enum):
    """Which is the longest text since the field last grew beyond it: none yet, the one so far, what goes now."""

    ANEW = 0
    SAME = 1
    BEFORE = 2


def takes_much(before: int, after: int) -> bool:
    """More than 80 % of twenty words or more. Both are numbers of words."""
    return before >= FEWEST_WORDS and before > PARTS * after


def best_after(best: int, before: int, after: int) -> Best:
    """Once a text of `after` words replaces one of `before`. `best`: of the one so far, 0 if there is none."""
    longest = max(before, best)
    if takes_much(longest, after) or after >= longest:
        return Best.ANEW
    return Best.SAME if before < max(best, FEWEST_WORDS) else Best.BEFORE


def is_much_longer(kept: Kept, text: str, words: int) -> bool:
    """Whether it is worth a question beside this text: it lacks more than a fifth of those words, or all of them."""
    return 4 * kept.words > PARTS * words and kept.text not in text


def offered(kept: Iterable[Kept], text: str, words: int) -> Kept | None:
    """One question at a time, the newest first: that is what the student saw last."""
    found = [one for one in kept if not one.decided and is_much_longer(one, text, words)]
    return max(found, key=lambda one: (one.at, one.pk), default=None)


def too_many(kept: Sequence[Kept]) -> list[Kept]:
    """Those that go, so that a field never fills the store: first what was decided, then the shortest.

    The longest and the newest that wait always stay.
    """
    rows, gone = list(kept), []
    while len(rows) > MOST_KEPT:
        spare = [one for one in rows if one.decided] or _but_longest_and_newest(rows)
        gone.append(min(spare, key=lambda one: (one.words, one.at)))
        rows.remove(gone[-1])
    return gone


def _but_longest_and_newest(rows: Sequence[Kept]) -> list[Kept]:
    longest = max(rows, key=lambda one: (one.words, one.at))
    newest = max(rows, key=lambda one: (one.at, one.pk))
    return [one for one in rows if one not in (longest, newest)]


def together(kept: str, text: str) -> str | None:
    """What the field says once it is taken back: nothing that stands there now is lost. None if it is too long."""
    if text.strip() in kept:
        return kept
    both = f"{kept}\n\n{text}"
    return both if len(both) <= MAX_KEPT else None
