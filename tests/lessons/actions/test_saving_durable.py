"""« Enregistré » is true on power loss: what kill -9 cannot show is asserted on live connections."""

import os
import sqlite3
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler

ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
PRAGMAS = {
    "journal_mode": "truncate",
    "synchronous": 2,  # FULL: the disk is waited for at each commit
    "secure_delete": 1,  # what is deleted is overwritten
    "foreign_keys": 1,
    "busy_timeout": 20_000,  # milliseconds
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metroloco.sqlite3"


@pytest.fixture
def connections(db: None, path: Path) -> ConnectionHandler:
    """The tests' own database is in memory, where a journal means nothing: the same settings, in a file."""
    return ConnectionHandler({"default": {**settings.DATABASES["default"], "NAME": str(path)}})


@pytest.mark.skipif(ON_POSTGRES, reason="of SQLite")
@pytest.mark.parametrize("pragma", PRAGMAS)
def test_sqlite_waits_for_the_disk(connections: ConnectionHandler, pragma: str) -> None:
    with connections["default"].cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone()[0] == PRAGMAS[pragma]
    connections["default"].close()


@pytest.mark.skipif(ON_POSTGRES, reason="of SQLite")
def test_no_text_stays_in_the_journal(connections: ConnectionHandler, path: Path) -> None:
    ours = connections["default"]
    with ours.cursor() as cursor:
        cursor.execute("CREATE TABLE said (text TEXT)")
        cursor.execute("INSERT INTO said VALUES ('un secret bien gardé')")
        cursor.execute("DELETE FROM said")
    ours.close()
    for file in path.parent.iterdir():
        assert b"un secret" not in file.read_bytes(), file.name


@pytest.mark.skipif(ON_POSTGRES, reason="of SQLite")
def test_a_transaction_has_the_write_lock_from_its_start(connections: ConnectionHandler, path: Path) -> None:
    ours = connections["default"]
    ours.set_autocommit(autocommit=False, force_begin_transaction_with_broken_autocommit=True)
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()
    ours.rollback()
    ours.close()


@pytest.mark.django_db
@pytest.mark.skipif(not ON_POSTGRES, reason="of PostgreSQL")
def test_postgresql_waits_for_the_disk() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
