"""The participants of an activité, for the teacher: all of them, and one with what may be done for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from lessons.models import ClassRun, Participant, Phase, SetAside
from lessons.queries.content import PartContent, lesson_content
from metroloco_site.kit.french import short_time


@dataclass(frozen=True)
class PersonRow:
    """`state` and `kind` are a status's word and look; `icon` its shape."""

    person: Participant
    shown_extra: str
    state: str
    kind: str
    icon: str


@dataclass(frozen=True)
class People:
    """`free_tickets`: billets not used yet; `has_tickets`: there is something to print."""

    run: ClassRun
    rows: tuple[PersonRow, ...]
    here: int
    free_tickets: int
    has_tickets: bool


def people_of(run: ClassRun) -> People:
    """Everybody in the activité, billets not taken yet and those removed included; one query."""
    rows = tuple(person_row(person) for person in _in_order(run))
    still = [row.person for row in rows if row.person.left_at is None]
    return People(
        run=run,
        rows=rows,
        here=sum(person.joined_at is not None for person in still),
        free_tickets=sum(person.joined_at is None for person in still),
        has_tickets=any(person.ticket_number for person in still),
    )


def person_row(person: Participant) -> PersonRow:
    """One line of the list, also at the top of the student's own page for the teacher."""
    return PersonRow(person, shown_extra(person), *_state(person))


def _in_order(run: ClassRun) -> QuerySet[Participant]:
    """Those who are in it first; billets in their order, then the others as they came."""
    return run.participants.order_by(
        F("left_at").asc(nulls_first=True), F("ticket_number").asc(nulls_last=True), "pk"
    )


def _state(person: Participant) -> tuple[str, str, str]:
    if person.merged_into_id is not None:
        return "réuni avec une autre place", "wait", "check"
    if person.left_at is not None:
        return "retiré", "wait", "end"
    if person.absent:
        return "absent", "wait", "end"
    if person.on_paper:
        return "copie papier", "live", "text"
    if person.joined_at is not None:
        return f"depuis {short_time(person.joined_at)}", "done", "check"
    return "billet non utilisé", "wait", "clock"


@dataclass(frozen=True)
class Version:
    """A text kept apart, beside the answer that it did not become."""

    pk: int
    question: str
    text: str
    answer_text: str
    received_at: datetime
    waits: bool
    late: bool
    longer: bool  # it was the answer, until nearly all of it was deleted


@dataclass(frozen=True)
class PersonPage:
    """`others`: places with which this one may be merged. `copies`: parts whose answers may be typed."""

    row: PersonRow
    versions: tuple[Version, ...]
    others: tuple[tuple[str, str], ...]
    copies: tuple[PartContent, ...]
    taken: tuple[str, ...]


def person_page(run: ClassRun, person: Participant) -> PersonPage:
    """One student, for the teacher; the same number of queries whatever the class."""
    people = list(_in_order(run))
    started = [phase.part.number for phase in run.phases.all() if phase.status != Phase.Status.PENDING]
    parts = [lesson_content(run.lesson_id).part(number) for number in started]
    return PersonPage(
        row=person_row(person),
        versions=_versions(person),
        others=tuple(
            (other.public_id, _label(other))
            for other in people
            if other.left_at is None and other.pk != person.pk
        ),
        copies=tuple(part for part in parts if part.questions),
        taken=tuple(other.pseudonym for other in people),
    )


def _label(person: Participant) -> str:
    """« Billet 4 · Dune calme »."""
    return (
        f"Billet {person.ticket_number} · {person.shown_name}" if person.ticket_number else person.shown_name
    )


def _versions(person: Participant) -> tuple[Version, ...]:
    rows = SetAside.objects.filter(answer__sitting__participant=person).select_related("answer__question")
    return tuple(
        Version(
            pk=row.pk,
            question=str(row.answer.question),
            text=row.text,
            answer_text=row.answer.text,
            received_at=row.received_at,
            waits=row.accepted_at is None and row.dismissed_at is None,
            late=row.reason == SetAside.Reason.LATE,
            longer=row.reason == SetAside.Reason.LONGER,
        )
        for row in rows.order_by("answer__question__number", "received_at", "pk")
    )


def shown_extra(person: Participant) -> str:
    """« 5 min », « un tiers de la durée », « 20 % de la durée », or nothing."""
    if person.extra_unit == Participant.ExtraUnit.MINUTES:
        return f"{person.extra_amount}\u00a0min"
    if person.extra_unit == Participant.ExtraUnit.PERCENT:
        return f"{person.extra_amount}\u00a0% de la durée"
    return person.get_extra_unit_display() if person.extra_unit else ""
