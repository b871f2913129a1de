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
class KeptText:
    """A text kept beside the answer: it came late, or its page had not seen the newer one."""

    question: str
    text: str
    is_late: bool  # it waits for the teacher's decision


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
    kept: tuple[KeptText, ...]

    @property
    def late(self) -> tuple[KeptText, ...]:
        return tuple(text for text in self.kept if text.is_late)

    @property
    def other_versions(self) -> tuple[KeptText, ...]:
        """Texts between which the student has not chosen."""
        return tuple(text for text in self.kept if not text.is_late)


def grading(run: ClassRun, participant: Participant) -> Grading:
    """One copy; seven queries whatever the class, besides the lesson's content, which is kept."""
    people = list(gradable(run))
    number = next((n for n, person in enumerate(people, start=1) if person == participant), 0)
    around = [None, *(Neighbour(person.public_id, person.shown_name) for person in people), None]
    return Grading(
        run=run,
        participant=participant,
        report=student_report(run, participant),
        number=number,
        total=len(people),
        previous=around[number - 1] if number else None,
        following=around[number + 1],
        kept=_kept(participant),
    )


def _kept(participant: Participant) -> tuple[KeptText, ...]:
    undecided = SetAside.objects.filter(
        answer__sitting__participant=participant, accepted_at=None, dismissed_at=None
    )
    rows = undecided.order_by("received_at").values_list("answer__question__statement", "text", "reason")
    return tuple(
        KeptText(question, text, is_late=reason == SetAside.Reason.LATE) for question, text, reason in rows
    )
