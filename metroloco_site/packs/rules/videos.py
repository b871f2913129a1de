"""The videos of a pack: MP4 or WebM by their first bytes, each with its subtitles, if any.

Their text alternative is the annexe that names them (`references`).
"""

from collections.abc import Sequence
from typing import BinaryIO

from lessons.rules.media import TYPES, is_webvtt, video_suffix
from metroloco_site.packs.rules.blobs import Blob
from metroloco_site.packs.rules.content import PackVideo
from metroloco_site.packs.rules.errors import PackError
from metroloco_site.packs.rules.files import VIDEOS, PackFile


def read_videos(files: Sequence[PackFile], errors: list[PackError]) -> tuple[PackVideo, ...]:
    """The videos of the folder, by slug; what is wrong with one goes to `errors`."""
    own = [file for file in files if file.folder == VIDEOS]
    texts = {file.named[0]: file for file in own if file.named[1] == "vtt"}
    films = [file for file in own if file.named[1] != "vtt"]
    seen: set[str] = set()
    for file in films:
        if file.named[0] in seen:
            errors.append(PackError(file.path, 0, "deux vidéos ont le même nom : renommez l’une d’elles."))
        seen.add(file.named[0])
        _check_film(file, errors)
    for slug, text in texts.items():
        _check_subtitles(text, errors, alone=slug not in seen)
    return tuple(_video(file, texts.get(file.named[0])) for file in films)


def _video(file: PackFile, text: PackFile | None) -> PackVideo:
    slug, kind = file.named
    blob = file.data if isinstance(file.data, Blob) else Blob(0, "", _nothing)
    return PackVideo(slug, TYPES[f".{kind}"], blob, text.bytes if text else b"")


def _nothing() -> BinaryIO:
    raise FileNotFoundError


def _check_film(file: PackFile, errors: list[PackError]) -> None:
    if not isinstance(file.data, Blob):
        return
    try:
        suffix = video_suffix(file.data.head())
    except OSError:
        errors.append(
            PackError(file.path, 0, "cette vidéo ne se laisse plus lire : chargez le paquet de nouveau.")
        )
        return
    if suffix != f".{file.named[1]}":
        kind = {"mp4": "MP4", "webm": "WebM"}[file.named[1]]
        message = f"cette vidéo ne se lit pas comme {kind} : enregistrez-la de nouveau, en MP4 ou en WebM."
        errors.append(PackError(file.path, 0, message))


def _check_subtitles(file: PackFile, errors: list[PackError], *, alone: bool) -> None:
    if alone:
        message = f"ces sous-titres n’ont pas de vidéo : ajoutez videos/{file.named[0]}.mp4, ou retirez-les."
        errors.append(PackError(file.path, 0, message))
    elif file.data is not None and not is_webvtt(file.bytes):
        message = "ce ne sont pas des sous-titres WebVTT : la première ligne doit être WEBVTT, en UTF-8."
        errors.append(PackError(file.path, 1, message))
