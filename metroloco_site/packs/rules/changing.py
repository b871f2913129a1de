"""Adding a file to a pack, moving one, taking one away: what else in the pack has to follow.

Nothing is judged here: what comes out is read again by the reader of every pack.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from lessons.rules.citing import folded
from metroloco_site.packs.rules.blobs import Blob, Content
from metroloco_site.packs.rules.content import Pack, PackPart
from metroloco_site.packs.rules.editing import Values, blank, file_of, path_of
from metroloco_site.packs.rules.files import PICTURES, VIDEOS
from metroloco_site.packs.rules.keys import MAX_SLUG
from metroloco_site.packs.rules.writing import Files, document, items, pack_files

Changes = dict[str, Content | None]  # path by path; None: taken away
NAMED_BY = {"annexe": "title", "term": "term", "card": "verb", "case": "name"}
ADDABLE = (*NAMED_BY, "question")
ORDERED = ("annexe", "question")
_MENTION = re.compile(r"annexes?[\s\u00a0]+((?:\d+(?:[\s\u00a0]*(?:,|et|à|-)[\s\u00a0]*)?)+)", re.IGNORECASE)


def changed(files: Files, changes: Mapping[str, Content | None]) -> Files:
    """The pack as the changes make it."""
    kept = files | {path: data for path, data in changes.items() if data is not None}
    return {path: data for path, data in kept.items() if changes.get(path, data) is not None}


def named(pack: Pack, kind: str, values: Values, part: int) -> tuple[str, Values]:
    """The name of a new file that says this, and its values with what follows from that name."""
    if kind in ORDERED:
        number = max((item.number for item in _of_part(pack, kind, part)), default=0) + 1
        places: Values = {"part": part, "number": number}
        if kind == "annexe":
            places["slug"] = _free(values["title"], {annexe.slug for annexe in pack.annexes})
        return f"{part}-{number}", values | places
    taken = {path.rpartition("/")[2].removesuffix(".md") for path, of, _ in items(pack) if of == kind}
    return _free(values[NAMED_BY[kind]], taken), values


def _free(text: str, taken: set[str]) -> str:
    """« circuit-court », or with the first number that makes it a name of its own."""
    stem = "-".join(re.findall(r"[a-z0-9]+", folded(text)))[: MAX_SLUG - 4].strip("-") or "sans-nom"
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def added(pack: Pack, kind: str, name: str, values: Values) -> Changes:
    """The new file. A new annexe of a part that has lots is for everybody, until the lots say otherwise."""
    changes: Changes = {path_of(kind, name): file_of(kind, values)}
    part = _part(pack, values["part"]) if kind == "annexe" else None
    if part and part.lots:
        changes |= _written(replace(part, common=(*part.common, values["number"])))
    return changes


def removed(pack: Pack, kind: str, name: str, *, from_lots: bool = False) -> Changes:
    """Without this file; `from_lots`: nor its number in the lots. Questions close ranks, annexes keep their numbers."""
    if kind == "picture":
        return {path: None for path in pack_files(pack) if path.startswith(f"{PICTURES}/{name}.")}
    item = found(pack, kind, name)
    changes: Changes = {path_of(kind, name): None}
    if kind == "question":
        after = [one for one in _of_part(pack, kind, item.part) if one.number > item.number]
        changes |= _renumbered(pack, kind, item.part, {one.number: one.number - 1 for one in after})
    elif kind == "annexe":
        changes |= without_video(pack, item)
        part = _part(pack, item.part)
        if from_lots and part:
            changes |= _written(_with_numbers(part, lambda number: number if number != item.number else None))
    return changes


def with_picture(pack: Pack, name: str, values: Values, data: bytes, alt: str) -> tuple[Values, Changes]:
    """A JPEG under a name of its own, and the text of the file `name` that shows it, at its end."""
    slug = _free(f"{name} {alt}"[:40], {picture.slug for picture in pack.pictures})
    body = f"{values['body'].rstrip()}\n\n![{alt}](image:{slug})".lstrip()
    return values | {"body": body}, {f"{PICTURES}/{slug}.jpg": data}


def with_video(
    pack: Pack, values: Values, video: Blob, suffix: str, subtitles: bytes
) -> tuple[Values, Changes]:
    """The annexe with this video in the place of the one that it had."""
    others = {annexe.video for annexe in pack.annexes if annexe.slug != values["slug"]}
    slug = _free(values["slug"], others)
    files: Changes = {f"{VIDEOS}/{slug}.{suffix}": video}
    files |= {f"{VIDEOS}/{slug}.vtt": subtitles} if subtitles else {}
    return values | {"video": slug}, without_video(pack, SimpleNamespace(**values)) | files


def without_video(pack: Pack, annexe: Any) -> Changes:  # noqa: ANN401 - a PackAnnexe, or what a form holds
    """Without the files of its video, unless another annexe has them too."""
    shared = any(one.video == annexe.video for one in pack.annexes if one.slug != annexe.slug)
    gone = f"{VIDEOS}/{annexe.video}."
    return {} if shared or not annexe.video else {p: None for p in pack_files(pack) if p.startswith(gone)}


def moved(pack: Pack, kind: str, name: str, by: int) -> Changes:
    """This file in the place of the one before (-1) or after (1) it, and that one in its own; else nothing."""
    item = found(pack, kind, name)
    row = _of_part(pack, kind, item.part)
    at = [one.number for one in row].index(item.number)
    if not 0 <= at + by < len(row):
        return {}
    other = row[at + by].number
    return _renumbered(pack, kind, item.part, {item.number: other, other: item.number})


def mentions(pack: Pack, part: int, numbers: set[int]) -> Iterator[tuple[str, object]]:
    """Every file of a part (its kind and content) whose text calls one of these annexes by its number."""
    for _, kind, item in items(pack):
        text = document(kind, item).decode()
        told = {number for some in _MENTION.findall(text) for number in _numbers(some)}
        if told & numbers and getattr(item, "part", getattr(item, "number", 0)) == part:
            yield kind, item


def found(pack: Pack, kind: str, name: str) -> Any:  # noqa: ANN401 - the content of any kind of file
    """The content of this file; None where there is none."""
    path = path_of(kind, name)
    return next((item for at, _, item in items(pack) if path and at == path), None)


def _numbers(told: str) -> set[int]:
    """« 2, 4 à 6 »: 2, 4, 5 and 6."""
    ends = re.findall(r"(\d{1,2})[\s\u00a0]*(?:à|-)[\s\u00a0]*(\d{1,2})", told)
    between = {number for first, last in ends for number in range(int(first), int(last) + 1)}
    return between | {int(number) for number in re.findall(r"\d+", told)}


def path_in(pack: Pack, kind: str, name: str) -> str:
    """The path of a document or picture that may be taken away; "" where there is none."""
    if kind == "picture":
        return next((path for path in pack_files(pack) if path.startswith(f"{PICTURES}/{name}.")), "")
    return path_of(kind, name) if kind in ADDABLE and found(pack, kind, name) else ""


def new_values(kind: str) -> Values:
    """What the form about a new file starts with."""
    values = blank(kind) | {"body": ""}
    return values | ({"part": 1} if kind in ("term", "card") else {})


def lots_with(pack: Pack, annexe: Any) -> tuple[str, ...]:  # noqa: ANN401 - a PackAnnexe
    """Where the lots of its part name this annexe, as a form says it."""
    part = _part(pack, annexe.part)
    if part is None:
        return ()
    common = ("les annexes pour tous",) if annexe.number in part.common else ()
    lots = (lot for lot in part.lots if annexe.number in lot.annexes)
    return (*common, *(f"le lot «\u00a0{lot.title}\u00a0» des groupes de {lot.members}" for lot in lots))


def with_numbers_of(before: Pack, after: Pack) -> Pack:
    """`before`, whose lots call each annexe by the number that it has in `after`: they only followed it."""
    numbers = {annexe.slug: annexe.number for annexe in after.annexes}

    def followed(part: PackPart) -> PackPart:
        new = {a.number: numbers.get(a.slug, a.number) for a in before.annexes if a.part == part.number}
        return _with_numbers(part, lambda number: new.get(number, number))

    return replace(before, parts=tuple(map(followed, before.parts)))


def _of_part(pack: Pack, kind: str, part: int) -> list[Any]:
    """In their order."""
    rows: tuple[Any, ...] = pack.annexes if kind == "annexe" else pack.questions
    return [item for item in rows if item.part == part]


def _part(pack: Pack, number: object) -> PackPart | None:
    return next((part for part in pack.parts if part.number == number), None)


def _written(part: PackPart) -> Changes:
    return {f"parts/{part.number}.md": document("part", part)}


def _renumbered(pack: Pack, kind: str, part: int, numbers: Mapping[int, int]) -> Changes:
    """Old number to new number: the files under their new names, and lots that name the same annexes."""
    changes: Changes = {path_of(kind, f"{part}-{old}"): None for old in numbers}
    for item in _of_part(pack, kind, part):
        if item.number in numbers:
            number = numbers[item.number]
            changes[path_of(kind, f"{part}-{number}")] = document(kind, replace(item, number=number))
    holder = _part(pack, part) if kind == "annexe" else None
    return changes | (_written(_with_numbers(holder, lambda n: numbers.get(n, n))) if holder else {})


def _with_numbers(part: PackPart, number_of: Callable[[int], int | None]) -> PackPart:
    """The same part, whose lots have other numbers; None takes one away."""

    def mapped(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(new for old in numbers if (new := number_of(old)) is not None)

    lots = tuple(replace(lot, annexes=mapped(lot.annexes)) for lot in part.lots)
    return replace(part, common=mapped(part.common), lots=lots)
