"""Posters as a PDF: the same partial and the same style sheet as on screen."""

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string

from lessons.queries.poster_sheet import PosterSheet, SheetImage, SheetText, Zone
from metroloco_site.kit import pdf
from metroloco_site.kit.pdf_text import for_paper

UNIT_MM = {"A3": 1.0, "A4": 0.707}
_UNITS = re.compile(r"calc\(var\(--u\) \* ([\d.]+)\)")
# poster.css, data-fit: the type's size in tenths of a unit, from the one chosen down; at last, page after page.
FITS = ("66", "61", "57", "53", "49", "45", "42", "suite")
CHOSEN = {"grand": "66", "moyen": "57", "petit": "49"}
TIME_LIMIT_S = 30.0  # a class's posters in one file
# One sheet is laid out up to five times to find its size: more lines of their own than it has cost seconds. What
# follows is set line after line.
MOST_LINES = 100
SHORT_LINES = 8  # a title, a caption, the sources
# At 4.2 units a sheet holds some 6,000 signs of prose, and a sign of the title takes the place of ten: where there
# are more, no size is worth trying. The narrow columns that the larger ones are set in would cost the most.
MOST_SIGNS = 8_000
TITLE_SIGNS = 10


def posters_pdf(sheets: Sequence[PosterSheet], *, paper: str, title: str) -> bytes:
    """One page a poster, in this order, with a bookmark each. Raises pdf.PdfFailed."""
    pages = poster_pages(sheets, paper=paper, title=title)
    steps = [sizes_to_try(sheet) for sheet in sheets]
    return pdf.render_sheets(pages, steps=steps, css=stylesheet(paper), timeout_s=TIME_LIMIT_S)


def poster_pages(sheets: Sequence[PosterSheet], *, paper: str, title: str) -> list[str]:
    """The HTML of each."""
    return [
        render_to_string(
            "pdf/posters.html", {"sheet": _on_paper(s), "paper": paper, "title": for_paper(title)}
        )
        for s in sheets
    ]


@cache
def stylesheet(paper: str) -> str:
    """The sheet's own style and what paper adds to it, its unit written out: a third of the layout's time."""
    folder = Path(settings.BASE_DIR, "static", "css")
    css = "".join((folder / name).read_text(encoding="utf-8") for name in ("poster.css", "poster_paper.css"))
    return _UNITS.sub(lambda match: f"{float(match[1]) * UNIT_MM[paper]:.4g}mm", css)


def sizes_to_try(sheet: PosterSheet) -> tuple[str, ...]:
    """The sizes to try: the group's own, then smaller and smaller; page after page at once if none will do."""
    return FITS[FITS.index(CHOSEN[sheet.size]) :] if _signs(sheet) <= MOST_SIGNS else FITS[-1:]


def _signs(sheet: PosterSheet) -> int:
    texts = [text for zone in sheet.zones for text in zone.texts]
    texts += [sheet.source, *(image.caption for image in sheet.images)]
    return TITLE_SIGNS * len(sheet.title.text) + sum(len(text.text) for text in texts)


def _on_paper(sheet: PosterSheet) -> PosterSheet:
    return replace(
        sheet,
        title=_text(sheet.title, SHORT_LINES),
        source=_text(sheet.source, SHORT_LINES),
        members=tuple(for_paper(name) for name in sheet.members),
        zones=tuple(_zone(zone) for zone in sheet.zones),
    )


def _zone(zone: Zone) -> Zone:
    images = [_image(image) for image in zone.images]
    return replace(
        zone,
        texts=tuple(_text(text) for text in zone.texts),
        images=tuple(image for image in images if image.src),
    )


def _image(image: SheetImage) -> SheetImage:
    """Its bytes in place of its address: the process that renders reads no file. No bytes: no image."""
    src = ""
    if default_storage.exists(image.file):
        with default_storage.open(image.file) as file:
            src = "data:image/jpeg;base64," + base64.b64encode(file.read()).decode("ascii")
    return replace(
        image, src=src, caption=_text(image.caption, SHORT_LINES), alt=_text(image.alt, SHORT_LINES)
    )


def _text(text: SheetText, lines: int = MOST_LINES) -> SheetText:
    return replace(text, text=for_paper(text.text, lines))
