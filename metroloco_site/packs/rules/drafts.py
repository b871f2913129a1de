"""All the files of a pack, each read on its own: content beside the sheet that knows its lines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from metroloco_site.packs.rules.content import (
    PackAnnexe,
    PackCard,
    PackCase,
    PackGrid,
    PackLesson,
    PackPart,
    PackQuestion,
    PackTerm,
)
from metroloco_site.packs.rules.errors import PackError
from metroloco_site.packs.rules.file_kinds import (
    Sheet,
    read_annexe,
    read_card,
    read_case,
    read_grid,
    read_lesson,
    read_part,
    read_question,
    read_term,
)
from metroloco_site.packs.rules.files import PackFile
from metroloco_site.packs.rules.front_matter import FrontMatterError, read_document
from metroloco_site.packs.rules.keys import Keys

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True)
class Draft(Generic[T_co]):
    sheet: Sheet
    item: T_co


@dataclass(frozen=True)
class Drafts:
    """What could be read, kind by kind; a file whose front matter is broken is missing here."""

    lessons: tuple[Draft[PackLesson], ...]
    parts: tuple[Draft[PackPart], ...]
    questions: tuple[Draft[PackQuestion], ...]
    annexes: tuple[Draft[PackAnnexe], ...]
    lexicon: tuple[Draft[PackTerm], ...]
    method: tuple[Draft[PackCard], ...]
    grids: tuple[Draft[PackGrid], ...]
    cases: tuple[Draft[PackCase], ...]

    def sheets(self) -> Iterator[Sheet]:
        kinds: Sequence[Sequence[Draft[object]]] = (
            self.lessons,
            self.parts,
            self.questions,
            self.annexes,
            self.lexicon,
            self.method,
            self.grids,
            self.cases,
        )
        return (draft.sheet for drafts in kinds for draft in drafts)


def read_drafts(files: Sequence[PackFile], errors: list[PackError]) -> Drafts:
    """Every file of the pack; what is wrong inside one of them goes to `errors`."""

    def read(folder: str, reader: Callable[[Sheet], T]) -> tuple[Draft[T], ...]:
        own = [file for file in files if file.folder == folder]
        return tuple(draft for file in own if (draft := read_draft(file, reader, errors)))

    return Drafts(
        lessons=read("", read_lesson),
        parts=read("parts", read_part),
        questions=read("questions", read_question),
        annexes=read("annexes", read_annexe),
        lexicon=read("lexicon", read_term),
        method=read("method", read_card),
        grids=read("grids", read_grid),
        cases=read("cases", read_case),
    )


def read_draft(file: PackFile, reader: Callable[[Sheet], T], errors: list[PackError]) -> Draft[T] | None:
    """One file; None where its front matter cannot be read at all, which is noted."""
    if file.data is None:
        return None
    try:
        document = read_document(file.bytes)
    except FrontMatterError as error:
        errors.append(PackError(file.path, error.line, error.message))
        return None
    sheet = Sheet(file, document, Keys(file.path, document.table, errors))
    item = reader(sheet)
    sheet.keys.finish()
    return Draft(sheet, item)
