"""A newer program brings the database up to date: all of it, or nothing (docs/decisions/0014-updating-the-database.md).

On SQLite a copy is made before, and put back if a migration fails, or by the next start if the process ended in the
middle. On PostgreSQL all migrations are one transaction. Both copies are kept some days (actions.kept).
"""

import errno
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from metroloco_site.kit.data_folder import sync, why
from metroloco_site.ops.actions import database_copy
from metroloco_site.ops.actions.backup import staging, write_backup
from metroloco_site.ops.actions.kept import BEFORE_UPDATING, ZIP
from metroloco_site.ops.queries.installation import applied_migrations

MARK = "update-begun"  # holds the name of the copy, from before the first migration until after the last


class Failed(Exception):
    """The database is as it was; the text says why, in French."""


def update(*, now: datetime) -> Path | None:
    """Gives where the copy from before is kept; None if nothing was to be done, or the database is new.

    The caller holds the folder (kit.data_folder.sole_use), and has called `finish`. Raises Failed.
    """
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    if not applied_migrations():
        _migrate()
        return None
    kept = _copied(now)
    try:
        _migrate_or_nothing(kept)
    except Exception as error:
        raise Failed(
            f"La mise à jour de la base a échoué ({type(error).__name__}). Elle est remise telle qu’elle était\u00a0: "
            "rien n’est perdu. Reprenez la version précédente du programme, et signalez-nous cette panne."
        ) from error
    return kept


def finish() -> bool:
    """Puts back what an update that was cut had begun to change; True if there was one."""
    mark = Path(settings.DATA_DIR) / MARK
    if not mark.exists():
        return False
    _put_back(Path(settings.DATA_DIR) / mark.read_text(encoding="utf-8"))
    return True


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _copied(now: datetime) -> Path:
    """The folder of the copy, whole or not there at all."""
    kept = Path(settings.DATA_DIR) / f"{BEFORE_UPDATING}{now:%Y-%m-%d-%H%M%S}"
    try:
        with staging() as folder:
            if database_copy.is_sqlite():
                _copy_file(folder / database_copy.database_path().name)
            else:
                write_backup(folder / ZIP, now)
            sync(folder)
            folder.rename(kept)
        sync(kept.parent)
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise Failed(
            f"Cette version met la base à jour, et la copie à faire avant n’a pas pu l’être. {_reason(error)}. "
            "Rien n’a changé, et le serveur ne démarre pas."
        ) from error
    return kept


def _reason(error: Exception) -> str:
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
        error = OSError(errno.ENOSPC, "")
    return why(error) if isinstance(error, OSError) else f"La base n’a pas pu être lue ou écrite ({error})"


def _copy_file(target: Path) -> None:
    """From a connection of its own: the program's may be anywhere in its work."""
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(database_copy.database_path())) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        if copy.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError("abîmée")
    sync(target)


def _migrate_or_nothing(kept: Path) -> None:
    if not database_copy.is_sqlite():
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                # Else rows checked at the end would forbid a later migration to change their table.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _migrate()
        return
    mark = Path(settings.DATA_DIR) / MARK
    mark.touch(mode=0o600)
    mark.write_text(kept.name, encoding="utf-8")
    sync(mark)
    sync(mark.parent)
    try:
        _migrate()
    except BaseException:  # Ctrl+C too
        _put_back(kept)
        raise
    mark.unlink()
    sync(mark.parent)


def _put_back(kept: Path) -> None:
    """May be called again after a power cut: the mark goes last."""
    live, copy = database_copy.database_path(), kept / database_copy.database_path().name
    connection.close()
    if copy.exists():  # else put back already
        for suffix in database_copy.BESIDE[
            1:
        ]:  # a journal of the half-changed file would be played into the copy
            Path(f"{live}{suffix}").unlink(missing_ok=True)
        _replace(copy, live)
        sync(live.parent)
    (Path(settings.DATA_DIR) / MARK).unlink()
    shutil.rmtree(kept, ignore_errors=True)


def _replace(copy: Path, live: Path) -> None:
    try:
        copy.replace(live)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = live.with_name(f"{live.name}.part")  # another disk than the data folder's
        shutil.copyfile(copy, beside)
        beside.chmod(0o600)
        sync(beside)
        beside.replace(live)
