"""Changing a lesson in the application: always a new version, through the reader that loads every pack."""

from dataclasses import replace
from datetime import datetime

from lessons.models import Lesson
from metroloco_site.ops.actions.packs import LoadedPack, store_pack
from metroloco_site.ops.queries.packs import stored_pack
from metroloco_site.ops.rules.pack import read_files
from metroloco_site.ops.rules.pack.keys import MAX_SLUG
from metroloco_site.ops.rules.pack.writing import pack_files


class Overtaken(Exception):
    """Somebody else has changed the same file meanwhile: theirs is not written over unseen."""


def copy_lesson(*, lesson: Lesson, title: str, now: datetime) -> LoadedPack:
    """The same lesson under another title and a name of its own. Raises PackErrors for a title too long."""
    pack = stored_pack(lesson)
    copy = replace(pack, lesson=replace(pack.lesson, slug=_free_slug(lesson.slug), title=title))
    return store_pack(pack=read_files(pack_files(copy)), now=now)


def _free_slug(slug: str) -> str:
    """« metroloco-2 », or the first number that no lesson has."""
    taken = set(Lesson.objects.values_list("slug", flat=True))
    stem = slug[: MAX_SLUG - 4].rstrip("-")
    return next(name for number in range(2, 1000) if (name := f"{stem}-{number}") not in taken)


def edit_file(*, lesson: Lesson, base: int, path: str, data: bytes, now: datetime) -> LoadedPack:
    """The lesson with this file otherwise; `base` is the version that the editor has seen.

    Raises PackErrors where the pack would not load, Overtaken where the file has changed since `base`.
    """
    files = pack_files(stored_pack(lesson))
    if base != lesson.version and _file_at(lesson, base, path) != files[path]:
        raise Overtaken
    if data == files[path]:
        return LoadedPack(lesson, created=False)
    return store_pack(pack=read_files(files | {path: data}), now=now)


def _file_at(lesson: Lesson, version: int, path: str) -> bytes | None:
    seen = Lesson.objects.filter(slug=lesson.slug, version=version).select_related("collection").first()
    return pack_files(stored_pack(seen)).get(path) if seen else None
