"""The whole lesson in Firefox and in WebKitGTK, and what has to hold in the oldest Chromium that is promised."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from metroloco_site.kit.browsers import OLDEST
from tests.harness.server import Server
from tests.wide import lesson
from tests.wide.devices import Firefox, OldChromium, WebKit, oldest_chromium

pytestmark = [pytest.mark.wide, pytest.mark.browser]


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    with closing(Firefox()) as opened:
        yield opened
        assert opened.faults() == []


@pytest.fixture
def webkit_windows(tmp_path: Path) -> Iterator[WebKit]:
    with closing(WebKit(tmp_path)) as opened:
        yield opened


def test_the_lesson_in_firefox(server: Server, firefox: Firefox) -> None:
    lesson.live(server, "firefox", firefox.open)


def test_the_lesson_in_webkit(server: Server, webkit_windows: WebKit) -> None:
    lesson.live(server, "webkit", webkit_windows.open)


def test_the_oldest_chromium_joins_writes_saves_ends_asks_for_help_and_grades(
    server: Server, tmp_path: Path
) -> None:
    with oldest_chromium(tmp_path) as chromium:
        assert int(chromium.version.split(".")[0]) == OLDEST["chrome"]
        faults: list[str] = []

        def open_device(name: str) -> OldChromium:
            page = chromium.new_context(locale="fr-FR").new_page()
            page.on("pageerror", lambda error: faults.append(f"{name} : {error}"))
            return OldChromium(page, name)

        lesson.live(server, "chrome87", open_device)
        assert faults == []
