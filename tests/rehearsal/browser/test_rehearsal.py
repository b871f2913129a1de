"""A rehearsal as a teacher sees it: the board moves, every screen says what it is, and nothing is left."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server
from tests.rehearsal.live.test_on_a_server import TEACHER

pytestmark = pytest.mark.slow
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
SLOW = 30_000  # milliseconds: they take their time, at × 15 too


def narrow(page: Page, name: str) -> None:
    """The same page at 360 px, then at 320 without sideways scroll, with axe."""
    page.set_viewport_size(PHONE)
    shot(page, f"{name}-360")
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
    page.set_viewport_size(WIDE)


def test_a_teacher_rehearses(shared_server: Server, new_context: NewContext) -> None:
    context = new_context(viewport=WIDE)
    key = shared_server.do(TEACHER).strip()
    context.add_cookies([{"name": "enseignant", "value": key, "url": shared_server.url}])
    page = context.new_page()
    page.goto(f"{shared_server.url}/prof/")
    axe(page)
    page.get_by_role("link", name="Répéter d’abord avec des élèves simulés").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nouvelle répétition")
    axe(page)
    shot(page, "repetition-nouvelle")
    narrow(page, "repetition-nouvelle")
    page.get_by_label("Élèves simulés").select_option("12")
    page.get_by_label("Horloge").select_option("15")
    page.get_by_role("button", name="Commencer la répétition").click()
    expect(page).to_have_url(re.compile(r"/prof/activites/[^/]+/$"))

    banner = page.locator(".rehearsal")
    expect(banner).to_contain_text("12 élèves simulés · horloge × 15")
    expect(page.locator(".tile")).to_have_count(10, timeout=SLOW)  # one is late, one comes for the groups
    screen_link = page.get_by_role("link", name=re.compile("projection", re.IGNORECASE)).first
    screen = new_context(viewport=WIDE).new_page()
    screen.goto(screen_link.evaluate("link => link.href"))
    expect(screen.locator(".rehearsal")).to_contain_text("Répétition")
    shot(screen, "repetition-projection")
    axe(screen)

    page.get_by_role("button", name=re.compile("Démarrer la partie 1")).click()
    expect(page.locator('.tile[data-state="writing"]').first).to_be_visible(timeout=SLOW)
    expect(page.locator('.tile[data-state="help"], .tile[data-state="offline"]').first).to_be_visible(
        timeout=SLOW
    )
    axe(page)
    shot(page, "repetition-tableau")
    narrow(page, "repetition-tableau")

    code = str(
        shared_server.do("from lessons.models import *\nprint(ClassRun.objects.get().access_code)")
    ).strip()
    phone = new_context(viewport=PHONE).new_page()
    phone.goto(f"{shared_server.url}/rejoindre/{code}/")
    expect(phone.locator(".rehearsal")).to_be_visible()
    phone.get_by_label("Votre pseudonyme").fill("Colette elle-même")
    phone.get_by_role("button", name="Rejoindre").click()
    expect(phone).to_have_url(re.compile(r"/s/[^/]+/$"))
    expect(phone.locator(".rehearsal")).to_be_visible()
    axe(phone)
    shot(phone, "repetition-eleve-360")

    who = shared_server.do(
        "from lessons.models import *\nprint(Participant.objects.exclude(simulated=None).earliest('number').public_id)"
    )
    page.goto(f"{page.url.partition('?')[0]}fiches/{who.strip()}/")  # the grid has a place of its own there
    expect(banner).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]

    page.goto(f"{shared_server.url}/prof/")
    expect(page.locator(".line")).to_contain_text("répétition")
    axe(page)
    shot(page, "repetition-liste")
    narrow(page, "repetition-liste")
    page.get_by_role("link", name="Terminer la répétition").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Terminer la répétition ?")
    axe(page)
    phone.context.close()
    screen.context.close()
    page.get_by_role("button", name="Terminer la répétition").click()
    expect(page.locator(".messages")).to_contain_text("il n’en reste rien")
    assert shared_server.do(
        "from lessons.models import *\nprint(ClassRun.objects.count(), Participant.objects.count())"
    ).split() == ["0", "0"]
