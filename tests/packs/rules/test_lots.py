"""The lots of a group part: each annexe in one lot of each size, and sentences where it is not so."""

from pathlib import Path

import pytest

from lessons.models import Part
from metroloco_site.packs.actions.loading import load_pack
from metroloco_site.packs.rules import PackErrors, read_pack
from tests.harness.builders import NOW
from tests.harness.folders import METROLOCO
from tests.harness.packs import ANNEXE, Files, small_pack, write

LOTS = """common: [5]
lots:
  - members: 3
    title: "Un"
    annexes: [1]
  - members: 3
    title: "Deux"
    annexes: [2]
  - members: 3
    title: "Trois"
    annexes: [3, 4]
---
"""  # from line 10 of its file on


def with_lots(old: str = "", new: str = "", lots: str = LOTS) -> Files:
    """The small pack, its part 2 with five annexes and lots for three, and one passage written otherwise."""
    assert old in lots
    part = small_pack()["parts/2.md"].replace("---\n\n", lots.replace(old, new, 1) + "\n", 1)
    annexes = {
        f"annexes/2-{n}.md": ANNEXE.format(part=2, number=n, slug=f"deux-{n}").replace(
            "Un texte", f"Texte {n}"
        )
        for n in range(1, 6)
    }
    return small_pack() | annexes | {"parts/2.md": part}


@pytest.mark.django_db
def test_lots_are_stored_by_size_of_group(tmp_path: Path) -> None:
    part = load_pack(folder=write(tmp_path, with_lots()), now=NOW).lesson.parts.get(number=2)
    assert part.common == [5]
    assert part.lots == [
        {
            "members": 3,
            "lots": [
                {"title": "Un", "annexes": [1]},
                {"title": "Deux", "annexes": [2]},
                {"title": "Trois", "annexes": [3, 4]},
            ],
        }
    ]


@pytest.mark.django_db
def test_a_part_without_lots_has_none(tmp_path: Path) -> None:
    load_pack(folder=write(tmp_path, small_pack()), now=NOW)
    assert list(Part.objects.values_list("common", "lots")) == [([], [])] * 2


WRONG = [
    ("[3, 4]", "[3, 2]", 18, "l’annexe 2 est dans deux lots pour 3 membres : gardez-en un"),
    ("[3, 4]", "[3, 3, 4]", 20, "« annexes » contient 3 deux fois : gardez-en un"),
    ("[3, 4]", "[3]", 12, "aucun lot ne contient l’annexe 4 : ajoutez-la à un lot ou à « common »"),
    ("[3, 4]", "[3, 4, 9]", 18, "l’annexe 9 n’existe pas dans cette partie : corrigez le numéro ou ajoutez"),
    ("[3, 4]", "[3, 4, 5]", 18, "l’annexe 5 est aussi dans « common », que tous lisent"),
    ("[3, 4]", "[3, quatre]", 20, "« annexes » doit être un nombre entier de 1 à 99, sans guillemets"),
    ("[3, 4]", "3", 20, "« annexes » doit être une liste"),
    ("[5]", "[9]", 10, "l’annexe 9 n’existe pas dans cette partie"),
    ("[5]", "[5, 5]", 10, "« common » contient 5 deux fois"),
    ("- members: 3", "- members: 4", 12, "pour 4 membres, il faut 4 lots, non 1 : ajoutez ou retirez-en"),
    ("- members: 3", "- members: 7", 12, "un groupe compte 3 ou 4 membres : corrigez « members »"),
    ("- members: 3", "- membres: 3", 12, "la clé « membres » est inconnue"),
    ('title: "Un"', "titre: Un", 13, "la clé « titre » est inconnue : écrivez title"),
    (LOTS[-4:], '  - "autre"\n---\n', 21, "un élément de « lots » n’a pas de clés"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), WRONG, ids=[row[1][:20] for row in WRONG])
def test_what_is_wrong_with_lots_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    with pytest.raises(PackErrors) as caught:
        read_pack(write(tmp_path, with_lots(old, new)))
    told = [str(error) for error in caught.value.errors]
    assert any(text.startswith(f"parts/2.md, ligne {line} : ") and words in text for text in told), told
    assert {error.file for error in caught.value.errors} == {"parts/2.md"}


def test_an_annexe_taken_away_is_missed_in_the_lots(tmp_path: Path) -> None:
    files = with_lots()
    del files["annexes/2-2.md"]
    with pytest.raises(PackErrors, match="l’annexe 2 n’existe pas dans cette partie"):
        read_pack(write(tmp_path, files))


def test_a_part_written_alone_has_no_lots(tmp_path: Path) -> None:
    files = small_pack()
    files["parts/1.md"] = files["parts/1.md"].replace("---\n\n", "common: [1]\n---\n\n", 1)
    with pytest.raises(PackErrors, match=r"ligne 10 : « common » n’a de sens que si « kind » vaut group"):
        read_pack(write(tmp_path, files))


@pytest.mark.parametrize("members", [3, 4])
def test_the_lots_of_metroloco_are_balanced(members: int) -> None:
    """Themes come first; a lot may still not be much longer than another (the longest annexe, issue 4)."""
    pack = read_pack(METROLOCO)
    words = {a.number: len(a.body.split()) for a in pack.annexes if a.part == 2}
    part = pack.parts[1]
    lots = [lot.annexes for lot in part.lots if lot.members == members]
    lengths = [sum(words[number] for number in lot) for lot in lots]
    assert part.common == (7, 8)
    assert sorted(number for lot in lots for number in lot) == [1, 2, 3, 4, 5, 6, 9, 10, 11]
    assert max(lengths) - min(lengths) <= max(words.values())
