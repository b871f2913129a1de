"""Which keys a front matter has, asked of the readers themselves: the schema cannot say anything else.

Each reader of `documents` is run on a probe that answers every question and notes it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from metroloco_site.packs.rules import file_kinds
from metroloco_site.packs.rules.file_kinds import Sheet
from metroloco_site.packs.rules.files import SLUG, PackFile
from metroloco_site.packs.rules.front_matter import Document, Table
from metroloco_site.packs.rules.keys import MAX_ITEMS, MAX_LINK, MAX_SLUG, Keys

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Key:
    """`kind`: text, slug, link, choice, choices, number, flag, texts, numbers, tables. `most`: signs, or the number."""

    name: str
    kind: str
    required: bool = True
    most: int = 0
    values: tuple[str, ...] = ()
    exactly: int = 0
    of: "tuple[Key, ...]" = ()


@dataclass(frozen=True)
class Kind:
    """One kind of file. `body` is the name that its Markdown has in the content."""

    folder: str
    read: Callable[[Sheet], Any]
    body: str

    @property
    def keys(self) -> tuple[Key, ...]:
        """In the order in which the reader asks for them, which is that of the canonical form."""
        probe = _Probe()
        self.read(Sheet(PackFile("", self.folder, ("1", "1"), b""), Document(probe.table, "x", 1), probe))
        return tuple(probe.found)


KINDS = {
    "lesson": Kind("", file_kinds.read_lesson, "opening"),
    "part": Kind("parts", file_kinds.read_part, "instructions"),
    "question": Kind("questions", file_kinds.read_question, "expected"),
    "annexe": Kind("annexes", file_kinds.read_annexe, "body"),
    "term": Kind("lexicon", file_kinds.read_term, "body"),
    "card": Kind("method", file_kinds.read_card, "body"),
    "grid": Kind("grids", file_kinds.read_grid, "note"),
    "case": Kind("cases", file_kinds.read_case, "body"),
}


class _Probe(Keys):
    """Answers what a reader asks with something empty, and remembers the question."""

    def __init__(self) -> None:
        super().__init__("", Table(1, {}), [])
        self.found: list[Key] = []

    def text(self, key: str, most: int, *, required: bool = True) -> str:
        self.found.append(Key(key, "text", required, most))
        return ""

    def slug(self, key: str, *, required: bool = True) -> str:
        self.found.append(Key(key, "slug", required, most=MAX_SLUG))
        return ""

    def link(self, key: str) -> str:
        self.found.append(Key(key, "link", required=False, most=MAX_LINK))
        return ""

    def choice(self, key: str, values: Collection[str]) -> str:
        self.found.append(Key(key, "choice", values=tuple(values)))
        return ""

    def choices(self, key: str, values: Collection[str]) -> tuple[str, ...]:
        self.found.append(Key(key, "choices", values=tuple(values)))
        return ()

    def number(self, key: str, most: int) -> int:
        self.found.append(Key(key, "number", most=most))
        return 0

    def flag(self, key: str) -> bool:
        self.found.append(Key(key, "flag", required=False))
        return False

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        self.found.append(Key(key, "texts", most=most))
        return ()

    def numbers(self, key: str, most: int, *, required: bool = True) -> tuple[int, ...]:
        self.found.append(Key(key, "numbers", required, most))
        return ()

    def tables(self, key: str, *, once: str = "", exactly: int = 0, required: bool = True) -> Iterator[Keys]:
        inner = _Probe()
        yield inner
        self.found.append(Key(key, "tables", required, exactly=exactly, of=tuple(inner.found)))


def json_schema() -> dict[str, Any]:
    """JSON Schema of the front matter of every kind of file, under `$defs`."""
    return {
        "$schema": DIALECT,
        "title": "Front matter of the files of a lesson pack (docs/pack.md)",
        "$defs": {name: _table(kind.keys) for name, kind in KINDS.items()},
    }


def _table(keys: tuple[Key, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key.name: _value(key) for key in keys},
        "required": [key.name for key in keys if key.required],
        "additionalProperties": False,
    }


def _value(key: Key) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": key.most}
    number = {"type": "integer", "minimum": 1, "maximum": key.most}
    many = {"type": "array", "minItems": key.exactly or 1, "maxItems": key.exactly or MAX_ITEMS}
    values: dict[str, dict[str, Any]] = {
        "text": text,
        "slug": text | {"pattern": f"^{SLUG.pattern}$"},
        "link": text | {"format": "uri", "pattern": "^https?://"},
        "choice": {"enum": list(key.values)},
        "choices": many | {"items": {"enum": list(key.values)}, "uniqueItems": True},
        "number": number,
        "flag": {"type": "boolean"},
        "texts": many | {"items": text},
        "numbers": many | {"items": number, "uniqueItems": True},
        "tables": many | {"items": _table(key.of)},
    }
    return values[key.kind]
