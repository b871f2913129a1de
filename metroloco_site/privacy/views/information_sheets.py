"""Sheets for the head of school and for families: a page, and the same as a PDF."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from metroloco_site.kit import pdf
from metroloco_site.privacy.queries.your_data import THEMES


@dataclass(frozen=True)
class Paper:
    title: str
    content: str  # its template, the same on screen and on paper
    address: str


PAPERS = {
    "registre": Paper("Fiche de registre", "privacy/_register.html", "registre"),
    "familles": Paper("Note d’information aux familles", "privacy/_families.html", "familles"),
}


@require_safe
def paper_read(request: HttpRequest, paper: str) -> HttpResponse:
    return render(request, "privacy/information_sheet.html", _context(paper))


@require_safe
def paper_print(request: HttpRequest, paper: str) -> HttpResponse:
    html = render_to_string("pdf/information_sheet.html", _context(paper))
    return pdf.respond_with(request, lambda: _made(html), filename=f"{paper}.pdf")


@lru_cache(maxsize=4)
def _made(html: str) -> bytes:
    """Anybody may ask: the same sheet is rendered once a day."""
    return pdf.render(html)


def _context(paper: str) -> dict[str, object]:
    if paper not in PAPERS:
        raise Http404
    return {
        "paper": PAPERS[paper],
        "register": settings.REGISTER,
        "themes": THEMES,
        "today": timezone.localdate(),
    }
