"""The video of an activité: a file of the teacher's own, with its subtitles, kept until the activité goes."""

import secrets
from functools import partial

from django.core.files import File
from django.db import transaction

from lessons.actions.revision import touch
from lessons.models import ClassRun


def set_video(*, run: ClassRun, video: File, suffix: str, subtitles: File | None = None) -> None:  # type: ignore[type-arg]
    """Keeps the file under a random name; the one before it, and its subtitles, go."""
    forget_files(run)
    run.video_file.save(_random_name(suffix), video, save=False)
    if subtitles:
        run.subtitles_file.save(_random_name(".vtt"), subtitles, save=False)
    run.save(update_fields=["video_file", "subtitles_file"])
    touch(run)


def remove_video(*, run: ClassRun) -> None:
    """The link, if there is one, or the presentation text stands in for it again."""
    forget_files(run)
    run.save(update_fields=["video_file", "subtitles_file"])
    touch(run)


def forget_files(run: ClassRun) -> None:
    """Takes the files off the run and, once that is committed, off the disk."""
    for held in (run.video_file, run.subtitles_file):
        if held:
            transaction.on_commit(partial(held.storage.delete, str(held.name)))
    run.video_file = run.subtitles_file = ""


def _random_name(suffix: str) -> str:
    return secrets.token_urlsafe(16) + suffix
