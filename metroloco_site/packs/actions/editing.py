"""Changing a lesson in the application: always a new version, through the reader that loads every pack."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import ProtectedError

from lessons.models import Lesson
from metroloco_site.kit.once import Press, made_by
from metroloco_site.packs.actions.loading import LoadedPack, store_pack
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules import Pack, read_files
from metroloco_site.packs.rules.blobs import Content
from metroloco_site.packs.rules.changing import (
    ORDERED,
    Changes,
    changed,
    found,
    mentions,
    moved,
    path_in,
    removed,
)
from metroloco_site.packs.rules.keys import MAX_SLUG
from metroloco_site.packs.rules.writing import pack_files


class Overtaken(Exception):
    """Somebody else has changed the same file meanwhile: theirs is not written over unseen."""


class NotThere(Exception):
    """The lesson has no such file, or none that can be moved or deleted."""


class InUse(Exception):
    """An activité keeps this version, or it is the newest of several."""


@dataclass(frozen=True)
class Moved:
    """A document moved or taken away.

    `mentions`: kind and content of the files that may call an annexe by the number that it had; `gone` is
    that number where it was taken away.
    """

    loaded: LoadedPack
    mentions: tuple[tuple[str, object], ...]
    gone: int = 0


def copy_lesson(*, lesson: Lesson, title: str, now: datetime, once: Press | None = None) -> LoadedPack:
    """The same lesson under another title and a name of its own; pressed twice, one.

    Raises PackErrors for a title too long.
    """
    if first := _made(lesson, once):
        return first
    pack = stored_pack(lesson)
    copy = replace(pack, lesson=replace(pack.lesson, slug=_free_slug(lesson.slug), title=title))
    return store_pack(pack=read_files(pack_files(copy)), now=now, once=once)


def _made(lesson: Lesson, once: Press | None) -> LoadedPack | None:
    """What the same press has made, once that press is over."""
    if once is None:
        return None
    Lesson.objects.select_for_update().filter(pk=lesson.pk).first()
    first = made_by(Lesson, once)
    return LoadedPack(first, created=True) if first else None


def _free_slug(slug: str) -> str:
    """« metroloco-2 », or the first number that no lesson has."""
    taken = set(Lesson.objects.values_list("slug", flat=True))
    stem = slug[: MAX_SLUG - 4].rstrip("-")
    return next(name for number in range(2, 1000) if (name := f"{stem}-{number}") not in taken)


def edit_file(
    *, lesson: Lesson, base: int, path: str, changes: Changes, now: datetime, once: Press | None = None
) -> LoadedPack:
    """The lesson with these changes, of which the file at `path` is one; `base` is the version that was seen.

    Pressed twice, one version. Raises PackErrors where the pack would not load, Overtaken where that file has
    changed since `base`.
    """
    if first := _made(lesson, once):
        return first
    _refuse_unseen(lesson, pack := stored_pack(lesson), base, path)
    return _changed(lesson, pack, changes, now, once)


def move_file(*, lesson: Lesson, base: int, kind: str, name: str, by: int, now: datetime) -> Moved:
    """One place up (-1) or down (1) in its part; at the end nothing changes. Raises as `edit_file` does, NotThere."""
    pack = stored_pack(lesson)
    path = path_in(pack, kind, name) if kind in ORDERED else ""
    if not path:
        raise NotThere
    _refuse_unseen(lesson, pack, base, path)
    changes = moved(pack, kind, name, by)
    loaded = _changed(lesson, pack, changes, now)
    if kind != "annexe" or not loaded.created:
        return Moved(loaded, ())
    part, numbers = _annexes_of(changes)
    return Moved(loaded, tuple(mentions(pack, part, numbers)))


def _annexes_of(changes: Changes) -> tuple[int, set[int]]:
    """Part and numbers of the annexes in these paths."""
    names = [
        path[len("annexes/") : -len(".md")].split("-") for path in changes if path.startswith("annexes/")
    ]
    return int(names[0][0]), {int(number) for _, number in names}


def remove_file(*, lesson: Lesson, base: int, kind: str, name: str, from_lots: bool, now: datetime) -> Moved:
    """Without this document or picture. Raises as `move_file` does; PackErrors say what still needs it."""
    pack = stored_pack(lesson)
    path = path_in(pack, kind, name)
    if not path:
        raise NotThere
    _refuse_unseen(lesson, pack, base, path)
    loaded = _changed(lesson, pack, removed(pack, kind, name, from_lots=from_lots), now)
    if kind != "annexe":
        return Moved(loaded, ())
    annexe = found(pack, kind, name)
    naming = mentions(pack, annexe.part, {annexe.number})
    return Moved(loaded, tuple(held for held in naming if held[1] != annexe), annexe.number)


def restore_version(*, lesson: Lesson, now: datetime) -> LoadedPack:
    """What an earlier version says, as the newest one."""
    return store_pack(pack=stored_pack(lesson), now=now)


def delete_version(*, lesson: Lesson) -> None:
    """Erases a version that no activité keeps, with what it alone is read with. Raises InUse.

    The newest goes last: a lesson never falls back to an earlier text because somebody tidied up.
    """
    others = Lesson.objects.filter(slug=lesson.slug).exclude(pk=lesson.pk)
    if others.exists() and not others.filter(version__gt=lesson.version).exists():
        raise InUse
    collection = lesson.collection
    try:
        lesson.delete()
    except ProtectedError as error:
        raise InUse from error
    if not Lesson.objects.filter(collection=collection).exists():
        collection.delete()


def _refuse_unseen(lesson: Lesson, pack: Pack, base: int, path: str) -> None:
    if base != lesson.version and _file_at(lesson, base, path) != pack_files(pack).get(path):
        raise Overtaken


def _changed(
    lesson: Lesson, pack: Pack, changes: Changes, now: datetime, once: Press | None = None
) -> LoadedPack:
    files = pack_files(pack)
    after = changed(files, changes)
    if after == files:
        return LoadedPack(lesson, created=False)
    return store_pack(pack=read_files(after), now=now, once=once)


def _file_at(lesson: Lesson, version: int, path: str) -> Content | None:
    seen = Lesson.objects.filter(slug=lesson.slug, version=version).select_related("collection").first()
    return pack_files(stored_pack(seen)).get(path) if seen else None
