"""The life of a teacher's activités: list, new, access, suspended, closed, deleted."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons import live
from lessons.actions import runs
from lessons.forms.runs import DeletionForm, RunForm
from lessons.models import ClassRun, Lesson
from lessons.queries.runs import runs_of
from lessons.views.doors import press_of, run_of, run_to_erase, teacher_only
from metroloco_site.kit import steady


@teacher_only
@require_safe
def runs_list(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    rows = runs_of(request.user, timezone.localdate(), steady.now())
    return render(request, "lessons/runs.html", {"rows": rows})


@teacher_only
@require_http_methods(["GET", "POST"])
def run_create(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    form = RunForm(request.POST or None, today=timezone.localdate(), initial=_last_choices(request))
    if not form.is_valid():
        return render(request, "lessons/run_new.html", {"form": form}, status=422 if form.is_bound else 200)
    kept = ("lesson", "label", "delete_on", "video_link", "tickets_only")
    chosen = {name: form.cleaned_data[name] for name in kept}
    with transaction.atomic():
        run = runs.create_run(
            owner=request.user, minutes=form.minutes(), now=steady.now(), once=press_of(request), **chosen
        )
    first = "lessons:participants-list" if run.tickets_only else "lessons:board-read"
    return redirect(first, run=run.public_id)


def _last_choices(request: HttpRequest) -> dict[str, Any]:
    """The source gives no address for its video: the teacher is asked once."""
    assert request.user.is_authenticated
    last = ClassRun.objects.owned_by(request.user).exclude(video_link="").first()
    lesson = Lesson.objects.newest().first()
    return {"video_link": last.video_link if last else "", "lesson": lesson}


@teacher_only
@require_POST
def access_set(request: HttpRequest, run: str) -> HttpResponse:
    """« Avec billets seulement », or with the access code too."""
    found = run_of(request, run)
    with live.announcing(found):
        runs.set_tickets_only(run=found, tickets_only=request.POST.get("billets") == "1")
    return redirect("lessons:participants-list", run=run)


@teacher_only
@require_POST
def run_suspend(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with live.announcing(found):
        runs.suspend(run=found, now=steady.now())
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_POST
def run_unsuspend(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with live.announcing(found):
        runs.unsuspend(run=found)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_http_methods(["GET", "POST"])
def run_close(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    if request.method == "GET":
        return render(request, "lessons/run_close.html", {"run": found})
    with live.announcing(found):
        runs.close(run=found, now=steady.now())
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_http_methods(["GET", "POST"])
def run_delete(request: HttpRequest, run: str) -> HttpResponse:
    found = run_to_erase(request, run)
    if request.method == "GET":
        form = _deletion(found, initial={"delete_on": found.delete_on})
        template = "lessons/run_due.html" if found.due else "lessons/run_delete.html"
        return render(request, template, {"run": found, "form": form, "today": timezone.localdate()})
    pk = found.pk
    with transaction.atomic():
        runs.delete(run=found)
    live.run_deleted(pk)
    messages.success(request, f"L’activité « {found.label} » et tout ce qu’elle contenait sont effacés.")
    return redirect("lessons:runs-list")


@teacher_only
@require_POST
def deletion_set(request: HttpRequest, run: str) -> HttpResponse:
    """Another date on which the activité is erased, within the same limits as at its start."""
    found = run_of(request, run)
    if found.rehearsal_speed:  # it never outlives the next day
        raise Http404
    form = _deletion(found, request.POST)
    if not form.is_valid():
        return render(request, "lessons/run_delete.html", {"run": found, "form": form}, status=422)
    with transaction.atomic():
        runs.set_deletion(run=found, delete_on=form.cleaned_data["delete_on"])
    messages.success(request, f"Date d’effacement de « {found.label} »\u00a0: le {found.delete_on:%d/%m/%Y}.")
    return redirect("lessons:runs-list")


def _deletion(run: ClassRun, *args: Any, **kwargs: Any) -> DeletionForm:
    made_on = timezone.localdate(run.created_at)
    return DeletionForm(*args, today=timezone.localdate(), made_on=made_on, **kwargs)
