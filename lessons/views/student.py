"""The participant's own pages."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions import documents, forgiving, participants
from lessons.actions.joining import Token
from lessons.actions.saving import Saved, save_answers
from lessons.forms.drafts import Choice, Sent, as_json, read_choice, read_form, read_json
from lessons.forms.group_work import read_work
from lessons.models import Participant
from lessons.queries.clock import milliseconds, place_of
from lessons.queries.group_page import group_desk
from lessons.queries.student import student_page
from lessons.rules.saving import Outcome
from lessons.views.doors import let_out, moved_here, participant_of, welcome
from metroloco_site.kit import steady
from metroloco_site.kit.french import clock_time
from metroloco_site.kit.origin import same_origin_only


@require_safe
@gzip_page  # 33 kB → 10; nothing that another person writes stands beside a secret here (BREACH)
def student_read(request: HttpRequest, participant: str) -> HttpResponse:
    try:
        return _page(request, participant_of(request, participant))
    except Http404:
        if moved := moved_here(request, participant):  # a duplicate, since then merged into another place
            return welcome(request, moved)
        raise


@same_origin_only
@require_POST
def answers_save(request: HttpRequest, participant: str) -> HttpResponse:
    """The plain form (redirects back, or shows both texts) and the page's own requests (JSON)."""
    person = participant_of(request, participant)
    by_script = request.content_type == "application/json"
    if by_script:
        results = _save(person, read_json(request.body))
        return JsonResponse({"fields": [as_json(r) for r in results], "at": clock_time(steady.now())})
    return keep_text(request, person) or redirect("lessons:student-read", participant=person.public_id)


@same_origin_only
@require_POST
def poster_save(request: HttpRequest, participant: str) -> HttpResponse:
    """What a group writes, from a form without JavaScript."""
    person = participant_of(request, participant)
    return keep_text(request, person) or redirect("lessons:student-read", participant=person.public_id)


@same_origin_only
@require_POST
def sitting_done(request: HttpRequest, participant: str) -> HttpResponse:
    person = participant_of(request, participant)
    kept = keep_text(request, person)
    phase = place_of(person, steady.now()).phase
    if phase is not None:
        with transaction.atomic():
            participants.say_done(
                participant=person, phase=phase, now=steady.now(), done="annuler" not in request.POST
            )
    live.board_changed(person.run_id)
    return kept or redirect("lessons:student-read", participant=person.public_id)


@same_origin_only
@require_POST
def help_ask(request: HttpRequest, participant: str) -> HttpResponse:
    person = participant_of(request, participant)
    kept = keep_text(request, person)
    with transaction.atomic():
        participants.ask_help(participant=person, now=steady.now(), asked="annuler" not in request.POST)
    live.board_changed(person.run_id)
    return kept or redirect("lessons:student-read", participant=person.public_id)


@same_origin_only
@require_POST
def seat_leave(request: HttpRequest, participant: str) -> HttpResponse:
    """« Quitter ce poste »: the next student finds nothing."""
    person = participant_of(request, participant)
    if kept := keep_text(request, person):
        return kept
    response = render(request, "lessons/left.html", {"personal_code": person.personal_code})
    let_out(response)
    participants.leave_device(participant=person)
    response.headers["Clear-Site-Data"] = '"storage", "cache"'
    live.board_changed(person.run_id)
    return response


def keep_text(request: HttpRequest, person: Participant) -> HttpResponse | None:
    """Saves the texts that came with any button of the desk; a page with both texts where one needs a choice."""
    if "affiche" in request.POST:
        return _keep_work(request, person)
    if "part" not in request.POST:
        return None
    sent = read_form(request.POST, milliseconds(steady.now()))
    results = _save(person, sent)
    saved = all(r.outcome is Outcome.SAVED for r in results)
    if saved and (choice := read_choice(request.POST)):
        return _choose(request, person, sent, choice)
    return None if saved else _page(request, person, results, status=409)


def _choose(request: HttpRequest, person: Participant, sent: Sent, choice: Choice) -> HttpResponse | None:
    """A text that was taken away is taken back, or refused: a save like any other, below what was just sent."""
    now = steady.now()
    try:
        draft = forgiving.choice(
            participant=person, kept=choice.kept, takes=choice.takes, seq=milliseconds(now) + 1
        )
    except forgiving.TooLong:
        return _render(request, person, status=409, long=True)
    results = _save(person, replace(sent, drafts=[draft] if draft else []))
    saved = all(r.outcome is Outcome.SAVED for r in results)
    return None if saved else _page(request, person, results, status=409)


def _keep_work(request: HttpRequest, person: Participant) -> HttpResponse | None:
    """The same for what a group writes: merged with what the others wrote since; after the bell, kept apart."""
    written = _write_work(request, person)
    live.poster_changed(written.group)
    live.presence.wrote(person.run_id, person.pk)
    live.board_changed(person.run_id)
    return _render(request, person, status=409, refused=written.refused) if written.refused else None


def _write_work(request: HttpRequest, person: Participant) -> documents.Written:
    said = asdict(read_work(request.POST))
    seat = live.read_seat(request.POST.get("affiche", ""), person.pk)
    token = Token(person.pk, person.token_version)
    try:
        with transaction.atomic():
            return documents.write_texts(token=token, group=seat, now=steady.now(), **said)
    except documents.NoPoster as error:
        raise Http404 from error


def _page(
    request: HttpRequest, person: Participant, results: Sequence[Saved] = (), *, status: int = 200
) -> HttpResponse:
    """The page; with what became of texts that were sent, where that needs to be said."""
    outcomes = {result.outcome for result in results}
    late, unseen = Outcome.LATE in outcomes, Outcome.UNSEEN in outcomes
    return _render(request, person, status=status, late=late, unseen=unseen)


def _render(request: HttpRequest, person: Participant, *, status: int, **said: object) -> HttpResponse:
    now = steady.now()
    page = student_page(person, now)
    time = page.time
    values = live.own_values(
        live.listener_of(person), now, time.left if time else 0, time.status if time else ""
    )
    desk = group_desk(page, live.presence.present(person.run_id)) if page.group else None
    seat = live.seat_for(page.group.pk, person.pk) if page.group else ""
    shown = live.context(page, values, desk=desk, seat=seat, **said)
    return render(request, live.TEMPLATE, shown, status=status)


def _save(person: Participant, sent: Sent) -> list[Saved]:
    phase = next((p for p in person.run.phases.all() if p.part.number == sent.part), None)
    if phase is None:
        raise BadRequest("part")
    token = Token(person.pk, person.token_version)
    with transaction.atomic():
        results = save_answers(
            token=token, phase=phase, writer=sent.writer, drafts=sent.drafts, now=steady.now()
        )
    live.presence.wrote(person.run_id, person.pk)
    live.board_changed(person.run_id)
    return results
