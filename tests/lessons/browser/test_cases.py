"""« Ils font autrement » in a browser: a member finds a card, cites it, and the group's page has it at once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import PHONE, WIDE
from tests.harness.server import Server
from tests.lessons.browser.test_group import member, open_groups

pytestmark = pytest.mark.slow
LIVE = 15_000  # milliseconds for what comes by the stream


def test_a_card_is_found_cited_and_seen_by_the_group(shared_server: Server, new_context: NewContext) -> None:
    room = open_groups(shared_server, new_context)
    one, two = member(room, 0, viewport=WIDE), member(room, 1, viewport=PHONE)
    one.get_by_role("link", name="Ils font autrement").click()
    expect(one.get_by_role("heading", level=1, name="Ils font autrement")).to_be_visible()
    axe(one)
    shot(one, "cases-1280")
    one.get_by_label("Un besoin").select_option("deliver")
    one.get_by_label("Un mot").fill("velo")
    one.get_by_role("button", name="Chercher").click()
    expect(one.locator(".case")).to_have_count(1)
    one.get_by_role("button", name="Citer dans l’affiche").click()
    expect(one.get_by_text("Citée dans votre affiche")).to_be_visible()
    axe(one)
    shot(one, "cases-one-1280")
    expect(two.locator("#source")).to_have_value(
        "CoopCycle, d’après Framablog, «\u00a0CoopCycle, le projet coopératif qui roule social\u00a0», "
        "entretien non daté avec l’équipe de CoopCycle",
        timeout=15_000,
    )

    # A tool of an annexe, from the shelf of the group's own page, which stays where it is.
    one.get_by_role("link", name="Revenir à l’activité").click()
    one.locator("#onglet-7").click()
    one.get_by_text("Citer un outil dans l’affiche").locator("visible=true").click()
    axe(one)
    shot(one, "cases-tools-1280")
    one.get_by_role("button", name="Framapad", exact=True).locator("visible=true").click()
    expect(one.locator("#source")).to_have_value(
        re.compile(r"Framapad, d’après l’annexe\s7$"), timeout=15_000
    )

    # On a telephone: no sideways scroll, and the same cards.
    two.goto(two.url.split("#")[0] + "ils-font-autrement/")
    assert two.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(two)
    shot(two, "cases-360")


def test_a_card_is_projected_leafed_through_and_printed(
    shared_server: Server, new_context: NewContext, tmp_path: Path
) -> None:
    room = open_groups(shared_server, new_context)
    board = room.board()
    screen = new_context(viewport=WIDE).new_page()
    screen.goto(board.get_by_role("link", name="Ouvrir la projection").evaluate("link => link.href"))
    board.get_by_label("Ils font autrement").select_option(label="Framasoft")
    board.get_by_role("button", name="Projeter cette fiche").click()
    expect(screen.locator("h1")).to_have_text("Framasoft", timeout=LIVE)
    axe(screen)
    shot(screen, "screen-case-1280")
    shot(board, "board-case-1280")
    axe(board)
    board.get_by_role("button", name="Suivant").click()
    expect(screen.get_by_text("2 sur 2")).to_be_visible(timeout=LIVE)
    shot(screen, "screen-case-2-1280")
    board.get_by_role("button", name="Suivant").click()
    expect(screen.locator("h1")).to_have_text("Front Porch Forum", timeout=LIVE)

    # From the page of the cards: one click, and the page stays.
    cards = room.board()
    cards.get_by_role("link", name="Toutes les fiches").click()
    expect(cards.get_by_role("heading", name="Ils font autrement")).to_be_visible()
    cards.get_by_role("button", name="Projeter : CoopCycle").click()
    expect(cards.locator("#coopcycle").get_by_text("Sur l’écran")).to_be_visible()
    expect(screen.locator("h1")).to_have_text("CoopCycle", timeout=LIVE)
    axe(cards)
    shot(cards, "cases-teacher-1280")
    for page, name in ((cards, "cases-teacher-360"), (board, "board-case-360")):
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        axe(page)
        shot(page, name)

    # On paper: every card, nothing of the page around them, no card cut in two.
    paper = tmp_path / "cards.pdf"
    cards.emulate_media(media="print")
    cards.pdf(path=paper, format="A4")
    text = "\n".join(page.extract_text() for page in PdfReader(paper).pages)
    assert "Framasoft" in text
    assert "CoopCycle" in text
    assert "Projeter" not in text
    assert "Un besoin" not in text
    assert "Tableau de bord" not in text
