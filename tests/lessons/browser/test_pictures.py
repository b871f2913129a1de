"""The drawn posts of annexe 2 as a class sees them: on a phone, on a dark screen, on the projector."""

import pytest
from playwright.sync_api import Page

from tests.harness.browser import NewContext, axe, shot, until
from tests.harness.desk import PHONE, WIDE, Room, open_room
from tests.harness.server import Server

PART_2 = """
from lessons.actions.clock import act
make.groups(run, (3,))
act(phase=make.phase(run), kind="start", now=now - timedelta(minutes=10))
act(phase=make.phase(run), kind="end", now=now - timedelta(minutes=2), keeps_extra=False)
act(phase=make.phase(run, 2), kind="start", now=now - timedelta(minutes=1))
ClassRun.objects.filter(pk=run.pk).update(screen="annexe", screen_ref=2, screen_page=1)
"""
LOADED = "() => [...document.querySelectorAll('#annexe-2 .picture')].map(i => i.complete && i.naturalWidth)"
WIDEST = "() => Math.max(...[...document.querySelectorAll('#annexe-2 .picture')].map(i => i.clientWidth))"
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context, students=3, started=False, pack=True, before=PART_2)


def annexe_2(page: Page) -> None:
    """Opens the annexe and lets every picture come, as one does who reads it to its end."""
    if page.locator(".dock").is_visible():
        page.locator(".dock a[href='#annexes']").click()
    page.locator("#onglet-2").click()
    for picture in page.locator("#annexe-2 .picture").all():
        picture.scroll_into_view_if_needed()
    until(page, f"({LOADED})().every(Boolean)")


@pytest.mark.browser
def test_a_group_sees_the_posts(room: Room) -> None:
    page = room.desk(viewport=PHONE).page
    annexe_2(page)
    assert page.evaluate(LOADED) == [400] * 5
    assert page.evaluate(WIDEST) <= PHONE["width"] - 24
    assert page.evaluate(SIDEWAYS) <= 0
    axe(page)
    shot(page, "posts-phone")
    dark = room.desk(1, viewport=WIDE, color_scheme="dark").page
    annexe_2(dark)
    shot(dark, "posts-dark")


@pytest.mark.browser
def test_a_post_fits_the_projector(room: Room) -> None:
    key = room.shell(f"import json\nfrom lessons.models import ClassRun\n"
                     f"print(json.dumps(ClassRun.objects.get(public_id='{room.run}').screen_key))")  # fmt: skip
    page = room.new_context(viewport=WIDE).new_page()
    page.goto(f"{room.server.url}/ecran/{key}/")
    until(page, "() => document.querySelector('.picture')?.naturalWidth === 400")
    until(page, "() => document.querySelector('main').dataset.fit")
    assert page.locator(".picture").count() == 1
    box = page.locator(".picture").bounding_box()
    assert box
    assert box["height"] > 0.5 * WIDE["height"]
    assert box["y"] + box["height"] <= WIDE["height"]
    assert float(page.locator("main").get_attribute("data-fit") or 0) >= 0.9
    shot(page, "posts-projector")
