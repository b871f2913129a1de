"""A consistent copy of the database while others write, and a copy put in its place (docs/decisions).

Both engines leave files in a folder; a backup is made of them, and a restoration installs them.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from metroloco_site.ops.queries.installation import applied_migrations
from metroloco_site.ops.rules.backup_file import BadBackup, Manifest

FILE = "metroloco.sqlite3"
CHUNK = 1 << 20
BESIDE = ("", "-journal", "-wal", "-shm")  # what SQLite keeps beside its file


@dataclass(frozen=True)
class Copy:
    """What was copied. `columns` by table; only PostgreSQL's copy needs them."""

    rows: Mapping[str, int]
    columns: Mapping[str, tuple[str, ...]]
    migrations: tuple[str, ...]


def is_sqlite() -> bool:
    """True where the database is a file of ours."""
    return connection.vendor == "sqlite"


def write_copy(folder: Path) -> Copy:
    """The database as it is at one instant. Raises DatabaseError, sqlite3.Error, OSError."""
    return _copy_sqlite(folder) if is_sqlite() else _copy_postgres(folder)


def check_copy(folder: Path, manifest: Manifest) -> None:
    """Raises BadBackup unless the copy can be installed here and holds what the manifest says."""
    if manifest.engine != connection.vendor:
        raise BadBackup(
            f"Cette sauvegarde vient d’une base {manifest.engine}, et cette installation utilise {connection.vendor}."
        )
    if is_sqlite():
        _check_sqlite(folder / FILE, manifest)
    else:
        _check_postgres(manifest)


def install_copy(folder: Path, manifest: Manifest, before: Path) -> None:
    """Puts the copy in the place of the database. Can be called again after a power cut."""
    if is_sqlite():
        _install_sqlite(folder / FILE, before)
    else:
        _install_postgres(folder, manifest)


# --- SQLite -------------------------------------------------------------------------------------


def database_path() -> Path:
    """SQLite only: its file."""
    return Path(str(settings.DATABASES["default"]["NAME"])).absolute()


def _copy_sqlite(folder: Path) -> Copy:
    connection.ensure_connection()
    path = folder / FILE
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is read again at once, and synced in the zip
        # All pages in one step: in several, each commit of the class would start it over again.
        connection.connection.backup(copy)
        return Copy(_rows(copy), {}, _migrations(copy))


def _rows(copy: sqlite3.Connection) -> dict[str, int]:
    names = copy.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608


def _migrations(copy: sqlite3.Connection) -> tuple[str, ...]:
    rows = copy.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return tuple(name for (name,) in rows)


def _check_sqlite(path: Path, manifest: Manifest) -> None:
    if not path.is_file():
        raise BadBackup("Cette sauvegarde ne contient pas de base de données.")
    try:
        with closing(sqlite3.connect(path)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            orphans = copy.execute("PRAGMA foreign_key_check").fetchall()
            same = _rows(copy) == manifest.rows and _migrations(copy) == manifest.migrations
    except sqlite3.Error as error:
        raise BadBackup("La base de données de cette sauvegarde est abîmée.") from error
    if not (sound and same) or orphans:
        raise BadBackup("La base de données de cette sauvegarde est abîmée.")


def _install_sqlite(staged: Path, before: Path) -> None:
    live = database_path()
    connection.close()
    if not staged.exists():
        return  # installed already, before a power cut
    for suffix in BESIDE:
        old, kept = Path(f"{live}{suffix}"), before / f"{live.name}{suffix}"
        if old.exists() and not kept.exists():
            old.rename(kept)
    staged.chmod(0o600)
    staged.replace(live)


# --- PostgreSQL ---------------------------------------------------------------------------------


def _copy_postgres(folder: Path) -> Copy:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = {table: _columns(cursor, table) for table in _tables(cursor)}
        rows = {table: _copy_table(cursor, table, names, folder) for table, names in tables.items()}
    return Copy(rows, tables, applied_migrations())


def _tables(cursor: CursorWrapper) -> list[str]:
    return sorted(connection.introspection.table_names(cursor))


def _columns(cursor: CursorWrapper, table: str) -> tuple[str, ...]:
    return tuple(column.name for column in connection.introspection.get_table_description(cursor, table))


def _copy_table(cursor: CursorWrapper, table: str, names: tuple[str, ...], folder: Path) -> int:
    with (
        (folder / f"{table}.copy").open("wb") as file,
        cursor.copy(f"COPY {_target(table, names)} TO STDOUT") as out,
    ):
        for block in out:
            file.write(block)
    cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608
    return int(cursor.fetchone()[0])


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _target(table: str, names: tuple[str, ...]) -> str:
    return f"{_quoted(table)} ({', '.join(_quoted(name) for name in names)})"


def _check_postgres(manifest: Manifest) -> None:
    if manifest.migrations != applied_migrations():
        raise BadBackup(
            f"Cette sauvegarde a été faite avec la version {manifest.app} du programme : "
            "restaurez-la avec cette version, puis mettez à jour."
        )
    with connection.cursor() as cursor:
        if {table: _columns(cursor, table) for table in _tables(cursor)} != manifest.columns:
            raise BadBackup("Les tables de cette sauvegarde ne sont pas celles de cette installation.")


def _install_postgres(folder: Path, manifest: Manifest) -> None:
    """All tables in one transaction: nothing changes before the last row is in."""
    done = folder / "done"
    if done.exists():
        return
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(_quoted(table) for table in manifest.columns)}")
        for table, names in manifest.columns.items():
            _fill_table(cursor, table, names, folder)
            cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608
            if cursor.fetchone()[0] != manifest.rows[table]:
                raise BadBackup("La base de données n’a pas repris toutes les lignes : rien n’est changé.")
    done.touch()


def _fill_table(cursor: CursorWrapper, table: str, names: tuple[str, ...], folder: Path) -> None:
    with (
        (folder / f"{table}.copy").open("rb") as file,
        cursor.copy(f"COPY {_target(table, names)} FROM STDIN") as into,
    ):
        while block := file.read(CHUNK):
            into.write(block)
    if "id" in names:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [_quoted(table)])
        (sequence,) = cursor.fetchone()
        if sequence:
            cursor.execute(
                f"SELECT setval(%s, coalesce(max(id), 1), max(id) IS NOT NULL) FROM {_quoted(table)}",  # noqa: S608
                [sequence],
            )


def others_connected() -> bool:
    """PostgreSQL only: somebody else is connected, a server perhaps."""
    if is_sqlite():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0])
