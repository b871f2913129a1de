"""The teacher's page about groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import prefetch_related_objects

from lessons.models import ClassRun, Group, Part, Phase, Sitting
from lessons.queries.clock import clock_of
from lessons.queries.content import PartContent
from lessons.queries.grouping import Snapshot, plan_for, snapshot
from lessons.queries.posters_page import readable_posters
from lessons.rules.grouping import LARGEST, broken_in, forecast, remark
from lessons.rules.repair import GroupNow, Plan
from lessons.rules.roles import Role, roles_of
from lessons.rules.shares import reading_minutes


@dataclass(frozen=True)
class AnnexeRow:
    """`reader`: public id of who reads it, or "". `common`: for all to consult."""

    number: int
    title: str
    words: int
    minutes: int
    reader: str
    passed: bool


@dataclass(frozen=True)
class MemberRow:
    """`writing`: still in their own time of the part before; they enter their group when it ends."""

    public_id: str
    name: str
    group: int
    roles: tuple[Role, ...]
    annexes: tuple[AnnexeRow, ...]
    pinned: bool
    absent: bool
    on_paper: bool
    writing: bool
    apart: tuple[tuple[str, str], ...]  # (public id, name) of those they are separated from
    beside: tuple[str, ...] = ()  # of these, who is in the same group all the same

    @property
    def minutes(self) -> int:
        return reading_minutes(sum(annexe.words for annexe in self.annexes)) if self.annexes else 0


@dataclass(frozen=True)
class GroupRow:
    """`waiting`: what has not been passed on yet; `unread`: annexes that nobody reads."""

    number: int
    members: tuple[MemberRow, ...]
    annexes: tuple[AnnexeRow, ...]
    one_device: bool
    rotation: int
    worked: bool

    @property
    def present(self) -> int:
        return sum(not member.absent for member in self.members)

    @property
    def full(self) -> bool:
        return self.present >= LARGEST

    @property
    def waiting(self) -> tuple[AnnexeRow, ...]:
        return tuple(annexe for annexe in self.annexes if not annexe.passed)

    @property
    def unread(self) -> tuple[AnnexeRow, ...]:
        return tuple(annexe for annexe in self.annexes if not annexe.reader)


@dataclass(frozen=True)
class MoveLine:
    """One line of the proposal; `source` is 0 for who is in no group, `new` says that the target is made."""

    name: str
    source: int
    target: int
    new: bool


@dataclass(frozen=True)
class HandLine:
    """An annexe that another member reads from now on; `source` is "" if nobody read it."""

    group: int
    annexes: tuple[int, ...]
    source: str
    target: str


@dataclass(frozen=True)
class Proposal:
    """What « Appliquer » does, all of it and nothing else. `abandoned`: dissolved groups with work on a poster."""

    digest: str
    moves: tuple[MoveLine, ...]
    dissolved: tuple[int, ...]
    abandoned: tuple[int, ...]
    dropped: tuple[tuple[str, int], ...]
    handed: tuple[HandLine, ...]
    formed: tuple[int, ...]


@dataclass(frozen=True)
class GroupsPage:
    """`digest`: of the groups shown; `begun`: a new draw gives up posters with something on them."""

    run: ClassRun
    part: PartContent | None
    groups: tuple[GroupRow, ...]
    outside: tuple[MemberRow, ...]
    away: tuple[MemberRow, ...]  # absent, and in no group
    present: int
    remark: str
    forecast: str  # what a draw of those present would make
    broken: tuple[tuple[str, str], ...]
    proposal: Proposal | None
    digest: str
    begun: bool
    chosen: MemberRow | None
    chosen_group: GroupRow | None
    former: tuple[Group, ...]  # dissolved, whose poster is still to be read
    names: tuple[tuple[str, str], ...] = field(default=())  # everybody, for « séparer de »

    @property
    def can_form(self) -> bool:
        return 1 < len(self.outside) <= LARGEST


@dataclass(frozen=True)
class _Frame:
    snap: Snapshot
    discreet: bool
    writing: frozenset[int]
    apart: Mapping[int, tuple[int, ...]]

    def name(self, pk: int) -> str:
        person = self.snap.people[pk]
        return person.name_on_board(discreet=self.discreet)


def groups_page(
    run: ClassRun, now: datetime, *, discreet: bool = False, person: str = "", group: int = 0
) -> GroupsPage:
    """Everything on the page; `person` and `group` are whose panel is open."""
    snap = snapshot(run)
    hidden = discreet  # neither extra time nor separations are for the class's eyes
    frame = _Frame(
        snap,
        discreet,
        frozenset() if hidden else _still_writing(run, now),
        {} if hidden else _apart(snap),
    )
    rows = tuple(_group_row(frame, found) for found in snap.now.groups)
    seated = {pk for found in snap.now.groups for pk in found.members}
    loose = [_member_row(frame, pk, None, (), ()) for pk in snap.people if pk not in seated]
    outside = tuple(row for row in loose if not row.absent)
    everybody = [member for row in rows for member in row.members] + loose
    joined = {p.public_id for p in snap.people.values() if p.joined_at}
    return GroupsPage(
        run=run,
        part=snap.part,
        groups=rows,
        outside=tuple(row for row in outside if row.public_id in joined),
        away=tuple(row for row in loose if row.absent),
        present=len(snap.now.here),
        remark=remark([row.present for row in rows], sum(row.public_id in joined for row in outside)),
        forecast=forecast(len(snap.now.here)),
        broken=tuple(
            (frame.name(one), frame.name(other))
            for one, other in broken_in([found.members for found in snap.now.groups], snap.now.separated)
            if one in frame.apart
        ),
        proposal=_proposal(frame) if snap.now.groups else None,
        digest=snap.digest,
        begun=snap.begun,
        chosen=next((row for row in everybody if row.public_id == person), None),
        chosen_group=next((row for row in rows if row.number == group), None),
        former=tuple(Group.objects.filter(poster__in=readable_posters(run)).exclude(dissolved_at=None)),
        names=tuple(sorted((row.name, row.public_id) for row in everybody if row.public_id in joined)),
    )


def _still_writing(run: ClassRun, now: datetime) -> frozenset[int]:
    """Who is in their own extra time, while the others' is over."""
    phases = [phase for phase in run.phases.all() if phase.part.kind == Part.Kind.INDIVIDUAL]
    phases = [phase for phase in phases if phase.status != Phase.Status.PENDING]
    prefetch_related_objects(phases, "events")
    clocks = {phase.pk: clock for phase in phases if not (clock := clock_of(phase)).is_open(now)}
    sittings = Sitting.objects.filter(phase__in=clocks, extra_seconds__gt=0, done_at=None).order_by("pk")
    return frozenset(s.participant_id for s in sittings if clocks[s.phase_id].is_open(now, s.extra_seconds))


def _apart(snap: Snapshot) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for one, other in snap.now.separated:
        if one in snap.people and other in snap.people:
            found[one] += (other,)
            found[other] += (one,)
    return found


def _group_row(frame: _Frame, found: GroupNow) -> GroupRow:
    snap = frame.snap
    group = snap.groups[found.number]
    annexes = _annexe_rows(snap, found)
    here = [pk for pk in found.members if pk in snap.now.here]
    roles = roles_of(here, group.rotation)
    return GroupRow(
        number=found.number,
        members=tuple(_member_row(frame, pk, found, roles.get(pk, ()), annexes) for pk in found.members),
        annexes=annexes,
        one_device=group.one_device,
        rotation=group.rotation,
        worked=found.worked,
    )


def _annexe_rows(snap: Snapshot, found: GroupNow) -> tuple[AnnexeRow, ...]:
    assert snap.part is not None
    document = snap.documents[found.number]
    members = set(found.members)
    return tuple(
        AnnexeRow(
            number=annexe.number,
            title=annexe.title,
            words=annexe.words,
            minutes=reading_minutes(annexe.words),
            reader=snap.people[reader].public_id
            if (reader := found.shares.get(annexe.number, 0)) in members
            else "",
            passed=annexe.number in document.passed,
        )
        for annexe in snap.part.annexes
        if annexe.number in snap.now.words
    )


def _member_row(
    frame: _Frame, pk: int, found: GroupNow | None, roles: tuple[Role, ...], annexes: Iterable[AnnexeRow]
) -> MemberRow:
    person = frame.snap.people[pk]
    foes = frame.apart.get(pk, ())
    return MemberRow(
        public_id=person.public_id,
        name=frame.name(pk),
        group=found.number if found else 0,
        roles=roles,
        annexes=tuple(annexe for annexe in annexes if annexe.reader == person.public_id),
        pinned=pk in frame.snap.now.pinned,
        absent=person.absent,
        on_paper=person.on_paper,
        writing=pk in frame.writing,
        apart=tuple((frame.snap.people[foe].public_id, frame.name(foe)) for foe in foes),
        beside=tuple(frame.name(foe) for foe in foes if found and foe in found.members),
    )


# --- what is proposed ----------------------------------------------------------------------------


def _proposal(frame: _Frame) -> Proposal | None:
    plan = plan_for(frame.snap)
    if not plan:
        return None
    known = frame.snap.now.groups
    worked = {group.number for group in known if group.worked}
    return Proposal(
        digest=plan.digest,
        moves=tuple(
            MoveLine(frame.name(m.person), m.source, m.target, m.target in plan.formed) for m in plan.moves
        ),
        dissolved=plan.dissolved,
        abandoned=tuple(number for number in plan.dissolved if number in worked),
        dropped=tuple((frame.name(pk), number) for pk, number in plan.dropped),
        handed=_hand_lines(frame, plan, {group.number for group in known}),
        formed=plan.formed,
    )


def _hand_lines(frame: _Frame, plan: Plan, known: Collection[int]) -> tuple[HandLine, ...]:
    """A new group shares out everything: that is not a line each."""
    lines: dict[tuple[int, int, int], tuple[int, ...]] = {}
    for handed in plan.handed:
        if handed.group in known:
            key = (handed.group, handed.source, handed.target)
            lines[key] = (*lines.get(key, ()), handed.annexe)
    return tuple(
        HandLine(
            group, annexes, frame.name(source) if source in frame.snap.people else "", frame.name(target)
        )
        for (group, source, target), annexes in lines.items()
    )
