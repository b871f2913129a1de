"""Who wrote what of a group's document, for the group and for the teacher."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lessons.models import Poster
from lessons.queries.documents import authors

GONE = "Une personne partie"


@dataclass(frozen=True)
class Stretch:
    """So much of a text, by one participant; `seat` is 0 for somebody who is not in the group (any more)."""

    name: str
    seat: int
    text: str


@dataclass(frozen=True)
class Written:
    """One text of the document with who wrote which stretch of it."""

    label: str
    stretches: tuple[Stretch, ...]


def written(
    poster: Poster, labels: Iterable[tuple[str, str]], names: Mapping[int, str], seats: Sequence[int]
) -> tuple[Written, ...]:
    """The texts that say something, in the order of `labels` (key, label).

    `names` by participant id; `seats`: the ids of the members in their order. Two queries.
    """
    known = authors(poster)

    def stretch(who: int | None, text: str) -> Stretch:
        seat = seats.index(who) + 1 if who in seats else 0
        return Stretch(names.get(who or 0, GONE), seat, text)

    return tuple(
        Written(label, tuple(stretch(who, text) for who, text in _from_line_starts(known[key])))
        for key, label in labels
        if known.get(key)
    )


def _from_line_starts(runs: Sequence[tuple[int | None, str]]) -> list[tuple[int | None, str]]:
    """Line breaks that begin a run end the one before: its author's name stands on the line of its words."""
    found: list[tuple[int | None, str]] = []
    for who, text in runs:
        words = text.lstrip("\n")
        if found and words:
            found[-1] = (found[-1][0], found[-1][1] + text[: len(text) - len(words)])
        found.append((who, words if found and words else text))
    return found
