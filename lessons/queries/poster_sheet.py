"""A group's poster as a sheet of paper: what is on it and in which order, for screen, wall and PDF alike."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from lessons.models import ClassRun, Group, Membership, Part, Poster, PosterImage
from lessons.queries.content import LessonContent, PartContent, QuestionContent, lesson_content
from lessons.queries.documents import Document, documents
from lessons.rules import poster as rules

UNDESCRIBED = "Image sans description"
IN_A_ROW = {"colonnes": 4, "bandes": 1, "mosaique": 2}  # zones side by side, by layout


@dataclass(frozen=True)
class SheetText:
    """A text of the document, under its key. `label` is empty where the zone's heading says it."""

    key: str
    label: str
    hint: str
    text: str
    name: str  # for those who do not see where it stands


@dataclass(frozen=True)
class SheetImage:
    """`src` is an address, or the bytes themselves in a PDF. `file` is where the storage keeps them."""

    public_id: str
    src: str
    file: str
    width: int
    height: int
    caption: SheetText
    alt: SheetText  # what the group wrote for those who do not see it

    @property
    def alternative(self) -> str:
        return self.alt.text.strip() or self.caption.text.strip() or UNDESCRIBED

    @property
    def undescribed(self) -> bool:
        return self.alternative == UNDESCRIBED


@dataclass(frozen=True)
class Zone:
    """A question of the poster: its number in a plate, the verb above, the heading, the texts, the images."""

    key: str
    number: int
    verb: str
    heading: str
    further: bool
    texts: tuple[SheetText, ...]
    images: tuple[SheetImage, ...]

    @property
    def empty(self) -> bool:
        return not self.images and not any(text.text.strip() for text in self.texts)


@dataclass(frozen=True)
class PosterSheet:
    """`zones` has « pour aller plus loin » last."""

    group_id: int
    number: int
    members: tuple[str, ...]
    layout: str
    palette: str
    size: str
    title: SheetText
    zones: tuple[Zone, ...]
    source: SheetText
    lesson: str
    credit: str

    @property
    def name(self) -> str:
        """What a list or a bookmark calls it."""
        return self.title.text.strip() or f"Affiche du groupe\u00a0{self.number}"

    @property
    def columns(self) -> int:
        """How many zones stand side by side in « colonnes »."""
        return min(len([zone for zone in self.zones if not zone.further]), IN_A_ROW["colonnes"])

    @property
    def shown_zones(self) -> tuple[Zone, ...]:
        """On a sheet that is read, « pour aller plus loin » appears once something is in it."""
        return tuple(zone for zone in self.zones if not (zone.further and zone.empty))

    @property
    def rows(self) -> tuple[tuple[Zone, ...], ...]:
        """The zones as paper sets them, row after row; a screen's grid makes the same of the layout alone."""
        zones = self.shown_zones
        if self.layout == "mosaique":
            return _cut(zones, IN_A_ROW["mosaique"])
        main = tuple(zone for zone in zones if not zone.further)
        further = tuple((zone,) for zone in zones if zone.further)
        return _cut(main, IN_A_ROW.get(self.layout, 1)) + further

    @property
    def images(self) -> tuple[SheetImage, ...]:
        return tuple(image for zone in self.zones for image in zone.images)

    @property
    def full(self) -> bool:
        return len(self.images) >= rules.MAX_IMAGES


def poster_sheet(poster: Poster, *, images_at: str = "images/") -> PosterSheet:
    """One poster; as poster_sheets."""
    return poster_sheets([poster], images_at=images_at)[0]


def poster_sheets(
    posters: Sequence[Poster], *, images_at: str = "images/", discreet: bool = False
) -> list[PosterSheet]:
    """These posters, of one activité, in the order given, in a constant number of queries.

    `images_at`: the address under which the images are read, for the page's own address relative to it.
    `discreet`: « Élève 7 » in place of the members' names.
    """
    if not posters:
        return []
    found = documents(posters)
    groups = {group.pk: group for group in _groups(posters)}
    images = _shown_images(posters)
    run = next(iter(groups.values())).run
    lesson = lesson_content(run.lesson_id)
    return [
        _sheet(
            groups[poster.group_id],
            lesson,
            found[poster.pk],
            _zones(lesson, found[poster.pk].texts, images[poster.pk], images_at),
            discreet=discreet,
        )
        for poster in posters
    ]


def group_part(lesson: LessonContent) -> PartContent | None:
    """The part that the groups live, if the lesson has one."""
    return next((part for part in lesson.parts if part.kind == Part.Kind.GROUP), None)


def zones_of(run: ClassRun) -> tuple[Zone, ...]:
    """The zones of this activité's posters, as yet empty."""
    return _zones(lesson_content(run.lesson_id), {}, (), "")


def zone_key(question: int) -> str:
    """What PosterImage.block holds."""
    return f"q{question}"


def _groups(posters: Iterable[Poster]) -> "QuerySet[Group]":
    members = Membership.objects.filter(participant__left_at=None).select_related("participant")
    return (
        Group.objects.filter(poster__in=[poster.pk for poster in posters])
        .select_related("run")
        .prefetch_related(Prefetch("memberships", queryset=members, to_attr="present"))
    )


def _shown_images(posters: Iterable[Poster]) -> dict[int, list[PosterImage]]:
    shown: dict[int, list[PosterImage]] = defaultdict(list)
    for image in PosterImage.objects.filter(
        poster__in=[poster.pk for poster in posters], hidden_at=None, removed_at=None
    ).order_by("added_at", "pk"):
        shown[image.poster_id].append(image)
    return shown


def _sheet(
    group: Group, lesson: LessonContent, document: Document, zones: tuple[Zone, ...], *, discreet: bool
) -> PosterSheet:
    texts, look = document.texts, document.look
    members: list[Membership] = group.present  # type: ignore[attr-defined]  # prefetched in _groups
    return PosterSheet(
        group_id=group.pk,
        number=group.number,
        members=tuple(member.participant.name_on_board(discreet=discreet) for member in members),
        layout=look["layout"],
        palette=look["palette"],
        size=look["size"],
        title=_text(texts, rules.TITLE, "Titre de l’affiche", "Votre titre"),
        zones=zones,
        source=_text(texts, rules.SOURCE, "Sources", "Les annexes et les sites dont vous vous êtes servis"),
        lesson=lesson.title,
        credit=" · ".join(piece for piece in (lesson.credit, lesson.licence) if piece),
    )


def _zones(
    lesson: LessonContent, texts: dict[str, str], images: Sequence[PosterImage], images_at: str
) -> tuple[Zone, ...]:
    part = group_part(lesson)
    questions = sorted(part.questions if part else (), key=lambda question: question.further)
    return tuple(_zone(question, texts, images, images_at) for question in questions)


def _zone(
    question: QuestionContent, texts: dict[str, str], images: Iterable[PosterImage], images_at: str
) -> Zone:
    alone = len(question.fields) == 1
    heading = question.fields[0].label if alone else question.statement
    key = zone_key(question.number)
    return Zone(
        key=key,
        number=question.number,
        verb=question.card.verb if question.card else "",
        heading=heading or question.statement,
        further=question.further,
        texts=tuple(
            _text(texts, rules.field_key(question.number, field.key), field.label, field.hint, alone=alone)
            for field in question.fields
        ),
        images=tuple(_image(image, texts, images_at) for image in images if image.block == key),
    )


def _image(image: PosterImage, texts: dict[str, str], images_at: str) -> SheetImage:
    return SheetImage(
        public_id=image.public_id,
        src=f"{images_at}{image.public_id}/",
        file=str(image.file.name),
        width=image.width,
        height=image.height,
        caption=_text(texts, rules.caption_key(image.public_id), "Légende de l’image", "Légende"),
        alt=_text(texts, rules.alt_key(image.public_id), "Ce que montre l’image", ""),
    )


def _text(texts: dict[str, str], key: str, name: str, hint: str, *, alone: bool = True) -> SheetText:
    return SheetText(key=key, label="" if alone else name, hint=hint, text=texts.get(key, ""), name=name)


def _cut(zones: Sequence[Zone], most: int) -> tuple[tuple[Zone, ...], ...]:
    return tuple(tuple(zones[i : i + most]) for i in range(0, len(zones), most))
