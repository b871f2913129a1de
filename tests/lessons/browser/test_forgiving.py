"""A field that was emptied, in the open page: one line offers what was there; taken back or refused, it is gone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import PHONE, WIDE, Desk, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow
TEXT = (
    "Le restaurant coopératif appartient à celles et ceux qui y travaillent, et chacun y compte pour une voix, "
    "quelle que soit sa part du capital."
)


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context)


def line(desk: Desk) -> Locator:
    return desk.page.locator('[data-field="q1-reponse"] .longer')


def emptied(room: Room, prepare: Callable[[Page], object] = str) -> Desk:
    desk = room.desk(prepare=prepare)
    desk.write(TEXT)
    desk.area().fill("")
    expect(line(desk)).to_be_visible()
    desk.expect_state("saved")
    return desk


def told(desk: Desk) -> list[str]:
    """All that the page has told a screen reader since."""
    found: list[str] = desk.page.evaluate("window.told")
    return [text for text in found if "plus long" in text]


LISTEN = """
window.told = [];
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("#annonce");
  const look = { childList: true, characterData: true, subtree: true };
  new MutationObserver(() => window.told.push(box.textContent)).observe(box, look);
});
"""


def test_what_was_emptied_comes_back_with_one_click(room: Room) -> None:
    desk = emptied(room, prepare=lambda page: page.add_init_script(LISTEN))
    (said,) = told(desk)
    assert said.startswith("Un texte plus long était enregistré à")
    assert said.endswith("le reprendre, ou non.")
    desk.area().press_sequentially("Autre chose.")
    desk.page.wait_for_timeout(1500)
    desk.expect_state("saved")
    expect(line(desk)).to_be_visible()  # for the rest of the time, whatever is written meanwhile
    assert len(told(desk)) == 1
    for size, name in ((WIDE, "texte-plus-long"), (PHONE, "texte-plus-long-360")):
        tall = {"width": size["width"], "height": 2000}  # or the bar below stands over half a button
        desk.page.set_viewport_size(tall)  # type: ignore[arg-type]
        axe(desk.page)
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]
        expect(line(desk)).to_be_visible()
        shot(desk.page, name)
    desk.page.get_by_role("button", name="Le reprendre").click()
    expect(desk.area()).to_have_value(f"{TEXT}\n\nAutre chose.")
    expect(desk.area()).to_be_focused()
    expect(line(desk)).to_have_count(0)
    desk.expect_state("saved")
    room.expect_stored(f"{TEXT}\n\nAutre chose.")
    desk.page.reload()
    expect(line(desk)).to_have_count(0)
    assert room.stored().aside == [("longer", TEXT, False)]


def test_the_line_is_there_only_while_it_is_true(room: Room) -> None:
    desk = emptied(room)
    desk.area().fill(f"{TEXT[::-1]} Et davantage.")
    expect(line(desk)).to_be_hidden()
    desk.area().press("ControlOrMeta+a")
    desk.area().press_sequentially("Autre chose.")
    expect(line(desk)).to_be_visible()


def test_a_page_that_is_loaded_again_asks_too_and_takes_no_for_an_answer(room: Room) -> None:
    desk = emptied(room)
    desk.page.reload()
    expect(line(desk)).to_contain_text("Un texte plus long était enregistré à")
    desk.page.get_by_role("button", name="Non", exact=True).click()
    expect(line(desk)).to_have_count(0)
    desk.expect_state("saved")
    desk.page.reload()
    expect(line(desk)).to_have_count(0)
    stored = room.stored()
    assert (stored.text, stored.aside) == ("", [("longer", TEXT, False)])


def test_taken_back_from_a_page_that_was_loaded_again(room: Room) -> None:
    desk = emptied(room)
    desk.page.reload()
    desk.page.get_by_role("button", name="Le reprendre").click()
    room.expect_stored(TEXT)
    expect(desk.page.locator('[data-field="q1-reponse"] .words')).to_have_text("25 mots")


def test_without_scripts(room: Room) -> None:
    desk = emptied(room)
    plain = room.desk(java_script_enabled=False)
    expect(line(plain)).to_be_visible()
    plain.area().fill("Sans script.")
    plain.page.get_by_role("button", name="Le reprendre").click()
    expect(plain.area()).to_have_value(f"{TEXT}\n\nSans script.")
    expect(line(plain)).to_have_count(0)
    room.expect_stored(f"{TEXT}\n\nSans script.")
    desk.page.context.close()


def test_after_the_bell_it_is_the_teachers(room: Room) -> None:
    desk = emptied(room)
    room.end()
    room.tell()
    expect(line(desk)).to_be_hidden()
    page = room.board()
    page.goto(f"{room.server.url}/prof/activites/{room.run}/participants/{room.people[0][0]}/")
    page.get_by_text("Lire les deux textes").click()
    expect(page.get_by_text(TEXT)).to_be_visible()
    shot(page, "eleve-texte-plus-long-enseignant")
    page.get_by_role("button", name="Prendre ce texte comme réponse").click()
    room.expect_stored(TEXT)
