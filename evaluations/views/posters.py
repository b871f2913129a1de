"""The posters on a grid of their own, if the teacher wants one."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import actions
from evaluations.forms import PosterForm
from evaluations.queries import poster_grading, posters_to_grade
from evaluations.queries.posters import groups_of, people_of
from evaluations.queries.report import poster_criteria
from evaluations.views.looks import look_of
from lessons.models import ClassRun, Criterion, Group
from lessons.views.doors import run_of, teacher_only
from metroloco_site.kit import steady
from metroloco_site.kit.french import clock_time


@teacher_only
@require_safe
def posters_grade(request: HttpRequest, run: str) -> HttpResponse:
    """Whether posters are graded, and the groups."""
    return render(request, "evaluations/posters.html", {"page": posters_to_grade(run_of(request, run))})


@teacher_only
@require_POST
def posters_set(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    actions.set_poster_graded(run=found, graded=request.POST.get("evaluer") == "1")
    return redirect("evaluations:posters-grade", run=run)


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def poster_grade(request: HttpRequest, run: str, group: int) -> HttpResponse:
    found = run_of(request, run)
    one, criteria = _group(found, group), poster_criteria(found)
    sent = request.POST if request.method == "POST" else None
    form = PosterForm(sent, criteria=criteria, people=people_of(one))
    if form.is_valid() and _saved(one, criteria, form):
        messages.success(request, f"Enregistré à {clock_time(steady.now())}.")
        return redirect("evaluations:poster-grade", run=run, group=group)
    context = _context(request, found, one, criteria)
    return render(request, "evaluations/poster.html", {**context, "form": form}, status=422 if sent else 200)


def _group(run: ClassRun, number: int) -> Group:
    group = groups_of(run).filter(number=number).first()
    if group is None or not run.poster_graded:
        raise Http404
    return group


def _saved(group: Group, criteria: list[Criterion], form: PosterForm) -> bool:
    """What another page has changed meanwhile stays in `form.clashes`, and is not replaced."""
    with transaction.atomic():
        puts = actions.grade_poster(
            group=group, criteria=criteria, marks=form.marks(), own=form.own_of_members(), now=steady.now()
        )
    form.clashes = {put.mark.name: put for put in puts if put.clash}
    return not form.clashes


def _context(request: HttpRequest, run: ClassRun, group: Group, criteria: list[Criterion]) -> dict[str, Any]:
    return {"page": poster_grading(run, group, criteria, discreet=look_of(request).discreet)}
