"""Billets: numbered, printed all together or one again."""

import random

import segno
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lessons.actions import joining
from lessons.forms.runs import TicketsForm
from lessons.models import ClassRun, Participant
from lessons.views.doors import member_of, press_of, run_of, teacher_only
from lessons.views.guessing import seal
from lessons.views.participants import people_page
from metroloco_site.kit import pdf
from metroloco_site.kit.reach import reach


@teacher_only
@require_POST
def tickets_create(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    form = TicketsForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                count, rng = form.cleaned_data["count"], random.SystemRandom()
                joining.make_tickets(run=found, count=count, rng=rng, once=press_of(request))
            return redirect("lessons:participants-list", run=run)
        except joining.CannotJoin as error:
            form.add_error("count", str(error))
    return people_page(request, found, tickets_form=form)


@teacher_only
@require_safe
def tickets_print(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    people = found.participants.exclude(ticket_number=None).filter(left_at=None).order_by("ticket_number")
    return _print(request, found, list(people), f"billets-{found.public_id}.pdf")


@teacher_only
@require_safe
def ticket_print(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """One billet again: the same pseudonym, the code as it is now."""
    found = run_of(request, run)
    person = member_of(found, participant)
    if person.ticket_number is None or person.left_at is not None:
        raise Http404
    return _print(request, found, [person], f"billet-{person.ticket_number}.pdf")


def _print(request: HttpRequest, run: ClassRun, people: list[Participant], name: str) -> HttpResponse:
    if not people:
        raise Http404
    address = reach(request).origin + reverse("lessons:come-back")
    context = {"tickets": [_ticket(person, address) for person in people], "run": run}
    return pdf.respond(request, html=render_to_string("pdf/tickets.html", context), filename=name)


def _ticket(person: Participant, address: str) -> dict[str, object]:
    # After « # », so that the code stays in the browser and out of every log.
    given = f"{person.personal_code}.{seal(person.personal_code)}"
    return {
        "number": person.ticket_number,
        "pseudonym": person.shown_name,
        "personal_code": person.personal_code,
        "qr": segno.make(f"{address}#{given}").svg_data_uri(scale=3, border=2),
        "address": address,
    }
