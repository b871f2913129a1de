"""Sheets with real names: made at once, given back, never a job nor a file."""

from collections.abc import Mapping

from evaluations.exports.plans import sheets_plan
from lessons.models import ClassRun
from metroloco_site.kit import pdf


def sheets_with_names(run: ClassRun, names: Mapping[int, str]) -> bytes:
    """All sheets in one PDF. Raises pdf.PdfFailed."""
    wanted = sheets_plan(run, names)
    with pdf.binding(wanted.css) as binder:
        for piece in wanted.pieces:
            binder.lay(piece.html, piece.steps)
        return binder.bound(wanted.title)
