"""The projector in a real browser: nothing cut, nothing small, nothing to touch."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.board_world import World, listening, make_world
from tests.harness.browser import NewContext, axe, shot, until
from tests.harness.server import Server

HD = {"width": 1280, "height": 720}
FULL_HD = {"width": 1920, "height": 1080}
LEAST_PX = 28  # at 1280 wide
CLOCK_SHARE = 0.18  # of the height, in figures (a figure is 0.7 em high)
FIGURE_EM = 0.7


@pytest.fixture
def world(shared_server: Server) -> World:
    return make_world(shared_server, names=("Huppe vive", "Loutre calme"), minutes_ago=1)


def open_both(world: World, new_context: NewContext, size: dict[str, int] = HD) -> tuple[Page, Page]:
    board = world.sign_in(new_context(viewport=HD)).new_page()
    board.goto(world.board)
    screen = new_context(viewport=size).new_page()
    screen.goto(world.screen)
    return board, screen


def text_px(screen: Page) -> float:
    return float(
        screen.evaluate(
            "() => Math.min(...[...document.querySelectorAll('.screen-text p, .screen-text li')].map("
            "node => parseFloat(getComputedStyle(node).fontSize)))"
        )
    )


def cut(screen: Page) -> list[str]:
    """Elements of text that stick out of the screen or of its main part."""
    found: list[str] = screen.evaluate(
        """() => { const main = document.querySelector('main.screen').getBoundingClientRect();
        return [...document.querySelectorAll('main p, main li, main h1, main h2, main h3, main img, main .time-figure')]
          .filter(node => { const box = node.getBoundingClientRect();
            return box.width && (box.bottom > main.bottom + 2 || box.right > main.right + 2
              || box.top < main.top - 2); })
          .map(node => node.innerText || node.nodeName); }"""
    )
    return found


def is_sound(screen: Page, size: dict[str, int], zoom: int = 100) -> None:
    assert cut(screen) == []
    assert screen.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    if screen.locator(".screen-text p, .screen-text li").count() and zoom >= 100:
        assert text_px(screen) >= LEAST_PX * size["width"] / 1280 * zoom / 100 * 0.99


@pytest.mark.slow
@pytest.mark.parametrize("size", [HD, FULL_HD], ids=["720", "1080"])
def test_the_whole_lesson_fits_screen_by_screen(
    shared_server: Server, new_context: NewContext, size: dict[str, int]
) -> None:
    """From the code to the last screen of the correction by « Suivant » alone."""
    world = make_world(shared_server, names=("Huppe vive",), minutes_ago=20, extra=0)
    board, screen = open_both(world, new_context, size)
    board.get_by_role("button", name="Code d’accès et QR").click()
    expect(screen.locator(".screen-code")).to_be_visible()
    seen = 0
    while True:
        before = screen.locator("#ecran").inner_text()
        shot(screen, f"projection-{size['height']}-{seen:02d}")
        is_sound(screen, size)
        if seen % 4 == 0:
            axe(screen)
        if screen.locator(".big-clock").count():
            figure = screen.locator(".big-clock .time-figure").evaluate(
                "node => parseFloat(getComputedStyle(node).fontSize)"
            )
            assert figure * FIGURE_EM >= CLOCK_SHARE * size["height"]
        if at_its_end(screen):
            break
        board.get_by_role("button", name="Suivant").click()
        expect(screen.locator("#ecran")).not_to_have_text(before, use_inner_text=True)
        screen.wait_for_timeout(60)
        seen += 1
        assert seen < 60
    assert seen >= 9


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (1366, 768), (800, 600)], ids=str)
def test_the_instruction_is_large_on_the_projectors_that_schools_have(
    world: World, new_context: NewContext, size: tuple[int, int]
) -> None:
    """Where the clock's own figures stuck out by two pixels, the text was made as small as can be: 10 px."""
    board, screen = open_both(world, new_context, dict(zip(("width", "height"), size, strict=True)))
    board.get_by_role("button", name="Consigne et temps").click()
    expect(screen.locator("main.screen-clock[data-long]")).to_have_attribute("data-fit", "1.00")
    assert cut(screen) == []


def at_its_end(screen: Page) -> bool:
    """The last screen of the last correction, by what the projector itself says: the board may be a moment late."""
    if "question 4" not in screen.locator("h1").inner_text().casefold():
        return False
    count = screen.locator(".screen-count")
    words = count.inner_text().split() if count.count() else ["1", "sur", "1"]
    return words[0] == words[-1]


@pytest.mark.slow
def test_every_size_fits(world: World, new_context: NewContext) -> None:
    board, screen = open_both(world, new_context)
    board.get_by_role("button", name="Annexe 4").click()
    main = screen.locator("main.screen-page")
    expect(main).to_have_attribute("data-zoom", "100")
    board.get_by_role("button", name="A−").click()
    for zoom in (50, 100, 125, 150, 200):
        expect(main).to_have_attribute("data-zoom", str(zoom))
        shot(screen, f"projection-zoom-{zoom}")
        is_sound(screen, HD, zoom)
        if zoom < 200:
            board.get_by_role("button", name="A+").click()
    expect(board.get_by_role("button", name="A+")).to_be_disabled()


@pytest.mark.slow
def test_what_changed_before_its_stream_opened_is_shown(world: World, new_context: NewContext) -> None:
    board = world.sign_in(new_context(viewport=HD)).new_page()
    board.goto(world.board)
    screen = new_context(viewport=HD).new_page()
    held: list[Route] = []
    screen.route("**/flux", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    screen.goto(world.screen)
    board.get_by_role("button", name="Annexe 4").click()
    expect(board.get_by_role("button", name="Annexe 4")).to_have_attribute("aria-current", "true")
    while not held:
        screen.wait_for_timeout(20)
    held[0].continue_()
    expect(screen.locator(".annexe-kind")).to_contain_text("Annexe 4")


@pytest.mark.slow
def test_the_number_present_lives(world: World, new_context: NewContext) -> None:
    board, screen = open_both(world, new_context)
    board.get_by_role("button", name="Code d’accès et QR").click()
    expect(screen.locator("#presents")).to_have_text("0\u00a0présent")
    with listening(world, [0, 1]):
        expect(screen.locator("#presents")).to_have_text("2\u00a0présents")
    expect(screen.locator("#presents")).to_have_text("0\u00a0présent")


@pytest.mark.slow
def test_suspended_closed_and_over_are_said(world: World, new_context: NewContext) -> None:
    board, screen = open_both(world, new_context)
    board.get_by_role("button", name="Pause").click()
    expect(screen.locator(".time-word")).to_have_text("Pause")
    board.get_by_text("Terminer la partie").click()
    board.get_by_role("button", name="Terminer pour tous").click()
    expect(screen.locator(".time-word")).to_have_text("Temps écoulé")
    shot(screen, "projection-fin")
    board.get_by_text("Rouvrir la partie").click()
    shot(board, "tableau-rouvrir")
    board.get_by_role("button", name="2 min", exact=True).click()
    expect(screen.locator(".time-figure")).to_have_text("2:00")
    board.get_by_role("button", name="Suspendre l’activité").click()
    expect(screen.get_by_role("heading", name="Activité suspendue")).to_be_visible()
    axe(screen)
    shot(screen, "projection-suspendue")
    board.get_by_role("button", name="Reprendre l’activité").click()
    expect(screen.locator(".screen-code")).to_be_visible()
    board.get_by_role("link", name="Clore l’activité").click()
    board.get_by_role("button", name="Clore l’activité").click()
    expect(screen.get_by_role("heading", name="Activité close")).to_be_visible()
    shot(screen, "projection-close")


# A browser makes the film: two seconds of sand and sea, WebM.
FILM = """async () => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 320, height: 180});
    const pen = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: 'video/webm;codecs=vp8'});
    const parts = [];
    recorder.ondataavailable = event => parts.push(event.data);
    const done = new Promise(resolve => { recorder.onstop = resolve; });
    recorder.start();
    for (let i = 0; i < 50; i++) {
        pen.fillStyle = i % 2 ? '#fbf7ef' : '#0b5c7a';
        pen.fillRect(0, 0, 320, 180);
        await new Promise(resolve => setTimeout(resolve, 40));
    }
    recorder.stop();
    await done;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}"""


@pytest.mark.slow
def test_the_video_is_played_from_the_board(world: World, new_context: NewContext, tmp_path: Path) -> None:
    board, screen = open_both(world, new_context)
    film = tmp_path / "chez-nous.webm"
    film.write_bytes(base64.b64decode(board.evaluate(FILM)))
    captions = tmp_path / "chez-nous.vtt"
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nLa mer se retire.\n")
    board.get_by_role("link", name="Fichier de la vidéo").click()
    board.get_by_label("Fichier de la vidéo").set_input_files(film)
    board.get_by_label("Sous-titres").set_input_files(captions)
    axe(board)
    shot(board, "video-envoyer")
    board.get_by_role("button", name="Envoyer la vidéo").click()
    expect(board.get_by_text("La vidéo est prête")).to_be_visible()
    board.get_by_role("button", name="Annexe 1 (vidéo)").click()
    expect(screen.locator("video")).to_be_visible()
    until(screen, "document.querySelector('video').readyState >= 2")
    board.get_by_role("button", name="Lire").click()
    until(screen, "document.querySelector('video').played.length > 0")
    board.get_by_role("button", name="+1 min").click()  # a fragment comes: the film goes on
    until(screen, "document.querySelector('video').currentTime > 0.3")
    assert screen.evaluate("document.querySelector('track').track.mode") == "showing"
    axe(screen)
    shot(screen, "projection-video")
    board.get_by_role("button", name="Mettre en pause").click()
    until(screen, "document.querySelector('video').paused")


@pytest.mark.slow
def test_a_link_to_a_video_has_its_qr(shared_server: Server, new_context: NewContext) -> None:
    world = make_world(
        shared_server, names=("Huppe vive",), started=False, video_link="https://video.example/metroloco"
    )
    board, screen = open_both(world, new_context)
    board.get_by_role("button", name="Annexe 1 (vidéo)").click()
    expect(screen.get_by_alt_text("Code QR qui ouvre la vidéo")).to_be_visible()
    is_sound(screen, HD)
    axe(screen)
    shot(screen, "projection-lien-video")
