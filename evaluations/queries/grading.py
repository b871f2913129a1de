"""The screen where one copy is graded, alone or for one question across the class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluations.models import CopyPhoto
from evaluations.queries.copies_to_grade import Look, copies, label_of
from evaluations.queries.merged import OtherMark, left_behind
from evaluations.queries.remarks import Remarks, remarks_of
from evaluations.queries.report import ReportQuestion, StudentReport, student_report
from lessons.models import ClassRun, Participant, SetAside


@dataclass(frozen=True)
class Step:
    """Another copy, one click away. `question` is 0 for whole copies."""

    public_id: str
    label: str
    question: int


@dataclass(frozen=True)
class KeptText:
    """A text kept beside the answer: it came late, its page had not seen the newer one, or it was taken away."""

    pk: int
    number: int
    question: str
    text: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Grading:
    """`number` is the copy's place among `total`; 0 for a participant who has no sheet (never came).

    `question` is 0 where the whole copy is shown. `name` is "" where no name may be in the page.
    """

    run: ClassRun
    participant: Participant
    look: Look
    label: str
    name: str
    report: StudentReport
    question: int
    number: int
    total: int
    previous: Step | None
    following: Step | None
    kept: tuple[KeptText, ...]
    other_marks: tuple[OtherMark, ...]  # of a place that was merged into this one
    photos: tuple[CopyPhoto, ...]  # of a copie papier
    remarks: Remarks

    @property
    def questions(self) -> tuple[ReportQuestion, ...]:
        """What stands on the left: every question, or the one that is graded across the class."""
        wanted = (q for q in self.report.questions if self.question in (0, q.content.number))
        return tuple(wanted)

    @property
    def row(self) -> int:
        """The row that comes first: the one named after the question's verb, else the first of the grid."""
        verbs = {q.content.card.verb.casefold() for q in self.questions if self.question and q.content.card}
        rows = [row.number for row in self.report.rows]
        named = (row.number for row in self.report.rows if row.label.casefold() in verbs)
        return next(named, rows[0] if rows else 0)

    @property
    def late(self) -> tuple[KeptText, ...]:
        """They wait for the teacher's decision."""
        return self._kept_for(SetAside.Reason.LATE)

    @property
    def other_versions(self) -> tuple[KeptText, ...]:
        """Texts between which the student has not chosen."""
        return self._kept_for(SetAside.Reason.UNSEEN)

    @property
    def longer(self) -> tuple[KeptText, ...]:
        """Texts that were the answer, until nearly all of them was deleted."""
        return self._kept_for(SetAside.Reason.LONGER)

    def _kept_for(self, reason: str) -> tuple[KeptText, ...]:
        here = (text for text in self.kept if self.question in (0, text.number))
        return tuple(text for text in here if text.reason == reason)


def grading(
    run: ClassRun, participant: Participant, *, look: Look | None = None, question: int = 0
) -> Grading:
    """One copy; ten queries whatever the class, besides the lesson's content, which is kept."""
    look = look or Look()
    people = copies(run, look)
    number = next((n for n, person in enumerate(people, start=1) if person == participant), 0)
    report = student_report(run, participant)
    two_places = participant.merged.exists()
    asked = question if question in [q.content.number for q in report.questions] else 0
    return Grading(
        run=run,
        participant=participant,
        look=look,
        label=label_of(participant, number, look),
        name="" if look.discreet else participant.shown_name,
        report=report,
        question=asked,
        number=number,
        total=len(people),
        previous=_step(people, number - 1, look, asked) if number else None,
        following=_following(people, number, look, report, asked),
        kept=_kept(participant),
        other_marks=left_behind(participant) if two_places else (),
        photos=_photos(participant),  # also where « copie papier » was taken back: they can be erased
        remarks=remarks_of(run),
    )


def _step(people: Sequence[Participant], number: int, look: Look, question: int) -> Step | None:
    """The copy at this place, from 1."""
    if not 1 <= number <= len(people):
        return None
    person = people[number - 1]
    return Step(person.public_id, label_of(person, number, look), question)


def _following(
    people: Sequence[Participant], number: int, look: Look, report: StudentReport, question: int
) -> Step | None:
    """The next copy; after the last one, the first of the next question."""
    later = [q.content.number for q in report.questions if 0 < question < q.content.number]
    step = _step(people, number + 1, look, question)
    return _step(people, 1, look, later[0]) if step is None and later else step


def _photos(participant: Participant) -> tuple[CopyPhoto, ...]:
    return tuple(participant.copy_photos.order_by("added_at", "pk"))


def _kept(participant: Participant) -> tuple[KeptText, ...]:
    undecided = SetAside.objects.filter(
        answer__sitting__participant=participant, accepted_at=None, dismissed_at=None
    )
    rows = undecided.order_by("received_at").values_list(
        "pk", "answer__question__number", "answer__question__statement", "text", "received_at", "reason"
    )
    return tuple(KeptText(*row) for row in rows)
