"""What the teacher does about texts: types a « copie papier », chooses between two versions."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lessons.actions import paper_copies, participants
from lessons.forms.drafts import read_form
from lessons.models import ClassRun, Participant, Phase, SetAside
from lessons.queries.clock import milliseconds
from lessons.queries.paper_copies import copy_of
from lessons.rules.saving import Draft
from lessons.views.doors import member_of, run_of, teacher_only, way_back
from lessons.views.participants import done


@teacher_only
@require_http_methods(["GET", "POST"])
def copy_write(request: HttpRequest, run: str, participant: str, part: int) -> HttpResponse:
    """« Copie papier »: the teacher types a student's text; never over a text that the form did not show."""
    person = member_of(run_of(request, run), participant)
    phase = _started_phase(person.run, part)
    if request.method == "GET":
        return _copy_page(request, person, phase)
    if unseen := _type(request, person, phase):
        return _copy_page(request, person, phase, unseen)
    return done(request, person, "La copie est enregistrée.")


def _type(request: HttpRequest, person: Participant, phase: Phase) -> list[Draft]:
    now = timezone.now()
    sent = read_form(request.POST, milliseconds(now))
    with transaction.atomic():
        return paper_copies.type_copy(
            participant=person, phase=phase, writer=sent.writer, drafts=sent.drafts, now=now
        )


def _copy_page(
    request: HttpRequest, person: Participant, phase: Phase, unseen: Sequence[Draft] = ()
) -> HttpResponse:
    writer = f"copie-{secrets.token_urlsafe(9)}"
    context = {"run": person.run, "person": person, "copy": copy_of(person, phase, unseen), "writer": writer}
    return render(request, "lessons/paper_copy.html", context, status=409 if unseen else 200)


def _started_phase(run: ClassRun, number: int) -> Phase:
    started = run.phases.exclude(status=Phase.Status.PENDING).filter(part__number=number)
    phase = started.select_related("part").first()
    if phase is None:
        raise Http404
    return phase


@teacher_only
@require_POST
def version_choose(request: HttpRequest, run: str, participant: str, version: int) -> HttpResponse:
    """Takes a text kept apart as the answer, or leaves it: both stay readable."""
    person = member_of(run_of(request, run), participant)
    text = SetAside.objects.filter(pk=version, answer__sitting__participant=person).first()
    if text is None:
        raise Http404
    with transaction.atomic():
        participants.decide(aside=text, accept="accept" in request.POST, now=timezone.now())
    done(request, person, "C’est enregistré\u00a0: l’autre texte reste lisible sur la page de l’élève.")
    return redirect(way_back(request) or reverse("lessons:participant-edit", args=[run, participant]))
