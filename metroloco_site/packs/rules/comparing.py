"""Two states of a document side by side: what a teacher reads of it, line by line, by the names on screen."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from metroloco_site.packs.rules.editing import Field, fields, values_of

MOST_LINES = 20  # of one document
_MOST_COMPARED = 200  # lines; what a comparison costs grows with their square
_LENGTH = 240  # signs of a line; a longer paragraph is compared sentence by sentence
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Line:
    """`came`: the text has it now; else it had it before."""

    came: bool
    text: str


@dataclass(frozen=True)
class Difference:
    """`more`: how many lines are not shown."""

    lines: tuple[Line, ...] = ()
    more: int = 0

    def cut(self, most: int) -> "Difference":
        """Its first lines."""
        return Difference(self.lines[:most], self.more + len(self.lines[most:]))


NOTHING = Difference()


def lines_of(kind: str, item: object) -> tuple[str, ...]:
    """What its form shows, without what names the file: the same after a move."""
    return tuple(line for field in fields(kind, values_of(kind, item)) for line in _lines(field))


def _lines(field: Field) -> Iterator[str]:
    if field.kind == "tables":
        rows = [", ".join(value for cell in row if (value := _value(cell))) for row in field.rows]
        yield from (f"{field.label}\u00a0: {row}" for row in rows if row)
    elif field.kind == "body":
        yield from _pieces(field.value)
    elif field.kind == "texts":
        yield from (f"{field.label}\u00a0: {line}" for line in field.value.splitlines())
    elif value := _value(field):
        yield f"{field.label}\u00a0: {value}"


def _value(field: Field) -> str:
    words = dict(field.choices)
    if field.kind == "choices":
        return ", ".join(words[word] for word in field.chosen)
    if field.kind == "flag":
        return "oui" if field.value else ""
    return words.get(field.value, field.value)


def _pieces(text: str) -> Iterator[str]:
    for line in filter(str.strip, text.splitlines()):
        for part in [line] if len(line) <= _LENGTH else _SENTENCE.split(line):
            yield from textwrap.wrap(part, _LENGTH)


def difference(before: tuple[str, ...], after: tuple[str, ...]) -> Difference:
    """The lines that left and those that came, in the order of the text."""
    start = _alike(before, after)
    before, after = before[start:], after[start:]
    end = _alike(before[::-1], after[::-1])
    before, after = before[: len(before) - end], after[: len(after) - end]
    old, new = before[:_MOST_COMPARED], after[:_MOST_COMPARED]
    lines: list[Line] = []
    for what, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            lines += [Line(came=False, text=text) for text in old[i:j]]
            lines += [Line(came=True, text=text) for text in new[k:n]]
    unread = len(before) - len(old) + len(after) - len(new)
    return Difference(tuple(lines), unread).cut(MOST_LINES)


def _alike(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    """How many lines are the same from the start."""
    pairs = zip(before, after, strict=False)
    return next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(before), len(after)))
