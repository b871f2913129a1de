"""A teacher changes a word while a class is at work: the class keeps the old one, the next has the new."""

import re

import pytest
from playwright.sync_api import expect

from tests.desk import PHONE, open_room
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LATER = """
import json
from datetime import timedelta
from django.utils import timezone
from lessons.actions import runs
from lessons.models import Lesson
from lessons.queries.content import lesson_content
made = Lesson.objects.newest().get(slug="metroloco")
print(json.dumps([made.version, lesson_content(made.pk).part(1).annexes[3].title]))
"""


@pytest.mark.browser
def test_an_annexe_changes_for_the_next_class_alone(shared_server: Server, new_context: NewContext) -> None:
    room = open_room(shared_server, new_context, students=1, pack=True)
    student = room.desk().page
    student.locator("#onglet-4").click()
    board = room.board()
    board.goto(f"{shared_server.url}/prof/lecons/")
    axe(board)
    shot(board, "lessons")
    board.get_by_role("link", name=re.compile("Modifier ou copier")).first.click()
    axe(board)
    shot(board, "lesson-files")
    board.get_by_role("link", name=re.compile(r"annexe 4\s: L’économie")).click()
    board.get_by_label("Titre").fill("L’ESS en bref")
    expect(board.locator("#apercu h2")).to_have_text("L’ESS en bref")
    axe(board)
    shot(board, "lesson-edit")
    board.get_by_role("button", name="Enregistrer une nouvelle version").click()
    expect(board.get_by_text("Enregistré : c’est la version 2.")).to_be_visible()
    assert room.shell(LATER) == [2, "L’ESS en bref"]
    student.reload()
    student.locator("#onglet-4").click()
    expect(student.locator("#annexe-4 h2")).to_have_text("L’économie sociale et solidaire")


@pytest.mark.browser
def test_a_lesson_is_edited_on_a_phone_in_the_dark(shared_server: Server, new_context: NewContext) -> None:
    room = open_room(shared_server, new_context, pack=True)
    context = new_context(viewport=PHONE, color_scheme="dark")
    context.add_cookies([{"name": "enseignant", "value": room.session, "url": shared_server.url}])
    page = context.new_page()
    for path in ("", "metroloco/", "metroloco/part/2/modifier/", "metroloco/grid/part-1/modifier/"):
        page.goto(f"{shared_server.url}/prof/lecons/{path}")
        assert page.evaluate(SIDEWAYS) <= 0, path
        axe(page)
    shot(page, "lesson-grid-phone")
    page.set_viewport_size({"width": 1280, "height": 720})
    shot(page, "lesson-grid-dark")
