"""Tables for a spreadsheet: CSV as a French Excel opens it, and ODS with typed cells (ODF 1.2).

The ODS is written here: two XML files in a ZIP. odfpy, the library for it, has had no release since 2022.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from metroloco_site.kit.lines import line_feeds

Cell = str | int | float | None

ODS = "application/vnd.oasis.opendocument.spreadsheet"
_FORMULA = re.compile(r"^[=+\-@\t\r]")  # what a spreadsheet would run: OWASP, CSV injection
_NOT_XML = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MADE = (2000, 1, 1, 0, 0, 0)  # the same table is the same file
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>"
)
_FOOT = "</office:spreadsheet></office:body></office:document-content>"


@dataclass(frozen=True)
class Table:
    """`rows` are as long as `header`. None is an empty cell."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(table: Table) -> bytes:
    """`;`, UTF-8 with BOM, decimal comma, CRLF; a text that would be a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(name) for name in table.header])
    writer.writerows([[_plain(cell) for cell in row] for row in table.rows])
    return out.getvalue().encode("utf-8-sig")


def as_ods(table: Table) -> bytes:
    """One sheet. A text is a text whatever it starts with, a number is a number."""
    rows = "".join(_row(row) for row in [table.header, *table.rows])
    sheet = f"<table:table table:name={quoteattr(_clean(table.title))}>{rows}</table:table>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # The type comes first and uncompressed, so that it can be read without unpacking (ODF 1.2, part 3, 3.3).
        archive.writestr(zipfile.ZipInfo("mimetype", _MADE), ODS)
        for name, text in (("content.xml", _HEAD + sheet + _FOOT), ("META-INF/manifest.xml", _MANIFEST)):
            info = zipfile.ZipInfo(name, _MADE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return out.getvalue()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if _FORMULA.match(cell) else cell
    return str(cell).replace(".", ",")


def _row(cells: Iterable[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        lines = "".join(f"<text:p>{_line(line)}</text:p>" for line in _clean(cell).split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
    shown = str(cell).replace(".", ",")
    typed = f'office:value-type="float" office:value="{cell}"'
    return f"<table:table-cell {typed}><text:p>{shown}</text:p></table:table-cell>"


def _line(text: str) -> str:
    """Spaces in a row have an element of their own, or they would be one space (ODF 1.2, part 1, 6.1.2).

    So have tabs, but LibreOffice Calc drops them and joins the words: a space stands for each.
    """
    spaced = escape(text.replace("\t", " "))
    return re.sub(r"^ | {2,}", lambda run: f'<text:s text:c="{len(run[0])}"/>', spaced)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", line_feeds(text))
