"""A data folder that lives as long as one process: made before the settings are read, gone with it.

A process that is killed leaves its folder behind; the next one removes it. The lock tells which are in use.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from metroloco_site.kit.data_folder import InUse, sole_use, why

PREFIX = "metroloco-demo-"
MARK = "demonstration"  # the file that says so to every process of the installation
_held = contextlib.ExitStack()


def make() -> Path:
    """A new folder, and the environment that leads there: none of the user's own settings or database."""
    remove_leftovers()
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        _held.enter_context(
            sole_use(folder)
        )  # until the process ends; only then the mark that others know it by
        (folder / MARK).touch(mode=0o600)
    except OSError as error:
        raise SystemExit(
            f"La démonstration ne démarre pas. {why(error)} : {tempfile.gettempdir()}."
        ) from error
    for name in list(os.environ):
        if name.startswith("METROLOCO_") or name in ("DATABASE_URL", "HOST", "PORT"):
            del os.environ[name]
    os.environ.update(METROLOCO_DATA=str(folder))
    return folder


def is_one(folder: Path) -> bool:
    """True for a folder made here, and for no other: what is not is never removed."""
    return folder.name.startswith(PREFIX) and (folder / MARK).is_file()


def remove(folder: Path) -> None:
    """All of it; a child that is just ending may still write a file, so twice if need be."""
    if not is_one(folder):
        return
    for _ in range(2):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # without its mark the next start would not know it
        with contextlib.suppress(OSError):
            (folder / MARK).touch(mode=0o600)


def remove_leftovers() -> None:
    """Folders whose process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        if _is_mine(folder) and is_one(folder):
            with contextlib.suppress(InUse, OSError), sole_use(folder):
                remove(folder)


def _is_mine(folder: Path) -> bool:
    """The folder for temporary files is everybody's."""
    with contextlib.suppress(OSError):
        return folder.stat(follow_symlinks=False).st_uid == os.getuid() and not folder.is_symlink()
    return False
