"""Who reads what in a group part: one set of lots for each size of group, every annexe in one lot of each.

What exists is known from the file names. Where a lot could not be read, its number or its annexes are
missing: that is an error already, and no other is drawn from it.
"""

from collections.abc import Collection, Iterator

from metroloco_site.packs.rules.content import PackLot, PackPart
from metroloco_site.packs.rules.drafts import Draft
from metroloco_site.packs.rules.errors import one_of

SIZES = (3, 4)  # of a group (lesson.md, part 2)


def check_lots(draft: Draft[PackPart], annexes: Collection[int]) -> None:
    """Notes what is wrong with `common` and `lots`; `annexes` are the numbers of the part's annexes."""
    part, keys = draft.item, draft.sheet.keys
    for key in ("common", "lots"):
        if part.kind == "individual" and key in keys.table.entries:
            keys.refuse(keys.line(key), f"« {key} » n’a de sens que si « kind » vaut group : retirez la clé.")
            return
    for index, number in enumerate(part.common):
        if number not in annexes:
            keys.refuse(keys.item_line("common", index), _unknown(part, number))
    for members in dict.fromkeys(lot.members for lot in part.lots):
        _check_set(draft, members, annexes)


def _check_set(draft: Draft[PackPart], members: int, annexes: Collection[int]) -> None:
    """One size of group: as many lots as members, and no annexe left out, unknown or given twice."""
    if not members:
        return
    keys, lots = draft.sheet.keys, dict(_of_size(draft.item, members))
    first = next(iter(lots))
    if members not in SIZES:
        message = f"un groupe compte {one_of(map(str, SIZES))} membres : corrigez « members »."
        keys.refuse(keys.item_line("lots", first), message)
        return
    if len(lots) != members:
        message = f"pour {members} membres, il faut {members} lots, non {len(lots)} : ajoutez ou retirez-en."
        keys.refuse(keys.item_line("lots", first), message)
    given = set(draft.item.common)
    for index, lot in lots.items():
        _check_lot(draft, index, lot, annexes, given)
    whole = all(lot.annexes for lot in lots.values())
    if whole and (missing := sorted(set(annexes) - given)):
        message = (
            f"pour {members} membres, aucun lot ne contient l’annexe {missing[0]} : "
            "ajoutez-la à un lot ou à « common »."
        )
        keys.refuse(keys.item_line("lots", first), message)


def _of_size(part: PackPart, members: int) -> Iterator[tuple[int, PackLot]]:
    return ((index, lot) for index, lot in enumerate(part.lots) if lot.members == members)


def _check_lot(
    draft: Draft[PackPart], index: int, lot: PackLot, annexes: Collection[int], given: set[int]
) -> None:
    keys, part = draft.sheet.keys, draft.item
    for number in lot.annexes:
        if number not in annexes:
            keys.refuse(keys.item_line("lots", index), _unknown(part, number))
        elif number in part.common:
            message = (
                f"l’annexe {number} est aussi dans « common », que tous lisent : retirez-la d’un des deux."
            )
            keys.refuse(keys.item_line("lots", index), message)
        elif number in given:
            message = f"l’annexe {number} est dans deux lots pour {lot.members} membres : gardez-en un."
            keys.refuse(keys.item_line("lots", index), message)
        given.add(number)


def _unknown(part: PackPart, number: int) -> str:
    return (
        f"l’annexe {number} n’existe pas dans cette partie : corrigez le numéro ou ajoutez "
        f"annexes/{part.number}-{number}.md."
    )
