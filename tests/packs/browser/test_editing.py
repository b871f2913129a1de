"""A teacher changes a lesson while a class is at work: the class keeps the old one, the next has the new."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.harness import picture_files as files
from tests.harness.browser import NewContext, axe, shot, until
from tests.harness.desk import PHONE, Room, open_room
from tests.harness.folders import ATELIER
from tests.harness.server import Server

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NEXT_CLASS = """
import json
from django.utils import timezone
from lessons.models import ClassRun, Lesson
from tests.harness import builders as make
first = ClassRun.objects.get(public_id="{run}")
run = make.class_run(owner=first.owner, of=Lesson.objects.newest().get(slug="metroloco"))
person = make.participant(run, "Sterne tardive", timezone.now())
make.start(run, timezone.now())
cookie = make.student_client(person).cookies["participant"].value
print(json.dumps([run.public_id, person.public_id, cookie]))
"""
LIVE = 15_000  # milliseconds
PLAYED = "() => document.querySelector('video').currentTime > 0.2"


def newest_file(page: Page, link: re.Pattern[str]) -> None:
    """From the lesson's page to the form about one document."""
    page.get_by_role("link", name=link).click()
    expect(page.get_by_role("button", name="Enregistrer une nouvelle version")).to_be_visible()


@pytest.mark.browser
def test_an_annexe_changes_for_the_next_class_alone(shared_server: Server, new_context: NewContext) -> None:
    room = open_room(shared_server, new_context, students=1, pack=True)
    student = room.desk().page
    student.locator("#onglet-4").click()
    board = room.board()
    board.goto(f"{shared_server.url}/prof/lecons/")
    axe(board)
    shot(board, "lessons")
    board.get_by_role("link", name=re.compile("Modifier ou copier .*Metroloco")).click()
    expect(board.get_by_role("heading", name="Historique")).to_be_visible()
    axe(board)
    shot(board, "lesson-files")
    newest_file(board, re.compile(r"annexe 4\s: L’économie"))
    board.get_by_label("Titre", exact=True).fill("L’ESS en bref")
    expect(board.locator("#apercu h2")).to_have_text("L’ESS en bref")
    board.get_by_label("Fichier", exact=True).set_input_files(
        {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": files.talkative_jpeg()}
    )
    board.get_by_label("Ce que l’image montre").fill("Une assiette de la plage")
    axe(board)
    shot(board, "lesson-edit")
    board.get_by_role("button", name="Enregistrer une nouvelle version").click()
    expect(board.get_by_text("L’image est à la fin du texte")).to_be_visible()
    picture = board.locator("#apercu img[alt='Une assiette de la plage']")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
    shot(board, "lesson-edit-picture")

    student.reload()
    student.locator("#onglet-4").click()
    expect(student.locator("#annexe-4 h2")).to_have_text("L’économie sociale et solidaire")
    expect(student.locator("#annexe-4 img")).to_have_count(0)
    later(room, board)


def later(room: Room, board: Page) -> None:
    """The next activité reads and projects the new one; the first still projects its own."""
    run, person, cookie = room.shell(NEXT_CLASS.format(run=room.run))
    context = room.new_context()
    context.add_cookies([{"name": "participant", "value": cookie, "url": room.server.url}])
    page = context.new_page()
    page.goto(f"{room.server.url}/s/{person}/")
    page.locator("#onglet-4").click()
    expect(page.locator("#annexe-4 h2")).to_have_text("L’ESS en bref")
    expect(page.locator("#annexe-4 img")).to_be_visible()
    for public_id, title in ((run, "L’ESS en bref"), (room.run, "L’économie sociale et solidaire")):
        board.goto(f"{room.server.url}/prof/activites/{public_id}/")
        board.get_by_role("button", name="Annexe 4", exact=True).click()
        expect(board.locator('[value="annexe-4"]')).to_have_attribute("aria-current", "true")
        screen = room.new_context().new_page()
        screen.goto(board.get_by_role("link", name="Ouvrir la projection").evaluate("link => link.href"))
        expect(screen.locator("h1")).to_have_text(title)


@pytest.mark.browser
def test_a_lesson_is_edited_on_a_phone_in_the_dark(shared_server: Server, new_context: NewContext) -> None:
    room = open_room(shared_server, new_context, pack=True)
    context = new_context(viewport=PHONE, color_scheme="dark")
    context.add_cookies([{"name": "enseignant", "value": room.session, "url": shared_server.url}])
    page = context.new_page()
    pages = (
        "", "metroloco/", "metroloco/part/2/modifier/", "metroloco/grid/part-1/modifier/",
        "metroloco/annexe/2-2/modifier/", "metroloco/case/ajouter/", "metroloco/versions/1/",
    )  # fmt: skip
    for path in pages:
        page.goto(f"{shared_server.url}/prof/lecons/{path}")
        assert page.evaluate(SIDEWAYS) <= 0, path
        axe(page)
        shot(page, f"lesson-phone-{path.replace('/', '-')}")
    page.set_viewport_size({"width": 1280, "height": 720})
    shot(page, "lesson-version-dark")


@pytest.mark.browser
@pytest.mark.slow
def test_the_video_of_a_pack_plays_on_the_projector(shared_server: Server, new_context: NewContext) -> None:
    load = f"""
from pathlib import Path
from metroloco_site.packs.actions.loading import load_pack
lesson = load_pack(folder=Path({str(ATELIER)!r}), now=now, unless_known=True).lesson
run.delete()
people = []
run = runs.create_run(owner=owner, lesson=lesson, label="Atelier", minutes={{}},
                      delete_on=now.date() + timedelta(days=30), now=now)
"""
    room = open_room(shared_server, new_context, students=0, before=load)
    board = room.board()
    screen = new_context(viewport={"width": 1280, "height": 720}).new_page()
    screen.goto(board.get_by_role("link", name="Ouvrir la projection").evaluate("link => link.href"))
    # « Lire » is said once: the projector must be listening, which it shows by following the board.
    board.get_by_role("button", name="Annexe 2").click()
    expect(screen.locator("h1")).to_have_text("Un café, pas de facture", timeout=LIVE)
    board.get_by_role("button", name="Annexe 3 (vidéo)").click()
    expect(screen.locator("video")).to_be_visible(timeout=LIVE)
    axe(screen)
    board.get_by_role("button", name="Lire", exact=True).click()
    until(screen, PLAYED)
    assert screen.evaluate("() => document.querySelector('video').textTracks[0].cues.length") == 1
    shot(screen, "screen-pack-video")
