"""Photographs of a copie papier, if the teacher wishes to have them beside the grid."""

import secrets
from datetime import datetime

from django.core.files.base import ContentFile

from evaluations.models import CopyPhoto
from lessons.models import Participant
from lessons.rules import codes
from metroloco_site.kit.images import Picture

MOST = 6  # pages of a copy


class CannotKeep(Exception):
    """Carries the French sentence that says why; nothing was kept."""


def add_photo(*, participant: Participant, picture: Picture, now: datetime) -> CopyPhoto:
    """Raises CannotKeep for who has not written on paper, and for one page too many."""
    place = Participant.objects.select_for_update().get(pk=participant.pk)
    if not place.on_paper:
        raise CannotKeep("Seule une copie papier se photographie. Rien n’a été gardé.")
    if place.copy_photos.count() >= MOST:
        raise CannotKeep(f"Une copie a {MOST} photographies au plus\u00a0: retirez-en une d’abord.")
    photo = CopyPhoto(
        participant=place,
        public_id=codes.new_public_id(),
        width=picture.width,
        height=picture.height,
        added_at=now,
    )
    photo.file.save(secrets.token_urlsafe(16) + ".jpg", ContentFile(picture.jpeg), save=False)
    photo.save()
    return photo
