"""YAML between two lines `---`, as a tree that knows its lines, then Markdown.

The tree is built from YAML's events and not by its constructor: every value keeps its line, nothing is
turned into a number or a date behind the author's back, and what a pack has no use for (aliases, tags,
deep nesting) ends before it can cost anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from metroloco_site.kit.lines import line_feeds
from metroloco_site.packs.rules.errors import shown

MAX_FRONT = 20_000  # characters
MAX_DEPTH = 4  # a list of tables that hold lists, and no more
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
# What YAML 1.2 (§5.1) cannot print, line ends that only some editors count, and what turns the direction
# of writing (U+202A-202E, U+2066-2069), so that a text says what it shows.
UNPRINTABLE = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_REMEDIES = {
    "mapping values are not allowed": "il y a un deux-points de trop : mettez la valeur entre guillemets droits.",
    "found character '\\t'": "une tabulation sert de retrait : remplacez-la par des espaces.",
    "unexpected end of stream": "un guillemet droit s’ouvre ici et ne se ferme pas : ajoutez-le à la fin.",
    "cannot start any token": "cette valeur commence par un signe réservé : mettez-la entre guillemets droits.",
    "could not find expected ':'": "il manque un deux-points après la clé : écrivez « clé: valeur ».",
    "expected <block end>": "le retrait ou les guillemets ne conviennent pas : alignez cette ligne sur les autres.",
    "expected ',' or": "un crochet ou une accolade ne se ferme pas : mettez la valeur entre guillemets droits.",
}


class FrontMatterError(Exception):
    """What stops the reading of one file; `line` counts from 1 in the file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True)
class Scalar:
    line: int
    value: str
    plain: bool  # written without quotes


@dataclass(frozen=True)
class Sequence:
    line: int
    items: "tuple[Node, ...]"


@dataclass(frozen=True)
class Entry:
    line: int
    node: "Node"


@dataclass(frozen=True)
class Table:
    line: int
    entries: dict[str, Entry]


Node = Scalar | Sequence | Table


@dataclass(frozen=True)
class Document:
    """One file, split. `body_line` is the line of the file where `body` starts."""

    table: Table
    body: str
    body_line: int


def read_document(data: bytes) -> Document:
    """The front matter and the body of one file. Raises FrontMatterError."""
    text = _decode(data)
    fences = _FENCE.finditer(text)
    opening = next(fences, None)
    if opening is None or opening.start() != 0:
        raise FrontMatterError(1, "le fichier doit commencer par une ligne « --- », suivie des clés.")
    closing = next(fences, None)
    if closing is None:
        raise FrontMatterError(
            1, "il manque la ligne « --- » qui ferme les clés : ajoutez-la avant le texte."
        )
    front = text[opening.end() + 1 : closing.start()]
    if len(front) > MAX_FRONT:
        raise FrontMatterError(
            1, f"les clés dépassent {MAX_FRONT} signes : le texte long va sous le second « --- »."
        )
    after = text[closing.end() :].rstrip()
    body = after.lstrip("\n")
    start = closing.end() + len(after) - len(body) if body else closing.start()
    return Document(_Builder(front).table(), body, _line(text, start))


def _decode(data: bytes) -> str:
    """UTF-8 text with Unix line ends. Raises FrontMatterError at the first character out of place.

    Below the keys, soft breaks of other programs are line breaks; among them they would end a value unseen.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FrontMatterError(
            line, "un caractère est illisible : enregistrez le fichier en UTF-8."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = [fence.end() for fence in islice(_FENCE.finditer(text), 2)][-1:] or [len(text)]
    text = text[: front[0]] + line_feeds(text[front[0] :])
    if bad := UNPRINTABLE.search(text):
        code = f"U+{ord(bad.group()):04X}"
        raise FrontMatterError(
            _line(text, bad.start()), f"un caractère invisible ({code}) est interdit : effacez-le."
        )
    return text


def _line(text: str, index: int) -> int:
    return text.count("\n", 0, index) + 1


class _Builder:
    """Reads YAML's events one by one into a tree; the front matter starts on line 2 of its file."""

    def __init__(self, front: str) -> None:
        self.events: Iterator[Any] = YAML(typ="safe", pure=True).parse(front)
        self.line = 2

    def table(self) -> Table:
        """The whole front matter. Raises FrontMatterError."""
        try:
            return self._document()
        except MarkedYAMLError as error:
            raise self._broken(error) from None
        except (YAMLError, ValueError):  # ValueError: an escape beyond Unicode, "\\U00110000"
            raise FrontMatterError(
                self.line, "cette valeur ne se lit pas : récrivez-la sans « \\ »."
            ) from None

    def _broken(self, error: MarkedYAMLError) -> FrontMatterError:
        problem = str(error.problem)
        remedy = next((french for english, french in _REMEDIES.items() if english in problem), None)
        # An open quote is missed at the end of the text; its author looks for it where it opens.
        mark = error.context_mark if "end of stream" in problem else error.problem_mark
        line = mark.line + 2 if mark else self.line
        return FrontMatterError(
            line, remedy or 'ce YAML ne se lit pas : une ligne par clé, « clé: "valeur" ».'
        )

    def _next(self) -> Any:  # noqa: ANN401 - ruamel's events have no common type
        event = next(self.events)
        self.line = event.start_mark.line + 2
        return event

    def _document(self) -> Table:
        self._next()  # the stream's start
        if isinstance(self._next(), StreamEndEvent):
            raise FrontMatterError(1, "il n’y a aucune clé entre les deux lignes « --- » : ajoutez-les.")
        root = self._node(self._next(), 0)
        if not isinstance(root, Table):
            raise FrontMatterError(root.line, "il faut une clé par ligne : écrivez « clé: valeur ».")
        self._next()  # the document's end
        line = self.line
        if not isinstance(self._next(), StreamEndEvent):
            raise FrontMatterError(line, "une ligne « ... » coupe les clés en deux : effacez-la.")
        return root

    def _node(self, event: Any, depth: int) -> Node:  # noqa: ANN401 - as above
        line = self.line
        if isinstance(event, AliasEvent) or event.anchor or event.tag:
            raise FrontMatterError(
                line, "« & », « * » et « ! » sont réservés : mettez la valeur entre guillemets droits."
            )
        if isinstance(event, ScalarEvent):
            return Scalar(line, event.value, plain=event.style is None)
        if depth == MAX_DEPTH:
            raise FrontMatterError(
                line, "trop de listes l’une dans l’autre : récrivez cette valeur plus simplement."
            )
        if isinstance(event, SequenceStartEvent):
            return Sequence(line, tuple(self._items(depth + 1)))
        return Table(line, dict(self._entries(depth + 1)))

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := self._next(), SequenceEndEvent):
            yield self._node(event, depth)

    def _entries(self, depth: int) -> Iterator[tuple[str, Entry]]:
        seen: set[str] = set()
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._node(event, depth)
            if not isinstance(key, Scalar):
                raise FrontMatterError(key.line, "une clé est un seul mot : écrivez « clé: valeur ».")
            if key.value in seen:
                raise FrontMatterError(
                    key.line, f"la clé « {shown(key.value)} » est là deux fois : gardez-en une."
                )
            seen.add(key.value)
            node = self._node(self._next(), depth)
            # YAML sees a missing value where the next key starts; its author, behind its own.
            missing = isinstance(node, Scalar) and node.plain and not node.value
            yield key.value, Entry(key.line, Scalar(key.line, "", plain=True) if missing else node)
