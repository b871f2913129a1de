"""SACoche's own CSV, as it gives it blank for one evaluation: read cell by cell, filled in, nothing else changed.

Row 1 has the pupils' numbers from column 2 on; then a row an item: its number, a cell a pupil, its name; then the
pupils' names under their numbers, and lines about the evaluation. Bytes are read one by one (Latin-1), so that the
encoding, the line ends and the quotation marks come back as they were.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_BYTES = 200_000
MOST_PLACES = 100  # pupils, and items
CODES = frozenset("1234")  # what our four levels become; SACoche has letters besides (absent, dispensé…)
TOLD = 10  # sentences at a time
_BOM = "\xef\xbb\xbf"
_BLANKS = " \t\r\n"
_CELL = re.compile(r'("(?:[^"]|"")*+"[^;\r\n]*|[^;\r\n]*)(;|\r\n|\r|\n|\Z)')
_NUMBER = re.compile(r"[0-9]{1,10}")
_CODES_LINE = re.compile(r"CODAGES AUTORIS[^:]*:(.*)", re.DOTALL)
_WORD = re.compile(r"[a-z0-9]+")
_LONG = 4  # letters: what is shorter says little of an item
_NOT_OURS = (
    "Ce n’est pas le fichier vierge de SACoche\u00a0: il commence par une case vide, puis les numéros des élèves, "
    "séparés par des points-virgules."
)
_OTHER_CODES = "ce SACoche n’a pas les codes 1 2 3 4\u202f; les quatre niveaux n’y correspondent pas."


class BadBlank(Exception):
    """Carries the French sentences: rows and columns, never what is in them."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


@dataclass(frozen=True)
class Pupil:
    """`column` counts from 1, as a spreadsheet shows it; `name` is "" if the file tells none."""

    column: int
    number: str
    name: str


@dataclass(frozen=True)
class Item:
    """`line` counts from 1; `text` is its name as SACoche wrote it."""

    line: int
    number: str
    text: str


@dataclass(frozen=True)
class Blank:
    """`cells` are rows of (cell as it is written, what ends it): joined, they are the file again."""

    cells: tuple[tuple[tuple[str, str], ...], ...]
    start: str
    pupils: tuple[Pupil, ...]
    items: tuple[Item, ...]

    def filled(self, codes: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these codes, by line and column."""
        written = [
            _with_code(raw, codes.get((line, column), "")) + end
            for line, row in enumerate(self.cells, start=1)
            for column, (raw, end) in enumerate(row, start=1)
        ]
        return (self.start + "".join(written)).encode("latin-1")


def read(content: bytes) -> Blank:
    """Raises BadBlank."""
    if len(content) > MOST_BYTES:
        raise BadBlank(
            f"Le fichier dépasse {MOST_BYTES // 1000}\u00a0ko\u202f: ce n’est pas celui d’une classe."
        )
    if not content.strip():
        raise BadBlank("Le fichier est vide.")
    text = content.decode("latin-1")
    start = _BOM if text.startswith(_BOM) else ""
    rows = _rows(text.removeprefix(_BOM))
    columns = _pupil_columns(rows[0])
    lines = _item_lines(rows)
    if wrong := [*_blank_faults(rows, columns, lines), *_codes_faults(rows, len(lines))]:
        raise BadBlank(*wrong[:TOLD])
    under = rows[len(lines) + 1] if len(rows) > len(lines) + 1 else ()
    names = [] if not under or _value(under[0][0]) else [_value(raw) for raw, _ in under]
    return Blank(
        cells=rows,
        start=start,
        pupils=tuple(
            Pupil(column, _value(rows[0][column - 1][0]), names[column - 1] if column <= len(names) else "")
            for column in columns
        ),
        items=tuple(_item(rows[line - 1], line, len(columns)) for line in lines),
    )


def same_people(pupils: Sequence[Pupil], names: Mapping[int, str]) -> dict[int, int]:
    """Who is who by the teacher's own list: {column: key of `names`}. A name that two bear leads to nobody."""
    keys = [(_words(name), key) for key, name in names.items()]
    return {
        pupil.column: found[0]
        for pupil in pupils
        if (words := _words(pupil.name))
        and sum(_words(other.name) == words for other in pupils) == 1
        and len(found := [key for name, key in keys if name == words]) == 1
    }


def same_rows(items: Sequence[Item], labels: Sequence[str], first: int = 0) -> list[int | None]:
    """Which of the labels each item is most like: the place of the only best one; as many as items, their order.

    Between equals, one of the `first` labels: those of the grid of part 1, before the posters'.
    """
    alike = [_closest(item.text, labels, first) for item in items]
    if len(items) == len(labels) and not any(place is not None for place in alike):
        return list(range(len(items)))
    return alike


def _rows(text: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    rows: list[list[tuple[str, str]]] = [[]]
    for match in _CELL.finditer(text):
        rows[-1].append((match[1], match[2]))
        if match[2] == ";":
            continue
        if match.end() == len(text):
            break
        rows.append([])
    return tuple(map(tuple, rows))


def _pupil_columns(row: Sequence[tuple[str, str]]) -> list[int]:
    """The columns of row 1 that have a number. Raises BadBlank."""
    values = [_value(raw) for raw, _ in row]
    while values and not values[-1]:
        values.pop()
    if len(values) < 2 or values[0]:  # noqa: PLR2004 - an empty cell and a number
        raise BadBlank(_NOT_OURS)
    columns = list(range(2, len(values) + 1))
    wrong = [
        f"Ligne 1, colonne {column}\u00a0: il faut le numéro d’un élève."
        for column in columns
        if not _NUMBER.fullmatch(values[column - 1])
    ]
    wrong += [
        f"Ligne 1, colonne {column}\u00a0: ce numéro d’élève est déjà plus à gauche."
        for column in columns
        if values[column - 1] and values[column - 1] in values[: column - 1]
    ]
    if len(columns) > MOST_PLACES:
        wrong = [f"Ligne 1\u00a0: plus de {MOST_PLACES} élèves."]
    if wrong:
        raise BadBlank(*wrong[:TOLD])
    return columns


def _item_lines(rows: Sequence[Sequence[tuple[str, str]]]) -> list[int]:
    """The lines from 2 on, up to the first one that starts with an empty cell. Raises BadBlank."""
    lines, wrong, seen = [], [], set()
    for line, row in enumerate(rows[1:], start=2):
        number = _value(row[0][0])
        if not number:
            break
        if not _NUMBER.fullmatch(number):
            wrong.append(f"Ligne {line}, colonne 1\u00a0: il faut le numéro d’un item.")
        elif number in seen:
            wrong.append(f"Ligne {line}, colonne 1\u00a0: ce numéro d’item est déjà plus haut.")
        seen.add(number)
        lines.append(line)
    if len(lines) > MOST_PLACES:
        wrong = [f"Ligne {MOST_PLACES + 2}\u00a0: plus de {MOST_PLACES} items."]
    if wrong:
        raise BadBlank(*wrong[:TOLD])
    if not lines:
        raise BadBlank("Ligne 2, colonne 1\u00a0: il faut le numéro d’un item.")
    return lines


def _blank_faults(
    rows: Sequence[Sequence[tuple[str, str]]], columns: Sequence[int], lines: Sequence[int]
) -> list[str]:
    """Cells that are not there, or not blank."""
    wrong = []
    for line in lines:
        row = rows[line - 1]
        if len(row) < columns[-1]:
            wrong.append(
                f"Ligne {line}, colonne {len(row) + 1}\u00a0: la ligne s’arrête avant le dernier élève."
            )
            continue
        wrong += [
            f"Ligne {line}, colonne {column}\u00a0: cette case est déjà remplie\u202f; il faut un fichier vierge."
            for column in columns
            if _value(row[column - 1][0])
        ]
    return wrong


def _codes_faults(rows: Sequence[Sequence[tuple[str, str]]], items: int) -> list[str]:
    """An installation with other codes would take ours for something else."""
    for line, row in enumerate(rows[items + 1 :], start=items + 2):
        if match := _CODES_LINE.match(_value(row[0][0])):
            if set(re.findall(r"[0-9]", match[1])) == CODES:
                return []
            return [f"Ligne {line}, colonne 1\u00a0: {_OTHER_CODES}"]
    return []


def _item(row: Sequence[tuple[str, str]], line: int, pupils: int) -> Item:
    """SACoche writes the name bare: what it cuts at a semicolon is one text again."""
    text = "; ".join(_value(raw) for raw, _ in row[pupils + 1 :])
    return Item(line, _value(row[0][0]), text.strip("; "))


def _value(raw: str) -> str:
    """What a cell says, without its quotation marks. Half of « à » is a space in Latin-1: spaces go by name."""
    bare = raw.strip(_BLANKS)
    if bare.startswith('"') and bare.endswith('"') and len(bare) > 1:
        bare = bare[1:-1].replace('""', '"')
    content = bare.encode("latin-1")
    try:
        return content.decode().strip()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").strip()


def _with_code(raw: str, code: str) -> str:
    if not code:
        return raw
    return f'"{code}"' if raw.lstrip().startswith('"') else code


def _closest(text: str, labels: Sequence[str], first: int) -> int | None:
    """The place of the label that shares most long words with the text, if no other of its grid does."""
    words = {word for word in _words(text) if len(word) >= _LONG}
    shared = [len(words & set(_words(label))) for label in labels]
    best = max(shared, default=0)
    places = [place for place, count in enumerate(shared) if count == best] if best else []
    alone = [place for place in places if place < first] or places
    return alone[0] if len(alone) == 1 else None


def _words(text: str) -> tuple[str, ...]:
    """Without capitals, accents, or order: « Zoé ÉLUARD » is « eluard zoe »."""
    spelt = text.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return tuple(sorted(_WORD.findall(plain)))
