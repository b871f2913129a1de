"""Whatever is moved, added or deleted, in any order: a pack that loads, whose groups read the same texts."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metroloco_site.packs.rules import Pack, PackErrors, read_files, read_pack
from metroloco_site.packs.rules.changing import (
    added,
    changed,
    found,
    mentions,
    moved,
    named,
    new_values,
    path_in,
    removed,
)
from metroloco_site.packs.rules.writing import pack_files
from tests.harness.folders import METROLOCO
from tests.harness.packs import small_pack
from tests.packs.rules.test_lots import with_lots

SMALL = read_files({path: text.encode() for path, text in with_lots().items() if path != "README.md"})
STEPS = st.lists(
    st.tuples(st.sampled_from(["up", "down", "add", "delete", "lots"]), st.integers(0, 99), st.booleans()),
    max_size=6,
)


def lots(pack: Pack) -> set[tuple[int, int, str, frozenset[str]]]:
    """Who reads what, by the names of texts."""
    names = {(annexe.part, annexe.number): annexe.slug for annexe in pack.annexes}
    return {
        (part.number, lot.members, lot.title, frozenset(names[part.number, n] for n in lot.annexes))
        for part in pack.parts
        for lot in part.lots
    }


def steps(pack: Pack, drawn: list[tuple[str, int, bool]]) -> Iterator[tuple[str, Pack, Pack]]:
    """Each step that the reader takes, with the pack before and after it."""
    for act, place, questions in drawn:
        kind = "question" if questions else "annexe"
        rows = pack.questions if questions else pack.annexes
        row = rows[place % len(rows)]
        name = f"{row.part}-{row.number}"
        if act == "add":
            typed = new_values("annexe") | {"title": "Une de plus", "kind": "text", "body": "Texte."}
            name, values = named(pack, "annexe", typed, row.part)
            changes = added(pack, "annexe", name, values)
        elif act in ("up", "down"):
            changes = moved(pack, kind, name, -1 if act == "up" else 1)
        else:
            changes = removed(pack, kind, name, from_lots=act == "lots")
        try:
            after = read_files(changed(pack_files(pack), changes))
        except PackErrors:
            continue  # refused whole: the pack stays as it is
        yield act, pack, after
        pack = after


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_any_steps_leave_a_pack_that_loads(drawn: list[tuple[str, int, bool]]) -> None:
    for act, before, after in steps(SMALL, drawn):
        assert pack_files(read_files(pack_files(after))) == pack_files(after)
        texts = {annexe.slug: annexe.body for annexe in before.annexes}
        assert all(texts.get(annexe.slug, "Texte.") == annexe.body for annexe in after.annexes)
        if act in ("up", "down"):
            assert lots(after) == lots(before)
            assert {question.statement for question in after.questions} == {
                question.statement for question in before.questions
            }
        if act == "add":
            assert len(after.annexes) == len(before.annexes) + 1
            assert lots(after) == lots(before)


def test_up_then_down_is_nothing() -> None:
    pack = read_pack(METROLOCO)
    once = read_files(changed(pack_files(pack), moved(pack, "annexe", "2-5", -1)))
    assert once != pack
    assert lots(once) == lots(pack)
    assert pack_files(read_files(changed(pack_files(once), moved(once, "annexe", "2-4", 1)))) == pack_files(
        pack
    )


def test_what_calls_an_annexe_by_its_number_is_found_in_its_part_alone() -> None:
    pack = read_pack(METROLOCO)
    told = {getattr(item, "part", 0) for _, item in mentions(pack, 1, {2})}
    assert told == {1}
    assert not list(mentions(pack, 1, {99}))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("annexe 3", 3),
        ("Annexes 2, 3 et 4", 4),
        ("annexes\u00a02 à 7", 5),
        ("annexes 1, 4-6", 5),
        ("annexe 31", 31),
    ],
)
def test_the_ways_to_call_an_annexe(text: str, number: int) -> None:
    files = {path: body.encode() for path, body in small_pack().items() if path != "README.md"}
    files["questions/1-1.md"] += f"\n\nVoir {text}.\n".encode()
    pack = read_files(files)
    assert [kind for kind, _ in mentions(pack, 1, {number})] == ["question"]


def test_only_documents_and_pictures_have_a_path_to_go_by() -> None:
    assert path_in(SMALL, "term", "jardin") == "lexicon/jardin.md"
    for kind, name in (
        ("part", "1"),
        ("lesson", "lesson"),
        ("term", "../jardin"),
        ("picture", "x"),
        ("rien", ""),
    ):
        assert path_in(SMALL, kind, name) == ""
    assert found(SMALL, "annexe", "9-9") is None
