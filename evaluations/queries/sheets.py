"""All the fiches d'évaluation of an activité, and who has one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from evaluations.models import Assessment
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


def sheets(run: ClassRun) -> Sheets:
    """The list; five queries whatever the class, besides the lesson's content, which is kept."""
    criteria = grid_of(run)
    part = graded_part(lesson_content(run.lesson_id), criteria)
    filled, words, late = _filled(run, criteria), _words(run, part.pk), _late(run, part.pk)
    return Sheets(
        run=run,
        row_count=len(criteria),
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
            for person in gradable(run)
        ),
    )


def gradable(run: ClassRun) -> QuerySet[Participant]:
    """Who has a sheet: those who came or hand in a copie papier; then those removed, if they wrote."""
    wrote = Answer.objects.filter(sitting__participant=OuterRef("pk"), words__gt=0)
    here = Q(left_at=None) & (Q(joined_at__isnull=False) | Q(on_paper=True))
    return run.participants.filter(here | (Q(left_at__isnull=False) & Exists(wrote))).order_by(
        F("left_at").asc(nulls_first=True), F("ticket_number").asc(nulls_last=True), "pk"
    )


def _filled(run: ClassRun, criteria: Sequence[Criterion]) -> dict[int, int]:
    given = Assessment.objects.filter(participant__run=run, criterion__in=criteria, level__isnull=False)
    return dict(given.order_by().values_list("participant_id").annotate(Count("pk")))


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
