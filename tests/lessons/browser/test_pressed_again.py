"""A line that answers after two seconds, and the button pressed again meanwhile: with JavaScript and without."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.browser import NewContext
from tests.lessons.browser.test_joining import Class, house, school

__all__ = ["house", "school"]
pytestmark = pytest.mark.browser
LATE_MS = 2000
OWN = "form:not(.proposals) button"
STAY = """window.stopped = [];
window.addEventListener("submit", (event) => {
  window.stopped.push(event.defaultPrevented);
  event.preventDefault();
});"""


def slow_line(page: Page) -> list[str]:
    """The server gets each form at once, its answer comes late. Returns what was sent."""
    sent: list[str] = []

    def pass_on(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        sent.append(route.request.post_data or "")
        answer = route.fetch(max_redirects=0)
        page.wait_for_timeout(LATE_MS)
        return route.fulfill(response=answer)

    page.route("**/rejoindre/**", pass_on)
    return sent


def test_without_scripts_who_presses_again_is_one_student(school: Class, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{school.server.url}/rejoindre/{school.code}/")
    sent = slow_line(page)
    page.get_by_label("Votre pseudonyme").fill("Dune calme")
    box = page.locator(OWN).bounding_box()
    assert box
    for _ in range(2):  # as a finger does, which waits for no navigation
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(700)
    page.wait_for_url("**/s/*/", timeout=20_000)
    expect(page.get_by_text("Dune calme").first).to_be_visible()
    people = school.people()
    expect(people.locator("table.people tbody tr")).to_have_count(1)
    assert len(sent) == 2


def test_the_button_says_that_it_works_and_goes_quiet(school: Class, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{school.server.url}/rejoindre/{school.code}/")
    page.evaluate(STAY)
    page.get_by_label("Votre pseudonyme").fill("Dune calme")
    button = page.locator(OWN)
    button.click()
    expect(button).to_have_text("Un instant…")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    assert page.evaluate("window.stopped") == [False, True]
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(button).to_have_text("Rejoindre")
    button.click()
    assert page.evaluate("window.stopped") == [False, True, False]


def test_a_page_that_comes_back_is_the_next_students(school: Class, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{school.server.url}/rejoindre/{school.code}/")
    number = page.locator("[name=numero]").first
    assert "~" not in number.input_value()
    page.goto(f"{school.server.url}/essai/")
    page.go_back()
    page.wait_for_function("document.querySelector('[name=numero]').value.includes('~')")
    drawn = number.input_value()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert number.input_value() != drawn
    assert number.input_value().partition("~")[0] == drawn.partition("~")[0]
    page.get_by_label("Votre pseudonyme").fill("Dune calme")
    page.locator(OWN).click()
    page.wait_for_url("**/s/*/")
