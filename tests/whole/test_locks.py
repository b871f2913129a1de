"""The locks: what they hold, and that `make` installs them as they stand, whatever the registry has become."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.harness.folders import ROOT

DEBIAN_12 = "23.0.1"  # its pip


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-node.txt",
        "package-lock.json",
        "tests/wide/package-lock.json",
    ],
)
def test_a_lock_names_no_host(lock: str) -> None:
    assert not re.search(r"://|--index-url|--find-links", (ROOT / lock).read_text())


def pins(lock: str) -> dict[str, str]:
    """Versions by name. Every one is exact and has its hashes, or pip would take what it is given."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / lock).read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = {}
    for line in lines:
        match = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)[ ;]", line)
        assert match, line[:80]
        assert "--hash=sha256:" in line, line[:80]
        found[_canonical(match[1])] = match[2]
    return found


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """As `make lock` would leave them, as far as can be told without a network."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": [*project["project"]["dependencies"], *groups["dev"]],
        "requirements-node.txt": groups["node"],
    }
    for lock, wanted in asked.items():
        held = pins(lock)
        for line in wanted:
            name, version = re.sub(r"\[.*?\]", "", line).split("==")
            assert held[_canonical(name)] == version, (lock, line)
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_the_npm_lock_holds_what_the_project_asks_for() -> None:
    package, lock = (json.loads((ROOT / name).read_text()) for name in ("package.json", "package-lock.json"))
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert all(held.get("integrity") for path, held in lock["packages"].items() if path)


# --- installing ------------------------------------------------------------------------------------


def wheel(folder: Path, name: str, version: str, *headers: str) -> str:
    """A package without a line of code, in this folder. Gives its line in a lock."""
    info, file = f"{name}-{version}.dist-info", folder / f"{name}-{version}-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers, ""]
    files = {
        f"{info}/METADATA": "\n".join(lines),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {path: hashlib.sha256(text.encode()).digest() for path, text in files.items()}
    files[f"{info}/RECORD"] = (
        "".join(
            f"{path},sha256={base64.urlsafe_b64encode(digests[path]).rstrip(b'=').decode()},{len(text)}\n"
            for path, text in files.items()
        )
        + f"{info}/RECORD,,\n"
    )
    with zipfile.ZipFile(file, "w") as packed:
        for path, text in files.items():
            packed.writestr(path, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


class House:
    """The Makefile in a folder of its own, with a new virtual environment and packages at hand."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self.folder, self.wheels, self.python = folder, folder / "wheels", folder / ".venv/bin/python"
        self.wheels.mkdir()
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        for file in ("Makefile", "package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / file, folder)
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("COVERAGE", "COV_", "MAKE"))
        }
        self.environment = kept | {"PIP_FIND_LINKS": str(self.wheels), "PYTHON": sys.executable}
        shutil.copytree(venv, folder / ".venv", symlinks=True)
        (folder / ".venv/.made").touch()

    def lock(self, name: str, lines: Iterable[str]) -> None:
        (self.folder / name).write_text("".join(lines))

    def make(self, lock: str, stamp: str = ".venv/.runtime-", **environment: str) -> str:
        """Have this lock installed; gives what was said, "" if it went well."""
        digest = hashlib.sha256((self.folder / lock).read_bytes()).hexdigest()
        done = subprocess.run(
            ["make", stamp + digest], cwd=self.folder, env=self.environment | environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode == 0) == (self.folder / (stamp + digest)).exists()
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def installed(self) -> dict[str, str]:
        done = subprocess.run(
            [self.python, "-m", "pip", "list", "--format=json"],
            check=True, capture_output=True, text=True, env=self.environment,
        )  # fmt: skip
        return {_canonical(part["name"]): part["version"] for part in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def empty_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def house(tmp_path: Path, empty_venv: Path) -> House:
    return House(tmp_path, empty_venv)


@pytest.fixture
def alone(house: House) -> House:
    """Without a registry."""
    house.environment["PIP_NO_INDEX"] = "1"
    return house


def with_an_extra(house: House) -> list[str]:
    """The lock of a program that asks for an extra of another one, of which a newer release has come out since."""
    lines = [
        wheel(house.wheels, "stage", "1.0", "Requires-Dist: lamp[bright]>=1"),
        wheel(house.wheels, "lamp", "1.0", "Provides-Extra: bright"),
    ]
    wheel(house.wheels, "lamp", "1.1", "Provides-Extra: bright")
    return lines


@pytest.mark.slow
def test_a_lock_is_installed_as_it_stands_when_a_newer_release_comes_out(alone: House) -> None:
    alone.lock("requirements.txt", with_an_extra(alone))
    assert alone.make("requirements.txt") == ""
    assert alone.installed().items() >= {"stage": "1.0", "lamp": "1.0"}.items()


@pytest.mark.slow
def test_a_lock_that_lacks_a_part_is_refused(alone: House) -> None:
    alone.lock("requirements.txt", with_an_extra(alone)[:1])
    assert "stage 1.0 requires lamp, which is not installed" in alone.make("requirements.txt")


@pytest.mark.slow
def test_what_an_older_lock_left_behind_gives_way(alone: House) -> None:
    lines = with_an_extra(alone)
    alone.lock("requirements.txt", [wheel(alone.wheels, "dimmer", "1.0", "Requires-Dist: lamp<1"),
                                    wheel(alone.wheels, "lamp", "0.9")])  # fmt: skip
    assert alone.make("requirements.txt") == ""
    alone.lock("requirements.txt", lines)
    assert alone.make("requirements.txt") == ""
    assert alone.installed()["lamp"] == "1.0"
    assert "dimmer" not in alone.installed()


@pytest.mark.slow
def test_nothing_that_runs_code_to_install_itself_is_taken(alone: House) -> None:
    source = alone.folder / "lamp-1.0"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(alone.folder / 'ran')!r}, 'w')")
    file = shutil.make_archive(str(alone.wheels / "lamp-1.0"), "gztar", alone.folder, "lamp-1.0")
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    alone.lock("requirements.txt", [f"lamp==1.0 --hash=sha256:{digest}\n"])
    assert "lamp==1.0" in alone.make("requirements.txt")
    assert not (alone.folder / "ran").exists()


@pytest.mark.wide
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this pip knows Python up to 3.11")
def test_debians_pip_installs_the_locks_though_everything_has_a_newer_release(house: House) -> None:
    subprocess.run(
        [house.python, "-m", "pip", "install", "-qq", f"pip=={DEBIAN_12}"], check=True, env=house.environment
    )
    locks = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
    for lock in locks:
        shutil.copy(ROOT / lock, house.folder)
        for name in pins(lock):
            wheel(house.wheels, name.replace("-", "_"), "9999")
    (house.folder / "no").mkdir()
    (house.folder / "no/npm").write_text("#!/bin/sh\nexit 1\n")
    (house.folder / "no/npm").chmod(0o755)
    path = f"{house.folder / 'no'}:{house.environment['PATH']}"
    assert house.make("requirements.txt") == ""
    assert held(house, pins("requirements.txt"))
    assert house.make("requirements-dev.txt", ".venv/.dev-") == ""
    assert house.make("package-lock.json", "node_modules/.made-", PATH=path) == ""
    assert held(house, {name: version for lock in locks for name, version in pins(lock).items()})
    assert house.installed()["pip"] == pins("requirements-dev.txt").get("pip", DEBIAN_12)


def held(house: House, wanted: Mapping[str, str]) -> bool:
    """Nothing is there at another version; what is missing is for other systems (« colorama » on Windows)."""
    here = house.installed()
    text = "".join((ROOT / lock).read_text() for lock in ("requirements.txt", "requirements-dev.txt"))
    elsewhere = {name for name in wanted if re.search(rf"^{re.escape(name)}==\S+ ;", text, re.MULTILINE)}
    return {
        name: here[name] for name in wanted if name in here or name not in elsewhere
    }.items() <= wanted.items()
