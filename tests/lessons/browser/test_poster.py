"""The sheet in a real browser: what one writes on is what is printed; its images, from the phone to the wall."""

import html
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.harness import picture_files as files
from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow
MOST_MM = 1.0  # of A3 between a word on screen and the same on paper
# A browser rounds each letter to 1/64 px, some 0.1 % of a line: where a word only just fits, a line may break
# one word earlier, and the words of the lines after it move along; no line comes or goes with it.
MOST_MOVED = 0.25
LINE_MM = 10.0
POINT = 25.4 / 72  # mm
BEFORE = """
from lessons.actions.clock import act
make.groups(run, sizes=(2, 2))
make.share_out(run)
act(phase=make.phase(run, 2), kind="start", now=now)
"""
TEXT = (
    "Chaque clic nourrit un profil. Google et Meta transforment nos expériences en données, puis en produits "
    "de prédiction que d’autres achètent. Or l’ESS défend la transparence et la démocratie\u00a0: une personne = "
    "une voix.\n\n• Déclarées\n• Laissées sans y penser"
)
# Each word of the sheet with its left edge and its middle, in units of the sheet.
SEEN = """sheet => {
  const unit = sheet.clientWidth / Number(getComputedStyle(sheet).getPropertyValue("--w"));
  const from = sheet.getBoundingClientRect();
  const nodes = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT);
  const words = [];
  while (nodes.nextNode()) {
    for (const found of nodes.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(nodes.currentNode, found.index);
      range.setEnd(nodes.currentNode, found.index + found[0].length);
      const box = range.getBoundingClientRect();
      const middle = (box.top + box.bottom) / 2;
      if (box.width) words.push([found[0], (box.left - from.left) / unit, (middle - from.top) / unit]);
    }
  }
  return words;
}"""


def room(server: Server, new_context: NewContext) -> Room:
    return open_room(server, new_context, students=4, started=False, before=BEFORE, pack=True)


def printed(page: Page, address: str) -> list[tuple[str, float, float]]:
    """Each word of the PDF with its left edge and its middle, in mm."""
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    out = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=answer.body(), capture_output=True, check=True
    )
    assert out.stdout.count(b"<page ") == 1
    box = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>'
    return [
        (html.unescape(found[4]), float(found[1]) * POINT, (float(found[2]) + float(found[3])) / 2 * POINT)
        for found in re.finditer(box, out.stdout.decode())
    ]


def moved(seen: list[Any], paper: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Words that are elsewhere on paper, and how far; every word is on both, once."""
    left = list(paper)
    found = []
    for word, x, y in seen:
        same = [other for other in left if other[0].casefold() == word.casefold()]
        assert same, f"{word} is not on paper"
        nearest = min(same, key=lambda other: abs(other[1] - x) + 20 * abs(other[2] - y))
        left.remove(nearest)
        if abs(nearest[1] - x) > MOST_MM or abs(nearest[2] - y) > MOST_MM:
            found.append((word, x - nearest[1], y - nearest[2]))
    assert left == []
    return found


def reopened(page: Page, look: str) -> Locator:
    """The sheet on the teacher's page, once it is what the group has chosen and its type is measured."""
    sheet = page.locator(f".poster-whole .poster{look}")
    for _ in range(20):
        page.reload()
        if sheet.count():
            break
        page.wait_for_timeout(250)
    expect(sheet.locator("img")).to_have_js_property("complete", True)
    page.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 200)))")
    return sheet


def test_the_sheet_that_is_written_is_the_sheet_that_is_printed(
    shared_server: Server, new_context: NewContext, tmp_path: Path
) -> None:
    group = room(shared_server, new_context)
    photo = tmp_path / "IMG_2041.jpg"
    photo.write_bytes(files.jpeg(files.drawn((1200, 800)), exif=files.exif()))
    desk = group.desk(0).page
    desk.get_by_role("tab", name="Feuille").click()
    sheet = desk.get_by_role("article", name="Affiche du groupe 1")
    sheet.get_by_label("Titre de l’affiche").fill("Qui mange nos données ?")
    zones = sheet.locator(".poster-zone textarea")
    for number in range(3):
        zones.nth(number).fill(TEXT * (number + 1))
    sheet.get_by_label("Sources").fill("Annexes 3, 5 et 11")

    # An image: what its file would have told is said, and it stands on the sheet.
    images = desk.locator("#images")
    images.get_by_label("Ajouter une image").set_input_files(photo)
    images.get_by_role("button", name="Ajouter l’image").click()
    expect(images.get_by_text("43 degrés 31 minutes 12 secondes")).to_be_visible()
    expect(sheet.locator("img")).to_have_count(1)
    expect(images.get_by_text("Image sans description")).to_be_visible()
    sheet.get_by_label("Légende de l’image").fill("Le port de Capbreton")
    expect(images.get_by_label("Légende", exact=True)).to_have_value("Le port de Capbreton")
    images.get_by_label("Ce que montre l’image").fill("Des bateaux à quai")
    shot(desk, "affiche-ecrite-1280")
    axe(desk)

    # On the teacher's page: the same heights, and on paper the same words at the same places.
    teacher = group.board()
    teacher.goto(f"{shared_server.url}/prof/activites/{group.run}/affiches/1/")
    for layout, size in (("colonnes", "petit"), ("bandes", "grand"), ("mosaique", "moyen")):
        desk.locator("#forme-layout").select_option(layout)
        desk.locator("#forme-size").select_option(size)
        read = reopened(teacher, f'[data-layout="{layout}"][data-size="{size}"]')
        paper = printed(teacher, f"{shared_server.url}/prof/activites/{group.run}/affiches/1/affiche.pdf")
        words = read.evaluate(SEEN)
        elsewhere = moved(words, paper)
        assert len(elsewhere) <= len(words) * MOST_MOVED, (layout, elsewhere)
        assert all(abs(down) < LINE_MM for _, _, down in elsewhere), (layout, elsewhere)
        shot(teacher, f"affiche-{layout}")
        axe(teacher)

    # Hidden by the teacher: gone from the group's open page at once.
    teacher.get_by_role("button", name="Masquer cette image").click()
    expect(sheet.locator("img")).to_have_count(0)
    assert sheet.locator("textarea").first.input_value() == "Qui mange nos données ?"


def test_a_text_too_long_says_so_and_how_it_will_be_printed(
    shared_server: Server, new_context: NewContext
) -> None:
    group = room(shared_server, new_context)
    desk = group.desk(0).page
    desk.get_by_role("tab", name="Feuille").click()
    sheet = desk.get_by_role("article", name="Affiche du groupe 1")
    first = sheet.locator(".poster-zone textarea").first
    expect(desk.locator(".poster-note")).to_be_hidden()
    first.fill(TEXT * 3)
    expect(desk.locator(".poster-note")).to_contain_text("% plus petit")
    first.fill(TEXT * 22)
    expect(desk.locator(".poster-note")).to_contain_text("deuxième page")
    first.fill("Court.")
    expect(desk.locator(".poster-note")).to_be_hidden()
    desk.set_viewport_size({"width": 320, "height": 700})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(desk, "affiche-ecrite-320")
