"""The data folder: one server at a time, and clear words when nothing can be written there."""

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "serve.lock"
SENTENCES = {
    errno.ENOSPC: "Le disque est plein",
    errno.EDQUOT: "Votre part du disque est pleine",
    errno.EROFS: "Ce disque ne se laisse que lire",
    errno.EACCES: "Vous n’avez pas le droit d’écrire ici",
    errno.EPERM: "Vous n’avez pas le droit d’écrire ici",
    errno.EFBIG: "Le disque n’accepte pas un fichier de cette taille",
    errno.EIO: "Le disque répond mal",
}


class InUse(Exception):
    """A server runs on this folder, or a restoration."""


def why(error: OSError) -> str:
    """What the machine refuses, in French, without a full stop."""
    return SENTENCES.get(error.errno or 0, f"La machine refuse ({error.strerror or error})")


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Holds the folder for this process alone; the system lets go of it if the process is killed.

    Raises InUse if another process holds it.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)  # not inherited by children
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse from None
        yield
    finally:
        os.close(descriptor)


def probe(folder: Path) -> None:
    """Raises OSError if a small file cannot be written there, or in the folder of temporary files."""
    tempfile.gettempdir()  # chosen for good now: once the disk is full, Python finds none, or another one
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as file:
        file.write(b"\0" * 65536)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def close_to_others(folder: Path) -> bool:
    """Takes the folder and all in it from everybody but its owner; False where the machine refuses.

    An older start, or whoever made the folder, may have left them readable by all of the machine.
    """
    closed = True
    for path in (folder, *folder.rglob("*")):
        try:
            if not path.is_symlink() and (mode := path.stat().st_mode) & 0o077:
                path.chmod(stat.S_IMODE(mode) & 0o700)
        except FileNotFoundError:  # deleted meanwhile
            continue
        except OSError:
            closed = False
    return closed
