"""A backup put in the place of what is there: verified first, then swapped, never half done.

From the moment the verified folder is named READY the restoration will be finished: by this
command or, after a power cut, by the next start of the server.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from metroloco_site.kit.data_folder import InUse, sync
from metroloco_site.ops.actions import database_copy, update
from metroloco_site.ops.actions.backup import Refused, staging, write_backup
from metroloco_site.ops.actions.kept import AFTER_RESTORING, ZIP
from metroloco_site.ops.queries.installation import unknown_migrations
from metroloco_site.ops.rules import backup_file

READY = "restore-ready"


def restore(*, file: Path, now: datetime) -> tuple[backup_file.Manifest, Path | None]:
    """The caller holds the folder (kit.data_folder.sole_use). Gives where the old data was set aside.

    Raises BadBackup and Refused (nothing has changed), OSError and DatabaseError.
    """
    finish()
    update.finish()
    if database_copy.others_connected():
        raise InUse
    with staging() as folder:
        manifest = _verified(file, folder)
        before = _set_aside(now)
        try:
            _commit(folder, before)
        except BaseException:
            shutil.rmtree(before)
            raise
    try:
        finish()
    except backup_file.BadBackup:  # PostgreSQL took nothing: there is nothing to finish
        shutil.rmtree(_ready())
        raise
    return manifest, before if _is_kept(before) else None


def _commit(folder: Path, before: Path) -> None:
    if not database_copy.is_sqlite():  # tables cannot be renamed aside as a file is
        write_backup(before / ZIP, datetime.fromtimestamp(before.stat().st_mtime, UTC))
    (folder / "before").write_text(before.name, encoding="utf-8")
    sync(folder / "before")
    sync(folder)
    folder.replace(_ready())
    sync(_ready().parent)


def finish() -> None:
    """Finishes a restoration that was cut; nothing to do otherwise."""
    ready = _ready()
    if not ready.exists():
        return
    before = Path(settings.DATA_DIR) / (ready / "before").read_text(encoding="utf-8")
    before.mkdir(mode=0o700, exist_ok=True)
    manifest = backup_file.manifest_of((ready / backup_file.MANIFEST).read_text(encoding="utf-8"))
    database_copy.install_copy(ready / "database", manifest, before)
    _swap_media(ready, before)
    shutil.rmtree(ready)
    sync(ready.parent)


def _ready() -> Path:
    return Path(settings.DATA_DIR) / READY


def _verified(file: Path, folder: Path) -> backup_file.Manifest:
    if not file.is_file():
        raise Refused(f"Il n’y a pas de fichier {file}.")
    if database_copy.is_sqlite() and _other_disk():
        raise Refused("La base est sur un autre disque que le dossier de données : elle ne s’échange pas.")
    manifest = backup_file.unpack(file, folder)
    unknown = unknown_migrations(manifest.migrations)
    if unknown:
        raise backup_file.BadBackup(
            f"Cette sauvegarde vient d’une version plus récente du programme ({manifest.app}) : mettez-le à jour."
        )
    database_copy.check_copy(folder / "database", manifest)
    (folder / backup_file.MANIFEST).write_text(manifest.text(), encoding="utf-8")
    (folder / "media").mkdir(mode=0o700, exist_ok=True)
    return manifest


def _other_disk() -> bool:
    data = Path(settings.DATA_DIR)
    return database_copy.database_path().parent.stat().st_dev != data.stat().st_dev


def _set_aside(now: datetime) -> Path:
    before = Path(settings.DATA_DIR) / f"{AFTER_RESTORING}{now:%Y-%m-%d-%H%M%S}"
    before.mkdir(mode=0o700)
    return before


def _swap_media(ready: Path, before: Path) -> None:
    staged, live, kept = ready / "media", Path(settings.MEDIA_ROOT), before / "media"
    if not staged.exists():
        return  # swapped already, before a power cut
    if live.exists() and not kept.exists():
        live.rename(kept)
    elif live.exists():
        shutil.rmtree(live)
    staged.rename(live)


def _is_kept(before: Path) -> bool:
    """True if something was set aside; an empty folder goes."""
    if any(path.is_file() for path in before.rglob("*")):
        return True
    shutil.rmtree(before)
    return False


def is_cut() -> bool:
    """True if a restoration waits to be finished."""
    return _ready().exists()
