"""One file with everything: the database at one instant, the media, and a manifest."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from metroloco_site.kit.data_folder import sync
from metroloco_site.ops.actions.database_copy import write_copy
from metroloco_site.ops.queries.installation import program_version
from metroloco_site.ops.rules import backup_file

STAGING = "staging-"  # folders of ours in the data folder; the purge removes what a power cut left


class Refused(Exception):
    """Nothing was written; the text says why, in French."""


def backup(*, file: Path, now: datetime) -> backup_file.Manifest:
    """Writes `file`, or leaves the one that is there.

    Raises Refused, OSError, DatabaseError and sqlite3.Error.
    """
    _check_place(file.absolute())
    return write_backup(file.absolute(), now)


def write_backup(file: Path, now: datetime) -> backup_file.Manifest:
    """The same, wherever the file is."""
    with staging() as folder:
        manifest = _gather(folder, now)
        part = file.with_name(file.name + ".part")
        part.unlink(missing_ok=True)
        try:
            _write(part, manifest, folder)
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    sync(file.parent)
    return manifest


@contextmanager
def staging() -> Iterator[Path]:
    """A folder on the disk of the data, closed to others, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=settings.DATA_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_place(file: Path) -> None:
    data = Path(settings.DATA_DIR)
    if file.resolve().is_relative_to(data):
        raise Refused(
            f"Choisissez un endroit hors de {data} : une sauvegarde ne se garde pas à côté de ce qu’elle sauve."
        )
    if not file.parent.is_dir():
        raise Refused(f"Le dossier {file.parent} n’existe pas.")
    if file.is_dir() or (file.exists() and not backup_file.is_backup(file)):
        raise Refused(f"{file} existe déjà et n’est pas une sauvegarde : choisissez un autre nom.")


def _gather(folder: Path, now: datetime) -> backup_file.Manifest:
    """Media are linked before and after the copy: what the copy names is there, whatever happens meanwhile."""
    database = folder / "database"
    database.mkdir()
    link_tree(Path(settings.MEDIA_ROOT), folder / "media")
    copy = write_copy(database)
    link_tree(Path(settings.MEDIA_ROOT), folder / "media")
    return backup_file.Manifest(
        app=program_version(),
        engine=connection.vendor,
        made_at=now.isoformat(timespec="seconds"),
        migrations=copy.migrations,
        rows=copy.rows,
        columns=copy.columns,
        members=backup_file.describe(folder),
    )


def link_tree(source: Path, target: Path) -> None:
    """The same files under another folder; a hard link costs nothing and outlives the deletion."""
    for path in source.rglob("*") if source.is_dir() else ():
        copy = target / path.relative_to(source)
        if path.is_symlink() or not path.is_file() or copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # deleted meanwhile
            try:
                os.link(path, copy)
            except OSError:  # a disk without hard links
                shutil.copyfile(path, copy)


def _write(part: Path, manifest: backup_file.Manifest, folder: Path) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        backup_file.pack(manifest, folder, file)
        file.flush()
        os.fsync(file.fileno())
