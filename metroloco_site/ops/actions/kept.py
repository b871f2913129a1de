"""Copies of the database that the data folder keeps some days: set aside by a restoration, made before an update."""

import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lessons.models import ClassRun, Participant
from metroloco_site.ops.actions.database_copy import database_path, is_sqlite
from metroloco_site.ops.rules import backup_file, keeping

AFTER_RESTORING, BEFORE_UPDATING = "before-restore-", "before-update-"  # how their folders are called
ZIP = "sauvegarde.zip"  # what such a folder holds on PostgreSQL; on SQLite, the file itself
KEPT = timedelta(days=7)


def erase_due(*, last: date | None, today: date) -> int:
    """Those that were kept long enough or hold an activité whose date has come, at the look of a later day."""
    return _erase(
        folder for folder in _folders() if keeping.is_to_erase(_kept_until(folder), last=last, today=today)
    )


def somebody_is_gone(**_: object) -> None:
    """A signal's receiver: once the transaction that erases is committed."""
    if _folders(BEFORE_UPDATING):
        transaction.on_commit(erase_those_of_the_gone, robust=True)


def erase_those_of_the_gone() -> int:
    """Those, made before an update, that hold an activité or somebody no longer there: an erasure is for good.

    What a restoration set aside is another state on purpose, and is not compared.
    """
    return _erase(folder for folder in _folders(BEFORE_UPDATING) if _has_gone(folder))


def _has_gone(folder: Path) -> bool:
    return any(
        set(_column(folder, model._meta.db_table, "public_id"))  # noqa: SLF001 - Django's documented way
        - set(model._default_manager.values_list("public_id", flat=True))  # noqa: SLF001
        for model in (ClassRun, Participant)
    )


def _folders(*names: str) -> list[Path]:
    wanted = names or (AFTER_RESTORING, BEFORE_UPDATING)
    return [path for path in Path(settings.DATA_DIR).iterdir() if path.name.startswith(wanted)]


def _erase(folders: Iterator[Path]) -> int:
    gone = list(folders)
    for folder in gone:
        shutil.rmtree(folder)
    return len(gone)


def _kept_until(folder: Path) -> date:
    made = timezone.localtime(datetime.fromtimestamp(folder.stat().st_mtime, UTC)).date()
    days = [date.fromisoformat(day) for day in _column(folder, "lessons_classrun", "delete_on")]
    return min([made + KEPT, *days])


def _column(folder: Path, table: str, name: str) -> list[str]:
    """Its values in the copy; none where the copy cannot be read, or is cut."""
    try:
        if (zipped := folder / ZIP).exists():
            return _from_zip(zipped, table, name)
        if is_sqlite() and (file := folder / database_path().name).exists():
            return _from_sqlite(file, table, name)
    except (sqlite3.Error, zipfile.BadZipFile, backup_file.BadBackup, KeyError):
        return []
    return []


def _from_sqlite(file: Path, table: str, name: str) -> list[str]:
    with closing(sqlite3.connect(file)) as copy:
        return [value for (value,) in copy.execute(f'SELECT "{name}" FROM "{table}"')]  # noqa: S608


def _from_zip(file: Path, table: str, name: str) -> list[str]:
    """From the text of PostgreSQL's COPY; dates and our ids are never escaped in it."""
    with zipfile.ZipFile(file) as zipped:
        place = backup_file.read_manifest(zipped).columns[table].index(name)
        lines = zipped.read(f"database/{table}.copy").decode().splitlines()
    return [line.split("\t")[place] for line in lines]
