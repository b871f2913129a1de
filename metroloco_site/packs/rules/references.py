"""What the files of a pack say of one another.

What exists is known from the file names, so that one broken file does not make wrong all that point to it.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from metroloco_site.packs.rules.bodies import check_body
from metroloco_site.packs.rules.content import PackAnnexe, PackQuestion
from metroloco_site.packs.rules.drafts import Draft, Drafts
from metroloco_site.packs.rules.errors import PackError, nearest
from metroloco_site.packs.rules.files import LESSON, NAMES, PICTURES, VIDEO, PackFile, room_of
from metroloco_site.packs.rules.lots import check_lots


class _OfPart(Protocol):
    @property
    def part(self) -> int: ...


def check_references(files: Sequence[PackFile], drafts: Drafts, errors: list[PackError]) -> None:
    """Notes missing files, names that lead nowhere and names given twice."""
    named = {folder: {file.named[0] for file in files if file.folder == folder} for folder in NAMES}
    _check_presence(files, named["parts"], errors)
    for kind in (drafts.questions, drafts.annexes, drafts.lexicon, drafts.method, drafts.grids):
        _check_parts(kind, named["parts"])
    for question in drafts.questions:
        _check_verb(question, named["method"])
    _check_videos(files, drafts.annexes, errors)
    annexes = [file.named for file in files if file.folder == "annexes"]
    for part in drafts.parts:
        check_lots(part, {int(number) for of, number in annexes if of == str(part.item.number)})
    _check_once(drafts.annexes, "slug")
    _check_once(drafts.lexicon, "term")
    _check_once(drafts.method, "verb")
    _check_once(drafts.cases, "name")
    for sheet in drafts.sheets():
        check_body(sheet, named["lexicon"], named[PICTURES])


def _check_presence(files: Sequence[PackFile], parts: set[str], errors: list[PackError]) -> None:
    """A lesson, at least one part, and at least one question in each."""
    if all(file.path != LESSON for file in files):
        errors.append(
            PackError(LESSON, 0, "ce fichier manque : il donne le titre et les sources de la leçon.")
        )
    if not parts:
        errors.append(PackError("parts", 0, "il manque une partie : ajoutez parts/1.md."))
    for part in parts - {file.named[0] for file in files if file.folder == "questions"}:
        message = f"cette partie n’a pas de question : ajoutez questions/{part}-1.md."
        errors.append(PackError(f"parts/{part}.md", 0, message))


def _check_parts(drafts: Iterable[Draft[_OfPart]], parts: set[str]) -> None:
    for draft in drafts:
        part = draft.item.part
        if part and str(part) not in parts:
            keys = draft.sheet.keys
            keys.refuse(
                keys.line("part"),
                f"la partie {part} n’existe pas : corrigez « part » ou ajoutez parts/{part}.md.",
            )


def _check_verb(draft: Draft[PackQuestion], cards: set[str]) -> None:
    verb = draft.item.verb
    if verb and verb not in cards:
        keys = draft.sheet.keys
        keys.refuse(
            keys.line("verb"), f"la fiche méthodologique n’a pas de verbe {nearest(verb, cards, 'method')}."
        )


def _check_videos(
    files: Sequence[PackFile], annexes: Sequence[Draft[PackAnnexe]], errors: list[PackError]
) -> None:
    """Every video has its text in an annexe, and every annexe the video that it names."""
    videos = {file.named[0]: file.path for file in files if room_of(file.path) is VIDEO}
    for draft in annexes:
        name, keys = draft.item.video, draft.sheet.keys
        if name and name not in videos:
            keys.refuse(
                keys.line("video"), f"il n’y a pas de vidéo {nearest(name, videos, 'videos', 'mp4')}."
            )
    named = {draft.item.video for draft in annexes}
    for name in videos.keys() - named if len(annexes) == sum(f.folder == "annexes" for f in files) else ():
        message = (
            f"aucune annexe ne donne le texte de cette vidéo : ajoutez-y « video: {name} », ou retirez-la."
        )
        errors.append(PackError(videos[name], 0, message))


def _check_once(drafts: Iterable[Draft[object]], key: str) -> None:
    seen: set[str] = set()
    for draft in drafts:
        draft.sheet.keys.check_once(key, seen)
