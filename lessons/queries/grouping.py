"""The groups of an activité as they stand: what the rules, the page and every change start from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from lessons.models import (
    AnnexeShare,
    ClassRun,
    Group,
    Membership,
    Part,
    Participant,
    PosterImage,
    Separation,
)
from lessons.queries.content import PartContent, lesson_content
from lessons.queries.documents import Document, documents
from lessons.rules.poster import essential_key
from lessons.rules.repair import ClassNow, GroupNow, Plan, repair


@dataclass(frozen=True)
class Snapshot:
    """The groups that are not dissolved, by number, and what the rules need to know of the class."""

    now: ClassNow
    people: Mapping[int, Participant]
    groups: Mapping[int, Group]
    documents: Mapping[int, Document]  # by number of the group
    part: PartContent | None

    @property
    def digest(self) -> str:
        """Tells whether the groups are still those that a page showed."""
        shown = [(group.number, group.members) for group in self.now.groups]
        return sha256(repr(shown).encode()).hexdigest()[:16]

    @property
    def begun(self) -> bool:
        """Something is on a poster."""
        return any(group.worked for group in self.now.groups)

    def group_of(self, participant: int) -> GroupNow | None:
        return next((group for group in self.now.groups if participant in group.members), None)


def snapshot(run: ClassRun) -> Snapshot:
    """The same number of queries whatever the class."""
    part = group_part(run)
    people = {person.pk: person for person in run.participants.filter(left_at=None)}
    groups = {group.number: group for group in _groups(run)}
    by_poster = documents([group.poster for group in groups.values()])
    found = {number: by_poster[group.poster.pk] for number, group in groups.items()}
    seats = list(Membership.objects.filter(group__in=groups.values()).order_by("seat", "pk"))
    return Snapshot(
        now=ClassNow(
            groups=_groups_now(groups, seats, found),
            here=frozenset(pk for pk, person in people.items() if person.joined_at and not person.absent),
            pinned=frozenset(seat.participant_id for seat in seats if seat.pinned),
            separated=tuple(
                Separation.objects.filter(run=run).order_by("pk").values_list("one_id", "other_id")
            ),
            words={a.number: a.words for a in part.annexes if a.number not in part.common} if part else {},
            lots=part.lots if part else (),
            next_number=1 + max(Group.objects.filter(run=run).values_list("number", flat=True), default=0),
        ),
        people=people,
        groups=groups,
        documents=found,
        part=part,
    )


def _groups_now(
    groups: Mapping[int, Group], seats: Iterable[Membership], found: Mapping[int, Document]
) -> tuple[GroupNow, ...]:
    members: dict[int, list[int]] = defaultdict(list)
    for seat in seats:
        members[seat.group_id].append(seat.participant_id)
    shares: dict[int, dict[int, int]] = defaultdict(dict)
    for group_id, annexe, person in AnnexeShare.objects.filter(group__in=groups.values()).values_list(
        "group_id", "annexe__number", "participant_id"
    ):
        shares[group_id][annexe] = person
    images = PosterImage.objects.filter(poster__group__in=groups.values(), removed_at=None)
    pictured = set(images.values_list("poster_id", flat=True))
    return tuple(
        GroupNow(
            number=number,
            members=tuple(members[group.pk]),
            shares=shares[group.pk],
            worked=bool(group.poster.last_number) or group.poster.pk in pictured,
            begun=_begun(found[number]),
        )
        for number, group in groups.items()
    )


def group_part(run: ClassRun) -> PartContent | None:
    """The part that this lesson does in groups, if it has one."""
    return next((p for p in lesson_content(run.lesson_id).parts if p.kind == Part.Kind.GROUP), None)


def _groups(run: ClassRun) -> list[Group]:
    active = Group.objects.filter(run=run, dissolved_at=None).select_related("poster")
    return list(active.order_by("number"))


def _begun(document: Document) -> frozenset[int]:
    """Annexes about which something is written or passed on."""
    prefix = essential_key(0).removesuffix("0")
    written = {
        int(key.removeprefix(prefix))
        for key, text in document.texts.items()
        if key.startswith(prefix) and text.strip()
    }
    return frozenset(written | document.passed)


def plan_for(snap: Snapshot) -> Plan:
    """What would put the groups right again."""
    return repair(snap.now) if snap.part and snap.now.groups else Plan()
