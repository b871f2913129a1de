"""Doors without an account: home, joining, coming back."""

import random

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lessons import live
from lessons.actions import joining
from lessons.forms.pages import AccessForm, PseudonymForm, ReturnForm
from lessons.models import ClassRun, Participant
from lessons.rules import codes, pseudonyms
from lessons.views import guessing
from lessons.views.doors import let_in, participant_here
from metroloco_site.kit.doors import same_origin_only

UNKNOWN = "Ce code d’accès n’est pas reconnu. Relisez-le au tableau."


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {"form": AccessForm(), "here": participant_here(request)}
    return render(request, "lessons/home.html", context)


@same_origin_only
@require_http_methods(["GET", "POST"])
def join_start(request: HttpRequest) -> HttpResponse:
    form = AccessForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return redirect("lessons:home-read")
    if form.is_valid():
        run = _open_run(request, form.cleaned_data["code"])
        if run is not None:
            return redirect("lessons:join-choose", code=run.access_code)
        form.add_error("code", UNKNOWN if guessing.may_try(request) else guessing.TOO_MANY)
    return render(request, "lessons/home.html", {"form": form, "here": None}, status=422)


@same_origin_only
@require_http_methods(["GET", "POST"])
def join_choose(request: HttpRequest, code: str) -> HttpResponse:
    run = _open_run(request, codes.normal_access_code(code))
    if run is None:
        form = AccessForm({"code": code})
        form.add_error("code", UNKNOWN if guessing.may_try(request) else guessing.TOO_MANY)
        return render(request, "lessons/home.html", {"form": form, "here": None}, status=404)
    if run.tickets_only:
        return render(request, "lessons/return.html", {"form": ReturnForm(), "run": run})
    if request.method == "POST":
        return _join(request, run)
    return _choose_page(request, run, PseudonymForm())


@same_origin_only
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    form = ReturnForm(request.POST or None)
    participant = _who_comes_back(request, form) if form.is_valid() else None
    if participant is not None:
        return _welcome(request, participant)
    return render(request, "lessons/return.html", {"form": form}, status=422 if form.is_bound else 200)


def _who_comes_back(request: HttpRequest, form: ReturnForm) -> Participant | None:
    if not guessing.may_try(request):
        form.add_error("personal_code", guessing.TOO_MANY)
        return None
    try:
        with transaction.atomic():
            return joining.come_back(personal_code=form.cleaned_data["personal_code"], now=timezone.now())
    except joining.CannotJoin as error:
        guessing.wrong_code(request)
        form.add_error("personal_code", str(error))
        return None


def _open_run(request: HttpRequest, code: str) -> ClassRun | None:
    """The activité behind an access code; a wrong code counts against guessing."""
    if not guessing.may_try(request):
        return None
    run = ClassRun.objects.filter(access_code=code, closed_at=None).first() if code else None
    if run is None:
        guessing.wrong_code(request)
    return run


def _join(request: HttpRequest, run: ClassRun) -> HttpResponse:
    form = PseudonymForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                participant = joining.join(
                    run=run, pseudonym=form.cleaned_data["pseudonym"], now=timezone.now()
                )
            return _welcome(request, participant)
        except joining.CannotJoin as error:
            form.add_error("pseudonym", str(error))
    return _choose_page(request, run, form)


def _choose_page(request: HttpRequest, run: ClassRun, form: PseudonymForm) -> HttpResponse:
    taken = list(run.participants.values_list("pseudonym", flat=True))
    proposals = pseudonyms.propose(6, taken, random.SystemRandom())
    context = {"form": form, "run": run, "proposals": proposals}
    return render(request, "lessons/choose.html", context, status=422 if form.is_bound else 200)


def _welcome(request: HttpRequest, participant: Participant) -> HttpResponse:
    live.announce(participant.run)
    live.board_changed(participant.run_id)
    response = redirect("lessons:student-read", participant=participant.public_id)
    let_in(response, participant, secure=request.is_secure())
    return response
