"""`scripts/withdrawn` against a registry of our own: it fails for what was withdrawn, never for a silent registry."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.harness.folders import ROOT
from tests.harness.server import free_port
from tests.harness.serving import serving

WHEEL = (
    '<a href="/files/{0}-{1}-py3-none-any.whl"{2} data-dist-info-metadata="true">{0}-{1}-py3-none-any.whl</a>'
)
NEEDS_NPM = pytest.mark.skipif(
    shutil.which("npm") is None,
    reason="npm comes from PyPI here, outside the PATH; the check says that it is silent",
)
YANKED = ' data-yanked="a hole in it"'
SIMPLE = {
    "good": WHEEL.format("good", "1.0", "") + WHEEL.format("good", "0.9", YANKED),
    "yanked": WHEEL.format("yanked", "1.0", YANKED) + WHEEL.format("yanked", "1.1", ""),
    "gone": WHEEL.format("gone", "1.1", ""),
}
NPM: dict[str, dict[str, object]] = {
    "good": {"1.0.0": {"name": "good", "version": "1.0.0"}},
    "old": {"1.0.0": {"name": "old", "version": "1.0.0", "deprecated": "a hole in it"}},
    "gone": {"2.0.0": {"name": "gone", "version": "2.0.0"}},
}


class Registry(BaseHTTPRequestHandler):
    """A package index (PEP 503) and an npm registry in one."""

    def do_GET(self) -> None:
        path = self.path.strip("/").split("/")
        if path[0] == "files":
            name, version = path[1].split("-")[:2]
            self.say(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "text/plain")
        elif path[0] == "simple" and path[1] in SIMPLE:
            self.say(f"<!DOCTYPE html><html><body>{SIMPLE[path[1]]}</body></html>", "text/html")
        elif path[0] in NPM:
            versions = NPM[path[0]]
            said = {"name": path[0], "versions": versions, "dist-tags": {"latest": max(versions)}}
            self.say(json.dumps(said), "application/json")
        elif path[0] == "broken":
            self.send_error(503)
        else:
            self.send_error(404)

    def say(self, text: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with serving(Registry) as address:
        yield address


def look(tmp_path: Path, registry: str, lock: Path) -> tuple[int, str]:
    """What the check ends with, and what it says."""
    asked = {"UV_DEFAULT_INDEX": f"{registry}/simple", "npm_config_registry": registry,
             "UV_CACHE_DIR": str(tmp_path / "uv"), "npm_config_cache": str(tmp_path / "npm")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/withdrawn"), str(lock)], cwd=tmp_path, env={**os.environ, **asked},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout


def python_lock(tmp_path: Path, *pins: str) -> Path:
    lock = tmp_path / "requirements.txt"
    lock.write_text("\n".join(pins) + "\n")
    return lock


def npm_lock(tmp_path: Path, *names: str) -> Path:
    lock = tmp_path / "package-lock.json"
    held: dict[str, object] = {f"node_modules/{name}": {"version": "1.0.0"} for name in names}
    held["node_modules/@good/linux"] = {"version": "1.0.0", "optional": True}  # never asked for by itself
    lock.write_text(json.dumps({"packages": {"": {"name": "ours"}} | held}))
    return lock


def test_what_is_there_passes(tmp_path: Path, registry: str) -> None:
    assert look(tmp_path, registry, python_lock(tmp_path, "good==1.0")) == (0, "")


@NEEDS_NPM
def test_what_is_there_passes_in_npm_too(tmp_path: Path, registry: str) -> None:
    assert look(tmp_path, registry, npm_lock(tmp_path, "good")) == (0, "")


@pytest.mark.parametrize("pin", ["yanked==1.0", "gone==1.0"])
def test_a_python_version_that_was_withdrawn_fails_by_its_name(
    tmp_path: Path, registry: str, pin: str
) -> None:
    code, said = look(tmp_path, registry, python_lock(tmp_path, "good==1.0", pin))
    assert code == 1
    assert pin in said
    assert "good" not in said


@NEEDS_NPM
@pytest.mark.parametrize("name", ["old", "gone"])
def test_an_npm_version_that_was_withdrawn_fails_by_its_name(
    tmp_path: Path, registry: str, name: str
) -> None:
    code, said = look(tmp_path, registry, npm_lock(tmp_path, "good", name))
    assert code == 1
    assert f"{name}@1.0.0" in said
    assert "good@" not in said


@pytest.mark.parametrize("where", ["nobody listens", "answers with a fault"])
@pytest.mark.parametrize("kind", ["python", "npm"])
def test_a_silent_registry_is_said_and_is_no_withdrawal(
    tmp_path: Path, registry: str, where: str, kind: str
) -> None:
    address = f"http://127.0.0.1:{free_port()}" if where == "nobody listens" else f"{registry}/broken"
    lock = python_lock(tmp_path, "yanked==1.0") if kind == "python" else npm_lock(tmp_path, "old")
    code, said = look(tmp_path, address, lock)
    assert code == 2
    assert "rien n'a été vérifié" in said


def test_the_build_asks_and_only_a_withdrawal_ends_it() -> None:
    """What CI runs (`.ci/run`, `make withdrawn`) is this check over every lock file of ours."""
    assert "make withdrawn" in (ROOT / ".ci/run").read_text()
    recipe = (ROOT / "Makefile").read_text().split("\nwithdrawn:")[1].split("\n\n")[0]
    for lock in ("requirements-dev.txt", "requirements-node.txt", "package-lock.json"):
        assert lock in recipe
    assert "[ $$? -eq 2 ]" in recipe
