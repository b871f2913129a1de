"""All the fiches d'évaluation of an activité, and who has one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from evaluations.models import Assessment
from evaluations.queries.copies_to_grade import Look, copies, gradable, in_order, label_of
from evaluations.queries.report import graded_part, grid_of
from lessons.models import Answer, ClassRun, Criterion, Participant, SetAside
from lessons.queries.content import lesson_content


@dataclass(frozen=True)
class SheetLine:
    """One participant in the list. `filled` of the grid's rows have a level."""

    public_id: str
    number: int
    pseudonym: str
    ticket_number: int | None
    on_paper: bool
    removed: bool
    filled: int
    words: int
    late: int  # texts that came late and wait for a decision


@dataclass(frozen=True)
class Sheets:
    run: ClassRun
    row_count: int
    start: str  # the first copy that is not wholly graded, in the order in which they are graded; "" if none is left
    lines: tuple[SheetLine, ...]

    @property
    def readers(self) -> tuple[SheetLine, ...]:
        """Those who will see their sheet once it is published: the removed ones have no page any more."""
        return tuple(line for line in self.lines if not line.removed)

    @property
    def not_assessed(self) -> int:
        """Rows still « non évalué » among those who will read them."""
        return sum(self.row_count - line.filled for line in self.readers)

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines)


@dataclass(frozen=True)
class MissingCopy:
    """A copy with rows that have no level yet."""

    public_id: str
    label: str
    on_paper: bool
    rows: tuple[Criterion, ...]


@dataclass(frozen=True)
class Missing:
    """« Ce qui manque », in the order in which copies are graded."""

    run: ClassRun
    copies: tuple[MissingCopy, ...]

    @property
    def count(self) -> int:
        return sum(len(copy.rows) for copy in self.copies)


def sheets(run: ClassRun, look: Look | None = None) -> Sheets:
    """The list; five queries whatever the class, besides the lesson's content, which is kept."""
    criteria = grid_of(run)
    part = graded_part(lesson_content(run.lesson_id), criteria)
    people = list(gradable(run))
    filled, words, late = _filled(run, criteria), _words(run, part.pk), _late(run, part.pk)
    return Sheets(
        run=run,
        row_count=len(criteria),
        start=_start(people, filled, len(criteria), look or Look()),
        lines=tuple(
            SheetLine(
                public_id=person.public_id,
                number=person.number,
                pseudonym=person.shown_name,
                ticket_number=person.ticket_number,
                on_paper=person.on_paper,
                removed=person.left_at is not None,
                filled=filled.get(person.pk, 0),
                words=words.get(person.pk, 0),
                late=late.get(person.pk, 0),
            )
            for person in people
        ),
    )


def missing(run: ClassRun, look: Look) -> Missing:
    """What is left to grade; three queries whatever the class."""
    criteria = grid_of(run)
    graded = set(_graded(run, criteria).values_list("participant_id", "criterion_id"))
    return Missing(
        run=run,
        copies=tuple(
            MissingCopy(person.public_id, label_of(person, number, look), person.on_paper, rows)
            for number, person in enumerate(copies(run, look), start=1)
            if person.left_at is None
            and (rows := tuple(row for row in criteria if (person.pk, row.pk) not in graded))
        ),
    )


def _start(people: Sequence[Participant], filled: dict[int, int], row_count: int, look: Look) -> str:
    left = {p.public_id for p in people if p.left_at is None and filled.get(p.pk, 0) < row_count}
    return next((name for name in in_order(look, [p.public_id for p in people]) if name in left), "")


def words_of(run: ClassRun, criteria: Sequence[Criterion]) -> dict[int, int]:
    """Words by participant, in the part that is graded. One query besides the lesson's content."""
    return _words(run, graded_part(lesson_content(run.lesson_id), criteria).pk)


def _filled(run: ClassRun, criteria: Sequence[Criterion]) -> dict[int, int]:
    given = _graded(run, criteria).order_by().values_list("participant_id")
    return dict(given.annotate(Count("pk")))


def _graded(run: ClassRun, criteria: Sequence[Criterion]) -> QuerySet[Assessment]:
    return Assessment.objects.filter(participant__run=run, criterion__in=criteria, level__isnull=False)


def _words(run: ClassRun, part_id: int) -> dict[int, int]:
    answers = Answer.objects.filter(sitting__participant__run=run, question__part_id=part_id)
    return dict(answers.order_by().values_list("sitting__participant_id").annotate(Sum("words")))


def _late(run: ClassRun, part_id: int) -> dict[int, int]:
    waiting = SetAside.objects.filter(
        answer__sitting__participant__run=run,
        answer__question__part_id=part_id,
        reason=SetAside.Reason.LATE,
        accepted_at=None,
        dismissed_at=None,
    )
    return dict(waiting.order_by().values_list("answer__sitting__participant_id").annotate(Count("pk")))
