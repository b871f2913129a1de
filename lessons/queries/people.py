"""The teacher's lists: activités, participants, texts that came late."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet

from lessons.models import Answer, ClassRun, Participant, Phase, SetAside
from lessons.queries.clock import clock_of, current_phase, stage_of
from lessons.queries.content import FieldContent, PartContent, lesson_content
from lessons.queries.projector import left_for_all
from lessons.queries.student import field_name
from lessons.rules.clock import Status as ClockStatus
from lessons.rules.saving import Draft
from metroloco_site.accounts.models import User
from metroloco_site.kit.french import short_time

SOON_DAYS = 7  # before its deletion an activité says so in the list


@dataclass(frozen=True)
class RunRow:
    run: ClassRun
    joined: int
    stage: str
    days_left: int
    part: int

    @property
    def soon(self) -> bool:
        """Its deletion is near enough to be said."""
        return self.days_left <= SOON_DAYS


def runs_of(user: User, today: date, now: datetime) -> tuple[RunRow, ...]:
    """The teacher's activités, newest first; those whose date has come too, to be told."""
    runs = (
        ClassRun.objects.owned_or_due(user)
        .select_related("lesson")
        .prefetch_related("phases__part", "phases__events")
    )
    joined = Participant.objects.filter(run__owner=user).exclude(joined_at=None)
    counts = Counter(joined.order_by().values_list("run_id", flat=True))
    return tuple(_run_row(run, counts[run.pk], today, now) for run in runs)


def _run_row(run: ClassRun, joined: int, today: date, now: datetime) -> RunRow:
    """`stage` as the board says it: in pause or over, too."""
    phase = current_phase(run)
    stage = stage_of(run, phase)
    if phase and stage in ("writing", "ended"):
        clock = clock_of(phase)
        paused = clock.status == ClockStatus.PAUSED
        stage = "paused" if paused else "writing" if left_for_all(clock, now) else "ended"
    return RunRow(run, joined, stage, (run.delete_on - today).days, phase.part.number if phase else 0)


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


@dataclass(frozen=True)
class CopyField:
    """`other`: what is stored now, where it is not what was typed and the form had not shown it."""

    name: str
    label: str
    text: str
    revision: int
    other: str | None


@dataclass(frozen=True)
class CopyQuestion:
    number: int
    statement: str
    fields: tuple[CopyField, ...]


@dataclass(frozen=True)
class Copy:
    """« Copie papier »: one student's fields of one part, to be typed."""

    part: PartContent
    questions: tuple[CopyQuestion, ...]
    unseen: bool


def copy_of(person: Participant, phase: Phase, typed: Collection[Draft] = ()) -> Copy:
    """The form; `typed` is what was sent and not stored, since something else is there."""
    part = lesson_content(person.run.lesson_id).part(phase.part.number)
    stored = {
        (answer.question_id, answer.field): answer
        for answer in Answer.objects.filter(sitting__phase=phase, sitting__participant=person)
    }
    sent = {(draft.question, draft.field): draft.text for draft in typed}
    return Copy(
        part=part,
        questions=tuple(
            CopyQuestion(
                question.number,
                question.statement,
                tuple(
                    _copy_field(
                        question.number,
                        field,
                        stored.get((question.pk, field.key)),
                        sent.get((question.number, field.key)),
                    )
                    for field in question.fields
                ),
            )
            for question in part.questions
        ),
        unseen=bool(sent),
    )


def _copy_field(number: int, field: FieldContent, answer: Answer | None, typed: str | None) -> CopyField:
    text = answer.text if answer else ""
    return CopyField(
        name=field_name(number, field.key),
        label=field.label,
        text=text if typed is None else typed,
        revision=answer.revision if answer else 0,
        other=None if typed is None else text,
    )


def shown_extra(person: Participant) -> str:
    """« 5 min », « un tiers de la durée », « 20 % de la durée », or nothing."""
    if person.extra_unit == Participant.ExtraUnit.MINUTES:
        return f"{person.extra_amount}\u00a0min"
    if person.extra_unit == Participant.ExtraUnit.PERCENT:
        return f"{person.extra_amount}\u00a0% de la durée"
    return person.get_extra_unit_display() if person.extra_unit else ""


@dataclass(frozen=True)
class LateText:
    pk: int
    pseudonym: str
    question: str
    text: str
    answer_text: str
    received_at: datetime
    decision: str  # "", « accepté » or « écarté »


def late_texts(run: ClassRun) -> tuple[LateText, ...]:
    """What arrived after the deadline and its grace, beside what was collected."""
    rows = (
        SetAside.objects.filter(answer__sitting__phase__run=run, reason=SetAside.Reason.LATE)
        .select_related("answer__sitting__participant", "answer__question")
        .order_by("received_at")
    )
    return tuple(
        LateText(
            pk=row.pk,
            pseudonym=row.answer.sitting.participant.shown_name,
            question=str(row.answer.question),
            text=row.text,
            answer_text=row.answer.text,
            received_at=row.received_at,
            decision="accepté" if row.accepted_at else "écarté" if row.dismissed_at else "",
        )
        for row in rows
    )
