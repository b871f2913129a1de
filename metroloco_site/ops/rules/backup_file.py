"""The file of a backup: one zip whose manifest tells every member's size and SHA-256.

Nothing of a file is believed before all of it is verified.
"""

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

KIND = "metroloco-sauvegarde"
FORMAT = 1
MANIFEST = "manifest.json"
MOST_MANIFEST = 16_000_000  # bytes
ROOMS = ("database", "media")
CHUNK = 1 << 20
WRONG = "Ce fichier n’est pas une sauvegarde de Metroloco en classe."
DAMAGED = "Cette sauvegarde est abîmée ou incomplète"
# What zipfile raises on a file that somebody cut, changed or encrypted.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError)


class BadBackup(Exception):
    """The file cannot be restored; the text says why, in French."""


@dataclass(frozen=True)
class Member:
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `rows` and `columns` by table, `migrations` as « app.name »."""

    app: str
    engine: str
    made_at: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    columns: Mapping[str, tuple[str, ...]]
    members: Mapping[str, Member]

    def text(self) -> str:
        return json.dumps({"kind": KIND, "format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)


def describe(folder: Path) -> dict[str, Member]:
    """Every file under `folder`, by its name in the zip."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _member(path) for path in found}


def _member(path: Path) -> Member:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Member(digest, path.stat().st_size)


def pack(manifest: Manifest, folder: Path, file: IO[bytes]) -> None:
    """Writes the zip. Texts shrink by ten; images and videos would only cost time."""
    with zipfile.ZipFile(
        file, "w", zipfile.ZIP_DEFLATED, compresslevel=6, strict_timestamps=False
    ) as archive:
        archive.writestr(MANIFEST, manifest.text())
        for name in manifest.members:
            how = zipfile.ZIP_DEFLATED if name.startswith("database/") else zipfile.ZIP_STORED
            archive.write(folder / name, name, how)


def is_backup(file: Path) -> bool:
    """True if the file says that it is one of ours, whatever its state."""
    try:
        with zipfile.ZipFile(file) as archive:
            read_manifest(archive)
    except (BadBackup, OSError, *BROKEN):
        return False
    return True


def unpack(file: Path, folder: Path) -> Manifest:
    """Verifies every byte of the backup while writing its members under `folder`.

    Raises BadBackup with a French sentence, and OSError for what the disk refuses.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = read_manifest(archive)
            _check_names(archive, manifest)
            for name, member in manifest.members.items():
                _extract(archive, name, member, folder / name)
    except zipfile.BadZipFile as error:
        raise BadBackup(f"{DAMAGED}." if _looks_like_zip(file) else WRONG) from error
    except BROKEN as error:
        raise BadBackup(f"{DAMAGED}.") from error
    return manifest


def _looks_like_zip(file: Path) -> bool:
    with file.open("rb") as start:
        return start.read(2) == b"PK"


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an open zip; BadBackup if it is not one of ours or of a later format."""
    if MANIFEST not in archive.namelist():
        raise BadBackup(WRONG)
    if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise BadBackup(WRONG)
    return manifest_of(archive.read(MANIFEST).decode())


def manifest_of(text: str) -> Manifest:
    """What `Manifest.text` wrote; BadBackup for anything else."""
    told: Any = json.loads(text)
    if not isinstance(told, dict) or told.get("kind") != KIND:
        raise BadBackup(WRONG)
    if told.get("format") != FORMAT:
        raise BadBackup("Cette sauvegarde vient d’une version plus récente du programme : mettez-le à jour.")
    return _manifest(told)


def _manifest(told: dict[str, Any]) -> Manifest:
    try:
        return Manifest(
            app=str(told["app"]),
            engine=str(told["engine"]),
            made_at=str(told["made_at"]),
            migrations=tuple(told["migrations"]),
            rows={str(table): int(count) for table, count in told["rows"].items()},
            columns={str(table): tuple(names) for table, names in told["columns"].items()},
            members={str(n): Member(str(m["sha256"]), int(m["bytes"])) for n, m in told["members"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadBackup(f"{DAMAGED} : sa liste ne se lit pas.") from error


def _check_names(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = archive.namelist()
    if sorted(names) != sorted([MANIFEST, *manifest.members]):  # sorted: a name given twice is seen
        raise BadBackup(f"{DAMAGED} : son contenu n’est pas celui que sa liste annonce.")
    for info in archive.infolist():
        link = stat.S_ISLNK(info.external_attr >> 16)
        if info.filename != MANIFEST and (link or not is_safe(info.filename)):
            raise BadBackup("Cette sauvegarde contient un nom de fichier interdit : rien n’en a été lu.")


def is_safe(name: str) -> bool:
    """True for a plain path under one of our two folders."""
    path = PurePosixPath(name)
    plain = name == str(path) and not any(sign in name for sign in ("\\", "\0", ":"))
    return plain and len(path.parts) > 1 and path.parts[0] in ROOMS and ".." not in path.parts


def _extract(archive: zipfile.ZipFile, name: str, member: Member, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), member.bytes
    with archive.open(name) as source, target.open("xb") as copy:
        while chunk := source.read(min(CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    if left or digest.hexdigest() != member.sha256:
        raise BadBackup(f"{DAMAGED} : « {PurePosixPath(name).name} » n’est plus ce qui a été sauvegardé.")
