"""A data folder of any name holds its own database; one that an older start put elsewhere is told, not lost."""

import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import environ
import pytest

from tests.harness.folders import ROOT

NAMES = [
    "classe#1", "classe?1", "classe%20A", "classe+A", "a b", "l'été «ç»", 'dit "deux"', "a&b=c;d", "file:x", ":memory:",
]  # fmt: skip
WRITE = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE lessons_classrun (label text)")
    cursor.execute("INSERT INTO lessons_classrun VALUES ('une classe')")
    cursor.execute("PRAGMA database_list")
    print(cursor.fetchall()[0][2])
"""


def run(data: Path, code: str = WRITE) -> subprocess.CompletedProcess[str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("METROLOCO_") and n != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**kept, "METROLOCO_DATA": str(data), "DJANGO_SETTINGS_MODULE": "metroloco_site.settings"},
    )  # fmt: skip


def older_place(data: Path) -> Path:
    """Where the settings put the database of this folder until December 2026."""
    return Path(environ.Env.db_url_config(f"sqlite:///{data}/metroloco.sqlite3")["NAME"])


def tables(file: Path) -> int:
    with closing(sqlite3.connect(file)) as found:
        return int(
            found.execute("SELECT count(*) FROM sqlite_master WHERE name = 'lessons_classrun'").fetchone()[0]
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_database_is_in_its_folder(tmp_path: Path, name: str) -> None:
    done = run(tmp_path / name)
    assert done.stdout.strip() == str(tmp_path / name / "metroloco.sqlite3"), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("pair", [("a#1", "a#2"), ("a?1", "a?2"), ("a%20b", "a b"), ("a+b", "a b")])
def test_two_folders_never_share_a_database(tmp_path: Path, pair: tuple[str, str]) -> None:
    """The table that each of them makes would be refused to the second."""
    files = []
    for name in pair:
        (tmp_path / name).mkdir()
        (tmp_path / name / "metroloco.sqlite3").touch()  # « a b » is where the older program put « a+b »
        done = run(tmp_path / name)
        assert done.returncode == 0, done.stderr
        files.append(done.stdout.strip())
    assert len(set(files)) == 2


@pytest.mark.parametrize("name", ["classe#1", "classe?1", "classe%41", "classe+A"])
def test_a_database_that_an_older_start_put_elsewhere_is_told(tmp_path: Path, name: str) -> None:
    data = tmp_path / name
    older = older_place(data)
    assert older != data / "metroloco.sqlite3"
    older.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(older)) as made:
        made.execute("CREATE TABLE lessons_classrun (label text)")
    done = run(data)
    assert done.returncode == 1
    assert f"ailleurs\u00a0: {older}." in done.stderr
    assert "Rien n’a changé, et le programme ne démarre pas." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (data / "metroloco.sqlite3").exists()

    move = next(line for line in done.stderr.splitlines() if line.startswith("  mv "))
    subprocess.run(shlex.split(move), check=True)  # what it says to do is enough
    done = run(data, "import django; django.setup()")
    assert done.returncode == 0, done.stderr
    assert tables(data / "metroloco.sqlite3") == 1


def test_whatever_else_stands_in_that_place_stops_nothing(tmp_path: Path) -> None:
    for name, content in (("lettre", "Chers parents,"), ("vide", "")):
        (tmp_path / name).write_text(content)
        assert run(tmp_path / f"{name}#1").returncode == 0
        assert (tmp_path / name).read_text() == content
    with closing(sqlite3.connect(tmp_path / "autre")) as theirs:
        theirs.execute("CREATE TABLE recettes (nom text)")
    assert run(tmp_path / "autre#1").returncode == 0
    assert tables(tmp_path / "autre") == 0
