"""The list of sheets, and when students may read theirs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from evaluations import actions
from evaluations.exports import class_results
from evaluations.queries import glance, missing, sheets
from evaluations.views.looks import look_of
from lessons import live
from lessons.models import ClassRun
from lessons.views.doors import run_of, teacher_only
from metroloco_site.kit import pdf, steady, tables


@teacher_only
@require_safe
def sheets_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    pdf.warm()  # a sheet is likely to be asked for next
    return render(request, "evaluations/sheets.html", {"page": sheets(found, look_of(request))})


@teacher_only
@require_safe
def missing_list(request: HttpRequest, run: str) -> HttpResponse:
    """Copies and rows that nobody has graded yet."""
    page = missing(run_of(request, run), look_of(request))
    return render(request, "evaluations/missing.html", {"page": page})


@teacher_only
@require_safe
def glance_read(request: HttpRequest, run: str) -> HttpResponse:
    """The class at a glance: levels by row and by student."""
    page = glance(run_of(request, run), look_of(request))
    return render(request, "evaluations/glance.html", {"page": page})


@teacher_only
@require_safe
def glance_print(request: HttpRequest, run: str) -> HttpResponse:
    """The same on paper, with the same names or numbers."""
    found = run_of(request, run)
    page = glance(found, look_of(request))
    if not (page.rows and page.copies):
        raise Http404
    html = render_to_string("pdf/glance.html", {"page": page})
    return pdf.respond(request, html=html, filename=f"bilan-{slugify(found.label) or 'classe'}.pdf")


@teacher_only
@require_safe
def results_csv(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    return _file(tables.as_csv(class_results(found)), "text/csv; charset=utf-8", found, "csv")


@teacher_only
@require_safe
def results_ods(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    return _file(tables.as_ods(class_results(found)), tables.ODS, found, "ods")


def _file(content: bytes, content_type: str, run: ClassRun, suffix: str) -> HttpResponse:
    name = slugify(run.label) or "classe"
    disposition = content_disposition_header(as_attachment=True, filename=f"resultats-{name}.{suffix}")
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": str(disposition)})


@teacher_only
@require_POST
def assessment_open(request: HttpRequest, run: str) -> HttpResponse:
    """Students may say where they stand, or not any more."""
    found = run_of(request, run)
    with live.announcing(found):
        if request.POST.get("ouvrir") == "1":
            actions.open_self_assessment(run=found, now=steady.now())
        else:
            actions.close_self_assessment(run=found)
    return redirect("evaluations:sheets-list", run=run)


@teacher_only
@require_POST
def results_publish(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with live.announcing(found):
        actions.publish(run=found, now=steady.now())
    return redirect("evaluations:sheets-list", run=run)


@teacher_only
@require_POST
def results_hide(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with live.announcing(found):
        actions.hide(run=found)
    return redirect("evaluations:sheets-list", run=run)
