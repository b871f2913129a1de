"""The board and its projector in a real browser, with a whole class."""

import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.board_world import World, listening, make_world
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

WIDE = {"width": 1280, "height": 720}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(shared_server: Server) -> Iterator[World]:
    """35 students six minutes into part 1; four of them have no page open."""
    made = make_world(shared_server)
    with listening(made, [n for n in range(35) if n % 9 != 7]):
        yield made


def open_board(world: World, new_context: NewContext, **options: Any) -> Page:
    page = world.sign_in(new_context(**{"viewport": WIDE, **options})).new_page()
    page.goto(world.board)
    return page


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.slow
def test_thirty_five_students_are_seen_at_once(world: World, new_context: NewContext) -> None:
    for scheme in ("light", "dark"):
        board = open_board(world, new_context, color_scheme=scheme)
        expect(board.locator(".tile")).to_have_count(35)
        for tile in board.locator(".tile").all():
            box = tile.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= WIDE["height"], tile.inner_text()
        assert no_sideways_scroll(board)
        axe(board)
        shot(board, f"tableau-35-{scheme}")
        for width in (360, 320):
            board.set_viewport_size({"width": width, "height": 740})
            assert no_sideways_scroll(board)
            axe(board)
            shot(board, f"tableau-35-{scheme}-{width}")


@pytest.mark.slow
def test_extra_time_is_two_clicks_away(world: World, new_context: NewContext) -> None:
    board = open_board(world, new_context)
    student = world.seat(new_context(viewport=WIDE), 4).new_page()
    student.goto(world.student(4))
    before = student.locator(".time-figure").inner_text()
    board.get_by_role("link", name="Pinède claire").click()
    expect(board.get_by_role("heading", name="Pinède claire")).to_be_visible()
    axe(board)
    shot(board, "tableau-choisi")
    board.get_by_role("button", name="Un tiers").click()
    expect(board.locator("#annonce")).to_contain_text("Le temps supplémentaire est enregistré.")
    tile = board.locator(".tile").filter(has_text="Pinède claire")
    expect(tile.locator(".tile-extra")).to_contain_text("+5")
    expect(board.locator("#choisi")).to_have_count(0)
    minutes = int(before.split(":")[0])
    expect(student.locator(".time-figure")).to_have_text(re.compile(rf"^({minutes + 5}|{minutes + 4}):"))


@pytest.mark.slow
def test_a_live_board_disturbs_nobody(world: World, new_context: NewContext) -> None:
    """Events come while a menu is open and a button focused; help is answered in one click, in order."""
    board = open_board(world, new_context)
    student = world.seat(new_context(viewport=WIDE), 0).new_page()
    student.goto(world.student(0))
    board.get_by_text("Terminer la partie").click()
    expect(board.locator("#menu-fin")).to_contain_text("Huppe vive, Loutre calme, Sterne libre")
    shot(board, "tableau-terminer")
    board.get_by_role("button", name="Terminer pour tous, maintenant").focus()
    student.get_by_role("button", name="Demander de l’aide").click()
    queue = board.locator(".help-queue button")
    expect(queue).to_have_count(4)
    expect(queue.first).to_contain_text("Oyat souple")  # has waited longest
    expect(queue.last).to_contain_text("Huppe vive")
    assert board.locator("#menu-fin").evaluate("menu => menu.open")
    focused = board.evaluate("document.activeElement.innerText")
    assert focused == "Terminer pour tous, maintenant"
    board.keyboard.press("Escape")
    assert not board.locator("#menu-fin").evaluate("menu => menu.open")
    queue.first.click()
    expect(queue).to_have_count(3)
    expect(queue.first).to_contain_text("Grive musicienne")


@pytest.mark.slow
def test_offline_says_for_how_long(world: World, new_context: NewContext) -> None:
    board = open_board(world, new_context)
    tile = board.locator(".tile").filter(has_text="Ajonc fleuri")
    with listening(world, [11]):
        expect(tile).not_to_contain_text("hors ligne")
    # Its other stream, the fixture's, is still there: nothing changes.
    board.wait_for_timeout(1500)
    expect(tile).not_to_contain_text("hors ligne")
    expect(board.locator(".tile").filter(has_text="Bruyère rose")).to_contain_text("hors ligne")


@pytest.mark.slow
def test_a_button_that_came_too_late_says_so(world: World, new_context: NewContext) -> None:
    board = open_board(world, new_context)
    phone = open_board(world, new_context, viewport=PHONE)
    board.get_by_role("button", name="Pause").click()
    expect(board.get_by_role("button", name="Reprendre")).to_be_visible()
    expect(phone.get_by_role("button", name="Reprendre")).to_be_visible()
    # As if the phone's picture were old: the button is there for no longer than it takes to press it.
    phone.evaluate(
        """() => { const form = document.querySelector('.clock-buttons form'); form.insertAdjacentHTML(
        'beforeend', '<button id="vieux" name="kind" value="pause">Vieux bouton</button>');
        document.querySelector('#vieux').click(); }"""
    )
    expect(phone.locator("#annonce")).to_contain_text("Ce bouton n’avait plus d’effet")
    phone.wait_for_timeout(1500)  # what comes next does not wipe the sentence
    expect(phone.locator("#annonce")).to_contain_text("Ce bouton n’avait plus d’effet")
    shot(phone, "tableau-trop-tard-360")


@pytest.mark.slow
def test_shortcuts(world: World, new_context: NewContext) -> None:
    board = open_board(world, new_context)
    screen = new_context(viewport=WIDE).new_page()
    screen.goto(world.screen)
    board.keyboard.press("?")
    expect(board.get_by_role("dialog")).to_be_visible()
    axe(board)
    shot(board, "tableau-raccourcis")
    board.keyboard.press("Escape")
    expect(board.get_by_role("dialog")).to_be_hidden()
    board.keyboard.press("p")
    expect(board.get_by_role("button", name="Reprendre")).to_be_visible()
    board.keyboard.press("P")
    expect(board.get_by_role("button", name="Pause")).to_be_visible()
    expect(screen.locator(".screen-count")).to_have_text(re.compile("1 sur"))
    board.keyboard.press("ArrowRight")
    expect(screen.locator(".screen-count")).to_have_text(re.compile("2 sur"))
    board.keyboard.press("PageUp")
    expect(screen.locator(".screen-count")).to_have_text(re.compile("1 sur"))
    # Never while typing, nor with a modifier, nor once turned off.
    board.evaluate("document.querySelector('#tableau').insertAdjacentHTML('beforebegin', '<input id=essai>')")
    board.locator("#essai").press("p")
    board.locator("#essai").evaluate("field => field.remove()")
    board.keyboard.press("Control+p")
    board.keyboard.press("?")
    board.get_by_label("Raccourcis actifs").uncheck()
    board.get_by_role("button", name="Fermer").click()
    board.keyboard.press("p")
    board.wait_for_timeout(700)
    expect(board.get_by_role("button", name="Pause")).to_be_visible()
    board.reload()
    board.keyboard.press("p")
    board.wait_for_timeout(700)
    expect(board.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.slow
def test_mode_discret_shows_no_name_until_asked(world: World, new_context: NewContext) -> None:
    board = open_board(world, new_context)
    board.get_by_role("button", name="Mode discret").click()
    expect(board.locator(".tile").first).to_contain_text("Élève\u00a01")
    html = board.content()
    for student in world.made["students"]:
        assert student["name"] not in html
    expect(board.locator(".tile-extra")).to_have_count(0)
    board.get_by_text("Terminer la partie").click()
    expect(board.locator("#menu-fin")).to_contain_text("3\u00a0élèves ont encore du temps supplémentaire.")
    shot(board, "tableau-discret")
    board.reload()  # kept for the session, in no cookie of its own
    expect(board.locator(".tile").first).to_contain_text("Élève\u00a01")
    assert {cookie["name"] for cookie in board.context.cookies()} == {"enseignant"}
    board.get_by_role("button", name="Mode discret").click()
    expect(board.locator(".tile").first).to_contain_text("Huppe vive")


@pytest.mark.slow
def test_a_teachers_action_reaches_every_screen(
    world: World, new_context: NewContext, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures to read, with generous limits: the machine of the tests is shared."""
    board = open_board(world, new_context)
    screen = new_context(viewport=WIDE).new_page()
    screen.goto(world.screen)
    student = world.seat(new_context(viewport=WIDE), 2).new_page()
    student.goto(world.student(2))
    delays: dict[str, list[float]] = {"tableau": [], "projection": [], "élève": []}
    watched = (("tableau", board), ("projection", screen), ("élève", student))
    watch = """wanted => { window.seen = new Promise(done => { const look = () => {
        const band = document.querySelector('progress.tide');
        if ((band && band.dataset.tide === 'paused') === wanted) done(Date.now()); else setTimeout(look, 5); };
        look(); }); }"""
    for turn in range(6):
        for _, page in watched:
            page.evaluate(watch, turn % 2 == 0)
        start = board.evaluate(
            "() => { const at = Date.now(); document.querySelector('[data-key=p]').click(); return at; }"
        )
        for name, page in watched:
            delays[name].append(page.evaluate("window.seen") - start)
        time.sleep(0.3)
    with capsys.disabled():
        for name, found in delays.items():
            told = ", ".join(f"{delay:.0f}" for delay in found)
            sys.stdout.write(f"\naction → {name} : {told} ms")
    assert max(max(found) for found in delays.values()) < 5000
