"""What goes into each document of « Documents à télécharger », before anything is rendered."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import slugify

from annexes.queries import embedded
from evaluations.queries import student_reports
from evaluations.queries.copies_to_grade import gradable
from evaluations.queries.report import StudentReport
from lessons.exports.posters import poster_pages, sizes_to_try
from lessons.exports.posters import stylesheet as poster_stylesheet
from lessons.models import ClassRun, Part
from lessons.queries.content import PartContent, QuestionContent, lesson_content
from lessons.queries.posters_page import sheets_to_print
from lessons.queries.student import annexes_for
from metroloco_site.kit import pdf
from metroloco_site.kit.pdf_text import for_paper

NBSP = "\u00a0"
LINES, PAGE_LINES = 14, 24  # to write on: under a field at most; what a page holds beside a question's words
ROWS_MM, BETWEEN_MM = 336, 4  # all the zones of a frame, from top to bottom; before each row


@dataclass(frozen=True)
class Piece:
    """One document in HTML; `name` is its file's in a ZIP, `steps` as kit.pdf.render_sheets has them."""

    name: str
    html: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """`apart`: a ZIP of one PDF a piece, else one PDF of all."""

    title: str
    css: str
    pieces: tuple[Piece, ...]
    apart: bool = False

    @property
    def digest(self) -> str:
        """The same for the same document, whenever and however often it is asked for."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


def plan(run: ClassRun, kind: str) -> Plan:
    """No piece if there is nothing to print yet. As many queries for 35 participants as for one."""
    return _PLANS[kind](run)


def sheet_html(report: StudentReport, name: str = "") -> str:
    """The graded sheet of one participant; `name` is a real one, for paper alone."""
    return render_to_string("pdf/sheet.html", {"report": report, "name": name})


@cache
def class_stylesheet() -> str:
    """What the sheets of a class have besides: a bookmark a student, with the parts of their sheet below."""
    return pdf.stylesheet() + Path(settings.BASE_DIR, "static", "css", "pdf_class.css").read_text(
        encoding="utf-8"
    )


def sheets_plan(run: ClassRun, names: Mapping[int, str] | None = None) -> Plan:
    """The sheets of the class; real names, by participant, for paper alone."""
    people = list(gradable(run))
    pieces = tuple(
        Piece(
            f"{person.number:02d}-{slugify(person.shown_name)[:60] or 'eleve'}.pdf",
            sheet_html(report, (names or {}).get(person.pk, "")),
        )
        for person, report in zip(people, student_reports(run, people), strict=True)
    )
    return Plan(f"Fiches d’évaluation{NBSP}: {for_paper(run.label)}", class_stylesheet(), pieces)


def _sheets_apart(run: ClassRun) -> Plan:
    return replace(sheets_plan(run), css=pdf.stylesheet(), apart=True)


def _posters(run: ClassRun) -> Plan:
    sheets = sheets_to_print(run)
    title = f"Affiches{NBSP}: {run.label}"
    pages = poster_pages(sheets, paper="A3", title=title)
    pieces = tuple(
        Piece(f"affiche-{sheet.number}.pdf", page, sizes_to_try(sheet))
        for sheet, page in zip(sheets, pages, strict=True)
    )
    return Plan(for_paper(title), poster_stylesheet("A3"), pieces)


def _annexes(run: ClassRun) -> Plan:
    pieces = [
        (part, {"run": run, "part": part, "annexes": annexes})
        for part in lesson_content(run.lesson_id).parts
        if (annexes := annexes_for(run, part))
    ]
    return _by_part("Annexes et lexique", "pdf/annexes.html", pieces)


def _answers(run: ClassRun) -> Plan:
    pieces = [
        (part, {"run": run, "part": part, "questions": [(one, _lines(one)) for one in part.questions]})
        for part in lesson_content(run.lesson_id).parts
        if part.kind == Part.Kind.INDIVIDUAL and part.questions
    ]
    return _by_part("Feuilles de réponse", "pdf/answers.html", pieces)


def _lines(question: QuestionContent) -> str:
    """One letter a line under each field: the whole question stays on one page."""
    return "x" * min(LINES, PAGE_LINES // max(1, len(question.fields)))


def _frames(run: ClassRun) -> Plan:
    pieces = [
        (part, {"run": run, "part": part, "rows": rows, "height": ROWS_MM // len(rows) - BETWEEN_MM})
        for part in lesson_content(run.lesson_id).parts
        if part.kind == Part.Kind.GROUP and (rows := _rows(part))
    ]
    return _by_part("Cadre d’affiche", "pdf/frame.html", pieces)


def _rows(part: PartContent) -> list[tuple[object, ...]]:
    """The questions two by two."""
    return [part.questions[place : place + 2] for place in range(0, len(part.questions), 2)]


def _by_part(title: str, template: str, contexts: list[tuple[PartContent, dict[str, object]]]) -> Plan:
    pieces = tuple(
        Piece(f"partie-{part.number}.pdf", embedded(render_to_string(template, context)))
        for part, context in contexts
    )
    return Plan(title, pdf.stylesheet(), pieces)


_PLANS: dict[str, Callable[[ClassRun], Plan]] = {
    "fiches": sheets_plan,
    "fiches-separees": _sheets_apart,
    "affiches": _posters,
    "annexes": _annexes,
    "feuilles": _answers,
    "cadres": _frames,
}
