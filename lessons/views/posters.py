"""The teacher's « Affiches », and posters on paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions import documents
from lessons.exports.posters import posters_pdf
from lessons.forms.posters import PaperForm
from lessons.models import ClassRun, PosterLate, PosterState
from lessons.queries.poster_sheet import PosterSheet, poster_sheet
from lessons.queries.posters_page import own_poster, poster_page, posters_page, sheets_to_print
from lessons.views.board import is_discreet
from lessons.views.doors import participant_of, run_of, teacher_only
from metroloco_site.kit import pdf, steady


@teacher_only
@require_safe
def posters_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    pdf.warm()  # one is likely to be asked for next
    page = posters_page(found, discreet=is_discreet(request))
    return render(request, "lessons/posters.html", {"run": found, "page": page})


@teacher_only
@require_safe
def poster_read(request: HttpRequest, run: str, group: int) -> HttpResponse:
    """One group's poster: who wrote what, its images, its earlier states."""
    found = run_of(request, run)
    page = poster_page(found, group, discreet=is_discreet(request))
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


@teacher_only
@require_POST
def state_restore(request: HttpRequest, run: str, group: int, state: int) -> HttpResponse:
    """« Revenir à cet état »: the group's open pages take it over at once."""
    found = run_of(request, run)
    kept = PosterState.objects.filter(poster__group__run=found, poster__group__number=group, number=state)
    earlier = kept.select_related("poster").first()
    if earlier is None:
        raise Http404
    messages.info(request, _bring_back(found, earlier))
    return redirect("lessons:poster-read", run=run, group=group)


def _bring_back(run: ClassRun, state: PosterState) -> str:
    try:
        with live.announcing(run):
            documents.bring_back(state=state, now=steady.now())
    except documents.TooMuch:
        return "L’affiche a été trop souvent récrite pour revenir à cet état : elle n’a plus la place. Rien n’a changé."
    live.poster_changed(state.poster.group_id)
    return "L’affiche est revenue à cet état. Celui d’avant est gardé dans la liste."


@teacher_only
@require_POST
def edits_decide(request: HttpRequest, run: str, group: int, late: int) -> HttpResponse:
    """What arrived after the bell: into the poster, or left out."""
    found = run_of(request, run)
    mine = PosterLate.objects.filter(poster__group__run=found, poster__group__number=group, pk=late)
    edits = mine.select_related("poster").first()
    if edits is None:
        raise Http404
    with live.announcing(found):
        said = _decide(edits, accept="accept" in request.POST)
    live.poster_changed(edits.poster.group_id)
    messages.info(request, said)
    return redirect("lessons:poster-read", run=run, group=group)


def _decide(edits: PosterLate, *, accept: bool) -> str:
    if not accept:
        documents.dismiss_late(late=edits, now=steady.now())
        return "Ce texte reste à l’écart de l’affiche\u202f; il est toujours gardé."
    try:
        documents.accept_late(late=edits, now=steady.now())
    except documents.TooOld:
        return "Ce texte s’appuie sur un état que l’affiche n’a plus\u00a0: il ne peut plus y entrer. Rien n’a changé."
    return "Le texte en retard est sur l’affiche."


@require_safe
def own_poster_print(request: HttpRequest, participant: str) -> HttpResponse:
    """The student's own group's: as it stands, while they write and after."""
    person = participant_of(request, participant)
    poster = own_poster(person)
    if poster is None:
        raise Http404
    return _as_pdf(request, person.run, [poster_sheet(poster)], f"affiche-{poster.group.number}")


def _as_pdf(request: HttpRequest, run: ClassRun, sheets: list[PosterSheet], name: str) -> HttpResponse:
    if not sheets:
        raise Http404
    paper = PaperForm(request.GET).paper
    title = sheets[0].name if len(sheets) == 1 else f"Affiches\u00a0: {run.label}"
    filename = f"{name}-{slugify(run.label)}-{paper}.pdf"
    return pdf.respond_with(request, lambda: posters_pdf(sheets, paper=paper, title=title), filename=filename)
