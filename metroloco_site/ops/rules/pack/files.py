"""The files of a pack: which may be there, how big, and the digest that tells two packs apart."""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from metroloco_site.ops.rules.pack.errors import PackError, PackErrors, printable

MAX_FILE = 200_000  # bytes
MAX_PACK = 2_000_000  # bytes, without the pictures
MAX_PICTURE = 500_000  # bytes
MAX_PICTURES = 8_000_000  # bytes in all
MAX_ENTRIES = 500  # in one folder
LESSON = "lesson.md"
README = "README.md"  # for people, not read
PICTURES = "images"
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
    PICTURES: re.compile(rf"({_SLUG})\.(svg|png|jpg)"),
}
_EXAMPLES = {
    "parts": "1.md",
    "questions": "1-2.md (partie 1, question 2)",
    "annexes": "1-2.md (partie 1, annexe 2)",
    "lexicon": "circuit-court.md",
    "method": "reperer.md",
    "grids": "part-1.md",
    PICTURES: "2-2-producteur.svg (ou .png, .jpg)",
}


@dataclass(frozen=True)
class PackFile:
    """`path` is relative; `named` is what the file name says: numbers, or a slug.

    `data` is None where the file could not be read, which is an error already.
    """

    path: str
    folder: str
    named: tuple[str, ...]
    data: bytes | None


@dataclass
class _Walk:
    errors: list[PackError]
    files: list[PackFile] = field(default_factory=list)
    texts: int = 0  # bytes
    pictures: int = 0  # bytes

    @property
    def too_big(self) -> bool:
        return self.texts > MAX_PACK or self.pictures > MAX_PICTURES

    def refuse(self, path: str, message: str) -> None:
        self.errors.append(PackError(printable(path), 0, message))


def open_folder(folder: Path, errors: list[PackError]) -> list[PackFile]:
    """The files of the pack, sorted by path. README.md is left alone.

    Raises PackErrors where there is no folder, or none that looks like a pack.
    """
    walk = _Walk(errors)
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
    if walk.too_big:
        walk.refuse(str(folder), "le paquet dépasse 2 Mo de textes ou 8 Mo d’images : retirez des fichiers.")
    return sorted(walk.files, key=lambda file: file.path)


def digest(files: Iterable[PackFile]) -> str:
    """SHA-256 over paths and bytes; the length before the bytes keeps two files from looking like one."""
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        data = file.data or b""
        whole.update(f"{file.path}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()


def _entries(folder: Path, name: str, walk: _Walk) -> list[os.DirEntry[str]] | None:
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


def _take(entry: os.DirEntry[str], folder: str, walk: _Walk) -> None:
    """Reads one file into the walk, or says why it cannot stay."""
    path = f"{folder}/{entry.name}" if folder else entry.name
    match = NAMES[folder].fullmatch(entry.name) if folder else None
    if entry.is_symlink():
        walk.refuse(path, "c’est un lien symbolique : remplacez-le par le fichier lui-même.")
    elif not (match or path == LESSON) or not entry.is_file(follow_symlinks=False):
        walk.refuse(path, f"ce nom n’a pas de place ici : retirez-le ou renommez-le. {_expected(folder)}")
    else:
        data = _read(entry, path, walk)
        walk.files.append(PackFile(path, folder, match.groups() if match else (), data))


def _expected(folder: str) -> str:
    if folder:
        return f"Exemple de nom attendu : {folder}/{_EXAMPLES[folder]}."
    return f"Un paquet contient {LESSON}, {README} et les dossiers {', '.join(NAMES)}."


def _read(entry: os.DirEntry[str], path: str, walk: _Walk) -> bytes | None:
    """The bytes of a file; None where it is too big or closed to us."""
    picture = path.startswith(f"{PICTURES}/")
    try:
        size = entry.stat(follow_symlinks=False).st_size
        walk.texts += 0 if picture else size
        walk.pictures += size if picture else 0
        if size > (MAX_PICTURE if picture else MAX_FILE):
            most, remedy = (
                ("500 ko", "réduisez l’image") if picture else ("200 ko", "raccourcissez-le ou partagez-le")
            )
            walk.refuse(path, f"ce fichier dépasse {most} : {remedy}.")
        elif not walk.too_big:
            return Path(entry.path).read_bytes()
    except OSError:
        walk.refuse(path, "ce fichier ne se laisse pas lire : vérifiez ses droits d’accès.")
    return None
