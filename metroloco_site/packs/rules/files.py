"""The files of a pack: which may be there, how big, and the digest that tells two packs apart."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from metroloco_site.packs.rules.blobs import Blob, Content, read_blob, size_of
from metroloco_site.packs.rules.errors import PackError, PackErrors, printable

MAX_ENTRIES = 500  # in one folder
LESSON = "lesson.md"
README = "README.md"  # for people, not read
PICTURES, VIDEOS = "images", "videos"
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NUMBER = r"[1-9][0-9]?"
SLUG = re.compile(_SLUG)
NAMES = {
    "parts": re.compile(rf"({_NUMBER})\.md"),
    "questions": re.compile(rf"({_NUMBER})-({_NUMBER})\.md"),
    "annexes": re.compile(rf"({_NUMBER})-({_NUMBER})\.md"),
    "lexicon": re.compile(rf"({_SLUG})\.md"),
    "method": re.compile(rf"({_SLUG})\.md"),
    "grids": re.compile(rf"part-({_NUMBER})\.md"),
    "cases": re.compile(rf"({_SLUG})\.md"),
    PICTURES: re.compile(rf"({_SLUG})\.(svg|png|jpg)"),
    VIDEOS: re.compile(rf"({_SLUG})\.(mp4|webm|vtt)"),
}
_EXAMPLES = {
    "parts": "1.md",
    "questions": "1-2.md (partie 1, question 2)",
    "annexes": "1-2.md (partie 1, annexe 2)",
    "lexicon": "circuit-court.md",
    "method": "reperer.md",
    "grids": "part-1.md",
    "cases": "framasoft.md",
    PICTURES: "2-2-producteur.svg (ou .png, .jpg)",
    VIDEOS: "presentation.mp4 (ou .webm ; sous-titres : presentation.vtt)",
}


@dataclass(frozen=True)
class Room:
    """How many bytes one file of this sort may have, and all of them together."""

    most: int
    in_all: int
    remedy: str


TEXT = Room(200_000, 2_000_000, "ce fichier dépasse 200 ko : raccourcissez-le ou partagez-le.")
PICTURE = Room(500_000, 8_000_000, "ce fichier dépasse 500 ko : réduisez l’image.")
VIDEO = Room(100_000_000, 200_000_000, "ce fichier dépasse 100 Mo : réduisez la vidéo.")


def room_of(path: str) -> Room:
    """Subtitles are texts."""
    if path.startswith(f"{VIDEOS}/") and not path.endswith(".vtt"):
        return VIDEO
    return PICTURE if path.startswith(f"{PICTURES}/") else TEXT


@dataclass(frozen=True)
class PackFile:
    """`path` is relative; `named` is what the file name says: numbers, or a slug.

    `data` is None where the file could not be read, which is an error already.
    """

    path: str
    folder: str
    named: tuple[str, ...]
    data: Content | None

    @property
    def bytes(self) -> bytes:
        """What it holds; nothing where it could not be read, or is a video."""
        return self.data if isinstance(self.data, bytes) else b""


@dataclass
class Gathering:
    """Files taken in one by one, wherever they come from, up to the limits of a pack."""

    errors: list[PackError]
    files: list[PackFile] = field(default_factory=list)
    sizes: dict[Room, int] = field(default_factory=lambda: dict.fromkeys((TEXT, PICTURE, VIDEO), 0))

    def refuse(self, path: str, message: str) -> None:
        self.errors.append(PackError(printable(path), 0, message))

    def take(self, path: str, size: int, read: Callable[[], Content | None]) -> None:
        """Reads a file of `size` bytes that has a place in a pack, or says why it cannot stay."""
        folder, _, name = path.rpartition("/")
        match = NAMES[folder].fullmatch(name) if folder in NAMES else None
        if not match and path != LESSON:
            self.refuse_name(path)
            return
        data, room = None, room_of(path)
        self.sizes[room] += size
        if size > room.most:
            self.refuse(path, room.remedy)
        elif not self.too_big:
            data = read()
        self.files.append(PackFile(path, folder, match.groups() if match else (), data))

    def refuse_name(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        expected = f"Un paquet contient {LESSON}, {README} et les dossiers {', '.join(NAMES)}."
        if folder in NAMES:
            expected = f"Exemple de nom attendu : {folder}/{_EXAMPLES[folder]}."
        self.refuse(path, f"ce nom n’a pas de place ici : retirez-le ou renommez-le. {expected}")

    @property
    def too_big(self) -> bool:
        return any(size > room.in_all for room, size in self.sizes.items())

    def all(self, name: str) -> list[PackFile]:
        """Every file, sorted by path; what is wrong with the whole is noted."""
        if self.too_big:
            self.refuse(name, "le paquet dépasse 2 Mo de textes ou 8 Mo d’images : retirez des fichiers.")
        return sorted(self.files, key=lambda file: file.path)


def open_folder(folder: Path, errors: list[PackError]) -> list[PackFile]:
    """The files of the pack, sorted by path. README.md is left alone.

    Raises PackErrors where there is no folder, or none that looks like a pack.
    """
    walk = Gathering(errors)
    entries = _entries(folder, str(folder), walk)
    if entries is None:
        raise PackErrors(errors)
    for entry in entries:
        if entry.name in NAMES and entry.is_dir(follow_symlinks=False):
            for child in _entries(Path(entry.path), entry.name, walk) or ():
                _take(child, entry.name, walk)
        elif entry.name != README or not entry.is_file(follow_symlinks=False):
            _take(entry, "", walk)
    if not walk.files:
        message = f"ce dossier n’est pas un paquet : donnez celui qui contient {LESSON}."
        raise PackErrors([PackError(printable(str(folder)), 0, message)])
    return walk.all(str(folder))


def digest(files: Iterable[PackFile]) -> str:
    """SHA-256 over paths and bytes; the length before the bytes keeps two files from looking like one.

    A video counts by its own digest, so that changing a word does not read it again.
    """
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        data = file.data.digest.encode() if isinstance(file.data, Blob) else file.bytes
        whole.update(f"{file.path}\0{size_of(file.data or b'')}\0".encode())
        whole.update(data)
    return whole.hexdigest()


def _entries(folder: Path, name: str, walk: Gathering) -> list[os.DirEntry[str]] | None:
    """What is in a folder, sorted by name; None where it cannot be told, which is noted."""
    try:
        with os.scandir(folder) as found:
            entries = list(islice(found, MAX_ENTRIES + 1))
    except FileNotFoundError:
        walk.refuse(name, "ce dossier n’existe pas : vérifiez le chemin.")
    except NotADirectoryError:
        walk.refuse(name, "ce n’est pas un dossier : donnez le dossier qui contient lesson.md.")
    except OSError:
        walk.refuse(name, "ce dossier ne se laisse pas lire : vérifiez ses droits d’accès.")
    else:
        if len(entries) <= MAX_ENTRIES:
            return sorted(entries, key=lambda entry: entry.name)
        walk.refuse(name, f"plus de {MAX_ENTRIES} fichiers : donnez le dossier d’un seul paquet.")
    return None


def _take(entry: os.DirEntry[str], folder: str, walk: Gathering) -> None:
    path = f"{folder}/{entry.name}" if folder else entry.name
    if entry.is_symlink():
        walk.refuse(path, "c’est un lien symbolique : remplacez-le par le fichier lui-même.")
    elif not entry.is_file(follow_symlinks=False):
        walk.refuse_name(path)
    else:
        size = entry.stat(follow_symlinks=False).st_size
        walk.take(path, size, partial(_read, Path(entry.path), path, walk))


def _opened(file: Path) -> BinaryIO:
    return file.open("rb")


def _read(file: Path, path: str, walk: Gathering) -> Content | None:
    try:
        room = room_of(path)
        return read_blob(partial(_opened, file), room.most) if room is VIDEO else file.read_bytes()
    except OSError:
        walk.refuse(path, "ce fichier ne se laisse pas lire : vérifiez ses droits d’accès.")
        return None
