"""From a folder or a ZIP to a Pack: open, read each file, check what the files say of one another."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar

from metroloco_site.packs.rules.blobs import Content, size_of
from metroloco_site.packs.rules.content import Pack, PackAnnexe, PackCard, PackQuestion
from metroloco_site.packs.rules.drafts import read_draft, read_drafts
from metroloco_site.packs.rules.errors import PackError, PackErrors
from metroloco_site.packs.rules.file_kinds import Sheet
from metroloco_site.packs.rules.files import LESSON, Gathering, PackFile, digest, open_folder
from metroloco_site.packs.rules.pictures import read_pictures
from metroloco_site.packs.rules.references import check_references
from metroloco_site.packs.rules.videos import read_videos
from metroloco_site.packs.rules.zips import open_zip

T = TypeVar("T")
Numbered = TypeVar("Numbered", PackAnnexe, PackQuestion)


def read_pack(folder: Path) -> Pack:
    """The lesson of this folder. Raises PackErrors with everything that is wrong in it."""
    errors: list[PackError] = []
    return _pack(open_folder(folder, errors), errors)


def read_zip(file: BinaryIO) -> Pack:
    """The lesson of this archive, of which nothing is unpacked. Raises PackErrors, as `read_pack` does."""
    errors: list[PackError] = []
    return _pack(open_zip(file, errors), errors)


def read_files(files: Mapping[str, Content]) -> Pack:
    """The lesson of these files, path by path. Raises PackErrors, as `read_pack` does."""
    errors: list[PackError] = []
    gathering = Gathering(errors)
    for path, data in files.items():
        gathering.take(path, size_of(data), lambda data=data: data)  # type: ignore[misc]
    return _pack(gathering.all(LESSON), errors)


def read_file(file: PackFile, reader: Callable[[Sheet], T]) -> tuple[T | None, tuple[PackError, ...]]:
    """What one file says by itself, None where its front matter is broken, and what is wrong in it."""
    errors: list[PackError] = []
    draft = read_draft(file, reader, errors)
    return draft.item if draft else None, tuple(sorted(errors))


def _pack(files: list[PackFile], errors: list[PackError]) -> Pack:
    drafts = read_drafts(files, errors)
    pictures = read_pictures(files, errors)
    videos = read_videos(files, errors)
    check_references(files, drafts, errors)
    if errors:
        raise PackErrors(errors)
    questions = _sorted(draft.item for draft in drafts.questions)
    return Pack(
        digest=digest(files),
        lesson=drafts.lessons[0].item,
        parts=tuple(sorted((draft.item for draft in drafts.parts), key=lambda part: part.number)),
        questions=questions,
        annexes=_sorted(draft.item for draft in drafts.annexes),
        lexicon=tuple(draft.item for draft in drafts.lexicon),
        method=_in_order_of_use((draft.item for draft in drafts.method), questions),
        grids=tuple(sorted((draft.item for draft in drafts.grids), key=lambda grid: grid.part)),
        pictures=pictures,
        cases=tuple(draft.item for draft in drafts.cases),
        videos=videos,
    )


def _sorted(items: Iterable[Numbered]) -> tuple[Numbered, ...]:
    """By part and number: « 1-10.md » comes before « 1-2.md » among files."""
    return tuple(sorted(items, key=lambda item: (item.part, item.number)))


def _in_order_of_use(cards: Iterable[PackCard], questions: Iterable[PackQuestion]) -> tuple[PackCard, ...]:
    """The method sheet follows the questions; a card that none uses comes last."""
    uses = dict.fromkeys(question.verb for question in questions)
    rank = {verb: place for place, verb in enumerate(uses)}
    return tuple(sorted(cards, key=lambda card: (rank.get(card.slug, len(rank)), card.slug)))
