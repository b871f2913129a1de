"""The connection test on a device: all well, a proxy without streams, no answer, no JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

PHONE = {"width": 360, "height": 740}


def state(page: Page, check: str) -> str | None:
    return page.locator(f'[data-check="{check}"]').get_attribute("data-kind")


def test_a_good_device_is_told_so(shared_server: Server, new_context: NewContext) -> None:
    context = new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{shared_server.url}/essai/")
    axe(page)
    expect(page.locator("#bilan")).to_have_text(re.compile("Tout va bien"), timeout=15_000)
    assert {state(page, c) for c in ("browser", "latency", "clock", "save", "stream")} == {"done"}
    axe(page)
    shot(page, "essai-360")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert context.cookies() == []
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_a_proxy_that_stops_streams_leaves_the_poll(shared_server: Server, new_context: NewContext) -> None:
    context = new_context(
        viewport={"width": 1280, "height": 720}, color_scheme="dark", tolerate=["ERR_FAILED"]
    )
    page = context.new_page()
    page.clock.install(time="2020-02-02T06:00:00")  # a device that is hours off
    page.route("**/live/essai/flux", lambda route: route.abort())
    page.goto(f"{shared_server.url}/essai/")
    expect(page.locator("#bilan")).to_have_text(re.compile("suivra la leçon"), timeout=15_000)
    assert state(page, "stream") == "attention"
    assert state(page, "clock") == "attention"
    expect(page.get_by_text("toutes les quatre secondes, cela suffit")).to_be_visible()
    axe(page)
    shot(page, "essai-filtre-sombre")


def test_no_answer_says_what_to_do(server: Server, new_context: NewContext) -> None:
    page = new_context(tolerate=["ERR_"]).new_page()
    page.goto(f"{server.url}/essai/")
    expect(page.locator("#bilan")).to_have_text(re.compile("Tout va bien"), timeout=15_000)
    server.kill9()
    page.get_by_role("button", name="Recommencer l’essai").click()
    expect(page.locator("#bilan")).to_have_text(re.compile("ne pourra pas"), timeout=20_000)
    assert state(page, "save") == "error"
    expect(page.get_by_text("Un filtre du réseau arrête")).to_be_visible()
    axe(page)


def test_without_javascript(shared_server: Server, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{shared_server.url}/essai/")
    expect(page.get_by_text("Cette page est arrivée jusqu’ici")).to_be_visible()
    page.get_by_label("Un mot").fill("coquillage")
    page.get_by_role("button", name="Essayer d’enregistrer").click()
    expect(page.get_by_text("Le serveur a bien reçu")).to_contain_text("coquillage")
