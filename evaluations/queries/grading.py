"""The screen where one copy is graded."""

from dataclasses import dataclass

from evaluations.queries.report import StudentReport, student_report
from evaluations.queries.sheets import gradable
from lessons.models import ClassRun, Participant, SetAside


@dataclass(frozen=True)
class Neighbour:
    public_id: str
    pseudonym: str


@dataclass(frozen=True)
class LateText:
    """A text that came late and waits for the teacher's decision."""

    question: str
    text: str


@dataclass(frozen=True)
class Grading:
    """`number` is the copy's place among `total`; 0 for a participant who has no sheet (never came)."""

    run: ClassRun
    participant: Participant
    report: StudentReport
    number: int
    total: int
    previous: Neighbour | None
    following: Neighbour | None
    late: tuple[LateText, ...]


def grading(run: ClassRun, participant: Participant) -> Grading:
    """One copy; seven queries whatever the class, besides the lesson's content, which is kept."""
    people = list(gradable(run).values_list("pk", "public_id", "pseudonym"))
    number = next((n for n, person in enumerate(people, start=1) if person[0] == participant.pk), 0)
    around = [None, *(Neighbour(*person[1:]) for person in people), None]
    return Grading(
        run=run,
        participant=participant,
        report=student_report(run, participant),
        number=number,
        total=len(people),
        previous=around[number - 1] if number else None,
        following=around[number + 1],
        late=_late(participant),
    )


def _late(participant: Participant) -> tuple[LateText, ...]:
    waiting = SetAside.objects.filter(
        answer__sitting__participant=participant,
        reason=SetAside.Reason.LATE,
        accepted_at=None,
        dismissed_at=None,
    )
    rows = waiting.order_by("received_at").values_list("answer__question__statement", "text")
    return tuple(LateText(*row) for row in rows)
