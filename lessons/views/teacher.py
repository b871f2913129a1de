"""The teacher's activités: list, new, participants, billets, end of life."""

import random
from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons import live
from lessons.actions import clock as clock_actions
from lessons.actions import joining, participants, runs
from lessons.forms.pages import ExtraTimeForm, PseudonymForm, RunForm, TicketsForm
from lessons.models import ClassRun, Lesson, Participant
from lessons.queries.people import participants_page, runs_of
from lessons.views.doors import member_of, run_of, teacher_only
from metroloco_site.kit import pdf


@teacher_only
@require_safe
def runs_list(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    return render(request, "lessons/runs.html", {"rows": runs_of(request.user)})


@teacher_only
@require_http_methods(["GET", "POST"])
def run_create(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    form = RunForm(request.POST or None, today=timezone.localdate(), initial=_last_link(request))
    if not form.is_valid():
        return render(request, "lessons/run_new.html", {"form": form}, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    with transaction.atomic():
        run = runs.create_run(
            owner=request.user, lesson=data["lesson"], label=data["label"], minutes=form.minutes(),
            delete_on=data["delete_on"], video_link=data["video_link"], now=timezone.now(),
        )  # fmt: skip
    return redirect("lessons:board-read", run=run.public_id)


def _last_link(request: HttpRequest) -> dict[str, Any]:
    """The source gives no address for its video: the teacher is asked once."""
    assert request.user.is_authenticated
    last = ClassRun.objects.owned_by(request.user).exclude(video_link="").first()
    lesson = Lesson.objects.newest().first()
    return {"video_link": last.video_link if last else "", "lesson": lesson}


@teacher_only
@require_safe
def participants_list(request: HttpRequest, run: str) -> HttpResponse:
    return _people(request, run_of(request, run), TicketsForm())


@teacher_only
@require_POST
def tickets_create(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    form = TicketsForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                joining.make_tickets(run=found, count=form.cleaned_data["count"], rng=random.SystemRandom())
            return redirect("lessons:participants-list", run=run)
        except joining.CannotJoin as error:
            form.add_error("count", str(error))
    return _people(request, found, form, status=422)


def _people(request: HttpRequest, run: ClassRun, form: TicketsForm, status: int = 200) -> HttpResponse:
    context = {"run": run, "rows": participants_page(run), "form": form}
    return render(request, "lessons/participants.html", context, status=status)


@teacher_only
@require_safe
def tickets_print(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    address = request.build_absolute_uri(reverse("lessons:come-back"))
    people = found.participants.exclude(ticket_number=None).filter(left_at=None)
    context = {"tickets": [_ticket(person, address) for person in people], "run": found}
    html = render_to_string("pdf/tickets.html", context)
    return _pdf_response(pdf.render(html), f"billets-{found.public_id}.pdf")


def _ticket(person: Participant, address: str) -> dict[str, object]:
    # After « # », so that the code stays in the browser and out of every log.
    qr = segno.make(f"{address}#{person.personal_code}").svg_data_uri(scale=3, border=2)
    known = {
        "number": person.ticket_number,
        "pseudonym": person.pseudonym,
        "personal_code": person.personal_code,
    }
    return {**known, "qr": qr, "address": address}


def _pdf_response(content: bytes, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=disposition)


@teacher_only
@require_http_methods(["GET", "POST"])
def participant_edit(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """One participant: pseudonym, extra time."""
    person = member_of(run_of(request, run), participant)
    name = PseudonymForm(
        request.POST if "pseudonym" in request.POST else None, initial={"pseudonym": person.pseudonym}
    )
    initial = {"unit": person.extra_unit, "amount": person.extra_amount}
    extra = ExtraTimeForm(request.POST if "unit" in request.POST else None, initial=initial)
    if (name.is_bound and _rename(person, name)) or (extra.is_bound and _give_extra(person, extra)):
        live.announce(person.run)
        live.tell_participant(person)
        messages.success(request, "C’est enregistré.")
        return redirect("lessons:participants-list", run=run)
    context = {"run": person.run, "person": person, "name_form": name, "extra_form": extra}
    return render(request, "lessons/participant.html", context, status=422 if request.POST else 200)


def _rename(person: Participant, form: PseudonymForm) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            participants.rename(participant=person, pseudonym=form.cleaned_data["pseudonym"])
    except joining.CannotJoin as error:
        form.add_error("pseudonym", str(error))
        return False
    return True


def _give_extra(person: Participant, form: ExtraTimeForm) -> bool:
    if not form.is_valid():
        return False
    with transaction.atomic():
        clock_actions.set_extra_time(
            participant=person, unit=form.cleaned_data["unit"], amount=form.cleaned_data["amount"]
        )
    return True


@teacher_only
@require_POST
def participant_act(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """Buttons that need nothing typed: new code, removal, help given."""
    person = member_of(run_of(request, run), participant)
    act = request.POST.get("act")
    with transaction.atomic():
        if act == "code":
            participants.renew_personal_code(participant=person)
        elif act == "remove":
            participants.remove(participant=person, now=timezone.now())
        elif act == "helped":
            participants.ask_help(participant=person, now=timezone.now(), asked=False)
    live.announce(person.run)
    live.tell_participant(person)
    live.board_changed(person.run_id)
    return redirect("lessons:board-read" if act == "helped" else "lessons:participants-list", run=run)


@teacher_only
@require_POST
def run_suspend(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with transaction.atomic():
        runs.suspend(run=found, now=timezone.now())
    live.announce(found)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_POST
def run_unsuspend(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    with transaction.atomic():
        runs.unsuspend(run=found)
    live.announce(found)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_http_methods(["GET", "POST"])
def run_close(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    if request.method == "GET":
        return render(request, "lessons/run_close.html", {"run": found})
    with transaction.atomic():
        runs.close(run=found, now=timezone.now())
    live.announce(found)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_http_methods(["GET", "POST"])
def run_delete(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    if request.method == "GET":
        return render(request, "lessons/run_delete.html", {"run": found})
    with transaction.atomic():
        runs.delete(run=found)
    messages.success(request, f"L’activité « {found.label} » et tout ce qu’elle contenait sont effacés.")
    return redirect("lessons:runs-list")
