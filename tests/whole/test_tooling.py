"""The tools themselves: a harness that lets a fault through would make every other test worthless."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psycopg
import pytest
import pytest_socket
from coverage import CoverageData
from django.template import engines
from playwright.sync_api import Browser

from tests.harness import postgres
from tests.harness.browser import NewContext, axe, shot
from tests.harness.folders import ROOT
from tests.harness.measures import leave_out_half_written
from tests.harness.server import Server
from tests.harness.serving import serving

GOOD = """<!doctype html><html lang=fr><meta charset=utf-8><title>Essai</title>
<link rel=icon href="data:,"><main><h1>Essai</h1><p>Rien à signaler.</p></main></html>"""
PAGES = {
    "/": GOOD,
    "/bad": GOOD.replace("<p>", "<img src='data:,' width=9 height=9><p>"),
    "/inline": GOOD.replace("<p>", "<p style='color:red'>"),
    "/far": GOOD.replace("<p>", "<img alt='' src='http://example.org/a.png'><p>"),
}
POLICY = "default-src 'none'; img-src * data:"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = PAGES.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write((page or GOOD).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(Handler) as address:
        yield address


@pytest.fixture
def watched(browser: Browser) -> Iterator[NewContext]:
    """Like `new_context`, but its faults are for the test to judge."""
    contexts = NewContext(browser)
    yield contexts
    contexts.faults()


def test_a_good_page_passes_axe_under_a_strict_policy(
    site: str, watched: NewContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METROLOCO_SHOTS", str(tmp_path / "shots"))
    context = watched()
    page = context.new_page()
    page.goto(site)
    axe(page)
    assert shot(page, "essai").read_bytes().startswith(b"\x89PNG")
    assert watched.visit(context).requests == [f"{site}/"]
    assert watched.faults() == []


def test_axe_names_what_it_finds(site: str, watched: NewContext) -> None:
    page = watched().new_page()
    page.goto(f"{site}/bad")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/inline", "Content Security Policy"),
        ("/far", "requête hors de la machine : http://example.org/a.png"),
        ("/nowhere", "404"),
    ],
)
def test_a_fault_of_a_page_is_seen(site: str, watched: NewContext, path: str, said: str) -> None:
    watched().new_page().goto(site + path)
    assert any(said in fault for fault in watched.faults())


def test_an_exception_of_a_script_is_seen(site: str, watched: NewContext) -> None:
    page = watched().new_page()
    page.goto(site)
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('raté') }) }")
    assert any("raté" in fault for fault in watched.faults())


def test_an_expected_fault_is_tolerated(site: str, watched: NewContext) -> None:
    watched(tolerate=["404"]).new_page().goto(f"{site}/nowhere")
    assert watched.faults() == []


def test_no_test_leaves_the_machine() -> None:
    with (
        pytest.warns(UserWarning, match="192"),
        pytest.raises(pytest_socket.SocketConnectBlockedError),
        socket.socket() as outside,
    ):
        outside.connect(("192.0.2.1", 80))


def test_an_undefined_template_variable_fails() -> None:
    template = engines["django"].from_string("{{ nowhere }}")
    with pytest.raises(pytest.fail.Exception, match="nowhere"):
        template.render({})


@pytest.mark.slow
def test_a_private_postgresql_is_closed_after_use() -> None:
    with postgres.cluster() as url:
        mine = postgres.create_database(url)
        with psycopg.connect(mine) as connection:
            assert connection.execute("SELECT lower('É')").fetchone() == ("é",)
        postgres.drop_database(mine)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_stages_side_by_side_are_shown_whole_and_fail_if_one_does() -> None:
    slow = "import time; print('début'); time.sleep(0.5); print('3 passed')"
    quick = "print('une faute'); print('1 failed'); raise SystemExit(2)"
    words = ["Un", sys.executable, "-c", quick, "::", "Deux", sys.executable, "-c", slow]
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.stages", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("—")] == [
        "une faute", "1 failed", "début", "3 passed", "1 failed",
    ]  # fmt: skip
    assert lines[-2] == "— Un : échec —"


def test_a_broken_source_keeps_the_last_good_bundles(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "metroloco_site/kit").mkdir(parents=True)
    shutil.copy(ROOT / "metroloco_site/kit/browsers.json", tmp_path / "metroloco_site/kit")
    (tmp_path / "static/js/pages").mkdir(parents=True)
    (tmp_path / "static/css").mkdir()
    (tmp_path / "static/js/word.js").write_text("export const word = 'plage'")
    (tmp_path / "static/js/pages/home.js").write_text(
        "import {word} from '../word.js'; document.title = word"
    )
    (tmp_path / "static/css/tokens.css").write_text("main { color: red; & p { color: blue } }")
    (tmp_path / "static/css/site.css").write_text(
        "/* Entry: every page. */ @import './tokens.css'; body { background: url(../img/wave.svg) }"
    )

    def bundle() -> int:
        return subprocess.run(
            ["sh", "scripts/bundle"], cwd=tmp_path, env=os.environ, capture_output=True, check=False
        ).returncode

    assert bundle() == 0
    script = (tmp_path / ".bundles/js/home.js").read_text()
    sheet = (tmp_path / ".bundles/css/site.css").read_text()
    assert "plage" in script
    assert "import" not in script
    assert "main p{" in sheet  # unfolded for older browsers
    assert "url(../img/wave.svg)" in sheet

    (tmp_path / "static/js/pages/home.js").write_text("import {")
    assert bundle() != 0
    assert (tmp_path / ".bundles/js/home.js").read_text() == script


@pytest.mark.slow
def test_the_server_survives_kill_and_stops_in_time(server: Server) -> None:
    first = server.pids()
    assert server.answers()
    server.kill9()
    assert not server.answers()
    server.restart()
    assert set(server.pids()).isdisjoint(first)
    assert server.stop() <= 5


def test_a_measure_that_a_kill_has_cut_off_does_not_spoil_the_others(tmp_path: Path) -> None:
    whole = CoverageData(str(tmp_path / ".coverage.one"))
    whole.add_arcs({str(tmp_path / f"{n}.py"): [(a, a + 1) for a in range(1, 4000)] for n in range(9)})
    whole.write()
    whole.close()
    content = (tmp_path / ".coverage.one").read_bytes()
    half = len(content) // 8192 * 4096
    (tmp_path / ".coverage.cut").write_bytes(content[:half])
    (tmp_path / ".coverage.holed").write_bytes(content[:half] + bytes(len(content) - half))
    combine = [sys.executable, "-m", "coverage", "combine", "--keep"]
    assert subprocess.run(combine, cwd=tmp_path, capture_output=True, check=False).returncode != 0
    assert [file.name for file in leave_out_half_written(tmp_path)] == [".coverage.cut", ".coverage.holed"]
    assert subprocess.run(combine, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert (tmp_path / ".coverage.one").read_bytes() == content
