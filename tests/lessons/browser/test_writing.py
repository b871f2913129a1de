"""Writing in a real browser: saved within five seconds, said truthfully, nothing lost when the network goes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.harness.browser import NewContext
from tests.harness.desk import Desk, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow
SAVES = "**/enregistrer"


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context)


def swallow(route: Route) -> None:
    """The network never answers."""


def saves_of(page: Page) -> list[float]:
    """When the browser sent each save that was answered, in seconds; grows while the page works."""
    sent: list[float] = []

    def finished(request: Request) -> None:
        if request.url.endswith("/enregistrer"):
            sent.append(request.timing["startTime"] / 1000)

    page.on("requestfinished", finished)
    return sent


def now_in(page: Page) -> float:
    """The browser's own time, in seconds: the tests' process may be late."""
    return float(page.evaluate("Date.now()")) / 1000


def test_typing_without_a_pause_is_saved_at_least_every_five_seconds(room: Room) -> None:
    desk = room.desk()
    sent = saves_of(desk.page)
    start = now_in(desk.page)
    text = "mot " * 26
    desk.area().press_sequentially(text, delay=100, timeout=30_000)  # ten seconds
    assert len(sent) >= 2
    gaps = [after - before for before, after in zip([start, *sent], sent, strict=False)]
    assert max(gaps) <= 5
    desk.expect_state("saved")
    assert room.stored().text == text


def test_saved_is_said_only_after_the_commit(room: Room) -> None:
    desk = room.desk()
    held: list[Route] = []
    desk.page.route(SAVES, lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    with desk.page.expect_request(SAVES):
        desk.area().fill("Une phrase.")
    desk.page.wait_for_timeout(1500)
    assert held
    desk.expect_state("saving")
    held[0].continue_()
    desk.expect_state("saved")
    expect(desk.saved()).to_have_text(re.compile(r"^Enregistré à \d+\sh\s\d\d\smin\s\d\d\ss$"))
    assert room.stored().text == "Une phrase."


def test_offline_is_said_within_ten_seconds_and_the_text_goes_by_itself_when_back(room: Room) -> None:
    desk = room.desk()
    desk.write("Avant.")
    desk.context.set_offline(True)
    desk.area().press_sequentially(" Pendant.")
    expect(desk.offline()).to_contain_text("Hors ligne", timeout=10_000)
    desk.expect_state("offline")
    assert room.stored().text == "Avant."
    desk.context.set_offline(False)
    desk.expect_state("saved")
    expect(desk.offline()).to_be_hidden()
    assert room.stored().text == "Avant. Pendant."


def test_offline_is_said_to_one_who_only_reads(room: Room) -> None:
    desk = room.desk()
    expect(desk.area()).to_be_editable()
    desk.context.set_offline(True)
    expect(desk.offline()).to_contain_text("Hors ligne", timeout=10_000)
    desk.context.set_offline(False)
    expect(desk.offline()).to_be_hidden(timeout=15_000)


def test_a_server_that_does_not_answer_is_said_within_ten_seconds(room: Room) -> None:
    desk = room.desk()
    desk.page.route(SAVES, swallow)
    desk.area().fill("Dans le vide.")
    expect(desk.offline()).to_contain_text("Hors ligne", timeout=10_000)
    desk.page.unroute(SAVES)
    desk.expect_state("saved", seconds=30)
    expect(desk.offline()).to_be_hidden()


def html_of_a_portal(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<h1>Bienvenue sur le Wi-Fi</h1>")


BROKEN = {
    "500": lambda route: route.fulfill(status=500, body="boum"),
    "403": lambda route: route.fulfill(status=403, body="non"),
    "portal": html_of_a_portal,
    "portal redirect": lambda route: route.fulfill(status=302, headers={"Location": "/vos-donnees/"}),
    "other json": lambda route: route.fulfill(status=200, json={"fields": []}),
    "empty": lambda route: route.fulfill(status=200, body=""),
    "reset": lambda route: route.abort("connectionreset"),
    "timeout": lambda route: route.abort("timedout"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_answer_loses_nothing_and_is_never_called_saved(room: Room, kind: str) -> None:
    desk = room.desk()
    desk.page.route(SAVES, BROKEN[kind])
    desk.area().fill("À garder.")
    expect(desk.offline()).to_be_visible(timeout=10_000)
    expect(desk.saved()).not_to_have_attribute("data-state", "saved")
    assert room.stored().text == ""
    desk.page.unroute(SAVES)
    desk.expect_state("saved", seconds=20)
    assert room.stored().text == "À garder."
    assert room.stored().aside == []


def test_an_answer_lost_after_the_commit_makes_no_double(room: Room) -> None:
    """The connection is reset once the server has saved: the page repeats, nothing is asked of anybody."""
    desk = room.desk()

    def lose(route: Route) -> None:
        route.fetch()  # the server commits
        route.abort("connectionreset")

    desk.page.route(SAVES, lose)
    desk.area().fill("Deux fois parti.")
    expect(desk.offline()).to_be_visible(timeout=10_000)
    desk.page.unroute(SAVES)
    desk.area().press_sequentially(" Et la suite.")
    desk.expect_state("saved", seconds=20)
    expect(desk.conflict()).to_have_count(0)
    stored = room.stored()
    assert stored.text == "Deux fois parti. Et la suite."
    assert stored.aside == []


def test_a_reload_while_offline_text_waits_brings_it_back_and_sends_it(room: Room) -> None:
    desk = room.desk()
    desk.write("Su du serveur.")
    desk.page.route(SAVES, lambda route: route.abort())
    desk.area().press_sequentially(" Pas encore.")
    desk.expect_state("offline")
    desk.page.reload()
    expect(desk.area()).to_have_value("Su du serveur. Pas encore.")
    desk.page.unroute(SAVES)
    desk.expect_state("saved", seconds=20)
    assert room.stored().text == "Su du serveur. Pas encore."
    assert desk.page.evaluate("sessionStorage.length") == 0


PASTE = """(area, text) => { const data = new DataTransfer(); data.setData("text/plain", text);
    return area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})) }"""


def test_too_long_is_said_and_nothing_is_cut(room: Room) -> None:
    """A paste beyond the limit is refused whole, where browsers would cut it without a word."""
    desk = room.desk()
    desk.write("a" * 19_990)
    note = desk.page.locator("#limite-q1-reponse")
    assert desk.area().evaluate(PASTE, "b" * 10) is True, "there is room: the browser goes on"
    expect(note).to_have_count(0)
    assert desk.area().evaluate(PASTE, "b" * 11) is False
    expect(note).to_contain_text("au plus 20\u202f000 signes")
    assert desk.area().input_value() == "a" * 19_990
    desk.page.route(SAVES, lambda route: route.abort())
    desk.area().press("End")
    desk.area().press_sequentially("cccccccccccc")  # the last two find no room
    expect(note).to_contain_text("Celle-ci est pleine")
    desk.expect_state("offline")
    desk.page.unroute(SAVES)
    desk.expect_state("saved", seconds=20)
    assert room.stored().text == "a" * 19_990 + "c" * 10


def test_reloading_in_the_middle_of_a_word_asks_nothing(room: Room) -> None:
    desk = room.desk()
    desk.area().press_sequentially("Une première phr")
    desk.page.reload()
    expect(desk.area()).to_have_value("Une première phr")
    desk.area().press_sequentially("ase.")
    desk.expect_state("saved")
    expect(desk.conflict()).to_have_count(0)
    stored = room.stored()
    assert (stored.text, stored.aside) == ("Une première phrase.", [])


def test_what_was_typed_before_the_script_came_is_saved_too(room: Room) -> None:
    context = room.device()
    page = context.new_page()
    scripts: list[Route] = []
    page.route("**/student*.js", lambda route: scripts.append(route))  # noqa: PLW0108 - the same
    page.goto(room.address(), wait_until="commit")
    page.locator("#q1-reponse").press_sequentially("Très tôt.")
    assert scripts
    scripts[0].continue_()
    desk = Desk(page)
    desk.expect_state("saved")
    assert room.stored().text == "Très tôt."


def test_closing_with_unsent_text_warns_and_a_last_request_is_sent(room: Room) -> None:
    desk = room.desk()
    desk.page.route(SAVES, lambda route: route.abort())
    desk.area().press_sequentially("Pas parti")
    desk.expect_state("offline")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    desk.page.on("dialog", stay)
    with desk.page.expect_event("dialog"):
        desk.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    desk.page.unroute(SAVES)
    desk.expect_state("saved", seconds=20)
    desk.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_leaving_the_page_at_once_still_saves(room: Room) -> None:
    """Closed within the second after the last key: the request that outlives the page has it."""
    desk = room.desk()
    desk.area().press_sequentially("Parti aussitôt")
    desk.page.goto("about:blank")
    room.expect_stored("Parti aussitôt")


def test_a_hidden_tab_sends_at_once(room: Room) -> None:
    desk = room.desk(prepare=lambda page: page.clock.install())
    desk.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # no pause of the typing ends any more
    desk.area().fill("Avant de changer d’onglet")
    with desk.page.expect_request(SAVES):
        desk.page.evaluate(
            "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    room.expect_stored("Avant de changer d’onglet")


def test_buttons_keep_the_caret_and_the_text(room: Room) -> None:
    desk = room.desk()
    loads: list[str] = []
    desk.page.on("load", lambda page: loads.append(page.url))
    desk.area().press_sequentially("Je réfléchis")
    desk.page.get_by_role("button", name="Demander de l’aide").click()
    expect(desk.page.get_by_role("button", name="Aide demandée")).to_be_focused()
    expect(desk.page.locator("#annonce")).to_contain_text("demandez de l’aide")
    desk.page.get_by_role("button", name="J’ai terminé").click()
    expect(desk.page.get_by_role("button", name="Je n’ai pas fini : continuer")).to_be_visible()
    desk.page.get_by_role("button", name="Aide demandée").click()
    expect(desk.page.get_by_role("button", name="Demander de l’aide")).to_be_visible()
    assert loads == []
    expect(desk.area()).to_have_value("Je réfléchis")
    assert desk.area().evaluate("area => area.selectionStart") == len("Je réfléchis")
    assert room.stored().text == "Je réfléchis"


def test_a_button_without_an_answer_says_so_and_keeps_the_text(room: Room) -> None:
    desk = room.desk()
    desk.write("Là.")
    desk.page.route("**/termine/", lambda route: route.abort())
    desk.page.get_by_role("button", name="J’ai terminé").click()
    expect(desk.page.locator("#annonce")).to_contain_text("Pas de réponse du serveur")
    expect(desk.area()).to_have_value("Là.")


def test_leaving_this_computer_waits_for_the_texts_and_wipes(room: Room) -> None:
    desk = room.desk()
    desk.page.route(SAVES, lambda route: route.abort())
    desk.area().fill("Encore ici")
    desk.expect_state("offline")
    desk.page.get_by_text("Mon code personnel, quitter ce poste").click()
    desk.page.get_by_role("button", name="Quitter ce poste").click()
    expect(desk.offline()).to_be_visible()
    assert desk.page.url == room.address()
    desk.page.unroute(SAVES)
    desk.expect_state("saved", seconds=20)
    desk.page.get_by_role("button", name="Quitter ce poste").click()
    expect(desk.area()).to_have_count(0)
    assert desk.page.evaluate("sessionStorage.length") == 0
    assert desk.context.cookies() == []
    assert room.stored().text == "Encore ici"
    desk.page.go_back()
    expect(desk.area()).to_have_count(0)
