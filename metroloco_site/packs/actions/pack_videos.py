"""The videos of packs among the media: one file for one digest, however many versions have it.

Nothing here deletes: a purge takes what no row names any more (actions/purge.py), but leaves young files, so
that one on its way in, or found again, stays until its row is committed.
"""

import os
import tempfile
from pathlib import Path
from shutil import copyfileobj

from django.core.files.storage import default_storage

from metroloco_site.kit.data_folder import sync, why
from metroloco_site.packs.rules import PackError, PackErrors
from metroloco_site.packs.rules.blobs import BLOCK
from metroloco_site.packs.rules.content import PackVideo
from metroloco_site.packs.rules.files import VIDEOS

FOLDER = "packs"  # of the media


def keep_file(video: PackVideo) -> str:
    """Writes the bytes under their digest, whole or not at all; gives the name. Raises PackErrors."""
    suffix = video.media_type.removeprefix("video/")
    name = f"{FOLDER}/{video.blob.digest}.{suffix}"
    target = Path(default_storage.path(name))
    try:
        if target.exists() and target.stat().st_size == video.blob.size:
            os.utime(target)
        else:
            _write(video, target)
    except OSError as error:
        message = f"{why(error)} : la vidéo n’a pas pu être gardée."
        raise PackErrors([PackError(f"{VIDEOS}/{video.slug}.{suffix}", 0, message)]) from error
    return name


def _write(video: PackVideo, target: Path) -> None:
    """A new file takes the place at once: what is half written bears another name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".video-")
    try:
        with os.fdopen(descriptor, "wb") as out, video.blob.open() as film:
            copyfileobj(film, out, BLOCK)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(target)
        for folder in (target.parent, target.parent.parent):  # else a power cut may take the name away
            sync(folder)
    finally:
        Path(temporary).unlink(missing_ok=True)
