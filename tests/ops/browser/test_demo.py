"""What a visitor of the demonstration sees first: the board, the posters, the vote, the projector."""

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.demonstrations import Demonstration

pytestmark = pytest.mark.slow
WIDE, PHONE = ViewportSize(width=1280, height=720), ViewportSize(width=360, height=740)


def looked_at(page: Page, name: str) -> None:
    """No violation, nothing beside the screen, whether wide or narrow."""
    expect(page.get_by_text("Tout est inventé")).to_be_visible()
    axe(page)
    shot(page, f"{name}-1280")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    shot(page, f"{name}-360")
    page.set_viewport_size(WIDE)


def test_what_a_visitor_sees(new_context: NewContext, tmp_path: Path) -> None:
    demonstration = Demonstration(tmp_path)
    try:
        page = new_context(viewport=WIDE).new_page()
        page.goto(demonstration.link())
        expect(page.get_by_role("heading", name="Partie 2 · temps écoulé")).to_be_visible()
        expect(page.get_by_role("heading", name="Groupe 8")).to_be_visible()
        looked_at(page, "demo-tableau")
        screen = page.get_by_role("link", name="Ouvrir la projection").evaluate("link => link.href")
        page.get_by_role("link", name="Affiches", exact=True).click()
        expect(page.get_by_role("article", name="Affiche du groupe 8")).to_be_visible()
        expect(page.get_by_text("fin de la page")).to_have_count(0)  # they all hold on their sheet
        looked_at(page, "demo-affiches")
        page.goto(screen)
        expect(page.get_by_text("Groupe 8", exact=True).last).to_be_visible()
        looked_at(page, "demo-projection")
        page.close()
        assert demonstration.end(signal.SIGINT) == 0
        assert demonstration.left == []
    finally:
        demonstration.close()
