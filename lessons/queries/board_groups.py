"""The board in a part done in groups: a tile a group, and who has none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lessons.models import AnnexeShare, ClassRun, Membership, Poster, PosterLate
from lessons.queries.board_tiles import Tile, bars_path
from lessons.queries.content import PartContent
from lessons.queries.documents import Document, documents
from lessons.rules.poster import field_key
from lessons.rules.texts import count_words

FULL_BAR = 80  # words of a group for which a question's bar is full


@dataclass(frozen=True)
class GroupTile:
    """One group. `words`: one a question; `bars_path`: the same drawn; `kept`: annexes not passed on yet.

    `quiet`: whole minutes since the document last changed, None while nothing is written in it.
    """

    number: int
    members: tuple[Tile, ...]
    one_device: bool
    words: tuple[int, ...]
    bars_path: str
    shared: int
    kept: tuple[int, ...]
    quiet: int | None
    late: int

    @property
    def total_words(self) -> int:
        return sum(self.words)

    @property
    def present(self) -> int:
        """How many have a page open; on one device, one is enough for all."""
        return sum(member.present for member in self.members)

    @property
    def asks(self) -> bool:
        return any(member.state == "help" for member in self.members)

    @property
    def state(self) -> str:
        """What the tile looks like; words and shapes on it say the same."""
        if self.asks:
            return "help"
        missed = any(member.state == "offline" for member in self.members)  # who is done is missed by nobody
        return "offline" if missed and not self.present else "here"

    @property
    def passed(self) -> int:
        return self.shared - len(self.kept)


@dataclass(frozen=True)
class GroupsBoard:
    """`alone`: who is there and has no group."""

    tiles: tuple[GroupTile, ...]
    alone: tuple[Tile, ...]

    @property
    def late(self) -> int:
        return sum(tile.late for tile in self.tiles)


@dataclass(frozen=True)
class _Frame:
    """What every tile is made from; the annexes of a group by group, those waiting late by poster."""

    now: datetime
    part: PartContent
    people: Mapping[int, Tile]
    found: Mapping[int, Document]
    shares: Mapping[int, tuple[int, ...]]
    late: Mapping[int, int]


def groups_board(run: ClassRun, now: datetime, part: PartContent, people: Mapping[int, Tile]) -> GroupsBoard:
    """Five queries at most, whatever the class. `people`: the tiles of those on the board, by participant."""
    posters = list(
        Poster.objects.filter(group__run=run, group__dissolved_at=None)
        .select_related("group").order_by("group__number")
    )  # fmt: skip
    members: dict[int, list[int]] = defaultdict(list)
    rows = Membership.objects.filter(group__run=run, group__dissolved_at=None).order_by("seat", "pk")
    for group, person in rows.values_list("group_id", "participant_id"):
        members[group].append(person)
    frame = _Frame(now, part, people, documents(posters), _shares(run), _late(posters))
    placed = {person for group in members.values() for person in group}
    return GroupsBoard(
        tiles=tuple(_tile(frame, poster, members[poster.group_id]) for poster in posters),
        alone=tuple(t for pk, t in people.items() if pk not in placed and t.state != "absent"),
    )


def _shares(run: ClassRun) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    shares = AnnexeShare.objects.filter(group__run=run, group__dissolved_at=None)
    for group, annexe in shares.order_by("annexe__number").values_list("group_id", "annexe__number"):
        found[group] += (annexe,)
    return found


def _late(posters: Iterable[Poster]) -> Counter[int]:
    waiting = PosterLate.objects.filter(poster__in=list(posters), accepted_at=None, dismissed_at=None)
    return Counter(waiting.values_list("poster_id", flat=True))


def _tile(frame: _Frame, poster: Poster, members: Iterable[int]) -> GroupTile:
    document, shared = frame.found[poster.pk], frame.shares.get(poster.group_id, ())
    words = tuple(
        sum(count_words(document.texts.get(field_key(question.number, f.key), "")) for f in question.fields)
        for question in frame.part.questions
    )
    return GroupTile(
        number=poster.group.number,
        members=tuple(frame.people[pk] for pk in members if pk in frame.people),
        one_device=poster.group.one_device,
        words=words,
        bars_path=bars_path(words, FULL_BAR),
        shared=len(shared),
        kept=tuple(number for number in shared if number not in document.passed),
        quiet=_minutes(frame.now, poster.saved_at) if poster.saved_at else None,
        late=frame.late.get(poster.pk, 0),
    )


def _minutes(now: datetime, since: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))
