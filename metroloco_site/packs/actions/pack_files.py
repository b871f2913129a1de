"""Packs in folders: writing a stored lesson out, and putting a folder into the canonical form."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj

from lessons.models import Lesson
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules import PackErrors, read_pack
from metroloco_site.packs.rules.blobs import BLOCK
from metroloco_site.packs.rules.pictures import METADATA, without_metadata
from metroloco_site.packs.rules.writing import Files, pack_files


class FolderNotEmpty(Exception):
    """Nothing is written over what somebody has there."""


@dataclass(frozen=True)
class CheckedPack:
    """`files`: how many; `changed`: those that are not in the canonical form, sorted."""

    title: str
    files: int
    changed: tuple[str, ...]


def dump_pack(*, lesson: Lesson, folder: Path) -> int:
    """Writes a version of a lesson as a pack; gives the number of files. Raises FolderNotEmpty, OSError."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty
    files = pack_files(stored_pack(lesson))
    _write(folder, files)
    return len(files)


def check_pack(*, folder: Path, fix: bool = False) -> CheckedPack:
    """Reads a pack and compares it with its canonical form, which `fix` writes. Raises PackErrors, OSError.

    Metadata in a picture is the one error that `fix` mends, and only where there is no other.
    """
    if fix:
        _write(folder, _bare_pictures(folder))
    pack = read_pack(folder)
    files = pack_files(pack)
    texts = {path: data for path, data in files.items() if isinstance(data, bytes)}  # a video has one form
    changed: Files = {path: data for path, data in texts.items() if (folder / path).read_bytes() != data}
    if fix:
        _write(folder, changed)
    return CheckedPack(pack.lesson.title, len(files), tuple(sorted(changed)))


def _bare_pictures(folder: Path) -> Files:
    """The pictures that say more than they show, without it; none where the pack has another error."""
    try:
        read_pack(folder)
    except PackErrors as broken:
        if all(error.message == METADATA for error in broken.errors):
            paths = [error.file for error in broken.errors]
            return {
                path: without_metadata((folder / path).read_bytes(), path.rpartition(".")[2])
                for path in paths
            }
    return {}


def _write(folder: Path, files: Files) -> None:
    """Each file whole or as it was: a new one takes the place of the old one at once."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".pack-")
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                with data.open() as video:
                    copyfileobj(video, file, BLOCK)
        Path(name).chmod(0o644)
        Path(name).replace(target)
