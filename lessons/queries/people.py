"""The teacher's lists: activités, participants, texts that came late."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from lessons.models import ClassRun, Participant, SetAside
from lessons.queries.clock import current_phase, stage_of
from metroloco_site.accounts.models import User


@dataclass(frozen=True)
class RunRow:
    run: ClassRun
    joined: int
    stage: str


def runs_of(user: User) -> tuple[RunRow, ...]:
    """The teacher's activités, newest first."""
    runs = ClassRun.objects.owned_by(user).select_related("lesson").prefetch_related("phases__part")
    joined = Participant.objects.filter(run__owner=user).exclude(joined_at=None)
    counts = Counter(joined.order_by().values_list("run_id", flat=True))
    return tuple(RunRow(run, counts[run.pk], stage_of(run, current_phase(run))) for run in runs)


@dataclass(frozen=True)
class PersonRow:
    person: Participant
    shown_extra: str


def participants_page(run: ClassRun) -> tuple[PersonRow, ...]:
    """Everybody in the activité, billets not taken yet and those removed included."""
    return tuple(PersonRow(person, shown_extra(person)) for person in run.participants.all())


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
            pseudonym=row.answer.sitting.participant.pseudonym,
            question=str(row.answer.question),
            text=row.text,
            answer_text=row.answer.text,
            received_at=row.received_at,
            decision="accepté" if row.accepted_at else "écarté" if row.dismissed_at else "",
        )
        for row in rows
    )
