"""One copy and its grid; each choice is saved at once, or the whole form without JavaScript."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from evaluations import actions
from evaluations.forms import Change, SheetForm, read_changes, sheet_form
from evaluations.queries import Grading, Step, grading
from evaluations.queries.report import grid_of
from evaluations.rules.marks import Put
from evaluations.views.looks import look_of
from lessons.models import ClassRun, Criterion, Participant
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


@teacher_only
@require_POST
def marks_save(request: HttpRequest, run: str) -> JsonResponse:
    """What changed, of one copy or several. {"saved_at": "10 h 42 min 07 s", "results": [{"copy", "name", …}]}."""
    found = run_of(request, run)
    sent = read_changes(request.POST.get("changes", ""))
    criteria = grid_of(found)
    people = _people(found, sent)
    results = []
    with transaction.atomic():
        for copy, changes in sent.items():
            results += _put(people.get(copy), changes, criteria, steady.now())
    return JsonResponse({"saved_at": clock_time(steady.now()), "results": results})


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


def _people(run: ClassRun, names: Iterable[str]) -> dict[str, Participant]:
    people = {person.public_id: person for person in run.participants.filter(public_id__in=list(names))}
    for person in people.values():
        person.run = run
    return people


def _put(
    person: Participant | None, changes: Sequence[Change], criteria: Sequence[Criterion], now: datetime
) -> list[dict[str, str]]:
    """What became of each change: saved, clash (with what is stored), or refused (with a French sentence)."""
    if person is None:
        return [_result(change, "refused", error="Cette copie n’existe plus.") for change in changes]
    form = sheet_form(changes, criteria)
    form.is_valid()
    puts = actions.put_marks(participant=person, marks=form.marks(), now=now, criteria=criteria)
    by_name = {put.mark.name: put for put in puts}
    return [_became(change, form.refusal(change.name), by_name.get(change.name)) for change in changes]


def _became(change: Change, refusal: str, put: Put | None) -> dict[str, str]:
    if refusal:
        return _result(change, "refused", error=refusal)
    if put is None:  # sent as it was shown: nothing to write
        return _result(change, "saved", stored=change.value)
    return _result(change, "clash" if put.clash else "saved", stored=str(put.stored or ""))


def _result(change: Change, outcome: str, **more: str) -> dict[str, str]:
    return {"copy": change.copy, "name": change.name, "outcome": outcome, **more}
