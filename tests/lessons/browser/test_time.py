"""The student's time: right whatever the device's clock, said on demand, and the bell at one's own deadline."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import FIELD, Desk, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow
FLUX = "**/flux"
LATE_MS = 1500  # a tick is half a second; the rest is for the machine


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context)


def short_room(server: Server, new_context: NewContext, seconds: float, **more: object) -> Room:
    return open_room(server, new_context, seconds=seconds, **more)  # type: ignore[arg-type]


def swallow(route: Route) -> None:
    """The network never answers."""


def on_its_own(page: Page) -> None:
    """The page hears nothing of the server, and its time can be moved on."""
    page.clock.install()
    page.route(FLUX, lambda route: route.abort())
    page.route("**/etat", lambda route: route.abort())


def three_seconds_late(route: Route) -> None:
    time.sleep(3)
    route.continue_()


def seconds_left(desk: Desk) -> int:
    minutes, seconds = desk.page.locator(".time-figure").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def press(board: Page, name: str) -> None:
    board.get_by_role("button", name=name, exact=False).first.click()


def say_time(desk: Desk) -> str:
    desk.page.get_by_role("button", name="Dire le temps restant").focus()
    desk.page.keyboard.press("Enter")
    said = desk.page.locator("#annonce")
    expect(said).to_have_text(re.compile("."))
    return said.inner_text()


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_device_clock_that_is_hours_off_shows_the_right_time(room: Room, hours: int) -> None:
    wrong = datetime.now(UTC) + timedelta(hours=hours)
    right = room.desk()
    desk = room.desk(prepare=lambda page: page.clock.install(time=wrong))
    assert desk.page.evaluate("Date.now()") / 1000 == pytest.approx(wrong.timestamp(), abs=30)
    assert seconds_left(desk) == pytest.approx(seconds_left(right), abs=2)


def test_a_device_clock_set_while_the_page_is_open_changes_nothing(room: Room) -> None:
    desk = room.desk()
    before = seconds_left(desk)
    desk.page.evaluate("() => { const real = Date.now; Date.now = () => real() + 7_200_000 }")
    desk.page.wait_for_timeout(2500)
    assert before - 6 <= seconds_left(desk) < before


def test_a_tab_that_slept_asks_for_the_time_again(room: Room) -> None:
    """performance.now() may stand still during sleep: Date.now() shows it, and the server is asked."""
    desk = room.desk()
    desk.page.wait_for_timeout(500)
    start = time.monotonic()
    before = seconds_left(desk)
    room.later(120)  # what the sleeping page did not count
    desk.page.route(FLUX, lambda route: route.abort())
    room.later(-60)
    room.tell()
    desk.page.unroute(FLUX)
    desk.page.evaluate("() => { const real = Date.now; Date.now = () => real() + 120_000 }")
    desk.page.wait_for_timeout(4000)
    expected = before - 120 + 60 - (time.monotonic() - start)
    assert seconds_left(desk) == pytest.approx(expected, abs=3)


def test_a_hidden_tab_is_right_as_soon_as_it_is_seen(room: Room) -> None:
    desk = room.desk()
    hide = (
        "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange')) }"
    )
    expect(desk.area()).to_be_editable()
    desk.page.evaluate(hide, True)
    board = room.board()
    press(board, "Pause")
    desk.page.wait_for_timeout(800)
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.page.wait_for_timeout(1500)
    assert asked == [], "nothing is asked while hidden"
    expect(desk.page.locator("#pause")).to_be_hidden()
    desk.page.evaluate(hide, False)
    expect(desk.page.locator("#pause")).to_be_visible()
    expect(desk.area()).to_have_attribute("readonly", "")


def test_a_reload_shows_the_right_time(room: Room) -> None:
    room.later(300)
    room.tell()
    desk = room.desk()
    first = seconds_left(desk)
    assert 570 <= first <= 600
    desk.page.reload()
    assert first - 10 <= seconds_left(desk) <= first


def test_a_page_that_took_long_to_run_its_script_is_not_late(room: Room) -> None:
    """The server's instant is of when the page was made, not of when the script ran."""
    page = room.device().new_page()
    page.route("**/etat", lambda route: route.abort())
    page.route(FLUX, lambda route: route.abort())
    page.route("**/student*.js", three_seconds_late)
    page.goto(room.address())
    slow, right = Desk(page), room.desk()
    page.wait_for_timeout(500)
    assert seconds_left(slow) == pytest.approx(seconds_left(right), abs=2)


def test_10_5_and_1_minutes_are_said_once(room: Room) -> None:
    room.later(900 - 660)
    desk = room.desk(prepare=on_its_own)
    said = desk.page.locator("#annonce")
    expect(said).to_have_text("")
    sentences = ((70, "Il reste 10 minutes."), (301, "Il reste 5 minutes."), (240, "Il reste une minute."))
    for seconds, sentence in sentences:
        desk.page.clock.run_for(seconds * 1000)
        expect(said).to_have_text(sentence)


def test_the_time_is_said_on_demand(room: Room) -> None:
    desk = room.desk()
    assert re.fullmatch(r"Il reste 1[45] minutes( et \d+ secondes?)?\.", say_time(desk))
    desk.page.get_by_role("button", name="Masquer le temps").click()
    expect(desk.page.locator(".time-figure")).to_be_hidden()
    assert re.fullmatch(r"Il reste 1[45] minutes( et \d+ secondes?)?\.", say_time(desk))
    axe(desk.page)


def test_the_bell_closes_the_fields_at_ones_own_deadline_and_the_last_words_count(
    shared_server: Server, new_context: NewContext
) -> None:
    before = "run.participants.filter(pseudonym='Dune 2').update(extra_unit='percent', extra_amount=20)"
    room = short_room(shared_server, new_context, 25, students=2, before=before)
    first, second = room.desk(0), room.desk(1)
    expect(second.page.get_by_text("de temps supplémentaire")).to_be_visible()
    expect(first.page.get_by_text("de temps supplémentaire")).to_have_count(0)
    deadlines = [
        float(d.page.locator("#direct").get_attribute("data-deadline") or 0) for d in (first, second)
    ]
    assert deadlines[1] - deadlines[0] == pytest.approx(5000, abs=1)
    note_when = """area => new Promise(done => {
        const seen = () => area.readOnly && done(Date.now());
        new MutationObserver(seen).observe(area, {attributes: true}); seen() })"""
    first.area().fill("Jusqu’au bou")
    first.page.wait_for_timeout(
        max(0, deadlines[0] - time.time() * 1000 - 900)
    )  # less than a pause of the typing
    first.area().press_sequentially("t")
    rung = first.area().evaluate(note_when)
    assert 0 <= rung - deadlines[0] < LATE_MS
    expect(first.page.get_by_text("Le temps est écoulé. Ce qui est enregistré est relevé")).to_be_visible()
    expect(first.page.locator("#annonce")).to_have_text("Le temps est écoulé.")
    expect(second.area()).to_be_editable()
    first.expect_state("saved")
    assert room.stored().text == "Jusqu’au bout"
    axe(first.page)
    shot(first.page, "eleve-cloche")
    assert 0 <= second.area().evaluate(note_when) - deadlines[1] < LATE_MS


def test_extra_time_given_during_the_part_reaches_that_student_alone_without_moving_the_caret(
    room: Room,
) -> None:
    desk = room.desk()
    desk.area().press_sequentially("En train d’écrire")
    board = room.board()
    board.goto(board.url + "participants/")
    board.get_by_role("link", name="Dune 1").first.click()
    board.get_by_role("combobox", name="Temps supplémentaire").select_option("third")
    board.get_by_role("button", name="Enregistrer ce temps").click()
    expect(desk.page.get_by_text("dont 5")).to_be_visible()
    assert 1180 - 60 < seconds_left(desk) <= 1200
    expect(desk.area()).to_be_focused()
    desk.page.keyboard.type(" encore")
    expect(desk.area()).to_have_value("En train d’écrire encore")
    desk.expect_state("saved")


def test_cut_across_the_bell_on_two_devices_is_kept_as_late_and_said(
    shared_server: Server, new_context: NewContext
) -> None:
    room = open_room(shared_server, new_context)
    computer, phone = (room.desk(prepare=lambda page: page.clock.install()) for _ in range(2))
    computer.write("Avant la cloche.")
    for desk, field, text in ((computer, FIELD, " Sur PC."), (phone, "q2-differences", "Sur téléphone.")):
        desk.context.set_offline(True)
        desk.area(field).press_sequentially(text)
    for desk in (computer, phone):
        desk.page.clock.run_for(901_000)
        expect(desk.page.locator("#releve")).to_be_visible()
        expect(desk.offline()).to_be_visible()
    room.later(901 + 60)  # the grace is over
    for desk, field in ((computer, FIELD), (phone, "q2-differences")):
        desk.context.set_offline(False)
        desk.expect_state("late", field, seconds=25)
        expect(desk.saved(field)).to_contain_text("gardé à part")
        expect(desk.saved(field)).to_contain_text("votre enseignant décidera")
        axe(desk.page)
    shot(computer.page, "eleve-retard")
    assert room.stored().text == "Avant la cloche."
    assert room.stored().aside == [("late", "Avant la cloche. Sur PC.", True)]
    assert room.stored(question=2, key="differences").aside == [("late", "Sur téléphone.", True)]


def test_a_page_loaded_again_after_the_end_still_sends_what_was_left(
    shared_server: Server, new_context: NewContext
) -> None:
    """The desk is gone with its fields; the tab kept the text."""
    room = short_room(shared_server, new_context, 60)
    desk = room.desk()
    desk.write("Enregistré.")
    desk.page.route("**/enregistrer", lambda route: route.abort())
    desk.area().press_sequentially(" Resté ici.")
    desk.expect_state("offline")
    room.end()
    room.later(60)  # the grace is over
    desk.page.reload()
    expect(desk.page.get_by_role("heading", name="Partie 1 terminée")).to_be_visible()
    expect(desk.offline()).to_contain_text("gardé sur cette page")
    desk.page.unroute("**/enregistrer")
    expect(desk.page.get_by_text("gardé à part")).to_be_visible(timeout=25_000)
    expect(desk.page.get_by_text("Enregistré. Resté ici.")).to_be_visible()
    assert room.stored().aside == [("late", "Enregistré. Resté ici.", True)]
    axe(desk.page)
    shot(desk.page, "eleve-retard-releve")


def test_five_minutes_offline_in_the_middle_lose_nothing(room: Room) -> None:
    """Five minutes of the page's own time; the back-off keeps on trying all along."""
    desk = room.desk(prepare=lambda page: page.clock.install())
    desk.write("Avant.")
    tries: list[str] = []
    desk.page.on("request", lambda request: tries.append(request.url))
    desk.context.set_offline(True)
    for minute in range(5):
        desk.area().press_sequentially(f" Minute {minute}.")
        desk.page.clock.run_for(60_000)
    expect(desk.offline()).to_be_visible()
    tried = sum(url.endswith("/enregistrer") for url in tries)
    assert 10 <= tried <= 60
    desk.context.set_offline(False)
    desk.expect_state("saved", seconds=20)
    assert room.stored().text == "Avant. Minute 0. Minute 1. Minute 2. Minute 3. Minute 4."


def test_without_a_stream_polling_follows_start_pause_and_end(
    shared_server: Server, new_context: NewContext
) -> None:
    room = open_room(shared_server, new_context, started=False)
    desk = room.desk(prepare=lambda page: page.route(FLUX, lambda route: route.abort()))
    expect(desk.page.get_by_role("heading", name="Vous êtes là")).to_be_visible()
    board = room.board()
    press(board, "Démarrer la partie 1")
    expect(desk.area()).to_be_editable(timeout=15_000)
    desk.write("Sans flux.")
    press(board, "Pause")
    expect(desk.page.locator("#pause")).to_be_visible(timeout=20_000)
    axe(desk.page)
    press(board, "Reprendre")
    expect(desk.area()).to_be_editable(timeout=20_000)
    board.get_by_text("Terminer la partie").click()
    board.get_by_role("button", name=re.compile("^Terminer")).first.click()
    expect(desk.page.get_by_text("Vos réponses sont relevées")).to_be_visible(timeout=20_000)


def test_a_stream_that_says_nothing_gives_way_to_polling(room: Room) -> None:
    """A proxy that holds the stream back."""
    desk = room.desk(prepare=lambda page: page.route(FLUX, swallow))
    polled: list[str] = []
    desk.page.on("request", lambda request: polled.append(request.url))
    desk.page.wait_for_timeout(7000)
    assert any(url.endswith("/etat") for url in polled)
