"""Two tabs, a duplicated tab, two devices, the back button: both texts kept and shown, the student chooses."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import FIELD, Desk, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow
SAVES = "**/enregistrer"


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context)


def texts(desk: Desk) -> list[str]:
    return desk.conflict().locator("blockquote").all_inner_texts()


def two_devices(room: Room) -> tuple[Desk, Desk]:
    """Both open on an empty field; the first has written, the second is about to."""
    computer, phone = room.desk(), room.desk()
    computer.write("Depuis le PC.")
    phone.area().fill("Depuis le téléphone.")
    phone.expect_state("conflict")
    return computer, phone


def test_two_devices_show_both_texts_and_nothing_is_overwritten(room: Room) -> None:
    _, phone = two_devices(room)
    assert texts(phone) == ["Depuis le téléphone.", "Depuis le PC."]
    axe(phone.page)
    shot(phone.page, "eleve-deux-textes")
    phone.page.set_viewport_size({"width": 360, "height": 740})
    axe(phone.page)
    shot(phone.page, "eleve-deux-textes-360")
    stored = room.stored()
    assert stored.text == "Depuis le PC."
    assert stored.aside == [("unseen", "Depuis le téléphone.", True)]


def test_keeping_ones_own_text_settles_it_for_good(room: Room) -> None:
    computer, phone = two_devices(room)
    phone.page.get_by_role("button", name="Garder mon texte").click()
    phone.expect_state("saved")
    expect(phone.conflict()).to_have_count(0)
    expect(phone.area()).to_be_focused()
    phone.area().press_sequentially(" Encore.")
    phone.expect_state("saved")
    for desk in (computer, phone):
        desk.page.reload()
        expect(desk.area()).to_have_value("Depuis le téléphone. Encore.")
        expect(desk.conflict()).to_have_count(0)
    assert room.stored().aside == [("unseen", "Depuis le téléphone.", False)]


def test_taking_the_other_text_settles_it_for_good(room: Room) -> None:
    _, phone = two_devices(room)
    phone.page.get_by_role("button", name="Prendre cet autre texte").click()
    expect(phone.area()).to_have_value("Depuis le PC.")
    phone.expect_state("saved")
    phone.page.reload()
    expect(phone.conflict()).to_have_count(0)
    assert room.stored().text == "Depuis le PC."


def test_typing_while_two_texts_wait_is_not_lost(room: Room) -> None:
    _, phone = two_devices(room)
    phone.area().press_sequentially(" Je continue.")
    expect(phone.conflict()).to_be_visible()
    phone.page.wait_for_timeout(1800)
    stored = room.stored()
    assert stored.text == "Depuis le PC."
    assert ("unseen", "Depuis le téléphone. Je continue.", True) in stored.aside
    phone.page.get_by_role("button", name="Garder mon texte").click()
    phone.expect_state("saved")
    assert room.stored().text == "Depuis le téléphone. Je continue."


def test_a_conflict_left_open_waits_after_a_reload(room: Room) -> None:
    _, phone = two_devices(room)
    phone.page.reload()
    expect(phone.area()).to_have_value("Depuis le PC.")
    assert texts(phone) == ["Depuis le PC.", "Depuis le téléphone."]
    phone.page.get_by_role("button", name="Prendre cet autre texte").click()
    phone.expect_state("saved")
    phone.page.reload()
    expect(phone.area()).to_have_value("Depuis le téléphone.")
    expect(phone.conflict()).to_have_count(0)


def test_three_pages_are_three_texts(room: Room) -> None:
    """Choosing on one page does not put away what another page set aside unseen."""
    first, second, third = room.desk(), room.desk(), room.desk()
    first.write("Un.")
    second.area().fill("Deux.")
    second.expect_state("conflict")
    third.area().fill("Trois.")
    third.expect_state("conflict")
    second.page.get_by_role("button", name="Garder mon texte").click()
    second.expect_state("saved")
    assert ("unseen", "Trois.", True) in room.stored().aside
    first.page.reload()
    assert texts(first) == ["Deux.", "Trois."]


def test_the_other_page_goes_on_writing_while_one_chooses(room: Room) -> None:
    computer, phone = two_devices(room)
    computer.area().press_sequentially(" Et la suite.")
    computer.expect_state("saved")
    phone.page.get_by_role("button", name="Garder mon texte").click()
    expect(phone.conflict().locator(".other-text")).to_have_text("Depuis le PC. Et la suite.")
    assert room.stored().text == "Depuis le PC. Et la suite."
    phone.page.get_by_role("button", name="Garder mon texte").click()
    phone.expect_state("saved")
    assert room.stored().text == "Depuis le téléphone."


def test_a_duplicated_tab_is_a_page_of_its_own(room: Room) -> None:
    """window.open copies sessionStorage, unsent text included."""
    desk = room.desk()
    desk.page.route(SAVES, lambda route: route.abort())
    desk.area().fill("Commun.")
    desk.expect_state("offline")
    with desk.context.expect_page() as opened:
        desk.page.evaluate("address => void window.open(address)", room.address())
    copy = Desk(opened.value)
    expect(copy.area()).to_have_value("Commun.")
    copy.expect_state("saved")
    copy.area().fill("Commun, puis la copie.")
    copy.expect_state("saved")
    desk.area().fill("Commun, puis l’original.")
    desk.page.unroute(SAVES)
    desk.expect_state("conflict", seconds=20)
    assert texts(desk) == ["Commun, puis l’original.", "Commun, puis la copie."]
    assert room.stored().text == "Commun, puis la copie."


def test_the_back_button_never_brings_an_old_text_over_a_new_one(room: Room) -> None:
    context = room.device()
    desk = room.desk(context=context)
    desk.write("Ancien.")
    desk.page.goto(f"{room.server.url}/vos-donnees/")
    other = room.desk(context=context)
    other.area().fill("Nouveau.")
    other.expect_state("saved")
    desk.page.go_back()
    expect(desk.area()).to_have_value("Nouveau.")
    expect(desk.conflict()).to_have_count(0)
    desk.area().fill("Nouveau, et plus.")
    desk.expect_state("saved")
    assert room.stored().text == "Nouveau, et plus."


def test_a_page_of_the_browsers_own_cache_does_not_overwrite(room: Room) -> None:
    """As after the back/forward cache: the same page wakes up with what it had in memory."""
    desk, other = room.desk(), room.desk()
    other.write("Écrit pendant son sommeil.")
    desk.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    desk.area().fill("Écrit au réveil.")
    desk.expect_state("conflict")
    assert room.stored().text == "Écrit pendant son sommeil."


def test_both_devices_offline_keep_every_word(room: Room) -> None:
    computer, phone = room.desk(), room.desk()
    computer.write("Début.")
    phone.page.reload()
    for desk, more in ((computer, "PC"), (phone, "téléphone")):
        desk.context.set_offline(True)
        desk.area().fill(f"Début. Suite sur {more}.")
        desk.expect_state("offline")
    computer.context.set_offline(False)
    computer.expect_state("saved", seconds=20)
    phone.context.set_offline(False)
    phone.expect_state("conflict", seconds=20)
    stored = room.stored()
    assert stored.text == "Début. Suite sur PC."
    assert stored.aside == [("unseen", "Début. Suite sur téléphone.", True)]


def test_a_choice_made_offline_is_sent_when_back_also_after_a_reload(room: Room) -> None:
    _, phone = two_devices(room)
    phone.page.route(SAVES, lambda route: route.abort())
    phone.page.get_by_role("button", name="Garder mon texte").click()
    phone.expect_state("offline")
    phone.page.unroute(SAVES)
    phone.page.reload()
    phone.expect_state("saved", seconds=20)
    assert room.stored().text == "Depuis le téléphone."
    assert not any(waits for _, _, waits in room.stored().aside)


def test_a_slow_old_request_does_not_undo_a_newer_one(room: Room) -> None:
    """Reordering on the network: the page's first request arrives after its second."""
    desk = room.desk()
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    desk.page.route(SAVES, hold_first)
    with desk.page.expect_request(SAVES):
        desk.area().fill("Premier.")
    while not held:
        desk.page.wait_for_timeout(20)
    post = held[0].request.post_data
    headers = {"Content-Type": "application/json", "Origin": room.server.url}
    held[0].abort()
    desk.area().fill("Second.")
    desk.expect_state("saved", seconds=20)
    late = desk.context.request.post(held[0].request.url, data=post, headers=headers)
    assert late.status == 200
    stored = room.stored()
    assert (stored.text, stored.aside) == ("Second.", [])


def test_choosing_by_keyboard_alone(room: Room) -> None:
    _, phone = two_devices(room)
    phone.area().focus()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Garder mon texte")).to_be_focused()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Prendre cet autre texte")).to_be_focused()
    phone.page.keyboard.press("Enter")
    expect(phone.area()).to_be_focused()
    phone.expect_state("saved")


def without_javascript(room: Room) -> Page:
    page = room.device(java_script_enabled=False).new_page()
    page.goto(room.address())
    return page


def save_by_hand(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer mes réponses").click()


def test_without_javascript_both_texts_are_shown_and_one_is_chosen(room: Room) -> None:
    page = without_javascript(room)
    room.desk().write("Depuis le PC.")
    page.locator(f"#{FIELD}").fill("Sans script.")
    save_by_hand(page)
    expect(page.get_by_role("alert").filter(has_text="Un autre texte")).to_be_visible()
    expect(page.locator(f"#{FIELD}")).to_have_value("Depuis le PC.")
    expect(page.locator(".other-text")).to_have_text("Sans script.")
    page.locator(f"#{FIELD}").fill("Les deux ensemble.")
    page.get_by_label("J’ai choisi").check()
    save_by_hand(page)
    expect(page.locator(".conflict")).to_have_count(0)
    stored = room.stored()
    assert stored.text == "Les deux ensemble."
    assert stored.aside == [("unseen", "Sans script.", False)]


def test_without_javascript_an_old_page_asks_nothing_about_what_it_left_alone(room: Room) -> None:
    page = without_javascript(room)
    room.desk().write("Depuis le PC.")
    page.locator("#q2-differences").fill("Autre champ.")
    save_by_hand(page)
    expect(page.locator(".conflict")).to_have_count(0)
    expect(page.locator(f"#{FIELD}")).to_have_value("Depuis le PC.")
    assert room.stored(question=2, key="differences").text == "Autre champ."
