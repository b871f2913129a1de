"""Joining, coming back, leaving; billets."""

import random
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from lessons.actions.clock import seat
from lessons.actions.revision import touch
from lessons.models import ClassRun, Participant, Phase
from lessons.queries.clock import current_phase
from lessons.rules import codes, pseudonyms

MAX_PARTICIPANTS = 60  # a class is at most 40; the rest is room for mistakes


class CannotJoin(Exception):
    """Carries the French sentence that says why and what to do."""


@dataclass(frozen=True)
class Token:
    """What the participant's signed cookie holds."""

    participant: int
    version: int


def join(*, run: ClassRun, pseudonym: str, now: datetime) -> Participant:
    """A new participant. Raises CannotJoin."""
    name = pseudonyms.clean(pseudonym)
    if not name:
        raise CannotJoin("Choisissez un pseudonyme, ou écrivez-en un.")
    if run.closed_at or run.suspended_at:
        raise CannotJoin(
            "Cette activité n’accueille plus personne pour le moment. Voyez avec votre enseignant."
        )
    if run.participants.count() >= MAX_PARTICIPANTS:
        raise CannotJoin("Cette activité est complète. Voyez avec votre enseignant.")
    try:
        with transaction.atomic():
            participant = _create(run, name, now)
    except IntegrityError as error:
        raise CannotJoin(f"« {name} » est déjà pris. Choisissez un autre pseudonyme.") from error
    _enter(participant)
    return participant


def come_back(*, personal_code: str, now: datetime) -> Participant:
    """The holder of this code, here for the first time (billet) or again. Raises CannotJoin.

    The device left behind may go on: two texts never overwrite each other unseen.
    """
    code = codes.normal_personal_code(personal_code)
    participant = Participant.objects.select_related("run").filter(personal_code=code, left_at=None).first()
    if participant is None:
        raise CannotJoin(
            "Ce code personnel n’est pas reconnu. Vérifiez les quatre mots, ou demandez-les à votre enseignant."
        )
    if participant.joined_at is None:
        if participant.run.closed_at or participant.run.suspended_at:
            raise CannotJoin(
                "Cette activité n’accueille plus personne pour le moment. Voyez avec votre enseignant."
            )
        participant.joined_at = now
        participant.save(update_fields=["joined_at"])
        _enter(participant)
    return participant


def make_tickets(*, run: ClassRun, count: int, rng: random.Random) -> list[Participant]:
    """`count` more billets, numbered on from the last one, each with a pseudonym and a personal code."""
    taken = list(run.participants.values_list("pseudonym", flat=True))
    if len(taken) + count > MAX_PARTICIPANTS:
        raise CannotJoin(f"Une activité compte au plus {MAX_PARTICIPANTS} participants.")
    last = run.participants.exclude(ticket_number=None).order_by("-ticket_number").first()
    first_number = (last.ticket_number or 0) + 1 if last else 1
    names = pseudonyms.propose(count, taken, rng)
    return Participant.objects.bulk_create(
        _new(run, name, ticket_number=first_number + index) for index, name in enumerate(names)
    )


def _new(run: ClassRun, name: str, **values: object) -> Participant:
    return Participant(
        run=run,
        public_id=codes.new_public_id(),
        pseudonym=name,
        personal_code=codes.new_personal_code(),
        **values,
    )


def _create(run: ClassRun, name: str, now: datetime) -> Participant:
    participant = _new(run, name, joined_at=now)
    participant.save(force_insert=True)
    return participant


def _enter(participant: Participant) -> None:
    """Latecomers get their place in the phase that is going on."""
    phase = current_phase(participant.run)
    if phase is not None and phase.status != Phase.Status.ENDED:
        seat(phase=phase, participants=[participant])
    touch(participant.run)
