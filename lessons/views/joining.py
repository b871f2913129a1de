"""Doors without an account: home, joining, coming back."""

import random

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lessons import live
from lessons.actions import joining
from lessons.forms.joining import AccessForm, PseudonymForm, ReturnForm
from lessons.forms.plain_form import fields_of
from lessons.models import ClassRun, Participant
from lessons.rules import codes, pseudonyms
from lessons.views import guessing
from lessons.views.doors import participant_here, welcome
from metroloco_site.kit import once
from metroloco_site.kit.origin import same_origin_only

UNKNOWN = "Ce code d’accès n’est pas reconnu. Relisez-le au tableau."
SHOWN = 6  # pseudonyms proposed at a time


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _home(request, AccessForm())


@same_origin_only
@require_http_methods(["GET", "POST"])
def join_start(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return redirect("lessons:home-read")
    form = AccessForm(request.POST)
    run = _open_run(request, form, form.cleaned_data["code"]) if form.is_valid() else None
    if run is None:
        return _home(request, form, status=422)
    return redirect("lessons:join-choose", code=run.access_code)


@same_origin_only
@require_http_methods(["GET", "POST"])
def join_choose(request: HttpRequest, code: str) -> HttpResponse:
    """The page behind an access code: a pseudonym, or with billets alone the personal code."""
    form = AccessForm({"code": code})
    run = _open_run(request, form, codes.normal_access_code(code)) if form.is_valid() else None
    if run is None:
        return _home(request, form, status=404)
    if run.tickets_only:
        return _return_page(request, ReturnForm(), run=run)
    if request.method == "POST":
        return _join(request, run)
    return _choose_page(request, run, PseudonymForm())


@same_origin_only
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    form = ReturnForm(request.POST or None)
    participant = _who_comes_back(request, form) if form.is_valid() else None
    if participant is None:
        return _return_page(request, form, status=422 if form.is_bound else 200)
    live.announce(participant.run)
    live.board_changed(participant.run_id)
    return welcome(request, participant)


def _home(request: HttpRequest, form: AccessForm, status: int = 200) -> HttpResponse:
    context = {"fields": fields_of(form), "here": participant_here(request)}
    return render(request, "lessons/home.html", context, status=status)


def _return_page(
    request: HttpRequest, form: ReturnForm, run: ClassRun | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "lessons/return.html", {"form": form, "run": run}, status=status)


def _who_comes_back(request: HttpRequest, form: ReturnForm) -> Participant | None:
    code = codes.normal_personal_code(form.cleaned_data["personal_code"])
    if not guessing.is_sealed(code, form.cleaned_data["seal"]) and not guessing.may_try(request):
        form.add_error("personal_code", guessing.TOO_MANY)
        return None
    try:
        with transaction.atomic():
            return joining.come_back(personal_code=code, now=timezone.now())
    except joining.CannotJoin as error:
        if isinstance(error, joining.UnknownCode):
            guessing.wrong_code(request, code)
        form.add_error("personal_code", str(error))
        return None


def _open_run(request: HttpRequest, form: AccessForm, code: str) -> ClassRun | None:
    """The activité behind an access code; a wrong code counts against guessing and is said in the form."""
    sealed = guessing.is_sealed(code, request.GET.get("sceau", ""))
    if not sealed and not guessing.may_try(request):
        form.add_error("code", guessing.TOO_MANY)
        return None
    run = ClassRun.objects.shown().filter(access_code=code, closed_at=None).first() if code else None
    if run is None:
        guessing.wrong_code(request, code)
        form.add_error("code", UNKNOWN)
    return run


def _join(request: HttpRequest, run: ClassRun) -> HttpResponse:
    form = PseudonymForm(request.POST)
    if not form.is_valid():
        return _choose_page(request, run, form)
    try:
        with transaction.atomic():
            name, now = form.cleaned_data["pseudonym"], timezone.now()
            participant = joining.join(run=run, pseudonym=name, now=now, once=once.press(request, now))
    except joining.CannotJoin as error:
        form.add_error("pseudonym", str(error))
        return _choose_page(request, run, form)
    live.arrived(run.pk)
    return welcome(request, participant)


def _choose_page(request: HttpRequest, run: ClassRun, form: PseudonymForm) -> HttpResponse:
    taken = list(run.participants.values_list("pseudonym", flat=True))
    here = participant_here(request)
    context = {
        "fields": fields_of(form),
        "run": run,
        "proposals": pseudonyms.propose(SHOWN, taken, random.SystemRandom()),
        "here": here if here and here.run_id == run.pk else None,
    }
    return render(request, "lessons/choose.html", context, status=422 if form.is_bound else 200)
