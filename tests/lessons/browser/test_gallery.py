"""After the bell of part 2: gallery, projector and vote, in the browsers of a class."""

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import NewContext, axe, shot, until
from tests.harness.desk import OUTAGE, PHONE, WIDE, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow
SAID = "Une donnée de la pêche du jour appartient à celles et ceux qui la pêchent. " * 3
LIVED = "from tests.harness.part_two import live\nlive(run, {sizes}, ended={ended}, now=now, said={said!r})"


def lived(
    server: Server, new_context: NewContext, sizes: tuple[int, ...], *, ended: bool = True, before: str = ""
) -> Room:
    code = f"{LIVED.format(sizes=sizes, ended=ended, said=SAID)}\n{before}"
    return open_room(
        server, new_context, students=sum(sizes), seconds=900, started=False, before=code, pack=True
    )


def projector(room: Room, board: Page) -> Page:
    page = room.new_context(tolerate=OUTAGE, viewport=WIDE).new_page()
    page.goto(board.get_by_role("link", name="Ouvrir la projection").evaluate("link => link.href"))
    return page


def test_the_gallery_then_the_vote(shared_server: Server, new_context: NewContext) -> None:
    room = lived(shared_server, new_context, (2, 2, 2))
    board, phone = room.board(), room.device(0, viewport=PHONE, color_scheme="dark").new_page()
    screen = projector(room, board)
    phone.goto(room.address(0))
    links = phone.get_by_role("navigation", name="Affiches et vote")
    expect(links).to_be_hidden()

    # The gallery opens on every screen by itself.
    board.get_by_role("button", name="Ouvrir la galerie").click()
    links.get_by_role("link", name="Les affiches de tous les groupes").click()
    expect(phone.get_by_role("article", name="Affiche du groupe 3")).to_be_visible()
    axe(phone)
    shot(phone, "galerie-360")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("link", name="Groupe 2", exact=True).click()
    expect(phone.get_by_role("heading", name="Affiche du groupe 2")).to_be_visible()
    expect(phone.get_by_role("article")).to_have_count(1)

    wide = room.device(1).new_page()
    wide.goto(f"{room.address(1)}affiches/")
    axe(wide)
    shot(wide, "galerie-1280")

    # The projector shows poster 2, then the next one.
    board.get_by_role("button", name="Affiche du groupe 2").click()
    expect(screen.get_by_role("article", name="Affiche du groupe 2")).to_be_visible()
    axe(screen)
    shot(screen, "projection-affiche")
    board.get_by_role("button", name="Agrandir").click()
    for stretch in ("0", "1"):  # its top, then its foot
        expect(screen.locator(f'main[data-page="{stretch}"][data-pages="2"]')).to_be_visible()
        board.keyboard.press("ArrowRight")
    expect(screen.get_by_role("article", name="Affiche du groupe 3")).to_be_visible()
    foot = "e => Math.round(e.scrollTop + e.clientHeight - e.scrollHeight)"
    board.keyboard.press("ArrowLeft")
    expect(screen.locator('main[data-page="1"][data-pages="2"]')).to_be_visible()
    until(screen, f"() => Math.abs(({foot})(document.querySelector('main'))) <= 1")
    board.get_by_role("button", name="Réduire").click()
    expect(screen.locator('main[data-pages="1"]')).to_be_visible()
    board.keyboard.press("ArrowRight")
    expect(screen.get_by_role("article", name="Affiche du groupe 3")).to_be_visible()

    # The vote: on the phone in hand, without a reload by anybody.
    board.get_by_role("button", name="Ouvrir le vote").click()
    phone.get_by_role("navigation", name="Activité").get_by_role("link", name="Voter").click()
    board.get_by_role("button", name="Vote en cours").click()
    expect(screen.locator("#votants")).to_have_text("0 sur 6")
    axe(phone)
    shot(phone, "vote-360")
    phone.get_by_label("Groupe 2 · La mer sans <b>traceurs</b>").check()
    phone.get_by_role("button", name="Voter").click()
    expect(phone.get_by_role("heading", name="Votre vote est compté")).to_be_visible()
    expect(screen.locator("#votants")).to_have_text("1\u00a0sur\u00a06")
    expect(board.get_by_role("button", name="Vote en cours : 1 sur 6")).to_be_visible()
    for student, number in ((2, 3), (3, 1), (4, 2)):  # without JavaScript
        plain = room.device(student, java_script_enabled=False, viewport=WIDE).new_page()
        plain.goto(f"{room.address(student)}vote/")
        plain.locator(f'[name="affiche"][value="{number}"]').check()
        plain.get_by_role("button", name="Voter").click()
        expect(plain.get_by_role("heading", name="Votre vote est compté")).to_be_visible()

    # The result, once it is closed, on every screen.
    board.get_by_role("button", name="Fermer le vote").click()
    said = "L’affiche du groupe 2 arrive en tête, avec 2 voix."
    expect(screen.get_by_text(said)).to_be_visible()
    expect(phone.get_by_text(said)).to_be_visible()
    for page, name in ((screen, "projection-resultat"), (phone, "resultat-360"), (board, "tableau-vote")):
        axe(page)
        shot(page, name)
    board.get_by_role("link", name="Galerie et vote").click()
    expect(board.get_by_text(said)).to_be_visible()
    axe(board)
    shot(board, "galerie-et-vote")


def test_twelve_groups_on_the_board_without_scrolling(shared_server: Server, new_context: NewContext) -> None:
    asks = (
        "from lessons.models import Participant\n"
        "Participant.objects.filter(pk__in=[people[4].pk, people[9].pk]).update(help_at=now)\n"
        "make.participant(run, 'Retardataire', now)"
    )
    room = lived(shared_server, new_context, (4, 4, 4, 4, *(3,) * 8), ended=False, before=asks)
    board = room.board()
    expect(board.get_by_role("heading", name="Groupe 12")).to_be_visible()
    expect(board.get_by_text("Sans groupe")).to_be_visible()
    shot(board, "tableau-groupes")
    bottom = board.locator(".group-tiles").evaluate("e => e.getBoundingClientRect().bottom")
    assert bottom <= WIDE["height"], bottom
    axe(board)
    board.get_by_role("link", name="Dune 5 aide", exact=True).click()
    expect(board.get_by_role("heading", name="Dune 5")).to_be_visible()
    board.set_viewport_size({"width": 360, "height": 740})
    expect(board.locator(".group-tiles")).to_be_visible()
    assert board.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(board)
    shot(board, "tableau-groupes-360")

    screen = projector(room, board)
    board.get_by_role("link", name="Fermer").click()
    for button, name in (("Groupes", "projection-groupes"), ("Toutes les affiches", "projection-mur")):
        board.get_by_role("button", name=button, exact=True).click()
        wanted = ".group-lines" if button == "Groupes" else ".wall"
        expect(screen.locator(wanted)).to_be_visible()
        axe(screen)
        shot(screen, name)
        main = screen.locator("main")
        assert main.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), name
