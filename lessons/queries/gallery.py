"""The posters of an activité, for everybody's eyes: those of groups that exist, and not hidden."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lessons.models import ClassRun, Membership, Poster
from lessons.queries.documents import documents
from lessons.queries.poster_sheet import PosterSheet, poster_sheets
from lessons.rules.poster import TITLE


@dataclass(frozen=True)
class Label:
    """A poster in a line: the number of its group and its title, which may be empty."""

    number: int
    title: str
    hidden: bool = False


@dataclass(frozen=True)
class GroupLine:
    """A group as everybody may see it: « Élève 7 » for who is hidden."""

    number: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Gallery:
    """`sheets`: the one that was chosen, or all; `previous` and `following` are numbers, 0 where there is none."""

    labels: tuple[Label, ...]
    chosen: int
    sheets: tuple[PosterSheet, ...]
    previous: int
    following: int


def posters_of(run: ClassRun) -> list[Poster]:
    """In the order of the groups; one query."""
    return [poster for poster in all_posters_of(run) if poster.hidden_at is None]


def all_posters_of(run: ClassRun) -> list[Poster]:
    """Those that the teacher hides too: for the teacher alone."""
    posters = Poster.objects.filter(group__run=run, group__dissolved_at=None)
    return list(posters.select_related("group").order_by("group__number"))


def labels_of(posters: Sequence[Poster]) -> tuple[Label, ...]:
    """As few queries for twelve as for one. What is hidden has no title."""
    found = documents(posters)
    return tuple(
        Label(
            poster.group.number,
            "" if poster.hidden_at else " ".join(found[poster.pk].texts.get(TITLE, "").split()),
            hidden=poster.hidden_at is not None,
        )
        for poster in posters
    )


def group_lines(run: ClassRun) -> tuple[GroupLine, ...]:
    """Who works with whom; one query."""
    names: dict[int, list[str]] = defaultdict(list)
    members = Membership.objects.filter(
        group__run=run, group__dissolved_at=None, participant__left_at=None
    ).select_related("group", "participant")
    for member in members.order_by("group__number", "seat", "pk"):
        names[member.group.number].append(member.participant.shown_name)
    return tuple(GroupLine(number, tuple(found)) for number, found in names.items())


def gallery(run: ClassRun, wanted: str, images_at: str) -> Gallery:
    """All posters, or the one of the group whose number is `wanted`; the same queries whatever the class."""
    posters = posters_of(run)
    numbers = [poster.group.number for poster in posters]
    chosen = int(wanted) if wanted.isdecimal() and len(wanted) < 4 and int(wanted) in numbers else 0  # noqa: PLR2004
    shown = [poster for poster in posters if not chosen or poster.group.number == chosen]
    place = numbers.index(chosen) if chosen else 0
    return Gallery(
        labels=labels_of(posters),
        chosen=chosen,
        sheets=tuple(poster_sheets(shown, images_at=images_at)),
        previous=numbers[place - 1] if chosen and place else 0,
        following=numbers[place + 1] if chosen and place + 1 < len(numbers) else 0,
    )
