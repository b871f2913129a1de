"""One file of a pack as a form, and the form as a file again: the same keys, the same reader behind.

What somebody types goes into the file as it is, quoted; whether it may stay there is for the reader to say.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from metroloco_site.packs.rules.errors import PackError
from metroloco_site.packs.rules.files import NAMES, PackFile
from metroloco_site.packs.rules.keys import MAX_ITEMS
from metroloco_site.packs.rules.labels import BODIES, CHOICES, HELPS, LABELS
from metroloco_site.packs.rules.reading import read_file
from metroloco_site.packs.rules.schema import KINDS, Key
from metroloco_site.packs.rules.writing import document

# What names the file, or what other files lead to it by: it stays.
FIXED = {
    "lesson": {"slug"},
    "part": {"number", "kind"},
    "question": {"part", "number"},
    "annexe": {"part", "number", "slug", "video"},
    "grid": {"part"},
}
# What an author of files reads, as somebody who fills in a form needs it.
_OF_FILES = (
    (re.compile(r"^il manque la clé (« \w+ ») : ajoutez une ligne.*"), r"\1 est vide."),
    (re.compile(r" est vide : donnez une valeur ou retirez la ligne\."), " est vide."),
    (re.compile(r" : écrivez le texte sous le second « --- »\."), " : ce texte est vide."),
)
SPARE = 1  # empty rows below a list of tables
Values = dict[str, Any]  # text, flag (bool), texts, choices and numbers (lists), tables (list of Values)


@dataclass(frozen=True)
class Field:
    """A control of the form. `value` is what it holds; `rows` are those of a list of tables."""

    name: str
    label: str
    help: str
    kind: str
    value: str
    most: int
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    chosen: tuple[str, ...] = ()
    rows: "tuple[tuple[Field, ...], ...]" = ()


def path_of(kind: str, name: str) -> str:
    """« annexes/1-2.md »; "" where no file of this kind can have that name."""
    folder = KINDS[kind].folder if kind in KINDS else ""
    if not folder:
        return "lesson.md" if kind == name == "lesson" else ""
    return f"{folder}/{name}.md" if NAMES[folder].fullmatch(f"{name}.md") else ""


def values_of(kind: str, item: object) -> Values:
    """What a form about this content starts with."""
    return _values(KINDS[kind].keys, item) | {"body": getattr(item, KINDS[kind].body)}


def blank(kind: str) -> Values:
    """What a file that says nothing yet holds."""
    return _values_empty(KINDS[kind].keys)


def _values(keys: tuple[Key, ...], item: object) -> Values:
    found: Values = {}
    for key in keys:
        value = getattr(item, key.name)
        if key.kind == "tables":
            found[key.name] = [_values(key.of, row) for row in value]
        else:
            found[key.name] = list(value) if isinstance(value, tuple) else value
    return found


def posted(kind: str, data: Mapping[str, str], before: Values) -> Values:
    """What the form came back with; what it may not change is as it was `before`."""
    values = _posted(KINDS[kind].keys, data, "") | {"body": data.get("body", "")}
    return values | {name: before[name] for name in FIXED.get(kind, ())}


def _posted(keys: tuple[Key, ...], data: Mapping[str, str], prefix: str) -> Values:
    values: Values = {}
    for key in keys:
        name = prefix + key.name
        text = data.get(name, "").strip()
        if key.kind == "flag":
            values[key.name] = bool(text)
        elif key.kind == "choices":
            values[key.name] = [word for word in key.values if data.get(f"{name}-{word}")]
        elif key.kind == "texts":
            values[key.name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif key.kind == "numbers":
            values[key.name] = [_number(part) for part in text.replace(",", " ").replace(";", " ").split()]
        elif key.kind == "number":
            values[key.name] = _number(text)
        elif key.kind == "tables":
            rows = [_posted(key.of, data, f"{name}-{number}-") for number in range(MAX_ITEMS)]
            values[key.name] = [row for row in rows if any(row.values())]
        else:
            values[key.name] = text
    return values


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("10000") else text


def fields(kind: str, values: Values) -> tuple[Field, ...]:
    """The controls of the form, in the order of the file; its Markdown is the last."""
    fixed = FIXED.get(kind, set())
    shown = tuple(
        _field(kind, key, values[key.name], "") for key in KINDS[kind].keys if key.name not in fixed
    )
    body = Field("body", BODIES[kind], HELPS["body"], "body", values["body"], 0, required=False)
    return (*shown, body)


def _field(kind: str, key: Key, value: Any, prefix: str) -> Field:  # noqa: ANN401 - by kind of key
    name = prefix + key.name
    label = LABELS.get(f"{kind}.{key.name}", LABELS.get(key.name, key.name))
    rows: tuple[tuple[Field, ...], ...] = ()
    if key.kind == "tables":
        spare = 0 if key.exactly else SPARE
        held = [*value, *[_values_empty(key.of)] * spare]
        rows = tuple(
            tuple(_field(key.name, inner, row[inner.name], f"{name}-{number}-") for inner in key.of)
            for number, row in enumerate(held)
        )
    return Field(
        name=name,
        label=label,
        help=HELPS.get(f"{kind}.{key.name}", HELPS.get(key.name, "")),
        kind=key.kind,
        value=_shown(key, value),
        most=key.most,
        required=key.required,
        choices=tuple((choice, CHOICES[choice]) for choice in key.values),
        chosen=tuple(value) if key.kind == "choices" else (),
        rows=rows,
    )


def _values_empty(keys: tuple[Key, ...]) -> Values:
    lists = {"texts", "numbers", "tables", "choices"}
    return {key.name: [] if key.kind in lists else "" for key in keys}


def _shown(key: Key, value: Any) -> str:  # noqa: ANN401 - by kind of key
    if key.kind in {"tables", "choices"}:
        return ""
    if key.kind == "texts":
        return "\n".join(value)
    if key.kind == "numbers":
        return ", ".join(map(str, value))
    return ("1" if value else "") if key.kind == "flag" else str(value)


def file_of(kind: str, values: Values) -> bytes:
    """The file that says this."""
    return document(kind, _item(kind, values))


def _item(kind: str, values: Values) -> SimpleNamespace:
    tables = {key.name for key in KINDS[kind].keys if key.kind == "tables"} if kind in KINDS else set()
    held = {
        name: [SimpleNamespace(**row) for row in value] if name in tables else value
        for name, value in values.items()
    }
    body = "\n".join(values["body"].splitlines()).strip("\n").rstrip()
    return SimpleNamespace(**held | {KINDS[kind].body: body})


def told(errors: Iterable[PackError], path: str) -> tuple[str, ...]:
    """Errors as the form says them: of this file, by the names on screen; of others, with file and line."""
    return tuple(_named(error.message) if error.file == path else str(error) for error in errors)


def _named(message: str) -> str:
    for of_files, of_form in _OF_FILES:
        message = of_files.sub(of_form, message)
    words = re.sub(r"« (\w+) »", lambda key: f"« {LABELS.get(key[1], key[1])} »", message)
    return words[0].upper() + words[1:]


def read_draft(kind: str, path: str, data: bytes) -> tuple[Any, tuple[PackError, ...]]:
    """What this one file says, as far as it can be read, and what is wrong in it alone."""
    folder, _, name = path.rpartition("/")
    match = NAMES[folder].fullmatch(name) if folder else None
    file = PackFile(path, folder, match.groups() if match else (), data)
    return read_file(file, KINDS[kind].read)
