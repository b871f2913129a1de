"""The sheet as a student reads it, on screen and as a PDF; the teacher prints the same one."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from evaluations import actions
from evaluations.forms import SheetForm
from evaluations.queries import student_report
from evaluations.queries.report import grid_of
from lessons.models import Participant
from lessons.views.doors import member_of, participant_of, run_of, teacher_only
from metroloco_site.kit import pdf, steady
from metroloco_site.kit.french import clock_time
from metroloco_site.kit.origin import same_origin_only

CLOSED = (
    "L’autoévaluation vient d’être fermée\u00a0: ce que vous venez de choisir n’est pas enregistré. "
    "Ce qui l’était déjà est gardé."
)


@teacher_only
@require_safe
def sheet_print(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    return _as_pdf(request, member_of(run_of(request, run), participant))


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def self_assess(request: HttpRequest, participant: str) -> HttpResponse:
    """The student's own levels on the same grid, while the teacher lets them."""
    person = participant_of(request, participant)
    if person.run.self_assessment_at is None:
        return _closed(request, person)
    sent = request.POST if request.method == "POST" else None
    form = SheetForm(sent, criteria=grid_of(person.run))
    if form.is_valid():
        return _assessed(request, person, form)
    context = {"participant": person, "report": student_report(person.run, person), "form": form}
    return render(request, "evaluations/self_assess.html", context, status=422 if sent else 200)


def _assessed(request: HttpRequest, person: Participant, form: SheetForm) -> HttpResponse:
    try:
        with transaction.atomic():
            actions.assess_self(participant=person, marks=form.own_marks(), now=steady.now())
    except actions.NotInGrid:  # closed at this instant
        return _closed(request, person)
    messages.success(request, f"Enregistré à {clock_time(steady.now())}.")
    return redirect("evaluations:self-assess", participant=person.public_id)


def _closed(request: HttpRequest, person: Participant) -> HttpResponse:
    """404 for who only looks; who has just filled it in is told what was kept."""
    if request.method != "POST":
        raise Http404
    messages.error(request, CLOSED)
    published = person.run.results_published_at is not None
    return redirect("evaluations:own-read" if published else "lessons:student-read", person.public_id)


@require_safe
def own_read(request: HttpRequest, participant: str) -> HttpResponse:
    """The student's own sheet, once it is published: the twin of its PDF."""
    person = _reader(request, participant)
    context = {"participant": person, "report": student_report(person.run, person)}
    return render(request, "evaluations/own_sheet.html", context)


@require_safe
def own_print(request: HttpRequest, participant: str) -> HttpResponse:
    return _as_pdf(request, _reader(request, participant))


def _reader(request: HttpRequest, public_id: str) -> Participant:
    """The participant whose cookie this is; 404 for everybody else, and until publication."""
    person = participant_of(request, public_id)
    if person.run.results_published_at is None:
        raise Http404
    return person


def _as_pdf(request: HttpRequest, person: Participant) -> HttpResponse:
    html = render_to_string("pdf/sheet.html", {"report": student_report(person.run, person)})
    return pdf.respond(request, html=html, filename=f"fiche-{person.shown_name}.pdf")
