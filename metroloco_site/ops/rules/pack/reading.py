"""From a folder to a Pack: open, read each file, check what the files say of one another."""

from collections.abc import Iterable
from pathlib import Path

from metroloco_site.ops.rules.pack.content import Pack, PackCard, PackQuestion
from metroloco_site.ops.rules.pack.drafts import read_drafts
from metroloco_site.ops.rules.pack.errors import PackError, PackErrors
from metroloco_site.ops.rules.pack.files import digest, open_folder
from metroloco_site.ops.rules.pack.references import check_references


def read_pack(folder: Path) -> Pack:
    """The lesson of this folder. Raises PackErrors with everything that is wrong in it."""
    errors: list[PackError] = []
    files = open_folder(folder, errors)
    drafts = read_drafts(files, errors)
    check_references(files, drafts, errors)
    if errors:
        raise PackErrors(errors)
    questions = sorted((draft.item for draft in drafts.questions), key=lambda item: (item.part, item.number))
    return Pack(
        digest=digest(files),
        lesson=drafts.lessons[0].item,
        parts=tuple(sorted((draft.item for draft in drafts.parts), key=lambda item: item.number)),
        questions=tuple(questions),
        annexes=tuple(
            sorted((draft.item for draft in drafts.annexes), key=lambda item: (item.part, item.number))
        ),
        lexicon=tuple(draft.item for draft in drafts.lexicon),
        method=_in_order_of_use((draft.item for draft in drafts.method), questions),
        grids=tuple(sorted((draft.item for draft in drafts.grids), key=lambda item: item.part)),
    )


def _in_order_of_use(cards: Iterable[PackCard], questions: list[PackQuestion]) -> tuple[PackCard, ...]:
    """The method sheet follows the questions; a card that none uses comes last."""
    verbs = [question.verb for question in questions]
    return tuple(
        sorted(
            cards, key=lambda card: (verbs.index(card.slug) if card.slug in verbs else len(verbs), card.slug)
        )
    )
