"""The history of a lesson: its versions, and what changed from one to another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from lessons.models import ClassRun, Lesson
from metroloco_site.accounts.models import User
from metroloco_site.packs.queries.editing import label_of
from metroloco_site.packs.queries.packs import VersionRow, stored_pack
from metroloco_site.packs.rules import Pack
from metroloco_site.packs.rules.changing import with_numbers_of
from metroloco_site.packs.rules.comparing import NOTHING, Difference, difference, lines_of
from metroloco_site.packs.rules.files import PICTURES
from metroloco_site.packs.rules.writing import document, items, pack_files

MOST_SHOWN = 200  # lines of a whole comparison
_SORTS = {"term": "lexique", "card": "fiche méthodologique", "case": "« Ils font autrement »"}


@dataclass(frozen=True)
class Version:
    """`free`: nobody's activité keeps it, and it is not the newest of several."""

    row: VersionRow
    free: bool


@dataclass(frozen=True)
class Change:
    """`what`: ajouté, retiré, changé, or déplacé where the text is the same; `was` is the number before a move."""

    what: str
    label: str
    difference: Difference = NOTHING
    was: int = 0


@dataclass(frozen=True)
class _Document:
    """`key`: what it keeps when it moves; of a question, its place, for it has no name."""

    key: str
    kind: str
    label: str
    part: int
    number: int
    data: bytes
    lines: tuple[str, ...]


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
    """Every document that is not the same in both, as the lesson orders them, then pictures and videos."""
    new = stored_pack(after)
    old = with_numbers_of(stored_pack(before), new)
    left, cut = MOST_SHOWN, []
    for change in (*_documents_changed(old, new), *_files_changed(old, new)):
        cut.append(replace(change, difference=change.difference.cut(left)))
        left -= len(cut[-1].difference.lines)
    return tuple(cut)


def _documents_changed(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = _documents(old), _documents(new)
    pairs = _questions_paired(before, after)
    stay = set()
    for one in after.values():
        was = before.get(pairs.get(one.key, "") if one.kind == "question" else one.key)
        if was is None:
            yield Change("ajouté", one.label)
            continue
        stay.add(was.key)
        if was.data != one.data:
            moved = was.number if was.number != one.number else 0
            what = "déplacé" if moved and was.lines == one.lines else "changé"
            yield Change(what, one.label, difference(was.lines, one.lines), moved)
    yield from (Change("retiré", was.label) for key, was in before.items() if key not in stay)


def _documents(pack: Pack) -> dict[str, _Document]:
    rows = (_document(path, kind, item) for path, kind, item in items(pack))
    return {row.key: row for row in rows}


def _document(path: str, kind: str, item: Any) -> _Document:  # noqa: ANN401 - the content of any kind of file
    return _Document(
        key=f"annexe {item.slug}" if kind == "annexe" else path,
        kind=kind,
        label=_label(kind, item),
        part=getattr(item, "part", 0),
        number=getattr(item, "number", 0),
        data=document(kind, item),
        lines=lines_of(kind, item),
    )


def _label(kind: str, item: Any) -> str:  # noqa: ANN401 - the content of any kind of file
    if kind == "grid":
        return f"{item.title} (partie {item.part})"
    return f"{label_of(kind, item)} ({_SORTS[kind]})" if kind in _SORTS else label_of(kind, item)


def _questions_paired(before: dict[str, _Document], after: dict[str, _Document]) -> dict[str, str]:
    """Which question each one was: the same words first, in their place or elsewhere, then the place."""
    old = [row for row in before.values() if row.kind == "question"]
    new = [row for row in after.values() if row.kind == "question"]
    fits: tuple[Callable[[_Document, _Document], bool], ...] = (
        lambda one, was: one.data == was.data,
        lambda one, was: one.part == was.part and one.lines == was.lines,
        lambda one, was: one.key == was.key,
        lambda one, was: one.part == was.part,
    )
    pairs: dict[str, str] = {}
    for fit in fits:
        for one in new:
            free = (was.key for was in old if was.key not in pairs.values() and fit(one, was))
            if one.key not in pairs and (key := next(free, "")):
                pairs[one.key] = key
    return pairs


def _files_changed(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = _files(old), _files(new)
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield Change(_what(path in before, path in after), _file_label(path))


def _files(pack: Pack) -> dict[str, object]:
    return {path: data for path, data in pack_files(pack).items() if not path.endswith(".md")}


def _file_label(path: str) -> str:
    folder, _, name = path.rpartition("/")
    name, _, suffix = name.rpartition(".")
    if folder == PICTURES:
        return f"Image {name}"
    return f"Sous-titres de la vidéo {name}" if suffix == "vtt" else f"Vidéo {name}"


def _what(before: bool, after: bool) -> str:  # noqa: FBT001 - is it there, in each
    if before and after:
        return "changé"
    return "ajouté" if after else "retiré"
