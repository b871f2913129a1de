"""The files that come with the form about a document: a picture for its text, or the video of an annexe."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from lessons.rules import media
from metroloco_site.kit import images
from metroloco_site.kit.image_traces import Trace
from metroloco_site.packs.rules.blobs import Blob, read_blob
from metroloco_site.packs.rules.bodies import MAX_ALT
from metroloco_site.packs.rules.files import PICTURE, TEXT, VIDEO
from metroloco_site.packs.rules.pictures import lighter

Sent = Mapping[str, "UploadedFile[bytes]"]


class Refused(Exception):
    """Carries the French sentence that says why nothing was kept."""


@dataclass(frozen=True)
class NewPicture:
    """`alt` says what it shows; `traces` is what the file would have told, taken out already."""

    data: bytes
    alt: str
    traces: tuple[Trace, ...]


@dataclass(frozen=True)
class NewVideo:
    """`suffix`: mp4 or webm."""

    blob: Blob
    suffix: str
    subtitles: bytes


def picture_of(files: Sent, alt: str) -> NewPicture | None:
    """The picture of the form, painted anew; None where none was chosen. Raises Refused."""
    file = files.get("image")
    if file is None:
        return None
    told = " ".join(alt.split())
    if not told or len(told) > MAX_ALT or set("[]") & set(told):
        raise Refused(
            f"Dites ce que l’image montre, en {MAX_ALT} signes au plus et sans crochets : "
            "c’est ce que lira un élève qui ne la voit pas. Choisissez de nouveau le fichier."
        )
    if (file.size or 0) > images.MAX_BYTES:
        raise Refused(images.TOO_BIG)
    try:
        clean = images.clean(file.read())
    except images.Refused as error:
        raise Refused(str(error)) from error
    return NewPicture(lighter(clean.jpeg, PICTURE.most), told, clean.traces)


def video_of(files: Sent) -> NewVideo | None:
    """The video of the form; None where none was chosen. Raises Refused."""
    film, text = files.get("video"), files.get("subtitles")
    if film is None:
        if text is None:
            return None
        raise Refused("Choisissez aussi le fichier de la vidéo : ses sous-titres vont avec elle.")
    if (film.size or 0) > VIDEO.most:
        raise Refused(f"Cette vidéo dépasse {VIDEO.most // 1_000_000} Mo. Rien n’a été gardé : réduisez-la.")
    suffix = media.video_suffix(film.read(media.HEAD))
    if suffix is None:
        raise Refused("Ce n’est pas une vidéo MP4 ou WebM. Rien n’a été gardé.")
    subtitles = text.read() if text and (text.size or 0) <= TEXT.most else b""
    if text and not media.is_webvtt(subtitles):
        raise Refused("Ce n’est pas un fichier de sous-titres WebVTT. Rien n’a été gardé.")
    return NewVideo(read_blob(_opener(film), VIDEO.most), suffix.removeprefix("."), subtitles)


def _opener(file: "UploadedFile[bytes]") -> Callable[[], BinaryIO]:
    """The bytes from their start, again and again; closing them leaves the upload where it is."""
    if isinstance(file, TemporaryUploadedFile):
        return partial(_opened, Path(file.temporary_file_path()))
    file.seek(0)
    return partial(io.BytesIO, file.read())


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")
