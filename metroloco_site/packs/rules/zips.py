"""A pack as one ZIP file. It is read where it lies: no name in it ever becomes a path on this machine."""

import stat
import zlib
from collections.abc import Mapping
from functools import partial
from pathlib import PurePosixPath
from shutil import copyfileobj
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from metroloco_site.packs.rules.blobs import BLOCK, Blob, Content, read_blob, size_of
from metroloco_site.packs.rules.errors import PackError, PackErrors
from metroloco_site.packs.rules.files import LESSON, MAX_ENTRIES, README, VIDEO, Gathering, PackFile, room_of

MAX_ZIP = 212_000_000  # bytes: more than the largest pack weighs, compressed or not
NAME = "le fichier ZIP"
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")  # what file managers add by themselves
_BROKEN = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)  # RuntimeError: a password


def open_zip(file: BinaryIO, errors: list[PackError]) -> list[PackFile]:
    """The files of the pack, sorted by path. Raises PackErrors where there is no archive, or no pack in it.

    Its videos are read again when they are stored: `file` stays open as long.
    """
    try:
        return _gather(ZipFile(file), errors)
    except _BROKEN:
        message = "ce fichier n’est pas une archive ZIP lisible : refaites-la à partir du dossier."
        raise PackErrors([PackError(NAME, 0, message)]) from None


def write_zip(files: Mapping[str, Content], top: str, out: BinaryIO) -> None:
    """The same files as one archive, in a folder named `top`; the same bytes each time."""
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path, data in files.items():
            if isinstance(data, Blob):
                entry = ZipInfo(f"{top}/{path}")  # stored: a video does not shrink
                with data.open() as film, archive.open(entry, "w", force_zip64=False) as inside:
                    copyfileobj(film, inside, BLOCK)
            else:
                archive.writestr(ZipInfo(f"{top}/{path}"), data, ZIP_DEFLATED)


def _gather(archive: ZipFile, errors: list[PackError]) -> list[PackFile]:
    infos = [
        info for info in archive.infolist() if not _name(info).endswith("/") and not _is_junk(_name(info))
    ]
    gathering = Gathering(errors)
    if len(infos) > MAX_ENTRIES:
        gathering.refuse(NAME, f"plus de {MAX_ENTRIES} fichiers : ne mettez qu’un paquet dans l’archive.")
        raise PackErrors(errors)
    top = _top(infos)
    seen: set[str] = set()
    for info in infos:
        path = _name(info).removeprefix(top)
        if path != README:
            _take(archive, info, path, gathering, seen)
    if all(file.path != LESSON for file in gathering.files):
        gathering.refuse(
            NAME, f"il n’y a pas de {LESSON} dans l’archive : compressez le dossier d’un paquet."
        )
    return gathering.all(NAME)


def _name(info: ZipInfo) -> str:
    """With the separator that APPNOTE.TXT (4.4.17) wants: Windows PowerShell 5 writes its own."""
    return info.filename.replace("\\", "/")


def _is_junk(name: str) -> bool:
    return name.startswith(_JUNK[0]) or PurePosixPath(name).name in _JUNK


def _top(infos: list[ZipInfo]) -> str:
    """« metroloco/ » where the folder itself was compressed, and not what is in it."""
    names = [_name(info) for info in infos]
    tops = {name.partition("/")[0] + "/" for name in names}
    return tops.pop() if len(tops) == 1 and all("/" in name for name in names) else ""


def _take(archive: ZipFile, info: ZipInfo, path: str, gathering: Gathering, seen: set[str]) -> None:
    if path in seen:
        gathering.refuse(path, "ce fichier est deux fois dans l’archive : refaites-la.")
    elif path.startswith("/") or ".." in path.split("/"):
        gathering.refuse(path, "ce chemin sort du paquet : refaites l’archive à partir du dossier.")
    elif stat.S_ISLNK(info.external_attr >> 16):
        gathering.refuse(path, "c’est un lien symbolique : remplacez-le par le fichier lui-même.")
    else:
        gathering.take(path, info.file_size, partial(_read, archive, info, path, gathering))
    seen.add(path)


def _read(archive: ZipFile, info: ZipInfo, path: str, gathering: Gathering) -> Content | None:
    """What the file really holds, whatever the archive says of its size."""
    try:
        data = _content(archive, info, path)
    except (*_BROKEN, NotImplementedError):
        gathering.refuse(path, "ce fichier est abîmé ou protégé par un mot de passe : refaites l’archive.")
        return None
    if size_of(data) != info.file_size:
        gathering.refuse(path, "ce fichier n’a pas la taille annoncée : refaites l’archive.")
        return None
    return data


def _content(archive: ZipFile, info: ZipInfo, path: str) -> Content:
    opener, room = partial(_opened, archive, info), room_of(path)
    if room is VIDEO:
        return read_blob(opener, room.most)
    with opener() as file:
        return file.read(room.most + 1)


def _opened(archive: ZipFile, info: ZipInfo) -> BinaryIO:
    return cast("BinaryIO", archive.open(info))
