"""Every page of ours, wide and narrow, by day and by night: axe-core, no sideways scroll, a picture to look at."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.harness.board_world import NAMES, World, listening, make_world
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

pytestmark = pytest.mark.slow
LOOKS = ((1280, "light"), (360, "dark"), (320, "light"), (1280, "dark"))
REFUSED = (r"status of 40[34]", r"status of 422")


def look(page: Page, name: str) -> None:
    """The page as it stands, four times."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 720 if width > 900 else 740})
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.wait_for_timeout(50)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        shot(page, f"{name}-{width}-{scheme}")
        assert wide <= 0, f"{name}, {width} px : {wide} px de trop"
        axe(page)


@pytest.fixture
def world(shared_server: Server) -> Iterator[World]:
    made = make_world(shared_server, names=NAMES[:12], minutes_ago=4)
    with listening(made, range(2, 12)):
        yield made


def test_public_pages(server: Server, new_context: NewContext) -> None:
    page = new_context(tolerate=REFUSED).new_page()
    match = re.search(r"/compte/premier/\S+", server.log)
    assert match
    page.goto(server.url + match[0])
    look(page, "p-compte-premier")
    world = make_world(server, names=NAMES[:3], started=False)
    for name, path in (
        ("accueil", "/"), ("revenir", "/revenir/"), ("choisir", f"/rejoindre/{world.made['code']}/"),
        ("connexion", "/connexion/"), ("vos-donnees", "/vos-donnees/"), ("transparence", "/transparence/"),
        ("registre", "/vos-donnees/registre/"), ("familles", "/vos-donnees/familles/"),
        ("accessibilite", "/accessibilite/"), ("introuvable", "/nulle-part/"),
    ):  # fmt: skip
        page.goto(server.url + path)
        look(page, f"p-{name}")
    page.goto(server.url)
    page.get_by_label("Code d’accès").fill("K7MP")
    page.get_by_role("button", name="Rejoindre").click()
    look(page, "p-accueil-erreur")


def test_student_pages(world: World, new_context: NewContext) -> None:
    board = world.sign_in(new_context()).new_page()
    board.goto(world.board)
    page = world.seat(new_context(), 2).new_page()
    page.goto(world.student(2))
    look(page, "e-redaction")
    board.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Le temps est arrêté")).to_be_visible()
    look(page, "e-pause")
    board.get_by_text("Terminer la partie").click()
    board.get_by_role("button", name="Terminer pour tous").click()
    expect(page.get_by_text("Vos réponses sont relevées")).to_be_visible()
    look(page, "e-releve")
    board.get_by_role("link", name="Fiches d’évaluation").click()
    board.get_by_text("Publier les évaluations…").click()
    board.get_by_role("button", name="Publier les évaluations").click()
    page.get_by_role("link", name="Voir ma fiche d’évaluation").click()
    look(page, "e-fiche")
    page.goto(f"{world.server.url}/vos-donnees/")
    page.get_by_label("Ce qu’il faut corriger").fill("Mon pseudonyme s’écrit avec un trait d’union.")
    page.get_by_role("button", name="Demander une correction").click()
    expect(page.locator("#demandes + ul").get_by_text("attend une réponse")).to_be_visible()
    look(page, "e-vos-donnees")
    board.goto(world.board)
    board.get_by_role("link", name="1 demande attend votre réponse").click()
    look(board, "t-demandes")
    board.get_by_label("Votre réponse").fill("C’est fait.")
    board.get_by_role("button", name="C’est corrigé").click()
    expect(board.get_by_text("faite le")).to_be_visible()


def test_a_student_who_waits(shared_server: Server, new_context: NewContext) -> None:
    world = make_world(shared_server, names=NAMES[:3], started=False)
    page = world.seat(new_context(), 1).new_page()
    page.goto(world.student(1))
    look(page, "e-attente")
    board = world.sign_in(new_context()).new_page()
    board.goto(world.board)
    look(board, "t-tableau-avant")


def test_teacher_pages(world: World, new_context: NewContext) -> None:
    page = world.sign_in(new_context(tolerate=REFUSED)).new_page()
    prof = f"{world.server.url}/prof/"
    person = f"{world.board}participants/{world.made['students'][0]['id']}/"
    for name, path in (
        ("activites", prof), ("nouvelle", prof + "activites/nouvelle/"), ("tableau", world.board),
        ("participants", world.board + "participants/"), ("participant", person),
        ("effacer", f"{person}effacer/"), ("retards", world.board + "retards/"), ("clore", world.board + "clore/"),
        ("supprimer", world.board + "supprimer/"), ("video", world.board + "video/"),
        ("mot-de-passe", f"{world.server.url}/prof/mot-de-passe/"),
    ):  # fmt: skip
        page.goto(path)
        look(page, f"t-{name}")
    page.goto(world.board)
    page.get_by_role("link", name="Huppe vive").click()
    expect(page.locator("#choisi")).to_be_visible()
    look(page, "t-tableau-choisi")
    page.goto(world.board)
    page.get_by_role("link", name="Fiches d’évaluation").click()
    look(page, "t-fiches")
    page.get_by_role("link", name="Huppe vive").first.click()
    look(page, "t-evaluation")
    page.goto(prof + "activites/nouvelle/")
    page.get_by_label("Nom de l’activité").evaluate("field => field.required = false")
    page.get_by_role("button", name="Créer l’activité").click()
    look(page, "t-nouvelle-erreur")


def test_an_empty_list(shared_server: Server, new_context: NewContext) -> None:
    world = make_world(shared_server, names=(), started=False)
    page = world.sign_in(new_context()).new_page()
    page.goto(world.board)
    look(page, "t-tableau-vide")
    page.goto(world.board + "supprimer/")
    page.get_by_role("button", name="Supprimer pour de bon").click()
    look(page, "t-activites-vides")
