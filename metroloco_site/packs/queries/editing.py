"""A lesson file by file, as a teacher edits it, and what a page will show of each."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from annexes.models import Annexe, CaseStudy, LexiconEntry, MethodCard
from lessons.models import Lesson
from lessons.queries.cases import case_content
from lessons.queries.content import Html, preview, writer
from lessons.rules.citing import folded
from metroloco_site.packs.rules import Pack, PackError
from metroloco_site.packs.rules.changing import NAMED_BY, ORDERED
from metroloco_site.packs.rules.editing import path_of, read_draft, told
from metroloco_site.packs.rules.schema import KINDS
from metroloco_site.packs.rules.writing import items

_ROWS: dict[str, type[Any]] = {"annexe": Annexe, "term": LexiconEntry, "card": MethodCard}
_TITLES = {
    "lesson": "La leçon", "part": "Parties", "question": "Questions", "annexe": "Annexes", "term": "Lexique",
    "card": "Fiche méthodologique", "grid": "Fiche d’évaluation",
    "case": "Ils font autrement",
}  # fmt: skip
_HEADINGS = {**NAMED_BY, "question": "statement"}
NEW_LABELS = {
    "question": "Ajouter une question", "annexe": "Ajouter une annexe", "term": "Ajouter un terme",
    "card": "Ajouter une fiche méthodologique", "case": "Ajouter une fiche",
}  # fmt: skip


@dataclass(frozen=True)
class FileRow:
    """`first` and `last` of its part, where files have an order."""

    kind: str
    name: str
    label: str
    added: bool
    first: bool
    last: bool


@dataclass(frozen=True)
class FileGroup:
    """`new` is what the link that adds one says, "" where none can be added."""

    kind: str
    title: str
    new: str
    ordered: bool
    files: tuple[FileRow, ...]


@dataclass(frozen=True)
class Preview:
    """What students will see of a file: `shown` where there is a component for it, `html` else."""

    kind: str
    shown: Any
    item: Any
    html: str
    errors: tuple[str, ...]


def file_groups(pack: Pack) -> tuple[FileGroup, ...]:
    """Every file that can be edited, in the order of the lesson; what is neither there nor addable is left out."""
    held: dict[str, list[tuple[str, Any]]] = {kind: [] for kind in KINDS}
    for path, kind, item in items(pack):
        held[kind].append((path.rpartition("/")[2].removesuffix(".md"), item))
    held["case"].sort(key=lambda row: folded(row[1].name))
    return tuple(
        FileGroup(kind, _TITLES[kind], NEW_LABELS.get(kind, ""), kind in ORDERED, _rows(kind, rows))
        for kind, rows in held.items()
        if rows or kind in NEW_LABELS
    )


def _rows(kind: str, rows: list[tuple[str, Any]]) -> tuple[FileRow, ...]:
    parts = [getattr(item, "part", 0) for _, item in rows]
    ends = len(rows) - 1
    return tuple(
        FileRow(
            kind,
            name,
            label_of(kind, item),
            getattr(item, "added", False),
            first=place == 0 or parts[place - 1] != parts[place],
            last=place == ends or parts[place + 1] != parts[place],
        )
        for place, (name, item) in enumerate(rows)
    )


def label_of(kind: str, item: Any) -> str:  # noqa: ANN401 - the content of any kind of file
    """What a list of files calls it."""
    if kind == "question":
        return f"Partie {item.part}, question {item.number} : {item.statement}"
    if kind == "annexe":
        return f"Partie {item.part}, annexe {item.number} : {item.title}"
    if kind == "part":
        return f"Partie {item.number} : {item.title}"
    return str(getattr(item, {"term": "term", "card": "verb", "case": "name"}.get(kind, "title")))


def file_preview(lesson: Lesson, kind: str, name: str, data: bytes) -> Preview:
    """What this file will look like, however wrong it still is."""
    item, errors = read_draft(kind, path_of(kind, name), data)
    html = writer(lesson.collection_id)
    if not getattr(item, _HEADINGS.get(kind, "title"), ""):
        item = None  # a page has no empty heading
    shown = _shown(kind, item, html) if item else None
    body = html(getattr(item, KINDS[kind].body)) if item else ""
    return Preview(kind, shown, item, body, told(errors, path_of(kind, name)))


def _shown(kind: str, item: Any, html: Html) -> object | None:  # noqa: ANN401 - the content of any kind of file
    """What students' components show of it; None where there is no component for this kind."""
    if kind == "case":
        return case_content(CaseStudy(**vars(item) | {"sources": list(map(asdict, item.sources))}), html)
    return preview(_ROWS[kind](**vars(item)), html) if kind in _ROWS else None


def still_needed(
    pack: Pack, errors: Iterable[PackError], *, of: str, from_lots: bool = False
) -> tuple[str, ...]:
    """Where a pack that has lost a file of kind `of` still names it, and what to do; each document once."""
    labels = {path: label_of(kind, item) for path, kind, item in items(pack)}
    told = (_needed(error, labels.get(error.file, ""), of, from_lots=from_lots) for error in errors)
    return tuple(dict.fromkeys(told))


def _needed(error: PackError, label: str, of: str, *, from_lots: bool) -> str:
    if not label:
        return str(error)
    where = f"« {label} »"
    if not error.line:  # what it lacks, and not what it names
        return f"{where} : {error.message.partition(' : ')[0]}."
    if of == "annexe" and error.file.startswith("parts/"):
        if from_lots:
            return f"C’est la seule annexe d’un lot de {where} : donnez-en d’abord une autre à ce lot."
        return f"{where} s’en sert encore : cochez « L’en retirer aussi », au bas de cette page."
    return f"{where} s’en sert encore : modifiez d’abord ce texte."
