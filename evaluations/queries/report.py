"""The fiche d'évaluation of one participant: the same on screen, in the PDF and in tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Self

from django.db.models import Exists, OuterRef

from evaluations.models import Assessment, GeneralRemark, GroupAssessment, SelfAssessment
from lessons.models import Answer, ClassRun, Criterion, Part, Participant, PhaseEvent, SetAside
from lessons.queries.content import LessonContent, PartContent, QuestionContent, lesson_content
from lessons.rules.clock import Kind


@dataclass(frozen=True)
class Level:
    """`rank` is 1 to 4, lowest first: the quarters of its plate."""

    rank: int
    code: str
    label: str

    @property
    def icon(self) -> str:
        """Its plate among the icons, which are named after the codes of the first pack."""
        return ("plate-TI", "plate-I", "plate-S", "plate-TS")[self.rank - 1]


@dataclass(frozen=True)
class ReportField:
    """What the student wrote in one field; `was_late` if the teacher accepted a text that came late."""

    key: str
    label: str
    text: str
    words: int
    saved_at: datetime | None
    was_late: bool


@dataclass(frozen=True)
class ReportQuestion:
    content: QuestionContent
    fields: tuple[ReportField, ...]


@dataclass(frozen=True)
class Row:
    """One criterion of the grid; `level` is None for « non évalué »."""

    criterion: int
    number: int
    label: str
    expectation: str
    level: Level | None
    observations: str
    own: Level | None  # what the student said

    @classmethod
    def of(
        cls,
        criterion: Criterion,
        levels: Sequence[Level],
        given: Assessment | GroupAssessment | None,
        own: int | None = None,
    ) -> Self:
        """A row as it was graded, by one person or for a whole group."""
        rank = given.level if given else None
        return cls(
            criterion=criterion.pk,
            number=criterion.number,
            label=criterion.label,
            expectation=criterion.expectation,
            level=levels[rank - 1] if rank else None,
            observations=given.observations if given else "",
            own=levels[own - 1] if own else None,
        )


@dataclass(frozen=True)
class RowGroup:
    """The rows under « Compétences » or « Connaissances »."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class StudentReport:
    """`day` is when the part started in class; None if it never did."""

    lesson_title: str
    part_title: str
    run_label: str
    grid_title: str
    pseudonym: str
    on_paper: bool
    day: datetime | None
    questions: tuple[ReportQuestion, ...]
    levels: tuple[Level, ...]
    groups: tuple[RowGroup, ...]
    poster: tuple[Row, ...]  # of the group's poster, if it is graded
    remark: str

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def all_groups(self) -> tuple[RowGroup, ...]:
        """What the student reads: the grid of part 1, then the poster's."""
        return (*self.groups, RowGroup("Affiche du groupe", self.poster)) if self.poster else self.groups

    @property
    def missing(self) -> tuple[Row, ...]:
        """The rows that are still « non évalué »."""
        return tuple(row for row in self.rows if row.level is None)

    @property
    def words(self) -> int:
        return sum(field.words for question in self.questions for field in question.fields)

    @property
    def collected_at(self) -> datetime | None:
        """When the last text was saved."""
        times = [field.saved_at for question in self.questions for field in question.fields]
        return max((at for at in times if at), default=None)


def student_report(run: ClassRun, participant: Participant) -> StudentReport:
    """The sheet of one participant; six queries besides the lesson's content, which is kept."""
    lesson = lesson_content(run.lesson_id)
    criteria = grid_of(run)
    part = graded_part(lesson, criteria)
    grid = criteria[0].grid if criteria else None
    levels = levels_of(criteria)
    return StudentReport(
        lesson_title=lesson.title,
        part_title=part.title,
        run_label=run.label,
        grid_title=grid.title if grid else "",
        pseudonym=participant.shown_name,
        on_paper=participant.on_paper,
        day=_first_start(run, part),
        questions=_questions(part, participant),
        levels=levels,
        groups=_groups(criteria, levels, participant),
        poster=_poster(run, participant),
        remark=GeneralRemark.objects.filter(participant=participant).values_list("text", flat=True).first()
        or "",
    )


def grid_of(run: ClassRun) -> list[Criterion]:
    """The rows of the lesson's first grid, in order; none if the lesson has no grid."""
    criteria = list(
        Criterion.objects.filter(grid__part__lesson_id=run.lesson_id)
        .select_related("grid__part")
        .order_by("grid__part__number", "number")
    )
    return [criterion for criterion in criteria if criterion.grid_id == criteria[0].grid_id]


def poster_criteria(run: ClassRun) -> list[Criterion]:
    """The rows of the grid of the group's part, in order; none if the lesson has no such grid."""
    rows = Criterion.objects.filter(grid__part__lesson_id=run.lesson_id, grid__part__kind=Part.Kind.GROUP)
    return list(rows.select_related("grid__part").order_by("number"))


def graded_part(lesson: LessonContent, criteria: Sequence[Criterion]) -> PartContent:
    """The part that the grid is about; without a grid, the first one."""
    return lesson.part(criteria[0].grid.part.number) if criteria else lesson.parts[0]


def levels_of(criteria: Sequence[Criterion]) -> tuple[Level, ...]:
    """The levels of the grid, lowest first."""
    levels = criteria[0].grid.levels if criteria else []
    return tuple(Level(rank, level["code"], level["label"]) for rank, level in enumerate(levels, start=1))


def _first_start(run: ClassRun, part: PartContent) -> datetime | None:
    starts = PhaseEvent.objects.filter(phase__run=run, phase__part_id=part.pk, kind=Kind.START)
    return starts.order_by("number").values_list("at", flat=True).first()


def _questions(part: PartContent, participant: Participant) -> tuple[ReportQuestion, ...]:
    accepted = SetAside.objects.filter(
        answer=OuterRef("pk"), reason=SetAside.Reason.LATE, accepted_at__isnull=False
    )
    written = Answer.objects.filter(sitting__participant=participant, question__part_id=part.pk)
    answers = {(a.question_id, a.field): a for a in written.annotate(was_late=Exists(accepted))}
    return tuple(
        ReportQuestion(
            question,
            tuple(
                _field(field.key, field.label, answers.get((question.pk, field.key)))
                for field in question.fields
            ),
        )
        for question in part.questions
    )


def _field(key: str, label: str, answer: Answer | None) -> ReportField:
    if answer is None:  # a copie papier, or a latecomer who never had a place
        return ReportField(key, label, "", 0, None, was_late=False)
    was_late: bool = answer.was_late  # type: ignore[attr-defined]  # annotated in _questions
    return ReportField(key, label, answer.text, answer.words, answer.saved_at, was_late)


def _groups(
    criteria: Sequence[Criterion], levels: Sequence[Level], participant: Participant
) -> tuple[RowGroup, ...]:
    given = {a.criterion_id: a for a in Assessment.objects.filter(participant=participant)}
    said = SelfAssessment.objects.filter(participant=participant, level__isnull=False)
    own = dict(said.values_list("criterion_id", "level"))
    return tuple(
        RowGroup(
            title,
            tuple(Row.of(row, levels, given.get(row.pk), own.get(row.pk)) for row in members),
        )
        for title, members in groupby(criteria, key=lambda criterion: criterion.group)
    )


def _poster(run: ClassRun, participant: Participant) -> tuple[Row, ...]:
    """Three queries if the posters are graded: the group's rows, and instead of them what is this member's own."""
    if not run.poster_graded:
        return ()
    criteria = poster_criteria(run)
    levels = levels_of(criteria)
    given = {
        row.criterion_id: row
        for row in GroupAssessment.objects.filter(group__memberships__participant=participant)
    }
    own = {row.criterion_id: row for row in Assessment.objects.filter(participant=participant)}
    rows = (Row.of(c, levels, own.get(c.pk) or given.get(c.pk)) for c in criteria)
    return tuple(
        replace(row, observations=given[row.criterion].observations) if row.criterion in given else row
        for row in rows
    )
