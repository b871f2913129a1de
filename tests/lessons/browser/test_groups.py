"""« Groupes » in a real browser: drawn, moved by button, keyboard and mouse, followed by another page, repaired."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.harness.board_world import NAMES, World, make_world
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

pytestmark = pytest.mark.slow
TALL: ViewportSize = {"width": 1280, "height": 1400}  # nothing scrolls under the mouse while it drags
LATE = """
from django.utils import timezone
from lessons.actions import joining
from lessons.models import ClassRun
joining.join(run=ClassRun.objects.get(public_id="{run}"), pseudonym="Vanneau tardif", now=timezone.now())
"""


def look(page: Page, name: str) -> None:
    for width, scheme in ((1280, "light"), (360, "dark"), (360, "light"), (1280, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 720})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        if width != 320:
            shot(page, f"groupes-{name}-{width}-{scheme}")
            axe(page)
    page.set_viewport_size(TALL)


def open_page(world: World, new_context: NewContext, **options: Any) -> Page:
    page = world.sign_in(new_context(viewport=TALL, **options)).new_page()
    page.goto(world.board + "groupes/")
    return page


def test_groups_by_button_keyboard_and_mouse(server: Server, new_context: NewContext) -> None:
    world = make_world(server, names=NAMES[:11], minutes_ago=4, extra=0)
    page, other = open_page(world, new_context), open_page(world, new_context)
    look(page, "avant")
    page.get_by_role("button", name="Tirer les groupes au sort").click()
    expect(page.locator(".group-card")).to_have_count(3)
    expect(page.locator("#annonce")).to_contain_text("Les groupes sont tirés au sort")
    expect(other.locator(".group-card")).to_have_count(3)
    look(page, "tires")

    # With the mouse: from the first whole group of four into the group of three.
    sizes = {n: page.locator(f"#groupe-{n} .member").count() for n in (1, 2, 3)}
    four, three = (next(n for n, size in sizes.items() if size == wanted) for wanted in (4, 3))
    member = page.locator(f"#groupe-{four} .member").first
    name = member.locator("a").inner_text()
    member.drag_to(page.locator(f"#groupe-{three}"))
    expect(page.locator(f"#groupe-{three}")).to_contain_text(name)
    expect(page.locator(f"#groupe-{four} .member")).to_have_count(3)
    expect(other.locator(f"#groupe-{three}")).to_contain_text(name)

    # Back by keyboard alone, through the panel.
    link = page.get_by_role("link", name=name, exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#choix-titre")).to_have_text(name)
    expect(page.locator("#choix-titre")).to_be_focused()
    look(page, "eleve")
    target = page.locator("#choix").get_by_role("button", name=re.compile(rf"^Groupe\s{four}"))
    for _ in range(12):
        if target.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(f"#groupe-{four}")).to_contain_text(name)
    expect(link).to_be_focused()  # the focus follows who moved

    # Who reads what, roles, one device.
    page.locator(f"#groupe-{four}").get_by_role("link", name=re.compile("Annexes, rôles")).click()
    expect(page.locator("#choix-titre")).to_have_text(re.compile(rf"Groupe\s{four}"))
    look(page, "reglages")
    page.get_by_role("button", name="Un seul appareil pour le groupe").click()
    expect(page.locator(f"#groupe-{four}")).to_contain_text("un appareil pour tous")

    # Somebody comes late: the page says what it would do, and does that.
    server.do(LATE.format(run=world.made["run"]))
    page.reload()
    expect(page.locator("#reparation")).to_contain_text("Vanneau tardif, sans groupe, entre dans le groupe")
    look(page, "reparation")
    page.get_by_role("button", name="Appliquer cette réparation").click()
    expect(page.locator("#reparation")).to_have_count(0)
    expect(page.locator(".member")).to_have_count(12)


def test_groups_without_javascript(server: Server, new_context: NewContext) -> None:
    world = make_world(server, names=NAMES[:5], minutes_ago=4, extra=0)
    page = open_page(world, new_context, java_script_enabled=False)
    page.get_by_role("button", name="Tirer les groupes au sort").click()
    expect(page.locator("#remarque")).to_contain_text("jamais un groupe de cinq")
    member = page.locator(".group-card .member a").first
    name = member.inner_text()
    member.click()
    page.get_by_role("button", name="Fixer dans ce groupe").click()
    expect(page.get_by_role("button", name="Ne plus fixer")).to_be_visible()
    page.get_by_role("button", name="Nouveau groupe").click()
    expect(page.locator("#groupe-3")).to_contain_text(name)
    page.get_by_text("Tirer de nouveau au sort").click()
    page.get_by_role("button", name="Tirer de nouveau", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Les groupes sont tirés au sort")
