"""Four members write in the same block at once, on the real page, one of them cut off for a while."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.evaluations.exports.test_sheets import words_of
from tests.harness.browser import NewContext, until
from tests.harness.desk import Room, open_room
from tests.harness.server import Server

GROUPS = """
from lessons.actions.clock import act
make.groups(run, (4,))
act(phase=make.phase(run, 2), kind="start", now=now)
"""
STORED = """
import json
from lessons.models import ClassRun, Poster
from lessons.queries.documents import authors, document
poster = Poster.objects.get(group__run__public_id="{run}")
names = dict(poster.group.run.participants.values_list("pk", "pseudonym"))
print(json.dumps([document(poster).texts.get("{key}", ""),
                  [[names[who], text] for who, text in authors(poster).get("{key}", ())]]))
"""
BLOCK = "#q1-reponse"
LINES = ("Dune 1 :", "Dune 2 :", "Dune 3 :", "Dune 4 :")
SENTENCES = (" des prix justes 😀", " une cantine d’été", " l’ESS, c’est nous", " moins de déchets 🥕")


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context, students=4, before=GROUPS, started=False)


def opened(room: Room, student: int) -> Page:
    """The page of this member, where they write."""
    page = room.desk(student).page
    page.locator("#vue-ecrire").click()
    expect(page.locator(BLOCK)).to_be_editable()
    return page


def text_of(page: Page) -> str:
    return page.locator(BLOCK).input_value()


def put_caret(page: Page, after: str) -> None:
    page.locator(BLOCK).focus()
    page.locator(BLOCK).evaluate(
        "(area, after) => { const at = area.value.indexOf(after) + after.length; area.setSelectionRange(at, at); }",
        after,
    )


def before_caret(page: Page) -> str:
    return str(page.locator(BLOCK).evaluate("(area) => area.value.slice(0, area.selectionStart)"))


def stored(room: Room, key: str = "q1-reponse") -> tuple[str, list[list[str]]]:
    text, runs = room.shell(STORED.format(run=room.run, key=key))
    return text, runs


def expect_all(pages: list[Page], text: str) -> None:
    for page in pages:
        expect(page.locator(BLOCK)).to_have_value(text, timeout=30_000)


OLDER = """
from lessons.models import Poster, PosterUpdate, PosterWriter
poster = Poster.objects.get(group__run__public_id="{run}")
poster.updates.filter(number__gt=2).delete()
Poster.objects.filter(pk=poster.pk).update(last_number=2)
PosterWriter.objects.filter(poster=poster).exclude(client=PosterWriter.objects.earliest("pk").client).delete()
"""


def test_four_write_at_once_and_one_comes_back_after_an_outage(room: Room) -> None:
    pages = [opened(room, student) for student in range(4)]
    pages[0].locator(BLOCK).fill("\n".join(LINES))
    expect_all(pages, "\n".join(LINES))
    for page, line in zip(pages, LINES, strict=True):
        put_caret(page, line)
    for step in range(max(map(len, SENTENCES))):  # letter by letter, each in turn
        if step == 5:
            pages[3].context.set_offline(True)
        for page, sentence in zip(pages, SENTENCES, strict=True):
            page.keyboard.insert_text(sentence[step : step + 1])
    expect(pages[3].locator("#hors-ligne")).to_be_visible(timeout=15_000)
    assert SENTENCES[3] in text_of(pages[3])
    assert SENTENCES[3] not in text_of(pages[0])
    pages[3].context.set_offline(False)
    whole = "\n".join(line + sentence for line, sentence in zip(LINES, SENTENCES, strict=True))
    expect_all(pages, whole)
    expect(pages[3].locator("#hors-ligne")).to_be_hidden(timeout=15_000)
    text, runs = stored(room)
    assert text == whole
    for name, sentence in zip(("Dune 2", "Dune 3", "Dune 4"), SENTENCES[1:], strict=True):
        assert [name, sentence] in runs
    expect_on_paper(pages[1], whole)
    reread_unsent(room, pages)
    write_around_the_caret(pages)
    undo_only_ones_own(pages)
    compose_undisturbed(pages)
    outlive_a_backup(room, pages)
    final = text_of(pages[0])
    expect_all(pages, final)
    assert stored(room)[0] == final


def expect_on_paper(page: Page, text: str) -> None:
    """The PDF that this member downloads holds every word."""
    url = page.get_by_role("link", name="Notre affiche en PDF", include_hidden=True).evaluate(
        "link => link.href"
    )
    answer = page.context.request.get(url)
    assert answer.status == 200
    said = re.findall(r"\w+", words_of(answer.body()))
    assert [word for word in re.findall(r"\w+", text) if word not in said] == []


def reread_unsent(room: Room, pages: list[Page]) -> None:
    """What could not leave is on the page again after a reload, and leaves then."""
    last = pages[3]
    last.context.route("**/affiche?*", lambda route: route.abort())
    put_caret(last, "déchets 🥕")
    last.keyboard.insert_text(", promis")
    until(last, "() => Object.keys(sessionStorage).some((key) => key.startsWith('affiche'))")
    assert "promis" not in text_of(pages[0])
    written = text_of(last)
    last.reload()
    expect(last.locator(BLOCK)).to_have_value(written)
    last.context.unroute("**/affiche?*")
    expect_all(pages, text_of(last))
    assert stored(room)[1][-1] == ["Dune 4", " moins de déchets 🥕, promis"]
    until(last, "() => !Object.keys(sessionStorage).some((key) => key.startsWith('affiche'))")


def write_around_the_caret(pages: list[Page]) -> None:
    ada, ben, *_ = pages
    put_caret(ada, "Dune 3 : l’ESS")
    put_caret(ben, "Dune 1 :")
    ben.keyboard.insert_text(" 🎈🎈")
    expect(ada.locator(BLOCK)).to_have_value(text_of(ben))
    assert before_caret(ada).endswith("Dune 3 : l’ESS")
    ada.keyboard.insert_text(" (oui)")
    expect(ben.locator(BLOCK)).to_have_value(text_of(ada))
    assert "l’ESS (oui), c’est nous" in text_of(ben)


def undo_only_ones_own(pages: list[Page]) -> None:
    ada, ben, *_ = pages
    put_caret(ben, "cantine")
    ben.keyboard.insert_text(" scolaire")
    expect(ada.locator(BLOCK)).to_have_value(text_of(ben))
    ada.keyboard.press("Control+z")
    expect(ben.locator(BLOCK)).to_have_value(text_of(ada))
    assert "(oui)" not in text_of(ben)
    assert "cantine scolaire" in text_of(ben)
    ada.keyboard.press("Control+y")
    expect(ben.locator(BLOCK)).to_have_value(text_of(ada))
    assert "(oui)" in text_of(ben)


def compose_undisturbed(pages: list[Page]) -> None:
    """A word that is being composed (an accent, an IME, a tablet's keyboard) is not cut by what others write."""
    ada, ben, *_ = pages
    put_caret(ben, "Dune 1 :")
    put_caret(ada, "prix justes")
    ime = ada.context.new_cdp_session(ada)
    ime.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    ben.keyboard.insert_text(" avant")
    ime.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    ime.send("Input.insertText", {"text": "日本"})
    expect(ben.locator(BLOCK)).to_have_value(re.compile("prix justes日本"))
    expect(ada.locator(BLOCK)).to_have_value(re.compile("Dune 1 : avant"))
    expect(ada.locator(BLOCK)).to_have_value(text_of(ben))
    assert "に" not in text_of(ada)


def outlive_a_backup(room: Room, pages: list[Page]) -> None:
    """An older backup is put back while pages are open: what they show is written again, by whoever writes next."""
    ada = pages[0]
    shown = text_of(ada)
    room.shell(OLDER.format(run=room.run))
    assert len(stored(room)[0]) < len(shown)
    put_caret(ada, "Dune 1 :")
    ada.keyboard.insert_text(" enfin,")
    whole = shown.replace("Dune 1 :", "Dune 1 : enfin,")
    for page in pages[1:]:
        page.reload()
    expect_all(pages, whole)
