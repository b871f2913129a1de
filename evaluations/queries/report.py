"""The fiche d'évaluation of one participant: the same on screen, in the PDF and in tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Self

from django.db.models import Exists, F, OuterRef

from evaluations.models import Assessment, GeneralRemark, GroupAssessment, SelfAssessment
from evaluations.rules.longer import waiting
from lessons.models import Answer, ClassRun, Criterion, Part, Participant, PhaseEvent, SetAside
from lessons.queries.content import LessonContent, PartContent, QuestionContent, lesson_content
from lessons.rules.clock import Kind
from lessons.rules.forgiving import Kept


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
    longer: tuple[Kept, ...]  # words taken away, for the teacher alone

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
            longer=waiting(given.longer, given.observations) if given else (),
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
    longer: tuple[Kept, ...]  # of the remark, for the teacher alone

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
    return student_reports(run, [participant])[0]


def student_reports(run: ClassRun, people: Sequence[Participant]) -> list[StudentReport]:
    """The sheets of these participants, in this order; as many queries as for one."""
    lesson = lesson_content(run.lesson_id)
    criteria = grid_of(run)
    part = graded_part(lesson, criteria)
    grid = criteria[0].grid if criteria else None
    levels = levels_of(criteria)
    day, answers, rows = _first_start(run, part), _answers(part, people), _rows(criteria, levels, people)
    posters, remarks = poster_rows(people, graded_posters(run)), _remarks(people)
    return [
        StudentReport(
            lesson_title=lesson.title,
            part_title=part.title,
            run_label=run.label,
            grid_title=grid.title if grid else "",
            pseudonym=person.shown_name,
            on_paper=person.on_paper,
            day=day,
            questions=_questions(part, answers[person.pk]),
            levels=levels,
            groups=rows[person.pk],
            poster=posters[person.pk],
            remark=one.text if (one := remarks.get(person.pk)) else "",
            longer=waiting(one.longer, one.text) if one else (),
        )
        for person in people
    ]


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


def graded_posters(run: ClassRun) -> list[Criterion]:
    """The rows of the poster's grid; none, and no query, unless the teacher grades the posters."""
    return poster_criteria(run) if run.poster_graded else []


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


def _answers(part: PartContent, people: Sequence[Participant]) -> dict[int, dict[tuple[int, str], Answer]]:
    """By participant, then by question and field."""
    accepted = SetAside.objects.filter(
        answer=OuterRef("pk"), reason=SetAside.Reason.LATE, accepted_at__isnull=False
    )
    written = Answer.objects.filter(sitting__participant__in=people, question__part_id=part.pk)
    found: dict[int, dict[tuple[int, str], Answer]] = {person.pk: {} for person in people}
    whose = F("sitting__participant_id")
    for answer in written.annotate(was_late=Exists(accepted), whose=whose):
        found[answer.whose][answer.question_id, answer.field] = answer
    return found


def _questions(part: PartContent, answers: Mapping[tuple[int, str], Answer]) -> tuple[ReportQuestion, ...]:
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


def _rows(
    criteria: Sequence[Criterion], levels: Sequence[Level], people: Sequence[Participant]
) -> dict[int, tuple[RowGroup, ...]]:
    assessed = Assessment.objects.filter(participant__in=people)
    given = {(row.participant_id, row.criterion_id): row for row in assessed}
    said = SelfAssessment.objects.filter(participant__in=people, level__isnull=False)
    own = {(row.participant_id, row.criterion_id): row.level for row in said}
    titled = [(title, list(rows)) for title, rows in groupby(criteria, key=lambda row: row.group)]
    return {
        pk: tuple(
            RowGroup(
                title,
                tuple(Row.of(row, levels, given.get((pk, row.pk)), own.get((pk, row.pk))) for row in rows),
            )
            for title, rows in titled
        )
        for pk in (person.pk for person in people)
    }


def _remarks(people: Sequence[Participant]) -> dict[int, GeneralRemark]:
    return {one.participant_id: one for one in GeneralRemark.objects.filter(participant__in=people)}


def poster_rows(people: Sequence[Participant], criteria: Sequence[Criterion]) -> dict[int, tuple[Row, ...]]:
    """By participant. Two queries if there are rows: the group's, and instead of them what is a member's own.

    Who is absent has nothing of the group's: only what the teacher gave to them by name.
    """
    if not criteria:
        return {person.pk: () for person in people}
    levels = levels_of(criteria)
    of_groups = GroupAssessment.objects.filter(group__memberships__participant__in=people)
    of_groups = of_groups.annotate(whose=F("group__memberships__participant_id"))
    given = {(row.whose, row.criterion_id): row for row in of_groups}
    assessed = Assessment.objects.filter(participant__in=people, criterion__in=criteria)
    own = {(row.participant_id, row.criterion_id): row for row in assessed}
    return {
        person.pk: tuple(
            _poster_row(person, c, levels, given.get((person.pk, c.pk)), own.get((person.pk, c.pk)))
            for c in criteria
        )
        for person in people
    }


def _poster_row(
    person: Participant,
    criterion: Criterion,
    levels: Sequence[Level],
    given: GroupAssessment | None,
    own: Assessment | None,
) -> Row:
    """The level is the member's own if there is one; the words are always the group's."""
    if person.absent and own is None:
        given = None
    row = Row.of(criterion, levels, own or given)
    return replace(row, observations=given.observations) if given else row
