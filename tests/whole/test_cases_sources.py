"""Every fact of a card of « Ils font autrement » stands in the document that the card names; nothing is copied.

The documents are not ours to publish: they lie beside the project, and elsewhere these tests are skipped.
"""

import importlib.util
import re

import pytest

from lessons.rules.citing import folded
from metroloco_site.packs.rules import read_pack
from metroloco_site.packs.rules.content import PackCase
from tests.harness.folders import ROOT

SOURCES = ROOT.parent / "shared" / "sources"
DOCUMENTS = {
    "«\u00a0Osuny reçoit le Prix": "2-osuny-prize.txt",
    "Latitudes, ": "3-latitudes-dossier.txt",
    "Nes, podcast": "4-nes-podcast.txt",
    "Framablog, ": "5-framablog-coopcycle-enercoop.txt",
}
# What a transcript misheard, or writes otherwise, under its real name (lesson.md, « Case bank »).
REAL_NAMES = {"Bretécher", "Bardeau", "LaCollecte.tech", "MedNum", "Italie", "Latitudes", "Solinum", "SCIC"}
CASES = read_pack(ROOT / "fixtures" / "metroloco").cases
_NUMBER = re.compile(r"\d[\d\u00a0\u202f ]*")
_QUOTE = re.compile(r"«\s*(.*?)\s*»")
_SENTENCE = re.compile(r"(?<=[.!?:…])\s+|\n[-\s]*|[«(·]|\s;\s")

pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason="the source texts are not beside this clone")


def told(case: PackCase) -> str:
    return f"{case.form} · {case.place}\n{case.body}"


def said(case: PackCase) -> str:
    """All that the documents named on the card say."""
    names = [name for mark, name in DOCUMENTS.items() for s in case.sources if s.label.startswith(mark)]
    assert len(names) == len(case.sources)
    return "\n".join((SOURCES / name).read_text(encoding="utf-8") for name in names)


def digits(text: str) -> set[str]:
    return {re.sub(r"\D", "", number) for number in _NUMBER.findall(text)}


def names(text: str) -> set[str]:
    """Words with a capital that do not open a sentence, without their article."""
    words = (re.findall(r"\w[\w’'.-]*", sentence)[1:] for sentence in _SENTENCE.split(text))
    bare = {re.split(r"[’']", word)[-1].strip(".-") for row in words for word in row}
    return {word for word in bare if word[:1].isupper()}


@pytest.mark.parametrize("case", CASES, ids=[case.slug for case in CASES])
def test_numbers_quotations_and_names_stand_in_the_documents_named(case: PackCase) -> None:
    text, source = told(case), said(case)
    held = f" {folded(source)} "
    assert digits(text) - digits(source) == set()
    assert [quote for quote in _QUOTE.findall(text) if folded(quote) not in held] == []
    assert {name for name in names(text) - REAL_NAMES if f" {folded(name)} " not in held} == set()


def test_the_test_would_see_an_invented_fact() -> None:
    case = CASES[0]
    text = f"{told(case)}\n- En 1873, une « parole inventée » de Zorglub."
    assert "1873" in digits(text) - digits(said(case))
    assert "Zorglub" in names(text)
    assert folded(_QUOTE.findall(text)[-1]) not in folded(said(case))


def test_scripts_styles_and_subtitles_copy_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/whole/test_house.py has the tool read our texts; here it reads every other file that holds words."""
    path = SOURCES.parent / "tools" / "originality.py"
    spec = importlib.util.spec_from_file_location("originality", path)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "SUFFIXES", {".js", ".css", ".vtt", ".sh", ""})
    monkeypatch.setattr("sys.argv", ["originality", str(ROOT)])
    assert tool.main() == 0
