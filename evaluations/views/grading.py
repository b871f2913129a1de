"""One copy and its grid, filled in by the page's script (views.marks), or as a whole form without JavaScript."""

import re

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evaluations import actions
from evaluations.forms import SheetForm
from evaluations.queries import Grading, Step, grading
from evaluations.queries.report import grid_of
from evaluations.views.looks import look_of
from lessons.models import Participant
from lessons.views.doors import member_of, run_of, teacher_only
from metroloco_site.kit import steady
from metroloco_site.kit.french import clock_time

QUESTION = re.compile(r"\d{1,3}")


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_grade(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """The whole page, or what goes into its <main> for a script that goes from copy to copy."""
    person = member_of(run_of(request, run), participant)
    sent = request.POST if request.method == "POST" else None
    form = SheetForm(sent, criteria=grid_of(person.run))
    saved = form.is_valid() and _fill(person, form)
    page = _page(request, person)
    if saved:
        messages.success(request, f"Enregistré à {clock_time(steady.now())}.")
        return redirect(_onward(request, page))
    form.show(page.report)
    context = {"page": page, "form": form, "lines": form.lines(page.report.rows, page.remarks)}
    by_script = "X-Fragment" in request.headers
    template = "evaluations/_grading.html" if by_script else "evaluations/grading.html"
    return render(request, template, context, status=422 if sent else 200)


def _page(request: HttpRequest, person: Participant) -> Grading:
    asked = QUESTION.fullmatch(request.GET.get("question", ""))
    return grading(person.run, person, look=look_of(request), question=int(asked[0]) if asked else 0)


def _fill(person: Participant, form: SheetForm) -> bool:
    """Writes the form's marks; what another page has changed meanwhile stays in `form.clashes`."""
    with transaction.atomic():
        puts = actions.put_marks(participant=person, marks=form.marks(), now=steady.now())
    form.clashes = {put.mark.name: put for put in puts if put.clash}
    return not form.clashes


def _onward(request: HttpRequest, page: Grading) -> str:
    """The same copy, or the next one if that is the button that was pressed."""
    step = Step(page.participant.public_id, page.label, page.question)
    if "suite" in request.POST:
        if page.following is None:
            return reverse("evaluations:missing-list", args=[page.run.public_id])
        step = page.following
    address = reverse("evaluations:sheet-grade", args=[page.run.public_id, step.public_id])
    return f"{address}?question={step.question}" if step.question else address
