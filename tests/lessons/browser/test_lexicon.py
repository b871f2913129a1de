"""Starred terms open the lexicon in place, by mouse and by keyboard; Escape gives the focus back."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import PHONE, Desk, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(shared_server: Server, new_context: NewContext) -> Desk:
    made = open_room(shared_server, new_context, pack=True).desk()
    made.page.get_by_role("tab", name="Annexe 3").click()
    return made


def definition(desk: Desk) -> Locator:
    return desk.page.locator(".definition")


def begins_alike(term: Locator) -> re.Pattern[str]:
    """The entry may be in the singular: « circuits courts » leads to « Circuit court »."""
    return re.compile(re.escape(term.inner_text()[:4]), re.IGNORECASE)


def first_term(desk: Desk) -> Locator:
    return desk.page.locator(".annexe a.term").first


def test_enter_opens_and_escape_returns_the_focus(desk: Desk) -> None:
    term = first_term(desk)
    term.focus()
    desk.page.keyboard.press("Enter")
    expect(definition(desk)).to_be_focused()
    expect(definition(desk)).to_contain_text(begins_alike(term))
    expect(term).to_have_attribute("aria-expanded", "true")
    axe(desk.page)
    shot(desk.page, "desk-lexique")
    desk.page.keyboard.press("Escape")
    expect(definition(desk)).to_have_count(0)
    expect(term).to_be_focused()
    expect(term).to_have_attribute("aria-expanded", "false")


def test_the_button_closes_it_too(desk: Desk) -> None:
    first_term(desk).click()
    desk.page.get_by_role("button", name="Fermer").click()
    expect(definition(desk)).to_have_count(0)
    expect(first_term(desk)).to_be_focused()


def test_another_term_takes_its_place_and_the_same_one_closes(desk: Desk) -> None:
    first_term(desk).click()
    desk.page.get_by_role("tab", name="Annexe 2").click()
    other = desk.page.locator("#annexe-2 a.term").first
    other.click()
    expect(definition(desk)).to_have_count(1)
    expect(definition(desk)).to_have_attribute("role", "note")
    other.click()
    expect(definition(desk)).to_have_count(0)


def test_every_term_of_the_pack_opens_in_valid_html(desk: Desk) -> None:
    """In paragraphs, lists, tables and quotations alike."""
    tabs = desk.page.get_by_role("tab")
    for index in range(tabs.count()):
        tabs.nth(index).click()
        terms = desk.page.locator(".annexe a.term, .lexicon a.term")
        for number in range(terms.count()):
            terms.nth(number).click()
            expect(definition(desk)).to_be_visible()
            if number == 0:
                axe(desk.page)
            desk.page.keyboard.press("Escape")
            expect(definition(desk)).to_have_count(0)


def test_a_method_card_is_one_click_away(desk: Desk) -> None:
    summary = desk.page.locator("#question-1 summary")
    expect(summary).to_contain_text("Fiche méthodologique")
    summary.click()
    expect(desk.page.locator("#question-1 .method-card")).to_be_visible()


def test_on_a_phone_a_term_opens_in_place(shared_server: Server, new_context: NewContext) -> None:
    desk = open_room(shared_server, new_context, pack=True).desk(viewport=PHONE)
    desk.page.get_by_role("link", name="Annexes", exact=True).click()
    desk.page.get_by_role("tab", name="Annexe 3").click()
    first_term(desk).click()
    expect(definition(desk)).to_be_in_viewport()
    axe(desk.page)
    shot(desk.page, "desk-lexique-360")
