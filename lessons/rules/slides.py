"""A text cut into screens for the projector: whole paragraphs and list items, never a cut line.

What fits is estimated (a projector has no hands, and the board must know how many screens there are);
static/js/board/fit_text.js shrinks a screen by a few percent where the estimate was short.
"""

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby

WHOLE = 50  # the zoom step that shows a text whole, smaller, in two columns
ZOOMS = (WHOLE, 100, 125, 150, 200)  # % of the text's size; 100 is 28 px on a screen 1280 wide
_GAP = 0.45  # between two paragraphs, in lines
_ITEM_GAP = 0.2
PICTURE_LINES = 9.7  # of text at 100 %: what a heading leaves on a screen; screen.css says the same
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_LISTS = ("ul", "ol")
_SENTENCE = re.compile(r"(?<=[.!?…»])\s+(?=[«A-ZÀ-ÝŒ])")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Room:
    """What a screen holds at 100 %: lines of text (`first` on the first one), and characters on a line."""

    lines: float
    width: int
    first: float
    zoom: int = 100

    def at(self, zoom: int) -> "Room":
        return Room(self.lines * 100 / zoom, max(12, self.width * 100 // zoom), self.first * 100 / zoom, zoom)

    def shrunk(self, share: float) -> "Room":
        """The same, a little lower."""
        return Room(self.lines * share, self.width, self.first * share)


@dataclass(frozen=True)
class _Piece:
    """What is never cut: a paragraph or a few sentences of it, a list item, a heading."""

    block: int
    tag: str
    html: str
    height: float
    starts: bool  # it opens its block
    number: int = 1  # of a list item

    @property
    def needed(self) -> float:
        return self.height + (_GAP if self.starts else 0)

    @property
    def stays_with_next(self) -> bool:
        """A heading, or a paragraph that announces a list."""
        return self.tag in _HEADINGS or self.html.rstrip().endswith(":")


class _Blocks(HTMLParser):
    """The top-level elements of safe HTML (kit.markdown), as (tag, inner HTML)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[str, str]] = []
        self._depth = 0
        self._inner = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("br", "hr", "img"):
            self._add(self.get_starttag_text() or "")
            return
        if self._depth:
            self._add(self.get_starttag_text() or "")
        self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= 1
        if self._depth > 0:
            self._add(f"</{tag}>")
        else:
            self.found.append((tag, self._inner.strip()))
            self._inner = ""

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add(f"&#{name};")

    def _add(self, text: str) -> None:
        if self._depth:
            self._inner += text


def _blocks(text: str) -> list[tuple[str, str]]:
    parser = _Blocks()
    parser.feed(text)
    parser.close()
    return parser.found


@lru_cache(maxsize=256)
def slides(text: str, room: Room, zoom: int = 100) -> tuple[str, ...]:
    """The screens of a text, at least one; as even as they can be."""
    if zoom == WHOLE:
        return (text,)
    inside = room.at(zoom)
    pieces = [
        piece
        for number, (tag, inner) in enumerate(_blocks(text))
        for piece in _pieces(number, tag, inner, inside)
    ]
    filled = _fill(pieces, inside)
    for share in range(50, 100, 5):
        evener = _fill(pieces, inside.shrunk(share / 100))
        if len(evener) <= len(filled):
            filled = evener
            break
    return tuple(_join(screen) for screen in filled) or ("",)


def _pieces(block: int, tag: str, inner: str, room: Room) -> list[_Piece]:
    if tag in _LISTS:
        items = [item for _, item in _blocks(inner)]
        return [
            _Piece(block, tag, f"<li>{item}</li>", _lines(item, room.width - 4) + _ITEM_GAP, n == 1, n)
            for n, item in enumerate(items, start=1)
        ]
    if '<img class="picture"' in inner:
        return [_Piece(block, tag, inner, _picture_height(room), starts=True)]
    height = _lines(inner, room.width)
    if tag == "p" and height > room.lines / 2:
        return [
            _Piece(block, tag, part, _lines(part, room.width), n == 0)
            for n, part in enumerate(_sentences(inner, room))
        ]
    if tag == "table":
        height = 1.6 * inner.count("<tr")
    return [_Piece(block, tag, inner, height * (1.3 if tag in _HEADINGS else 1), starts=True)]


def _picture_height(room: Room) -> float:
    """In lines of this size: a picture keeps its own, whatever the text's."""
    return min(PICTURE_LINES * 100 / room.zoom, room.lines - _GAP)


def _sentences(inner: str, room: Room) -> list[str]:
    """Sentences gathered by thirds of a screen; none is cut inside an element."""
    parts: list[str] = []
    for sentence in _SENTENCE.split(inner):
        open_tags = parts and parts[-1].count("</") * 2 != parts[-1].count("<")
        if parts and (open_tags or _lines(f"{parts[-1]} {sentence}", room.width) <= room.lines / 3):
            parts[-1] += f" {sentence}"
        else:
            parts.append(sentence)
    return parts


def _lines(inner: str, width: int) -> float:
    """Lines that this HTML takes: its words laid one after the other."""
    lines, at = 1, 0
    for word in html.unescape(_TAG.sub("", inner)).split():
        if at and at + 1 + len(word) > width:
            lines, at = lines + 1, 0
        at += len(word) + bool(at)
        lines, at = lines + at // (width + 1), at % (width + 1)
    return lines


def _fill(pieces: Sequence[_Piece], room: Room) -> list[list[_Piece]]:
    screens: list[list[_Piece]] = [[]]
    used = 0.0
    for index, piece in enumerate(pieces):
        together, ahead = piece.needed, index
        while pieces[ahead].stays_with_next and ahead + 1 < len(pieces):
            ahead += 1
            together += pieces[ahead].needed
        lines = room.first if len(screens) == 1 else room.lines
        if screens[-1] and used + together > lines:
            screens.append([])
            used = 0.0
        screens[-1].append(piece)
        used += piece.needed
    return [screen for screen in screens if screen]


def _join(screen: Iterable[_Piece]) -> str:
    out = []
    for _, group in groupby(screen, key=lambda piece: piece.block):
        pieces = list(group)
        first = pieces[0]
        start = f' start="{first.number}"' if first.tag == "ol" and first.number > 1 else ""
        glue = "" if first.tag in _LISTS else " "
        out.append(f"<{first.tag}{start}>{glue.join(piece.html for piece in pieces)}</{first.tag}>")
    return "\n".join(out)


def next_zoom(zoom: int, by: int) -> int:
    """The neighbouring step of ZOOMS; the ends stay."""
    index = min(range(len(ZOOMS)), key=lambda i: math.fabs(ZOOMS[i] - zoom))
    return ZOOMS[min(max(index + by, 0), len(ZOOMS) - 1)]
