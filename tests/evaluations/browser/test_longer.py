"""A remark that was nearly wholly taken away, in the teacher's browser: one folded line, in the way of no key."""

import pytest
from playwright.sync_api import Page, expect

from tests.evaluations.browser.test_grading import Class, done_typing, expect_saved, made
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

TEXT = " ".join(
    ["Les finalités sont justes, et le partage du pouvoir est bien vu, avec l’exemple des SCOP."] * 2
)
LINE = "Un texte plus long était enregistré à"


@pytest.fixture
def classroom(shared_server: Server) -> Class:
    return made(shared_server, 2)


def emptied(page: Page, label: str) -> None:
    """As a hand that selects all and types on; the page is then opened again."""
    field = page.get_by_label(label, exact=True)
    field.fill(TEXT)
    done_typing(page)
    field.fill("Les finalités sont justes")
    done_typing(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_it_is_taken_back_or_not_kept(width: int, classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport={"width": width, "height": 740}))
    page.goto(classroom.sheet())
    emptied(page, "Observations : Repérer")
    emptied(page, "Appréciation générale (facultatif)")
    page.reload()
    lines = page.locator("details.longer")
    expect(lines).to_have_count(2)
    shot(page, f"remarque-plus-longue-{width}")
    page.keyboard.press("3")  # keys go on from row to row
    page.keyboard.press("2")
    expect_saved(page)
    lines.first.locator("summary").click()
    shot(page, f"remarque-plus-longue-ouverte-{width}")
    axe(page)
    lines.first.get_by_role("button", name=TEXT).click()
    expect(page.get_by_label("Observations : Repérer", exact=True)).to_have_value(TEXT)
    lines.last.locator("summary").click()
    lines.last.get_by_role("button", name="Ne pas le garder").click()
    expect(page.get_by_label("Appréciation générale (facultatif)", exact=True)).to_be_focused()
    expect_saved(page)
    page.reload()
    expect(page.get_by_label("Observations : Repérer", exact=True)).to_have_value(TEXT)
    expect(page.get_by_label("Appréciation générale", exact=False)).to_have_value("Les finalités sont justes")
    expect(lines).to_have_count(0)
