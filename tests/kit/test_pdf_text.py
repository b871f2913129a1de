"""Plain text on paper: the words stay, what would block the layout goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metroloco_site.kit.pdf_text import MAX_LINES, MAX_TOKEN, for_paper

BREAK = "\u200b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Deux mots", "Deux mots"),
        ("Un\n\nparagraphe", "Un\n\nparagraphe"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a\x00b\x1bc\ufeffd\u00ade", "abcde"),
        ("a" + "\n" * 50 + "b", "a\n\n\nb"),
        ("\n\na\n\n", "a"),
        ("a" + " " * 50 + "b", "a" + " " * 20 + "b"),
        ("x" * MAX_TOKEN, "x" * MAX_TOKEN),
        ("x" * (MAX_TOKEN + 1), "x" * MAX_TOKEN + BREAK + "x"),
        ("un mot " + "x" * 31 + " fin", "un mot " + "x" * 30 + BREAK + "x fin"),
    ],
)
def test_text_for_paper(text: str, expected: str) -> None:
    assert for_paper(text) == expected


def test_a_break_never_parts_a_sign_from_its_marks() -> None:
    assert BREAK not in for_paper("x" * 29 + "e" + "\u0301" * 40)
    family = "👩\u200d👩\u200d👧"
    assert all(piece.count("\u200d") % 2 == 0 for piece in for_paper(family * 20).split(BREAK))


def test_lines_beyond_the_limit_are_set_one_after_the_other() -> None:
    lines = for_paper("mot\n" * 2000).split("\n")
    assert len(lines) == MAX_LINES
    assert lines[-1].replace(BREAK, "").split(" / ") == ["mot"] * (2000 - MAX_LINES + 1)


@given(st.text(max_size=2000))
def test_no_word_is_lost_and_no_token_is_long(text: str) -> None:
    def letters(anything: str) -> list[str]:
        return [sign for sign in anything if sign.isalnum()]

    paper = for_paper(text)
    assert letters(paper) == letters(text)
    assert all(
        len(token) <= 2 * MAX_TOKEN or not token.isalnum() for token in paper.replace(BREAK, " ").split(" ")
    )


@given(st.text(alphabet="abc é\n>", max_size=300))
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert for_paper(for_paper(text)) == for_paper(text)
