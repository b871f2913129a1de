"""The poster grid: off unless the teacher turns it on, for a pack that has one for part 2."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from evaluations.models import Assessment, GroupAssessment
from evaluations.queries.report import Level, Row, levels_of, poster_criteria
from evaluations.rules.marks import AS_GROUP
from lessons.models import ClassRun, Criterion, Group, Membership, Participant, Poster
from lessons.queries.poster_sheet import PosterSheet, poster_sheet


@dataclass(frozen=True)
class MemberRow:
    """`own` is what the form shows: AS_GROUP, "" for « non évalué », or a rank."""

    row: Row
    own: str


@dataclass(frozen=True)
class Member:
    public_id: str
    label: str
    rows: tuple[MemberRow, ...]

    @property
    def differs(self) -> bool:
        return any(row.own != AS_GROUP for row in self.rows)


@dataclass(frozen=True)
class GroupLine:
    number: int
    filled: int  # rows that have a level


@dataclass(frozen=True)
class PosterGrading:
    """One group's poster and its grid; `previous` and `following` are numbers of groups, 0 for none."""

    run: ClassRun
    number: int
    sheet: PosterSheet | None
    levels: tuple[Level, ...]
    rows: tuple[Row, ...]
    members: tuple[Member, ...]
    previous: int
    following: int


@dataclass(frozen=True)
class PostersToGrade:
    run: ClassRun
    row_count: int  # 0: the lesson has no grid for posters
    groups: tuple[GroupLine, ...]


def posters_to_grade(run: ClassRun) -> PostersToGrade:
    """Three queries whatever the class."""
    criteria = poster_criteria(run)
    given = GroupAssessment.objects.filter(
        group__run=run, criterion__in=criteria, level__isnull=False
    ).values_list("group__number", flat=True)
    filled = list(given)
    return PostersToGrade(
        run=run,
        row_count=len(criteria),
        groups=tuple(GroupLine(group.number, filled.count(group.number)) for group in groups_of(run)),
    )


def groups_of(run: ClassRun) -> QuerySet[Group]:
    """The groups that were not dissolved, with those of their members who are still there. Two queries."""
    members = Membership.objects.filter(participant__left_at=None).select_related("participant")
    return run.groups.filter(dissolved_at=None).prefetch_related(
        Prefetch("memberships", queryset=members, to_attr="members_here")
    )


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
    poster = Poster.objects.filter(group=group).first()
    return PosterGrading(
        run=run,
        number=group.number,
        sheet=poster_sheet(poster) if poster else None,
        levels=levels,
        rows=rows,
        members=_members(group, rows, discreet=discreet),
        previous=around[place - 1],
        following=around[place + 1],
    )


def _members(group: Group, rows: Sequence[Row], *, discreet: bool) -> tuple[Member, ...]:
    people = people_of(group)
    found = Assessment.objects.filter(participant__in=people, criterion__in=[row.criterion for row in rows])
    own = {(one.participant_id, one.criterion_id): str(one.level or "") for one in found}
    return tuple(
        Member(
            person.public_id,
            f"Élève\u00a0{person.number}" if discreet else person.shown_name,
            tuple(MemberRow(row, own.get((person.pk, row.criterion), AS_GROUP)) for row in rows),
        )
        for person in people
    )
