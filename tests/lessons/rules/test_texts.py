"""What is stored of a text says what was written: line breaks of every program, words as a reader counts them."""

import json
from pathlib import Path

import pytest

from lessons.rules.texts import clean, count_words
from metroloco_site.kit.pdf_text import for_paper
from metroloco_site.kit.tables import Table, as_ods

COUNTED = json.loads(Path(__file__).with_name("counted_words.json").read_text(encoding="utf-8"))
BREAKS = ["\r\n", "\r", "\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("mark", BREAKS, ids=ascii)
def test_a_soft_break_never_joins_two_words(mark: str) -> None:
    assert clean(f"revenu{mark}de") == "revenu\nde"
    assert for_paper(f"revenu{mark}de") == "revenu\nde"
    assert as_ods(Table("t", ["n"], [[f"revenu{mark}de"]])) == as_ods(Table("t", ["n"], [["revenu\nde"]]))


@pytest.mark.parametrize(("text", "words"), COUNTED.items(), ids=ascii)
def test_words_are_counted_as_a_reader_does(text: str, words: int) -> None:
    """The same cases are counted by the pages (static/js/student/words.js)."""
    assert count_words(text) == words
