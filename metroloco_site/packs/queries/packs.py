"""The lessons of this installation, and each as the pack that it was read from."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from django.db.models import Count, Model, Q
from django.db.models.fields.files import FieldFile

from annexes.models import AnnexeVideo, CaseStudy, Collection
from lessons.models import Grid, Lesson, Part, Question
from metroloco_site.accounts.models import User
from metroloco_site.packs.rules import Pack
from metroloco_site.packs.rules import content as c
from metroloco_site.packs.rules.blobs import Blob


@dataclass(frozen=True)
class VersionRow:
    """`runs`: how many of the teacher's own activités use it."""

    number: int
    loaded_at: datetime
    runs: int


@dataclass(frozen=True)
class LessonRow:
    """A lesson as its newest version tells it, with all its versions, the newest first."""

    slug: str
    title: str
    subtitle: str
    credit: str
    licence: str
    versions: tuple[VersionRow, ...]

    @property
    def newest(self) -> VersionRow:
        return self.versions[0]


def lesson_rows(user: User) -> tuple[LessonRow, ...]:
    """Every lesson by title, in one query: lessons are common to the teachers, activités are not."""
    own = Count("classrun", filter=Q(classrun__owner=user))
    lessons = Lesson.objects.annotate(runs=own).order_by("slug", "-version").defer("opening")
    rows = [_row(list(versions)) for _, versions in groupby(lessons, key=lambda lesson: lesson.slug)]
    return tuple(sorted(rows, key=lambda row: row.title))


def _row(versions: list[Any]) -> LessonRow:
    newest = versions[0]
    return LessonRow(
        slug=newest.slug,
        title=newest.title,
        subtitle=newest.subtitle,
        credit=newest.credit,
        licence=newest.licence,
        versions=tuple(VersionRow(v.version, v.loaded_at, v.runs) for v in versions),
    )


def stored_pack(lesson: Lesson) -> Pack:
    """What `store_pack` was given for this version; the same number of queries whatever its size."""
    parts = lesson.parts.order_by("number")
    questions = Question.objects.filter(part__lesson=lesson).select_related("part")
    grids = Grid.objects.filter(part__lesson=lesson).select_related("part").prefetch_related("criteria")
    return Pack(
        digest=lesson.digest,
        lesson=_lesson(lesson),
        parts=tuple(map(_part, parts)),
        questions=tuple(map(_question, questions.order_by("part__number", "number"))),
        grids=tuple(map(_grid, grids.order_by("part__number"))),
        **_collection(lesson.collection),
    )


def _collection(collection: Collection) -> dict[str, Any]:
    """What the class reads, whose columns have the names of the front matter."""
    return {
        "annexes": tuple(_same(c.PackAnnexe, row) for row in collection.annexes.all()),
        "lexicon": tuple(_same(c.PackTerm, row) for row in collection.lexicon.order_by("slug")),
        "method": tuple(_same(c.PackCard, row) for row in collection.method_cards.order_by("pk")),
        "cases": tuple(map(_case, collection.cases.all())),
        "pictures": tuple(_picture(row) for row in collection.images.all()),
        "videos": tuple(_video(row) for row in collection.videos.all()),
    }


def _same(kind: type[Any], row: Model) -> Any:  # noqa: ANN401 - an instance of `kind`
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__})


def _case(row: CaseStudy) -> c.PackCase:
    held = {name: getattr(row, name) for name in c.PackCase.__dataclass_fields__}
    lists = {"values": tuple(row.values), "needs": tuple(row.needs)}
    return c.PackCase(**held | lists | {"sources": tuple(c.PackSource(**source) for source in row.sources)})


def _picture(row: Any) -> c.PackPicture:  # noqa: ANN401 - an AnnexeImage; PostgreSQL gives a memoryview
    return c.PackPicture(row.slug, row.media_type, row.width, row.height, bytes(row.data))


def _video(row: AnnexeVideo) -> c.PackVideo:
    blob = Blob(row.size, row.digest, partial(_opened, row.file))
    return c.PackVideo(row.slug, row.media_type, blob, bytes(row.subtitles))


def _opened(file: FieldFile) -> BinaryIO:
    """Each time from its start, whoever else reads it."""
    return Path(file.path).open("rb")


def _lesson(lesson: Lesson) -> c.PackLesson:
    return c.PackLesson(
        slug=lesson.slug,
        title=lesson.title,
        subtitle=lesson.subtitle,
        credit=lesson.credit,
        licence=lesson.licence,
        sources=tuple(c.PackSource(**source) for source in lesson.sources),
        opening=lesson.opening,
    )


def _part(part: Part) -> c.PackPart:
    return c.PackPart(
        number=part.number,
        kind=part.kind,
        title=part.title,
        minutes=part.minutes,
        objectives=tuple(part.objectives),
        resources=tuple(part.resources),
        common=tuple(part.common),
        lots=tuple(
            c.PackLot(size["members"], lot["title"], tuple(lot["annexes"]))
            for size in part.lots
            for lot in size["lots"]
        ),
        instructions=part.instructions,
    )


def _question(question: Question) -> c.PackQuestion:
    return c.PackQuestion(
        part=question.part.number,
        number=question.number,
        verb=question.verb,
        statement=question.statement,
        fields=tuple(c.PackField(**field) for field in question.fields),
        further=question.further,
        expected=question.expected,
    )


def _grid(grid: Grid) -> c.PackGrid:
    return c.PackGrid(
        part=grid.part.number,
        title=grid.title,
        levels=tuple(c.PackLevel(**level) for level in grid.levels),
        criteria=tuple(c.PackCriterion(row.group, row.label, row.expectation) for row in grid.criteria.all()),
        note=grid.note,
    )
