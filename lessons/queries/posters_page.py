"""The teacher's « Affiches »: every group's sheet, what is on it and what waits for a decision."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lessons.models import ClassRun, Participant, Poster, PosterImage, PosterLate, PosterState
from lessons.queries.document_authors import Written, written
from lessons.queries.documents import replica
from lessons.queries.poster_sheet import PosterSheet, poster_sheets, zones_of
from lessons.rules import document_updates
from lessons.rules.texts import count_words


@dataclass(frozen=True)
class PosterLine:
    """`words` of each zone, in the order of the sheet's zones. `late`: texts that wait for a decision."""

    sheet: PosterSheet
    number: int
    dissolved: bool
    saved_at: datetime | None
    words: tuple[int, ...]
    late: int
    hidden_images: int

    @property
    def all_words(self) -> int:
        """Of the title and the answers, as an earlier state counts them."""
        return count_words(self.sheet.title.text) + sum(self.words)

    @property
    def empty(self) -> bool:
        return not self.all_words and not self.sheet.title.text.strip() and not self.sheet.images


@dataclass(frozen=True)
class PostersPage:
    run: ClassRun
    lines: tuple[PosterLine, ...]

    @property
    def printable(self) -> tuple[PosterLine, ...]:
        return tuple(line for line in self.lines if not line.dissolved)


@dataclass(frozen=True)
class KeptImage:
    """An image as the teacher sees it, hidden or not."""

    public_id: str
    zone: str
    hidden: bool
    caption: str
    by: str


@dataclass(frozen=True)
class State:
    """What the document was; `number` names it to the action that brings it back."""

    number: int
    at: datetime
    words: int


@dataclass(frozen=True)
class Late:
    """`waiting` for the teacher's decision, or what was decided. `adds`: what it would write."""

    pk: int
    name: str
    received_at: datetime
    waiting: bool
    accepted: bool
    adds: str


@dataclass(frozen=True)
class PosterPage:
    run: ClassRun
    line: PosterLine
    written: tuple[Written, ...]
    images: tuple[KeptImage, ...]
    states: tuple[State, ...]
    late: tuple[Late, ...]


def posters_page(run: ClassRun, *, discreet: bool = False) -> PostersPage:
    """The same number of queries whatever the class. `discreet`: without names, as the class may see it."""
    return PostersPage(run, tuple(_lines(run, list(_posters(run)), discreet=discreet)))


def poster_page(run: ClassRun, number: int, *, discreet: bool = False) -> PosterPage | None:
    """One poster with who wrote what, its images, its earlier states and what came late; None if there is none."""
    poster = _posters(run).filter(group__number=number).first()
    if poster is None:
        return None
    (line,) = _lines(run, [poster], discreet=discreet)
    names = {person.pk: person.name_on_board(discreet=discreet) for person in run.participants.all()}
    seats = list(poster.group.memberships.values_list("participant_id", flat=True))
    return PosterPage(
        run=run,
        line=line,
        written=written(poster, _labels(line.sheet), names, seats),
        images=_images(run, poster, line.sheet, names),
        states=tuple(
            State(state.number, state.at, state.words)
            for state in PosterState.objects.filter(poster=poster).defer("data")
        ),
        late=_late(poster, names),
    )


def _late(poster: Poster, names: dict[int, str]) -> tuple[Late, ...]:
    found = list(PosterLate.objects.filter(poster=poster).order_by("received_at", "pk"))
    state = replica(poster).state if found else {}
    return tuple(
        Late(
            late.pk,
            names.get(late.participant_id or 0, ""),
            late.received_at,
            waiting=late.accepted_at is None and late.dismissed_at is None,
            accepted=late.accepted_at is not None,
            adds=_added(bytes(late.data), state),
        )
        for late in found
    )


def _added(data: bytes, state: dict[int, int]) -> str:
    """What an update writes that the document does not have, « … » between what does not follow."""
    said, after = "", (0, 0)
    for (client, clock), text in sorted(document_updates.read(data).pieces.items()):
        end = clock + len(text.encode("utf-16-le")) // 2
        if end > state.get(client, 0):
            said += text if not said or after == (client, clock) else f" … {text}"
            after = client, end
    return said


def own_poster(participant: Participant) -> Poster | None:
    """The poster of this participant's group."""
    return Poster.objects.filter(group__memberships__participant=participant).select_related("group").first()


def sheets_to_print(run: ClassRun, number: int | None = None) -> list[PosterSheet]:
    """The sheets of all groups in the order of their numbers, less those hidden; or this one, whatever it is."""
    posters = _posters(run)
    all_of_them = posters.filter(group__dissolved_at=None, hidden_at=None)
    return poster_sheets(list(posters.filter(group__number=number) if number else all_of_them))


def readable_posters(run: ClassRun) -> QuerySet[Poster]:
    """Those that have a page: all but a dissolved group's on which nothing has come, in time or late."""
    pictured = Exists(PosterImage.objects.filter(poster=OuterRef("pk"), removed_at=None))
    late = Exists(PosterLate.objects.filter(poster=OuterRef("pk")))
    some = Q(group__dissolved_at=None) | Q(last_number__gt=0) | pictured | late
    return Poster.objects.filter(some, group__run=run)


def _posters(run: ClassRun) -> QuerySet[Poster]:
    waiting = Q(late__accepted_at=None, late__dismissed_at=None, late__isnull=False)
    return (
        readable_posters(run)
        .select_related("group")
        .annotate(late_waiting=Count("late", filter=waiting))
        .order_by("group__number")
    )


def _lines(run: ClassRun, posters: Sequence[Poster], *, discreet: bool) -> list[PosterLine]:
    hidden = Counter(
        PosterImage.objects.filter(poster__in=[poster.pk for poster in posters], removed_at=None)
        .exclude(hidden_at=None)
        .values_list("poster_id", flat=True)
    )
    images_at = f"/prof/activites/{run.public_id}/images/"
    sheets = poster_sheets(posters, images_at=images_at, discreet=discreet)
    return [_line(poster, sheet, hidden[poster.pk]) for poster, sheet in zip(posters, sheets, strict=True)]


def _line(poster: Poster, sheet: PosterSheet, hidden: int) -> PosterLine:
    late: int = poster.late_waiting  # type: ignore[attr-defined]  # annotated in _posters
    return PosterLine(
        sheet=sheet,
        number=poster.group.number,
        dissolved=poster.group.dissolved_at is not None,
        saved_at=poster.saved_at,
        words=tuple(sum(count_words(text.text) for text in zone.texts) for zone in sheet.zones),
        late=late,
        hidden_images=hidden,
    )


def _labels(sheet: PosterSheet) -> list[tuple[str, str]]:
    texts = [sheet.title, *(text for zone in sheet.zones for text in zone.texts), sheet.source]
    return [(text.key, text.name) for text in texts]


def _images(
    run: ClassRun, poster: Poster, sheet: PosterSheet, names: dict[int, str]
) -> tuple[KeptImage, ...]:
    headings = {zone.key: zone.heading for zone in zones_of(run)}
    captions = {image.public_id: image.caption.text for image in sheet.images}
    kept = PosterImage.objects.filter(poster=poster, removed_at=None).order_by("added_at", "pk")
    return tuple(
        KeptImage(
            public_id=image.public_id,
            zone=headings.get(image.block, ""),
            hidden=image.hidden_at is not None,
            caption=captions.get(image.public_id, ""),
            by=names.get(image.participant_id or 0, ""),
        )
        for image in kept
    )
