"""Grading, publication, and the sheet: the teacher's and the student's own."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import actions
from evaluations.forms import SheetForm
from evaluations.queries import grading, sheets, student_report
from evaluations.queries.report import grid_of
from lessons import live
from lessons.models import Participant
from lessons.views.doors import member_of, participant_of, run_of, teacher_only
from metroloco_site.kit import pdf
from metroloco_site.kit.french import clock_time


@teacher_only
@require_safe
def sheets_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    pdf.warm()  # a sheet is likely to be asked for next
    return render(request, "evaluations/sheets.html", {"page": sheets(found)})


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_grade(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """The copy and its sheet; the whole form is sent where there is no JavaScript."""
    person = member_of(run_of(request, run), participant)
    page = grading(person.run, person)
    sent = request.POST if request.method == "POST" else None
    form = SheetForm(sent, criteria=grid_of(person.run), report=page.report)
    if form.is_valid():
        _fill(person, form)
        messages.success(request, f"Enregistré à {clock_time(timezone.now())}.")
        return redirect("evaluations:sheet-grade", run=run, participant=participant)
    context = {"page": page, "form": form, "lines": form.lines(page.report.rows)}
    return render(request, "evaluations/grading.html", context, status=422 if sent else 200)


@teacher_only
@require_POST
def level_set(request: HttpRequest, run: str, participant: str) -> JsonResponse:
    """One click or one field. {"saved_at": "10 h 42 min 07 s"}, or {"error": a French sentence}."""
    person = member_of(run_of(request, run), participant)
    form = SheetForm(request.POST, criteria=grid_of(person.run))
    if not form.fields.keys() & request.POST.keys():
        return JsonResponse({"error": "Ce champ n’est pas dans la fiche d’évaluation."}, status=422)
    if not form.is_valid():
        return JsonResponse({"error": form.first_error()}, status=422)
    _fill(person, form)
    return JsonResponse({"saved_at": clock_time(timezone.now())})


def _fill(person: Participant, form: SheetForm) -> None:
    with transaction.atomic():
        actions.fill_sheet(participant=person, now=timezone.now(), **form.sent())


@teacher_only
@require_safe
def sheet_print(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    return _as_pdf(request, member_of(run_of(request, run), participant))


@teacher_only
@require_POST
def results_publish(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with live.announcing(found):
        actions.publish(run=found, now=timezone.now())
    return redirect("evaluations:sheets-list", run=run)


@teacher_only
@require_POST
def results_hide(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with live.announcing(found):
        actions.hide(run=found)
    return redirect("evaluations:sheets-list", run=run)


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
