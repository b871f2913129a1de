"""The history of a lesson: its versions, and what changed from one to another."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from lessons.models import ClassRun, Lesson
from metroloco_site.accounts.models import User
from metroloco_site.ops.queries.editing import label_of
from metroloco_site.ops.queries.packs import VersionRow, stored_pack
from metroloco_site.ops.rules.pack import Pack
from metroloco_site.ops.rules.pack.files import PICTURES, VIDEOS
from metroloco_site.ops.rules.pack.writing import items, pack_files

_FOLDERS = {PICTURES: "Image", VIDEOS: "Vidéo"}


@dataclass(frozen=True)
class Version:
    """`free`: nobody's activité keeps it, and it is not the newest of several."""

    row: VersionRow
    free: bool


@dataclass(frozen=True)
class Change:
    """`what`: ajouté, retiré or changé."""

    what: str
    label: str
    path: str


def versions(slug: str, user: User) -> tuple[Version, ...]:
    """The newest first; one query."""
    own = Count("classrun", filter=Q(classrun__owner=user))
    used = Exists(ClassRun.objects.filter(lesson=OuterRef("pk")))
    rows = list(
        Lesson.objects.filter(slug=slug).order_by("-version").annotate(own=own, used=used).defer("opening")
    )
    return tuple(
        Version(
            VersionRow(row.version, row.loaded_at, vars(row)["own"]),
            free=not vars(row)["used"] and (place > 0 or len(rows) == 1),
        )
        for place, row in enumerate(rows)
    )


def changes(before: Lesson, after: Lesson) -> tuple[Change, ...]:
    """Every document that is not the same in both, in the order of paths."""
    packs = stored_pack(before), stored_pack(after)
    old, new = map(pack_files, packs)
    labels = _labels(packs[0]) | _labels(packs[1])
    return tuple(
        Change(_what(path in old, path in new), labels.get(path) or _file_label(path), path)
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )


def _labels(pack: Pack) -> dict[str, str]:
    return {path: label_of(kind, item) for path, kind, item in items(pack)}


def _file_label(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{_FOLDERS.get(folder, 'Fichier')} {name}"


def _what(before: bool, after: bool) -> str:  # noqa: FBT001 - is it there, in each
    if before and after:
        return "changé"
    return "ajouté" if after else "retiré"
