"""« Répétition »: made from the list of activités, ended from any page of it."""

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from lessons.models import ClassRun, Lesson
from lessons.views.doors import press_of, run_of, teacher_only
from metroloco_site.accounts.models import User
from metroloco_site.kit import steady
from metroloco_site.rehearsal.actions import rehearsal
from metroloco_site.rehearsal.forms import RehearsalForm
from metroloco_site.rehearsal.live import rehearsals
from metroloco_site.rehearsal.rules.behaviour import SIZES, SPEEDS, USUAL

ENDED = "La répétition est terminée\u00a0: il n’en reste rien."


@teacher_only
@require_http_methods(["GET", "POST"])
def rehearsal_create(request: HttpRequest) -> HttpResponse:
    usual = {"lesson": Lesson.objects.newest().first(), "students": USUAL, "speed": SPEEDS[1]}
    form = RehearsalForm(request.POST or None, sizes=SIZES, speeds=SPEEDS, initial=usual)
    if not form.is_valid():
        return _form(request, form)
    try:
        run = _create(request, form)
    except rehearsal.CannotRehearse as error:
        form.add_error(None, str(error))
        return _form(request, form)
    rehearsals.wake()
    return redirect("lessons:board-read", run=run.public_id)


@teacher_only
@require_http_methods(["GET", "POST"])
def rehearsal_end(request: HttpRequest, run: str) -> HttpResponse:
    """Asked once more, then everything of it goes at once."""
    found = run_of(request, run)
    if not found.rehearsal_speed:
        raise Http404
    if request.method == "GET":
        return render(request, "rehearsal/rehearsal_end.html", {"run": found})
    rehearsal.end(run=found)
    rehearsals.wake()
    messages.success(request, ENDED)
    return redirect("lessons:runs-list")


def _create(request: HttpRequest, form: RehearsalForm) -> ClassRun:
    owner, chosen, today = _teacher(request), _setting(form), timezone.localdate()
    with transaction.atomic():
        return rehearsal.create(
            owner=owner, chosen=chosen, today=today, now=steady.now(), once=press_of(request)
        )


def _teacher(request: HttpRequest) -> User:
    return cast(User, request.user)


def _form(request: HttpRequest, form: RehearsalForm) -> HttpResponse:
    return render(
        request, "rehearsal/rehearsal_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _setting(form: RehearsalForm) -> rehearsal.Setting:
    data = form.cleaned_data
    return rehearsal.Setting(
        lesson=data["lesson"],
        label=f"Répétition du {date_format(timezone.localdate(), 'j F')}",
        students=data["students"],
        speed=data["speed"],
        minutes=form.minutes(),
    )
