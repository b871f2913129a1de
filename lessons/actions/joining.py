"""Joining, coming back; billets; students without a device."""

import random
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Max

from lessons.actions.clock import seat
from lessons.actions.revision import hold, touch
from lessons.models import ClassRun, Participant, Phase
from lessons.rules import codes, pseudonyms
from metroloco_site.kit.once import Press, made_by

MAX_PARTICIPANTS = 60  # a class is at most 40; the rest is room for mistakes
SHUT = "Cette activité n’accueille plus personne pour le moment. Voyez avec votre enseignant."
FULL = "Cette activité est complète. Voyez avec votre enseignant."
UNKNOWN = "Ce code personnel n’est pas reconnu. Vérifiez les quatre mots, ou demandez-les à votre enseignant."
TICKETS_ONLY = "Cette activité se rejoint avec un billet : entrez le code personnel qui y est écrit."


class CannotJoin(Exception):
    """Carries the French sentence that says why and what to do."""


class UnknownCode(CannotJoin):
    """No such personal code, or its place is no longer there."""


@dataclass(frozen=True)
class Token:
    """What the participant's signed cookie holds."""

    participant: int
    version: int


def join(*, run: ClassRun, pseudonym: str, now: datetime, once: Press | None = None) -> Participant:
    """A new participant, on a device; pressed twice (`once`, kit.once), the same one. Raises CannotJoin.

    The revision stays: nothing changes for the class, and 35 pages would be told 35 times. The board is told.
    """
    if first := _made(run, once):
        return first
    if run.closed_at or run.suspended_at:
        raise CannotJoin(SHUT)
    if run.tickets_only:
        raise CannotJoin(TICKETS_ONLY)
    return _seat(_create(run, _clean(pseudonym), joined_at=now, once=once))


def add_on_paper(*, run: ClassRun, pseudonym: str, now: datetime, once: Press | None = None) -> Participant:
    """A student without a device, added by the teacher: a place like the others', no cookie; pressed twice, one.

    Also once the activité is closed: a copy found at the bottom of a bag is graded too. Raises CannotJoin.
    """
    first = _made(run, once)
    return first or enter(_create(run, _clean(pseudonym), joined_at=now, on_paper=True, once=once))


def come_back(*, personal_code: str, now: datetime) -> Participant:
    """The holder of this code, here for the first time (billet) or again.

    The device left behind may go on: two texts never overwrite each other unseen. The code of a
    duplicate leads to the place that was kept. Raises UnknownCode, or CannotJoin while it is shut.
    """
    person = kept_place(_holder(codes.normal_personal_code(personal_code)))
    if person is None:
        raise UnknownCode(UNKNOWN)
    if person.joined_at is not None and not person.absent:
        return person
    if person.run.closed_at or person.run.suspended_at:
        if person.joined_at is None:
            raise CannotJoin(SHUT)
        return person  # reads what was written; the teacher's mark stays
    person.joined_at = person.joined_at or now
    person.absent = False  # who comes is there, whatever was noted
    person.save(update_fields=["joined_at", "absent"])
    return enter(person)


def kept_place(participant: Participant | None) -> Participant | None:
    """The place itself, or the one into which it was merged; None once it has been removed."""
    while participant is not None and participant.merged_into is not None:
        participant = participant.merged_into
    return participant if participant is not None and participant.left_at is None else None


def make_tickets(
    *, run: ClassRun, count: int, rng: random.Random, once: Press | None = None
) -> list[Participant]:
    """`count` more billets, numbered on from the last one, each with a pseudonym and a personal code.

    Pressed twice, those of the first time: the first of them bears the key. Raises CannotJoin.
    """
    hold(run)
    if first := made_by(Participant, once):
        assert first.ticket_number is not None
        numbers = range(first.ticket_number, first.ticket_number + count)
        return list(run.participants.filter(ticket_number__in=numbers))
    taken = list(run.participants.values_list("pseudonym", flat=True))
    if len(taken) + count > MAX_PARTICIPANTS:
        raise CannotJoin(f"Une activité compte au plus {MAX_PARTICIPANTS} participants.")
    first_number = (run.participants.aggregate(last=Max("ticket_number"))["last"] or 0) + 1
    order = _next_number(run)
    names = pseudonyms.propose(count, taken, rng)
    return Participant.objects.bulk_create(
        _new(run, name, None if index else once, number=order + index, ticket_number=first_number + index)
        for index, name in enumerate(names)
    )


def _made(run: ClassRun, once: Press | None) -> Participant | None:
    """The place that the same press has made, once that press is over."""
    if once is None:
        return None
    hold(run)
    return kept_place(made_by(Participant, once))


def _holder(code: str) -> Participant | None:
    people = Participant.objects.shown().select_related("run", "merged_into__run")
    return people.filter(personal_code=code).first() if code else None


def _clean(typed: str) -> str:
    name = pseudonyms.clean(typed)
    if not name:
        raise CannotJoin("Choisissez un pseudonyme, ou écrivez-en un.")
    return name


def _new(run: ClassRun, name: str, once: Press | None, **values: object) -> Participant:
    return Participant(
        run=run,
        public_id=codes.new_public_id(),
        pseudonym=name,
        personal_code=codes.new_personal_code(),
        **(once.columns if once else {}),
        **values,
    )


def _create(run: ClassRun, name: str, *, once: Press | None, **values: object) -> Participant:
    """Raises CannotJoin if there is no room, or the pseudonym is taken."""
    hold(run)  # 35 who join together get 35 numbers, and the last place goes to one of them
    there = run.participants.aggregate(count=Count("pk"), last=Max("number"))
    if there["count"] >= MAX_PARTICIPANTS:
        raise CannotJoin(FULL)
    participant = _new(run, name, once, number=(there["last"] or 0) + 1, **values)
    try:
        with transaction.atomic():
            participant.save(force_insert=True)
    except IntegrityError as error:
        raise CannotJoin(f"« {name} » est déjà pris. Choisissez un autre pseudonyme.") from error
    return participant


def _next_number(run: ClassRun) -> int:
    return int(run.participants.aggregate(last=Max("number"))["last"] or 0) + 1


def enter(participant: Participant) -> Participant:
    """A place in the phase that is going on, for a latecomer or whoever is back among the class.

    In a phase that has ended there is none to take: « Rouvrir la partie » gives one to all who are there.
    """
    hold(participant.run)
    _seat(participant)
    touch(participant.run)
    return participant


def _seat(participant: Participant) -> Participant:
    """In the phase that has started last, as it is now and not as it was when the run was read."""
    started = Phase.objects.filter(run=participant.run_id).exclude(status=Phase.Status.PENDING)
    phase = started.select_related("part").order_by("-part__number").first()
    if phase is not None and phase.status != Phase.Status.ENDED:
        seat(phase=phase, participants=[participant])
    return participant
