"""What to do when somebody is absent, late or gone: as little as possible, and no work is lost.

People and annexes are known by a number, groups by theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from lessons.rules import shares as sharing
from lessons.rules.grouping import LARGEST, SMALLEST, Pair, best, broken_in

KEPT = 6  # equally good ways looked at, for the separations' sake
ALONE, PAIR, ABANDONED, OUTSIDE = 9, 1, 20, 10  # how bad: see Cost


@dataclass(frozen=True)
class GroupNow:
    """`members`: in the order of their seats, absent ones included; `shares`: annexe → member.

    `worked`: something is on the poster; `begun`: annexes about which something has been passed on.
    """

    number: int
    members: tuple[int, ...]
    shares: Mapping[int, int]
    worked: bool = False
    begun: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ClassNow:
    """`here`: who is present, late writers and latecomers included. `words`: length of each annexe to share."""

    groups: tuple[GroupNow, ...]
    here: frozenset[int]
    pinned: frozenset[int] = frozenset()
    separated: tuple[Pair, ...] = ()
    words: Mapping[int, int] = frozenset()  # type: ignore[assignment]
    lots: Sequence[Mapping[str, object]] = ()
    next_number: int = 1


@dataclass(frozen=True)
class Move:
    """`source`: number of the group they leave, or 0 if they are in none."""

    person: int
    source: int
    target: int


@dataclass(frozen=True)
class Handed:
    """An annexe of a group that gets another reader; `source`: 0 if nobody read it."""

    group: int
    annexe: int
    source: int
    target: int


@dataclass(frozen=True)
class Plan:
    """`dropped`: absent members who lose their seat, as (person, group). `formed`: new groups."""

    moves: tuple[Move, ...] = ()
    dissolved: tuple[int, ...] = ()
    formed: tuple[int, ...] = ()
    dropped: tuple[Pair, ...] = ()
    handed: tuple[Handed, ...] = ()
    broken: tuple[Pair, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moves or self.dissolved or self.handed or self.dropped)

    @property
    def digest(self) -> str:
        """Tells whether what was shown is still what would be done."""
        return sha256(repr(self).encode()).hexdigest()[:16]


# How good a way is, the first that differs decides: how bad the sizes are (somebody outside or alone, a
# group given up that has begun its poster or is complete, a pair), people moved, groups dissolved, groups of four,
# new groups.
Cost = tuple[int, int, int, int, int]
Way = tuple[Cost, tuple[int, ...]]  # with the number of members that each group ends with


def repair(now: ClassNow) -> Plan:
    """The smallest change after which groups are as they should be; empty where they are."""
    outside = sorted(now.here - {person for group in now.groups for person in group.members})
    if outside or not all(_fine(now, group) for group in now.groups):
        candidates = [_carry_out(now, way, outside) for way in _ways(now, len(outside))]
        plan = min(candidates, key=lambda plan: len(plan.broken), default=Plan())
    else:
        plan = Plan()
    return Plan(plan.moves, plan.dissolved, plan.formed, plan.dropped, tuple(_handed(now, plan)), plan.broken)


def members_after(now: ClassNow, plan: Plan) -> dict[int, tuple[int, ...]]:
    """Members of each group once the plan is carried out; absent ones who keep their seat included."""
    gone = {(move.person, move.source) for move in plan.moves} | set(plan.dropped)
    after = {
        group.number: tuple(p for p in group.members if (p, group.number) not in gone)
        for group in now.groups
        if group.number not in plan.dissolved
    }
    for move in plan.moves:
        after[move.target] = (*after.get(move.target, ()), move.person)
    return after


def _fine(now: ClassNow, group: GroupNow) -> bool:
    """A whole group, or one that comes back another day."""
    return bool(group.members) and _present(now, group) in (0, SMALLEST, LARGEST)


def _present(now: ClassNow, group: GroupNow) -> int:
    return sum(person in now.here for person in group.members)


# --- which sizes ---------------------------------------------------------------------------------


def _ways(now: ClassNow, outside: int) -> list[Sequence[int]]:
    """Sizes of the groups, then of new ones, that cost least: several where they cost alike."""
    total = outside + sum(_present(now, group) for group in now.groups)
    known: dict[int, list[Way]] = {0: [((0, 0, 0, 0, 0), ())]}
    for group in now.groups:
        known = _extend(known, _choices(now, group), total)
    for _ in range(-(-outside // 2) + len(now.groups)):
        known = _extend(known, _NEW, total)
    ends = [
        ((cost[0] + OUTSIDE * (total - placed), *cost[1:]), sizes)
        for placed, ways in known.items()
        for cost, sizes in ways
        if total - placed <= outside
    ]
    ends.sort()
    return [sizes for cost, sizes in ends[:KEPT] if cost[:2] == ends[0][0][:2]]


_NEW: list[tuple[int, Cost]] = [
    (0, (0, 0, 0, 0, 0)),
    (2, (PAIR, 0, 0, 0, 1)),
    (3, (0, 0, 0, 0, 1)),
    (4, (0, 0, 0, 1, 1)),
]


def _choices(now: ClassNow, group: GroupNow) -> list[tuple[int, Cost]]:
    """The sizes that this group may end with, and what each costs."""
    here = _present(now, group)
    pinned = sum(person in now.here and person in now.pinned for person in group.members)
    if not here:
        return [(0, (0, 0, 0, 0, 0))]
    found: list[tuple[int, Cost]] = []
    if not pinned:
        whole = (group.worked and here > 1) or here >= SMALLEST
        found.append((0, (ABANDONED if whole else 0, here, 1, 0, 0)))
    for size in range(max(1, pinned), max(LARGEST, pinned) + 1):
        if size < min(here, SMALLEST):
            continue  # only a group of four gives somebody away
        bad = {1: ALONE, 2: PAIR}.get(size, 0 if size <= LARGEST else OUTSIDE)
        found.append((size, (bad, max(0, here - size), 0, int(size == LARGEST), 0)))
    return found


def _extend(
    known: Mapping[int, list[Way]], choices: Iterable[tuple[int, Cost]], total: int
) -> dict[int, list[Way]]:
    after: dict[int, list[Way]] = {}
    for size, price in choices:
        for placed, ways in known.items():
            if placed + size <= total:
                after.setdefault(placed + size, []).extend(
                    (_add(cost, price), (*sizes, size)) for cost, sizes in ways
                )
    return {placed: sorted(ways)[:KEPT] for placed, ways in after.items()}


def _add(one: Cost, other: Cost) -> Cost:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3], one[4] + other[4])


# --- who goes where ------------------------------------------------------------------------------


def _carry_out(now: ClassNow, sizes: Sequence[int], outside: Sequence[int]) -> Plan:
    """The plan that ends with these sizes."""
    source = {person: group.number for group in now.groups for person in group.members}
    stay = [_stay(now, group, size) for group, size in zip(now.groups, sizes, strict=False)]
    staying = {person for members in stay for person in members}
    leaving = [p for group in now.groups for p in group.members if p in now.here and p not in staying]
    new = [size for size in sizes[len(now.groups) :] if size]
    start = [*stay, *([] for _ in new)]
    room = [*sizes[: len(now.groups)], *new]
    free = [*leaving, *outside][: sum(room) - len(staying)]
    placed = best(start, [room], free, now.separated, Random(0))  # noqa: S311 - the same plan each time
    formed = tuple(range(now.next_number, now.next_number + len(new)))
    numbers = [*(group.number for group in now.groups), *formed]
    moves = [
        Move(person, source.get(person, 0), number)
        for number, members in zip(numbers, placed, strict=True)
        for person in members
        if person not in staying
    ]
    emptied = [
        group
        for group, members in zip(now.groups, stay, strict=True)
        if not members and (_present(now, group) or not group.members)
    ]
    dissolved = tuple(group.number for group in emptied)
    broken = broken_in(placed, now.separated)
    return Plan(tuple(moves), dissolved, formed, tuple(_dropped(now, moves, dissolved)), (), broken)


def _stay(now: ClassNow, group: GroupNow, size: int) -> list[int]:
    """Who stays when a group is to have `size` members: the pinned, then who has no reason to leave."""
    foes = {person for pair in broken_in([group.members], now.separated) for person in pair}
    here = [person for person in group.members if person in now.here]
    order = sorted(here, key=lambda person: (person not in now.pinned, person in foes, here.index(person)))
    return [person for person in here if person in order[:size]]


def _dropped(now: ClassNow, moves: Sequence[Move], dissolved: Iterable[int]) -> Iterable[Pair]:
    """Absent members of a group that is dissolved, or that would have five with them."""
    for group in now.groups:
        absent = [person for person in group.members if person not in now.here]
        left = [m.person for m in moves if m.source == group.number]
        came = [m.person for m in moves if m.target == group.number]
        over = len(group.members) - len(left) + len(came) - LARGEST
        count = len(absent) if group.number in dissolved else max(0, over) if came else 0
        yield from ((person, group.number) for person in absent[len(absent) - min(count, len(absent)) :])


# --- who reads what ------------------------------------------------------------------------------


def shares_after(now: ClassNow, here: Sequence[int], found: GroupNow | None) -> dict[int, int]:
    """Who reads what once `here` are the members who are there; `found`: the group as it was, if it was."""
    if found is None or not found.shares:
        return sharing.share_out(here, now.words, sharing.lots_for(len(here), now.lots))
    readers = [person for person in here if person in found.shares.values()] or list(here)
    after = sharing.hand_over(found.shares, readers, now.words)
    for person in here:
        if person not in after.values():
            after = sharing.welcome(after, here, person, now.words, found.begun)
    return after


def _handed(now: ClassNow, plan: Plan) -> Iterable[Handed]:
    known = {group.number: group for group in now.groups}
    for number, members in members_after(now, plan).items():
        here = [person for person in members if person in now.here]
        found = known.get(number)
        before = found.shares if found else {}
        for annexe, person in sorted(shares_after(now, here, found).items()):
            if before.get(annexe) != person:
                yield Handed(number, annexe, before.get(annexe, 0), person)
