"""The teacher's board, and the projector that follows it."""

from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions import clock as clock_actions
from lessons.actions import participants, runs
from lessons.forms.pages import ClockForm, ScreenForm
from lessons.models import ClassRun, SetAside
from lessons.queries.board import Here, board
from lessons.queries.clock import milliseconds
from lessons.queries.people import late_texts
from lessons.queries.projector import projector
from lessons.rules import clock
from lessons.views.doors import run_of, teacher_only

NOT_NOW = "Ce bouton n’avait plus d’effet : l’horloge avait déjà changé. Voici où elle en est."


def _board_context(request: HttpRequest, run: ClassRun) -> dict[str, Any]:
    now = timezone.now()
    here = Here(live.presence.present(run.pk), live.presence.writing(run.pk))
    return {
        "board": board(run, now, here),
        "run": run,
        "now": milliseconds(now),
        "token": live.token_for(run, "tableau"),
        "screen_url": request.build_absolute_uri(reverse("lessons:screen-read", args=[run.screen_key])),
    }


@teacher_only
@require_safe
def board_read(request: HttpRequest, run: str) -> HttpResponse:
    return render(request, "lessons/board.html", _board_context(request, run_of(request, run)))


@teacher_only
@require_safe
def board_fragment(request: HttpRequest, run: str) -> HttpResponse:
    return render(request, "lessons/_board.html", _board_context(request, run_of(request, run)))


@teacher_only
@require_POST
def clock_act(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    form = ClockForm(request.POST)
    phase = found.phases.filter(part__number=form.cleaned_data["part"]).first() if form.is_valid() else None
    if phase is None:
        raise Http404
    try:
        with transaction.atomic():
            clock_actions.act(phase=phase, now=timezone.now(), **form.event())
        live.announce(found)
    except clock.NotPossible:
        messages.warning(request, NOT_NOW)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_POST
def screen_set(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    form = ScreenForm(request.POST)
    if form.is_valid():
        screen, ref = form.chosen()
        with transaction.atomic():
            runs.show(run=found, screen=screen, ref=ref)
        live.announce(found)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_safe
def late_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    return render(request, "lessons/late.html", {"run": found, "rows": late_texts(found)})


@teacher_only
@require_POST
def late_decide(request: HttpRequest, run: str, late: int) -> HttpResponse:
    found = run_of(request, run)
    text = SetAside.objects.filter(
        pk=late, reason=SetAside.Reason.LATE, answer__sitting__phase__run=found
    ).first()
    if text is None:
        raise Http404
    with transaction.atomic():
        participants.decide_late(late=text, accept="accept" in request.POST, now=timezone.now())
    live.announce(found)
    return redirect("lessons:late-list", run=run)


def _screen_context(request: HttpRequest, key: str) -> dict[str, Any]:
    runs_found = ClassRun.objects.select_related("lesson").prefetch_related("phases__part")
    run = runs_found.filter(screen_key=key).first()
    if run is None:
        raise Http404
    address = request.build_absolute_uri("/")
    join = f"{address}rejoindre/{run.access_code}/" if run.access_code else address
    present = len(live.presence.present(run.pk))
    return {
        "page": projector(run, timezone.now(), present),
        "token": live.token_for(run, "ecran"),
        "address": address.split("://")[1].rstrip("/"),
        "qr": segno.make(join).svg_data_uri(scale=8, border=2, dark="#1B2A30"),
    }


@require_safe
def screen_read(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "lessons/screen.html", _screen_context(request, key))


@require_safe
def screen_fragment(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "lessons/_screen.html", _screen_context(request, key))
