"""The posters on a grid of their own, if the teacher wants one."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import actions
from evaluations.forms import PosterForm
from evaluations.queries import PosterGrading, poster_grading, posters_to_grade
from evaluations.queries.poster_grading import groups_of, people_of
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
    """The whole page, or what goes into its <main> for a script that goes from group to group."""
    found = run_of(request, run)
    one, criteria = _group(found, group), poster_criteria(found)
    sent = request.POST if request.method == "POST" else None
    form = PosterForm(sent, criteria=criteria, people=people_of(one))
    if form.is_valid() and _saved(one, criteria, form):
        messages.success(request, f"Enregistré à {clock_time(steady.now())}.")
        return redirect(_onward(request, found, group))
    page = poster_grading(found, one, criteria, discreet=look_of(request).discreet)
    template = "evaluations/_poster.html" if "X-Fragment" in request.headers else "evaluations/poster.html"
    return render(request, template, _context(page, form), status=422 if sent else 200)


def _group(run: ClassRun, number: int) -> Group:
    group = groups_of(run).filter(number=number).first()
    if group is None or not run.poster_graded:
        raise Http404
    return group


def _onward(request: HttpRequest, run: ClassRun, number: int) -> str:
    """The same poster, or if that is the button that was pressed the next one, after the last one what is missing."""
    if "suite" not in request.POST:
        return reverse("evaluations:poster-grade", args=[run.public_id, number])
    later = run.groups.filter(dissolved_at=None, number__gt=number).order_by("number")
    if (following := later.first()) is None:
        return reverse("evaluations:posters-grade", args=[run.public_id])
    return reverse("evaluations:poster-grade", args=[run.public_id, following.number])


def _saved(group: Group, criteria: list[Criterion], form: PosterForm) -> bool:
    """What another page has changed meanwhile stays in `form.clashes`, and is not replaced."""
    with transaction.atomic():
        puts = actions.grade_poster(
            group=group, criteria=criteria, marks=form.marks(), own=form.own_of_members(), now=steady.now()
        )
    form.clashes = {put.mark.name: put for put in puts if put.clash}
    return not form.clashes


def _context(page: PosterGrading, form: PosterForm) -> dict[str, Any]:
    form.show_poster(page)
    return {
        "page": page,
        "form": form,
        "lines": form.lines(page.rows, page.remarks),
        "members": form.member_lines(page),
    }
