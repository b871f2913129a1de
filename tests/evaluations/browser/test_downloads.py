"""« Documents à télécharger » in a browser: asked, followed, fetched; and the same without JavaScript."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.board_world import NAMES, make_world
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server
from tests.harness.sheet_builders import SACOCHE

pytestmark = pytest.mark.slow
READY_MS = 60_000  # a first one starts the worker, and other tests run beside
LOOKS = ((1280, "light"), (360, "dark"), (320, "light"), (1280, "dark"))


def look(page: Page, name: str) -> None:
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.wait_for_timeout(50)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        shot(page, f"{name}-{width}-{scheme}")
        assert wide <= 0, f"{name}, {width} px : {wide} px de trop"
        axe(page)


def test_a_document_is_asked_for_followed_and_fetched(
    shared_server: Server, new_context: NewContext, tmp_path: Path
) -> None:
    world = make_world(shared_server, names=NAMES)
    page = world.sign_in(new_context()).new_page()
    page.goto(world.board)
    page.get_by_role("link", name="Documents à télécharger").click()
    page.get_by_role("button", name="Préparer\u00a0: Toutes les fiches d’évaluation").click()
    sheets = page.locator("#fiches")
    expect(sheets.get_by_role("button", name="Arrêter")).to_be_visible()
    look(page, "t-documents-en-cours")
    link = sheets.get_by_role("link", name="Télécharger")
    expect(link).to_be_visible(timeout=READY_MS)  # nobody has touched the page
    expect(sheets.get_by_text("Prêt")).to_be_visible()
    look(page, "t-documents-pret")
    with page.expect_download() as fetched:
        link.click()
    file = tmp_path / "fiches.pdf"
    fetched.value.save_as(file)
    assert fetched.value.suggested_filename == "fiches-seconde-4-jeudi.pdf"
    assert file.read_bytes().startswith(b"%PDF-")

    plain = world.sign_in(new_context(java_script_enabled=False)).new_page()
    plain.goto(f"{world.board}documents/")
    plain.get_by_role("button", name="Préparer\u00a0: Une fiche par fichier").click()
    apart = plain.locator("#fiches-separees")
    end = time.monotonic() + READY_MS / 1000
    again = apart.get_by_role("link", name="Actualiser pour voir où il en est")
    ready = apart.get_by_role("link", name="Télécharger")
    expect(again.or_(ready)).to_be_visible()
    while not ready.count():
        assert time.monotonic() < end
        again.click()
        expect(again.or_(ready)).to_be_visible()  # the page is there again
    expect(apart.get_by_role("link", name="Télécharger")).to_be_visible()


def test_sacoche_s_file_goes_to_the_browser_and_back_without_javascript(
    shared_server: Server, new_context: NewContext, tmp_path: Path
) -> None:
    world = make_world(shared_server, names=NAMES[:3])
    level = "actions.set_level(participant=p, criterion=row, level=3, now=timezone.now())"
    shared_server.do(
        "from django.utils import timezone\nfrom evaluations import actions\n"
        "from lessons.models import Criterion, Participant\n"
        "row = Criterion.objects.order_by('grid__part__number', 'number')[0]\n"
        f"for p in Participant.objects.all():\n    {level}"
    )
    page = world.sign_in(new_context(java_script_enabled=False)).new_page()
    page.goto(f"{world.board}documents/")
    names = f"{NAMES[1]};Xénoclée Ouistrebois\n{NAMES[0]};Quatrebarbes Zéphyrine"
    page.get_by_label("Fichier vierge de SACoche").set_input_files(
        {"name": "vierge.csv", "mimeType": "text/csv", "buffer": SACOCHE}
    )
    page.get_by_label("Liste des noms (CSV), si vous en avez une").set_input_files(
        {"name": "noms.csv", "mimeType": "text/csv", "buffer": names.encode()}
    )
    page.get_by_role("button", name="Dire qui est qui").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Niveaux dans SACoche")
    expect(page.get_by_label("Zéphyrine QUATREBARBES")).to_have_value(world.made["students"][0]["id"])
    page.get_by_label("Adam ÉLUARD").select_option(label=NAMES[2])
    page.get_by_label("FR.2 [S] [1] Repérer").select_option(index=1)
    page.get_by_label("FR.3").select_option("")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Remplir le fichier").click()
    file = tmp_path / "sacoche.csv"
    fetched.value.save_as(file)
    assert file.read_bytes() == SACOCHE.replace(b"501;;;;", b"501;3;3;3;")

    seen = world.sign_in(new_context()).new_page()
    seen.goto(f"{world.board}documents/")
    seen.get_by_label("Fichier vierge de SACoche").set_input_files(
        {"name": "vierge.csv", "mimeType": "text/csv", "buffer": SACOCHE}
    )
    seen.get_by_role("button", name="Dire qui est qui").click()
    expect(seen.get_by_role("heading", level=1)).to_have_text("Niveaux dans SACoche")
    look(seen, "t-sacoche")
