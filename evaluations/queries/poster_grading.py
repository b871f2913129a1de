"""The poster grid: off unless the teacher turns it on, for a pack that has one for part 2."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, QuerySet

from evaluations.models import Assessment, GroupAssessment
from evaluations.queries.remarks import Remarks, poster_remarks_of
from evaluations.queries.report import Level, Row, levels_of, poster_criteria
from evaluations.rules.marks import AS_GROUP
from lessons.models import ClassRun, Criterion, Group, Membership, Participant
from lessons.queries.content import QuestionContent, lesson_content
from lessons.queries.document_authors import Written
from lessons.queries.poster_sheet import PosterSheet
from lessons.queries.posters_page import PosterPage, poster_page


@dataclass(frozen=True)
class Member:
    """`own`: by the number of a row, what stands instead of the group's level; AS_GROUP where nothing does.

    Who is absent is « non évalué » where nothing does.
    """

    public_id: str
    label: str
    absent: bool
    own: dict[int, Level | str | None]

    @property
    def differs(self) -> bool:
        return any(level != AS_GROUP for level in self.own.values())


@dataclass(frozen=True)
class GroupLine:
    """`missing`: the rows that have no level yet."""

    number: int
    missing: tuple[Criterion, ...]


@dataclass(frozen=True)
class PosterGrading:
    """One group's poster and its grid; `previous` and `following` are numbers of groups, 0 for none.

    `place` among `total` groups. `written`: who wrote what, without names where the class may see the screen.
    """

    run: ClassRun
    number: int
    place: int
    total: int
    sheet: PosterSheet | None
    written: tuple[Written, ...]
    late: int  # edits that came late and wait for a decision
    questions: tuple[QuestionContent, ...]
    levels: tuple[Level, ...]
    rows: tuple[Row, ...]
    members: tuple[Member, ...]
    remarks: Remarks
    previous: int
    following: int

    @property
    def row(self) -> int:
        """The row that comes first; 0 if the grid has none."""
        return self.rows[0].number if self.rows else 0

    @property
    def missing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.level is None)


@dataclass(frozen=True)
class PostersToGrade:
    """`start`: the first group whose poster is not wholly graded, else the first; 0 if there is none."""

    run: ClassRun
    row_count: int  # 0: the lesson has no grid for posters
    groups: tuple[GroupLine, ...]

    @property
    def start(self) -> int:
        left = (group.number for group in self.groups if group.missing)
        return next(left, self.groups[0].number if self.groups else 0)


def posters_to_grade(run: ClassRun) -> PostersToGrade:
    """Four queries whatever the class."""
    criteria = poster_criteria(run)
    given = GroupAssessment.objects.filter(
        group__run=run, criterion__in=criteria, level__isnull=False
    ).values_list("group_id", "criterion_id")
    filled = set(given)
    return PostersToGrade(
        run=run,
        row_count=len(criteria),
        groups=tuple(
            GroupLine(group.number, tuple(row for row in criteria if (group.pk, row.pk) not in filled))
            for group in groups_of(run)
        ),
    )


def groups_of(run: ClassRun) -> QuerySet[Group]:
    """The groups that were not dissolved, with those of their members who are still there. Two queries."""
    members = Membership.objects.filter(participant__left_at=None).select_related("participant")
    return run.groups.filter(dissolved_at=None).prefetch_related(
        Prefetch("memberships", queryset=members, to_attr="members_here")
    )


def numbered_groups(run: ClassRun, numbers: Collection[int]) -> dict[int, Group]:
    """Those of these groups whose posters are graded. No query if none is asked for."""
    if not numbers or not run.poster_graded:
        return {}
    return {group.number: group for group in groups_of(run).filter(number__in=numbers)}


def people_of(group: Group) -> list[Participant]:
    """The members of a group that comes from `groups_of`."""
    found: list[Membership] = group.members_here  # type: ignore[attr-defined]  # prefetched
    return [membership.participant for membership in found]


def poster_grading(
    run: ClassRun, group: Group, criteria: Sequence[Criterion], *, discreet: bool
) -> PosterGrading:
    """One group; its poster costs what its page costs, the rest four queries whatever the class."""
    numbers = list(run.groups.filter(dissolved_at=None).values_list("number", flat=True))
    around = [0, *numbers, 0]
    place = around.index(group.number)
    given = {row.criterion_id: row for row in GroupAssessment.objects.filter(group=group)}
    levels = levels_of(criteria)
    rows = tuple(Row.of(criterion, levels, given.get(criterion.pk)) for criterion in criteria)
    page = poster_page(run, group.number)
    return PosterGrading(
        run=run,
        number=group.number,
        place=place,
        total=len(numbers),
        sheet=_sheet(page, discreet=discreet),
        written=_written(page, discreet=discreet),
        late=page.line.late if page else 0,
        questions=_questions(run, criteria),
        levels=levels,
        rows=rows,
        members=_members(group, rows, levels, discreet=discreet),
        remarks=poster_remarks_of(run),
        previous=around[place - 1],
        following=around[place + 1],
    )


def _sheet(page: PosterPage | None, *, discreet: bool) -> PosterSheet | None:
    if page is None:
        return None
    return replace(page.line.sheet, members=()) if discreet else page.line.sheet


def _written(page: PosterPage | None, *, discreet: bool) -> tuple[Written, ...]:
    texts = page.written if page else ()
    if not discreet:
        return texts
    return tuple(
        replace(text, stretches=tuple(replace(s, name="") for s in text.stretches)) for text in texts
    )


def _questions(run: ClassRun, criteria: Sequence[Criterion]) -> tuple[QuestionContent, ...]:
    return lesson_content(run.lesson_id).part(criteria[0].grid.part.number).questions if criteria else ()


def _members(
    group: Group, rows: Sequence[Row], levels: Sequence[Level], *, discreet: bool
) -> tuple[Member, ...]:
    people = people_of(group)
    found = Assessment.objects.filter(participant__in=people, criterion__in=[row.criterion for row in rows])
    own: dict[tuple[int, int], Level | None] = {
        (one.participant_id, one.criterion_id): levels[one.level - 1] if one.level else None for one in found
    }
    return tuple(
        Member(
            person.public_id,
            person.name_on_board(discreet=discreet),
            person.absent,
            {row.number: own.get((person.pk, row.criterion), AS_GROUP) for row in rows},
        )
        for person in people
    )
