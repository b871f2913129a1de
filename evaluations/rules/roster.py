"""The teacher's own list of real names, read from the bytes of a request and kept nowhere."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_BYTES = 200_000
MOST_SIGNS = 80  # of a name on paper
COLUMNS = 2
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods are ZIP files, .xls is OLE
_SEPARATOR = re.compile(r'"?sep=([;,\t])"?')
_FRENCH = set("àâäæçéèêëîïôöùûüÿœÀÂÄÆÇÉÈÊËÎÏÔÖÙÛÜŸŒ’")
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
    filled = [(line, cells) for line, cells in enumerate(_rows(content), start=1) if any(cells)]
    for place, (line, cells) in enumerate(filled):
        if place == 0 and _key(cells[0]) in _HEADINGS:
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
    """A row a line, cells on one line each. A first line « sep=; », Excel's own, says what stands between them."""
    lines = _decode(content).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said = _SEPARATOR.fullmatch(lines[0])
    if said:
        lines[0] = ""
    mark = said[1] if said else max(";\t,", key="\n".join(lines).count)
    try:
        return [[" ".join(cell.split()) for cell in row] for row in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        raise BadRoster("Ce fichier ne se lit pas comme un tableau CSV.") from None


def _decode(content: bytes) -> str:
    """The text of a CSV file, whatever a French spreadsheet saved it as. Raises BadRoster for a workbook."""
    if content.startswith(_WORKBOOKS):
        raise BadRoster(
            "Ce fichier est un classeur, pas une liste\u00a0: dans votre tableur, choisissez "
            "«\u00a0Enregistrer sous\u00a0», puis le type «\u00a0CSV\u00a0», et envoyez ce nouveau fichier."
        )
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # « Texte Unicode »
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # an older Excel, for Windows or for the Mac: the one that gives French
        texts = (content.decode(encoding, errors="replace") for encoding in ("cp1252", "mac_roman"))
        return max(texts, key=lambda text: sum(sign in _FRENCH for sign in text))


def _key(cell: str) -> str:
    """« 01 » is billet 1."""
    key = " ".join(unicodedata.normalize("NFC", cell).casefold().split())
    return (key.lstrip("0") or "0") if key.isdecimal() else key
