"""The teacher's « Affiches », and posters on paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from lessons.exports.posters import posters_pdf
from lessons.forms.posters import PaperForm
from lessons.models import ClassRun, Phase
from lessons.queries.clock import clock_of, current_phase
from lessons.queries.poster_sheet import PosterSheet, poster_sheet
from lessons.queries.posters_page import own_poster, poster_page, posters_page, sheets_to_print
from lessons.views.doors import participant_of, run_of, teacher_only
from metroloco_site.kit import pdf, steady


@teacher_only
@require_safe
def posters_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    pdf.warm()  # one is likely to be asked for next
    return render(request, "lessons/posters.html", {"run": found, "page": posters_page(found)})


@teacher_only
@require_safe
def poster_read(request: HttpRequest, run: str, group: int) -> HttpResponse:
    """One group's poster: who wrote what, its images, its earlier states."""
    found = run_of(request, run)
    page = poster_page(found, group)
    if page is None:
        raise Http404
    return render(request, "lessons/poster.html", {"run": found, "page": page})


@teacher_only
@require_safe
def posters_print(request: HttpRequest, run: str) -> HttpResponse:
    """All of them, in the order of the groups."""
    found = run_of(request, run)
    return _as_pdf(request, found, sheets_to_print(found), "affiches")


@teacher_only
@require_safe
def poster_print(request: HttpRequest, run: str, group: int) -> HttpResponse:
    found = run_of(request, run)
    return _as_pdf(request, found, sheets_to_print(found, group), f"affiche-{group}")


@require_safe
def own_poster_print(request: HttpRequest, participant: str) -> HttpResponse:
    """The student's own group's, once nothing changes on it any more."""
    person = participant_of(request, participant)
    poster = own_poster(person)
    if poster is None or not _is_over(person.run):
        raise Http404
    return _as_pdf(request, person.run, [poster_sheet(poster)], f"affiche-{poster.group.number}")


def _is_over(run: ClassRun) -> bool:
    phase = current_phase(run)
    if phase is None or phase.part.kind != "group" or phase.status == Phase.Status.PAUSED:
        return run.closed_at is not None
    return not clock_of(phase).is_open(steady.now())


def _as_pdf(request: HttpRequest, run: ClassRun, sheets: list[PosterSheet], name: str) -> HttpResponse:
    if not sheets:
        raise Http404
    paper = PaperForm(request.GET).paper
    title = sheets[0].name if len(sheets) == 1 else f"Affiches\u00a0: {run.label}"
    filename = f"{name}-{slugify(run.label)}-{paper}.pdf"
    return pdf.respond_with(request, lambda: posters_pdf(sheets, paper=paper, title=title), filename=filename)
