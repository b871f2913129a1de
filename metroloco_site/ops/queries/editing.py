"""A lesson file by file, as a teacher edits it, and what a page will show of each."""

from dataclasses import asdict, dataclass
from typing import Any

from annexes.models import Annexe, CaseStudy, LexiconEntry, MethodCard
from lessons.models import Lesson
from lessons.queries.cases import case_content
from lessons.queries.content import Html, preview, writer
from metroloco_site.ops.queries.packs import stored_pack
from metroloco_site.ops.rules.pack.editing import path_of, read_draft, told
from metroloco_site.ops.rules.pack.schema import KINDS
from metroloco_site.ops.rules.pack.writing import items

_ROWS: dict[str, type[Any]] = {"annexe": Annexe, "term": LexiconEntry, "card": MethodCard}
_TITLES = {
    "lesson": "La leçon", "part": "Parties", "question": "Questions", "annexe": "Annexes", "term": "Lexique",
    "card": "Fiche méthodologique", "grid": "Fiche d’évaluation",
    "case": "Ils font autrement",
}  # fmt: skip


@dataclass(frozen=True)
class FileRow:
    kind: str
    name: str
    label: str
    added: bool


@dataclass(frozen=True)
class FileGroup:
    title: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True)
class Preview:
    """What students will see of a file: `shown` where there is a component for it, `html` else."""

    kind: str
    shown: Any
    item: Any
    html: str
    errors: tuple[str, ...]


def file_groups(lesson: Lesson) -> tuple[FileGroup, ...]:
    """Every file that can be edited, in the order of the lesson; empty groups are left out."""
    rows: dict[str, list[FileRow]] = {kind: [] for kind in KINDS}
    for path, kind, item in items(stored_pack(lesson)):
        name = path.rpartition("/")[2].removesuffix(".md")
        rows[kind].append(FileRow(kind, name, label_of(kind, item), getattr(item, "added", False)))
    return tuple(FileGroup(_TITLES[kind], tuple(found)) for kind, found in rows.items() if found)


def label_of(kind: str, item: Any) -> str:  # noqa: ANN401 - the content of any kind of file
    """What a list of files calls it."""
    if kind == "question":
        return f"Partie {item.part}, question {item.number} : {item.statement}"
    if kind == "annexe":
        return f"Partie {item.part}, annexe {item.number} : {item.title}"
    if kind == "part":
        return f"Partie {item.number} : {item.title}"
    return str(getattr(item, {"term": "term", "card": "verb", "case": "name"}.get(kind, "title")))


def file_item(lesson: Lesson, kind: str, name: str) -> object | None:
    """The content of one file; None where the lesson has none of that name."""
    path = path_of(kind, name)
    return next((item for at, _, item in items(stored_pack(lesson)) if path and at == path), None)


def file_preview(lesson: Lesson, kind: str, name: str, data: bytes) -> Preview:
    """What this file will look like, however wrong it still is."""
    item, errors = read_draft(kind, path_of(kind, name), data)
    html = writer(lesson.collection_id)
    shown = _shown(kind, item, html) if item else None
    body = html(getattr(item, KINDS[kind].body)) if item else ""
    return Preview(kind, shown, item, body, told(errors, path_of(kind, name)))


def _shown(kind: str, item: Any, html: Html) -> object | None:  # noqa: ANN401 - the content of any kind of file
    """What students' components show of it; None where there is no component for this kind."""
    if kind == "case":
        return case_content(CaseStudy(**vars(item) | {"sources": list(map(asdict, item.sources))}), html)
    return preview(_ROWS[kind](**vars(item)), html) if kind in _ROWS else None
