"""The teacher's participants: the list, one of them, what is done for them."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons import live
from lessons.actions import clock as clock_actions
from lessons.actions import joining, merging, participants
from lessons.forms.clock import ExtraTimeForm
from lessons.forms.participants import MergeForm, PaperForm, RenameForm
from lessons.forms.runs import TicketsForm
from lessons.models import ClassRun, Participant
from lessons.queries.participants import PersonPage, people_of, person_page
from lessons.rules import pseudonyms
from lessons.views.doors import member_of, press_of, run_of, teacher_only
from metroloco_site.kit.once import Press
from metroloco_site.kit.reach import reach


@dataclass(frozen=True)
class Act:
    """A button that needs nothing typed, and the sentence said once it is done."""

    do: Callable[[Participant, datetime], None]
    said: str


ACTS = {
    "code": Act(
        lambda who, _: participants.renew_personal_code(participant=who),
        "Nouveau code personnel : l’ancien ne sert plus.",
    ),
    "hide": Act(
        lambda who, _: participants.hide(participant=who, hidden=True),
        "Le pseudonyme est masqué sur tous les écrans, sauf celui de l’élève.",
    ),
    "show": Act(
        lambda who, _: participants.hide(participant=who, hidden=False), "Le pseudonyme est montré de nouveau."
    ),
    "absent": Act(
        lambda who, _: participants.mark_absent(participant=who, absent=True), "Noté absent. Son travail est gardé."
    ),
    "present": Act(
        lambda who, _: participants.mark_absent(participant=who, absent=False), "Noté présent."
    ),
    "paper": Act(
        lambda who, now: participants.set_on_paper(participant=who, on_paper=True, now=now),
        "Cet élève rend une copie papier.",
    ),
    "device": Act(
        lambda who, now: participants.set_on_paper(participant=who, on_paper=False, now=now),
        "Cet élève écrit sur un appareil.",
    ),
    "remove": Act(
        lambda who, now: participants.remove(participant=who, now=now),
        "Retiré de l’activité. Son travail est gardé.",
    ),
    "readmit": Act(
        lambda who, _: participants.readmit(participant=who),
        "De nouveau dans l’activité : son code personnel lui permet de revenir.",
    ),
    "helped": Act(
        lambda who, now: participants.ask_help(participant=who, now=now, asked=False), "Aide apportée."
    ),
}  # fmt: skip


@teacher_only
@require_safe
def participants_list(request: HttpRequest, run: str) -> HttpResponse:
    return people_page(request, run_of(request, run))


def people_page(
    request: HttpRequest,
    run: ClassRun,
    *,
    tickets_form: TicketsForm | None = None,
    paper_form: PaperForm | None = None,
) -> HttpResponse:
    """The list; with a form that was not accepted, the same page says why."""
    forms = {
        "tickets_form": tickets_form or TicketsForm(auto_id="billets_%s"),
        "paper_form": paper_form or PaperForm(auto_id="papier_%s"),
    }
    context = {"run": run, "page": people_of(run), "reach": reach(request), **forms}
    status = 422 if tickets_form or paper_form else 200
    return render(request, "lessons/participants.html", context, status=status)


@teacher_only
@require_POST
def participant_add(request: HttpRequest, run: str) -> HttpResponse:
    """A student without a device; a pseudonym is proposed where none is typed."""
    found = run_of(request, run)
    form = PaperForm(request.POST, auto_id="papier_%s")
    person = _add(found, form, press_of(request)) if form.is_valid() else None
    if person is None:
        return people_page(request, found, paper_form=form)
    return done(request, person, "Cet élève est dans l’activité, avec une copie papier.")


def _add(run: ClassRun, form: PaperForm, press: Press | None) -> Participant | None:
    taken = run.participants.values_list("pseudonym", flat=True)
    name = form.cleaned_data["pseudonym"] or _proposal(list(taken))
    try:
        with transaction.atomic():
            return joining.add_on_paper(run=run, pseudonym=name, now=timezone.now(), once=press)
    except joining.CannotJoin as error:
        form.add_error("pseudonym", str(error))
        return None


@teacher_only
@require_http_methods(["GET", "POST"])
def participant_edit(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """One participant: extra time, pseudonym, and all that can be done for them."""
    person = member_of(run_of(request, run), participant)
    if "unit" in request.POST:
        return _give_extra(request, person)
    if request.method == "POST":
        return _rename(request, person)
    return _person_page(request, person)


def _rename(request: HttpRequest, person: Participant) -> HttpResponse:
    form = RenameForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                participants.rename(participant=person, pseudonym=form.cleaned_data["pseudonym"])
            return done(request, person, "C’est enregistré.")
        except joining.CannotJoin as error:
            form.add_error("pseudonym", str(error))
    return _person_page(request, person, name_form=form)


def _give_extra(request: HttpRequest, person: Participant) -> HttpResponse:
    form = ExtraTimeForm(request.POST)
    if not form.is_valid():
        return _person_page(request, person, extra_form=form)
    with transaction.atomic():
        clock_actions.set_extra_time(
            participant=person, unit=form.cleaned_data["unit"], amount=form.cleaned_data["amount"]
        )
    return done(request, person, "C’est enregistré.")


def _person_page(
    request: HttpRequest, person: Participant, *, name_form: RenameForm | None = None,
    extra_form: ExtraTimeForm | None = None, merge_form: MergeForm | None = None,
) -> HttpResponse:  # fmt: skip
    page = person_page(person.run, person)
    forms = {
        "name_form": name_form or RenameForm(initial=_name(person, page)),
        "extra_form": extra_form or ExtraTimeForm(initial=_extra(person)),
        "merge_form": merge_form or MergeForm(others=page.others),
    }
    context = {"run": person.run, "person": person, "page": page, **forms}
    refused = name_form or extra_form or merge_form
    return render(request, "lessons/participant.html", context, status=422 if refused else 200)


def _name(person: Participant, page: PersonPage) -> dict[str, str]:
    """A hidden pseudonym is not written anywhere, not even in its own form: another is proposed."""
    return {"pseudonym": _proposal(page.taken) if person.hidden else person.pseudonym}


def _extra(person: Participant) -> dict[str, object]:
    return {"unit": person.extra_unit, "amount": person.extra_amount}


def _proposal(taken: Collection[str]) -> str:
    return next(iter(pseudonyms.propose(1, taken, random.SystemRandom())), f"Élève {len(taken) + 1}")


@teacher_only
@require_POST
def participant_act(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """Buttons that need nothing typed (ACTS); whoever pressed one on the board goes back there."""
    person = member_of(run_of(request, run), participant)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        with transaction.atomic():
            act.do(person, timezone.now())
    except joining.CannotJoin as error:
        messages.error(request, str(error))
        return redirect("lessons:participant-edit", run=run, participant=participant)
    return done(request, person, act.said)


@teacher_only
@require_POST
def participant_merge(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """« La même personne que … »: this place becomes another key to the chosen one."""
    person = member_of(run_of(request, run), participant)
    form = MergeForm(request.POST, others=person_page(person.run, person).others)
    into = _merge(person, form) if form.is_valid() else None
    if into is None:
        return _person_page(request, person, merge_form=form)
    live.tell_participant(into)
    return done(request, person, "Les deux places n’en font plus qu’une. Rien n’est perdu.")


def _merge(person: Participant, form: MergeForm) -> Participant | None:
    into = member_of(person.run, form.cleaned_data["into"])
    try:
        with transaction.atomic():
            merging.merge(duplicate=person, into=into, now=timezone.now(), votes_again=form.votes_again)
    except joining.CannotJoin as error:
        form.refuse(str(error), voted_twice=isinstance(error, merging.VotedTwice))
        return None
    return into


def done(request: HttpRequest, person: Participant, said: str) -> HttpResponse:
    """Tells every screen, and goes back to the list, or to the board if the button was there."""
    live.announce(person.run)
    live.tell_participant(person)
    live.board_changed(person.run_id)
    on_board = request.POST.get("act") == "helped" or "tableau" in request.POST
    if not on_board:
        messages.success(request, said)
    return redirect(
        "lessons:board-read" if on_board else "lessons:participants-list", run=person.run.public_id
    )
