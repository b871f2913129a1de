"""The writing page for everyone: keyboard alone, small screens, twice the size, without JavaScript, every state."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.desk import FIELD, PHONE, Desk, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context, pack=True)


def no_sideways_scroll(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], width


def press(board: Page, name: str) -> None:
    board.get_by_role("button", name=name, exact=False).first.click()


def look(desk: Desk, name: str) -> None:
    axe(desk.page)
    no_sideways_scroll(desk.page)
    shot(desk.page, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_state_of_the_desk_is_for_everyone(room: Room, scheme: str, width: int) -> None:
    desk = room.desk(viewport={"width": width, "height": 740}, color_scheme=scheme)
    board = room.board()
    tag = f"{width}-{scheme}"
    desk.write("Quelques mots.")
    look(desk, f"desk-writing-{tag}")
    desk.page.locator("details.method summary").first.click()
    look(desk, f"desk-method-{tag}")
    press(board, "Pause")
    expect(desk.page.locator("#pause")).to_be_visible()
    look(desk, f"desk-paused-{tag}")
    press(board, "Reprendre")
    expect(desk.area()).to_be_editable()
    desk.context.set_offline(True)
    desk.area().press_sequentially(" Et encore.")
    desk.expect_state("offline")
    look(desk, f"desk-offline-{tag}")
    desk.context.set_offline(False)
    desk.expect_state("saved", seconds=20)
    room.later(1200)
    room.tell()
    expect(desk.page.locator("#releve")).to_be_visible()
    look(desk, f"desk-bell-{tag}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_other_pages_are_for_everyone(
    shared_server: Server, new_context: NewContext, scheme: str
) -> None:
    room = open_room(shared_server, new_context, started=False, pack=True)
    desk = room.desk(viewport=PHONE, color_scheme=scheme)
    board = room.board()
    expect(desk.page.get_by_role("heading", name="Vous êtes là")).to_be_visible()
    look(desk, f"page-waiting-{scheme}")
    press(board, "Démarrer la partie 1")
    desk.write("Du texte.")
    runs = "from lessons.actions import runs; from lessons.models import ClassRun; from django.utils import timezone"
    run = f"run = ClassRun.objects.get(public_id='{room.run}')"
    for call, heading in (
        ("runs.suspend(run=run, now=timezone.now())", "Activité suspendue"),
        ("runs.close(run=run, now=timezone.now())", "Activité close"),
    ):
        room.shell(f"{runs}\n{run}\n{call}")
        desk.page.reload()
        expect(desk.page.get_by_role("heading", name=heading)).to_be_visible()
        look(desk, f"page-{heading.split()[1]}-{scheme}")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 360), (900, 700)])
def test_nothing_scrolls_sideways_on_a_small_screen(room: Room, width: int, height: int) -> None:
    """640 × 360 is 1280 × 720 at 200 %; 320 is 1280 at 400 % (WCAG 1.4.10)."""
    desk = room.desk(viewport={"width": width, "height": height})
    desk.area().fill("motsansespace" * 800)
    for name in ("Questions", "Annexes", "Lexique"):
        link = desk.page.get_by_role("link", name=name, exact=True)
        if link.is_visible():
            link.click()
        no_sideways_scroll(desk.page)


def test_letters_twice_as_big_still_fit(room: Room) -> None:
    desk = room.desk()
    desk.page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% }')")
    no_sideways_scroll(desk.page)
    expect(desk.area()).to_be_visible()
    shot(desk.page, "desk-200")


def dock(desk: Desk, name: str) -> None:
    """By script: Playwright would scroll the page before it clicks on what is stuck to its foot."""
    desk.page.get_by_role("link", name=name, exact=True).evaluate("link => link.click()")


def test_the_dock_keeps_the_caret_and_the_place_of_each_view(room: Room) -> None:
    desk = room.desk(viewport=PHONE, reduced_motion="reduce")  # where one is taken at once
    area = desk.area("q3-reperage")
    area.fill("Avant après")
    area.evaluate("area => area.setSelectionRange(6, 6)")
    place = desk.page.evaluate("scrollY")
    dock(desk, "Annexes")
    expect(desk.page.locator(".questions")).to_be_hidden()
    expect(desk.page.get_by_role("tab", name="Annexe 1")).to_be_focused()
    desk.page.get_by_role("tab", name="Annexe 3").click()
    desk.page.evaluate("scrollTo({top: 300, behavior: 'instant'})")
    dock(desk, "Lexique")
    expect(desk.page.locator("#lexique")).to_be_visible()
    dock(desk, "Annexes")
    expect(desk.page.locator("#annexe-3")).to_be_visible()
    assert desk.page.evaluate("scrollY") == pytest.approx(300, abs=2)
    dock(desk, "Questions")
    expect(area).to_be_focused()
    assert desk.page.evaluate("scrollY") == pytest.approx(place, abs=2)
    desk.page.keyboard.type("pendant ")
    expect(area).to_have_value("Avant pendant après")


def test_tabs_keep_their_scroll_and_work_by_keyboard(room: Room) -> None:
    desk = room.desk()
    shelf = desk.page.locator(".shelf")
    desk.page.get_by_role("tab", name="Annexe 3").click()
    shelf.evaluate("shelf => shelf.scrollTop = 250")
    desk.page.keyboard.press("ArrowRight")
    expect(desk.page.get_by_role("tab", name="Annexe 4")).to_be_focused()
    expect(desk.page.locator("#annexe-4")).to_be_visible()
    assert shelf.evaluate("shelf => shelf.scrollTop") == 0
    desk.page.keyboard.press("End")
    expect(desk.page.get_by_role("tab", name="Lexique")).to_be_focused()
    desk.page.keyboard.press("ArrowRight")
    expect(desk.page.locator("#annexe-1")).to_be_visible()
    desk.page.get_by_role("tab", name="Annexe 3").click()
    assert shelf.evaluate("shelf => shelf.scrollTop") == 250


def test_the_whole_page_by_keyboard_alone(room: Room) -> None:
    """Every control is reached by Tab in the order of the page, with a focus that shows, and none is a trap."""
    desk = room.desk()
    reached = []
    for _ in range(60):
        desk.page.keyboard.press("Tab")
        name = desk.page.evaluate(
            "() => { const e = document.activeElement; if (e === document.body) return null;"
            "const s = getComputedStyle(e); const shown = s.outlineStyle !== 'none' || s.borderColor;"
            "return [e.id || e.dataset.action || e.textContent.trim().slice(0, 30), !!shown] }"
        )
        if name is None:
            break
        assert name[1], name
        reached.append(name[0])
    wanted = ["Aller au contenu", "hide-time", "say-time", FIELD, "q4-conclusion", "J’ai terminé",
              "Demander de l’aide", "onglet-1", "annexe-1", "Vos données"]  # fmt: skip
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places), reached
    summary = desk.page.locator("details.method summary").first
    summary.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".method-card").first).to_be_visible()


def test_without_javascript_one_joins_reads_writes_saves_and_sees_what_was_collected(
    shared_server: Server, new_context: NewContext
) -> None:
    room = open_room(shared_server, new_context, pack=True)
    code = room.shell(
        f"import json; from lessons.models import ClassRun; "
        f"print(json.dumps(ClassRun.objects.get(public_id='{room.run}').access_code))"
    )
    page = new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(shared_server.url)
    page.get_by_label("Code d’accès").fill(code)
    page.get_by_role("button", name="Rejoindre").click()
    page.get_by_label("Votre pseudonyme").fill("Sans script")
    page.get_by_role("button", name="Rejoindre").click()
    expect(page.locator("#annexe-2")).to_be_visible()
    term = page.locator(".annexe a.term").first
    target = term.get_attribute("href") or ""
    term.click()
    expect(page.locator(target)).to_be_in_viewport()
    page.locator(f"#{FIELD}").fill("Écrit sans script.")
    page.get_by_role("button", name="Enregistrer mes réponses").click()
    expect(page.locator(f'[data-field="{FIELD}"] .saved')).to_have_text(re.compile("Enregistré à"))
    expect(page.get_by_text("Fin du temps à")).to_be_visible()
    page.locator(f"#{FIELD}").fill("Écrit sans script, et l’aide.")
    page.get_by_role("button", name="Demander de l’aide").click()
    expect(page.get_by_role("button", name="Aide demandée : annuler")).to_be_visible()
    shot(page, "desk-sans-script-360")
    assert page.locator('noscript:has(meta), meta[http-equiv="refresh"]').count() == 0
    room.later(1200)
    page.reload()
    expect(page.get_by_text("Le temps est écoulé. Ce qui est enregistré est relevé")).to_be_visible()
    expect(page.locator(f"#{FIELD}")).to_have_attribute("readonly", "")
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    room.close()
    expect(page.get_by_text("Votre travail est relevé")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Écrit sans script, et l’aide.")).to_be_visible()


def test_the_first_load_is_light(room: Room) -> None:
    """kB on the wire and requests of the writing page, its stream apart; nodes as EcoIndex counts them."""
    context = room.device()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_on_wire: list[float] = []
    session.on("Network.loadingFinished", lambda event: bytes_on_wire.append(event["encodedDataLength"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(room.address())
    page.wait_for_timeout(1500)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    kilobytes = sum(bytes_on_wire) / 1000
    measured = f"{kilobytes:.1f} kB, {len(asked)} requêtes, {nodes} éléments : {asked}"
    assert kilobytes <= 40, measured
    assert len(asked) <= 8, measured
    assert nodes <= 210, measured
