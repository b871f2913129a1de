"""« Ils font autrement »: the cards, for a student and for the teacher; citing one on the group's poster."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions.citing import cite
from lessons.actions.documents import NoPoster
from lessons.actions.joining import Token
from lessons.forms.cases import read_asked
from lessons.models import ClassRun, Participant
from lessons.queries.cases import case_of, cases_page
from lessons.queries.documents import document
from lessons.queries.student import StudentPage, student_page
from lessons.rules.citing import annexe_line, cites, tools
from lessons.rules.poster import SOURCE
from lessons.views.doors import participant_of, run_of, teacher_only
from lessons.views.student import keep_text
from metroloco_site.kit import steady
from metroloco_site.kit.origin import same_origin_only


@require_safe
def cases_read(request: HttpRequest, participant: str) -> HttpResponse:
    """The student's: a card says whether the group's poster cites it."""
    page = student_page(participant_of(request, participant), steady.now())
    cards = cases_page(page.lesson.pk, read_asked(request.GET))
    sources = document(page.group.poster).texts.get(SOURCE, "") if page.group else ""
    cited = {case.slug for case in cards.cases if cites(sources, case.line)}
    context = {"page": page, "cards": cards, "cited": cited, "full": "plein" in request.GET}
    return render(request, "lessons/cases.html", context)


@teacher_only
@require_safe
def cases_list(request: HttpRequest, run: str) -> HttpResponse:
    """The teacher's, to print or to show."""
    found = run_of(request, run)
    cards = cases_page(found.lesson_id, read_asked(request.GET))
    projected = found.screen_ref if found.screen == ClassRun.Screen.CASE else 0
    context = {"run": found, "cards": cards, "projected": projected, "asked": request.GET.urlencode()}
    return render(request, "lessons/cases_teacher.html", context)


@same_origin_only
@require_POST
def case_cite(request: HttpRequest, participant: str) -> HttpResponse:
    """« Citer dans l’affiche »; a form without JavaScript brings the group's texts, which are kept first."""
    person = participant_of(request, participant)
    page = student_page(person, steady.now())
    line = _line(request, page)
    kept = keep_text(request, person)
    refused = _cite(person, line)
    if kept:
        return kept
    if slug := request.POST.get("fiche"):
        address = reverse("lessons:cases-read", args=[participant])
        return redirect(f"{address}?{'plein=1&' if refused == 'full' else ''}fiche={slug}")
    return redirect(reverse("lessons:student-read", args=[participant]) + "#annexes")


def _cite(person: Participant, line: str) -> str:
    """Why nothing was written, or ""."""
    try:
        with transaction.atomic():
            written = cite(token=Token(person.pk, person.token_version), line=line, now=steady.now())
    except NoPoster as error:
        raise Http404 from error
    live.poster_changed(written.group)
    live.board_changed(person.run_id)
    return written.refused


def _line(request: HttpRequest, page: StudentPage) -> str:
    """What is cited: a card, an annexe, or a tool that an annexe names (« 7:Framapad »). 404 where there is none."""
    if page.group is None:
        raise Http404
    if case := case_of(page.lesson.pk, request.POST.get("fiche", "")):
        return case.line
    number, _, tool = request.POST.get("annexe", "").partition(":")
    annexe = next((one for one in page.annexes if str(one.number) == number), None)
    if annexe is None or (tool and tool not in tools(annexe.html)):
        raise Http404
    return annexe_line(annexe.number, annexe.title, tool)
