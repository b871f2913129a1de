"""The teacher's own list of real names, read from the bytes of a request and kept nowhere."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_BYTES = 200_000
MOST_SIGNS = 80  # of a name on paper
COLUMNS = 2
_HEADINGS = {"billet", "numéro", "numéro de billet", "pseudonyme", "élève", "n°"}


class BadRoster(Exception):
    """Carries the French sentences: lines and columns, never a name."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


@dataclass(frozen=True)
class Seat:
    """Who can be named: by the number of their billet or by their pseudonym."""

    pk: int
    ticket_number: int | None
    pseudonym: str


def names_of(content: bytes, seats: Sequence[Seat]) -> dict[int, str]:
    """Names by participant. Raises BadRoster; an empty line is none, a first line of headings neither."""
    if len(content) > MOST_BYTES:
        raise BadRoster(
            f"Le fichier dépasse {MOST_BYTES // 1000}\u00a0ko\u202f: ce n’est pas une liste de classe."
        )
    keys = _keys(seats)
    names: dict[int, str] = {}
    wrong = []
    for line, cells in enumerate(_rows(content), start=1):
        if not any(cells) or (line == 1 and _key(cells[0]) in _HEADINGS):
            continue
        if sentence := _fault(cells, keys, names):
            wrong.append(f"Ligne {line}, {sentence}")
        else:
            names[keys[_key(cells[0])]] = cells[1]
    if wrong:
        raise BadRoster(*wrong)
    if not names:
        raise BadRoster("Le fichier ne contient aucun nom.")
    return names


def _keys(seats: Sequence[Seat]) -> Mapping[str, int]:
    """A pseudonym that two places share leads to neither."""
    named = [_key(seat.pseudonym) for seat in seats]
    alone = {_key(seat.pseudonym): seat.pk for seat in seats if named.count(_key(seat.pseudonym)) == 1}
    return alone | {str(seat.ticket_number): seat.pk for seat in seats if seat.ticket_number}


def _fault(cells: Sequence[str], keys: Mapping[str, int], names: Mapping[int, str]) -> str:
    """What is wrong with a line, or nothing."""
    if len([cell for cell in cells if cell]) != COLUMNS or not all(cells[:COLUMNS]):
        return "il faut deux colonnes\u00a0: le billet ou le pseudonyme, puis le nom."
    if _key(cells[0]) not in keys:
        return "colonne 1\u00a0: ni billet ni pseudonyme d’une fiche de cette activité."
    if keys[_key(cells[0])] in names:
        return "colonne 1\u00a0: cet élève a déjà un nom plus haut."
    if len(cells[1]) > MOST_SIGNS:
        return f"colonne 2\u00a0: plus de {MOST_SIGNS} signes."
    return ""


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # an older French Excel
    text = text.replace("\0", "")
    mark = max(";\t,", key=text.count)
    try:
        return [
            [" ".join(cell.split()) for cell in row] for row in csv.reader(text.splitlines(), delimiter=mark)
        ]
    except csv.Error:
        raise BadRoster("Ce fichier ne se lit pas comme un tableau CSV.") from None


def _key(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).casefold().split())
