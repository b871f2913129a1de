"""Images of a group's poster: the members add and remove them, the teacher hides them at once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from lessons.actions.documents import door_of
from lessons.actions.joining import Token
from lessons.actions.revision import touch
from lessons.models import ClassRun, Participant, PosterImage
from lessons.rules import codes
from lessons.rules.poster import MAX_IMAGES
from metroloco_site.kit.images import Picture


class CannotAdd(Exception):
    """Carries the French sentence that says why; nothing was kept."""


NOT_NOW = "L’affiche ne se modifie plus\u00a0: l’image n’a pas été ajoutée."
ENOUGH = f"Une affiche porte {MAX_IMAGES} images au plus\u00a0: retirez-en une d’abord. Rien n’a été gardé."


def add_image(*, token: Token, block: str, picture: Picture, now: datetime) -> PosterImage:
    """Keeps the picture beside this block of the member's own poster. Raises CannotAdd, NoPoster."""
    door = door_of(token, lock=True)
    if not door.is_open(now):
        raise CannotAdd(NOT_NOW)
    if PosterImage.objects.filter(poster=door.poster, removed_at=None).count() >= MAX_IMAGES:
        raise CannotAdd(ENOUGH)
    image = PosterImage(
        poster_id=door.poster,
        public_id=codes.new_public_id(),
        block=block,
        width=picture.width,
        height=picture.height,
        participant_id=token.participant,
        added_at=now,
    )
    image.file.save(secrets.token_urlsafe(16) + ".jpg", ContentFile(picture.jpeg), save=False)
    image.save()
    return image


def remove_image(*, token: Token, image: str, now: datetime) -> bool:
    """Any member may remove an image of their poster; its file goes too. False if nothing was there to remove.

    Raises NoPoster, CannotAdd after the bell.
    """
    door = door_of(token, lock=True)
    if not door.is_open(now):
        raise CannotAdd("L’affiche ne se modifie plus\u00a0: l’image y reste.")
    found = PosterImage.objects.filter(poster=door.poster, public_id=image, removed_at=None).first()
    if found is None:
        return False
    _forget_file(found)
    found.file, found.removed_at = "", now
    found.save(update_fields=["file", "removed_at"])
    return True


def hide_image(*, image: PosterImage, hidden: bool, now: datetime) -> None:
    """From now on on no screen and in no PDF; or again on all."""
    image.hidden_at = now if hidden else None
    image.save(update_fields=["hidden_at"])
    touch(image.poster.group.run)


def forget_images(run: ClassRun) -> None:
    """The files of an activité that goes, once that is committed."""
    for image in PosterImage.objects.filter(poster__group__run=run).exclude(file=""):
        _forget_file(image)


def erase_images(participants: Sequence[Participant]) -> int:
    """What these students added, hidden or removed too: a picture may show them. How many there were."""
    theirs = PosterImage.objects.filter(participant__in=participants)
    for image in theirs.exclude(file=""):
        _forget_file(image)
    return theirs.delete()[0]


def _forget_file(image: PosterImage) -> None:
    transaction.on_commit(partial(image.file.storage.delete, str(image.file.name)))
