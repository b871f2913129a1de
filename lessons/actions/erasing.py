"""Erasing one student: their rows and their images go; what they wrote on the poster stays, without its author."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from lessons.actions import groups
from lessons.actions.images import erase_images
from lessons.actions.revision import hold, touch
from lessons.models import Answer, Participant, Poster, PosterLate


@dataclass(frozen=True)
class Erased:
    """What is gone, as counts; whose pages are to be told (places that are no more, ids of groups)."""

    places: tuple[Participant, ...]
    groups: tuple[int, ...]
    texts: int
    images: int


def erase(*, participant: Participant) -> Erased:
    """Every place of this student goes, with answers, evaluations, votes, images and late edits.

    The poster is the group's: its text stays, and no row says any longer who wrote it. Counted votes stay.
    """
    hold(participant.run)
    places = _places(participant)
    told = _groups(places)
    texts = Answer.objects.filter(sitting__participant__in=places).exclude(text="").count()
    images = erase_images(places)
    PosterLate.objects.filter(participant__in=places).delete()
    for place in places:
        groups.leave(participant=place)
    erased = Erased(tuple(_copy(place) for place in places), told, texts, images)
    Participant.objects.filter(pk__in=[place.pk for place in places]).delete()
    touch(participant.run)
    return erased


def _places(participant: Participant) -> list[Participant]:
    """The place itself or the one it was merged into, and all that were merged into that one."""
    kept = participant
    while kept.merged_into is not None:
        kept = kept.merged_into
    places = Participant.objects.select_for_update().filter(Q(pk=kept.pk) | Q(merged_into=kept.pk))
    return list(places.order_by("pk"))


def _groups(places: Iterable[Participant]) -> tuple[int, ...]:
    """Groups whose pages show something of theirs: a name, an author, an image."""
    whose = list(places)
    posters = Poster.objects.filter(
        Q(writers__participant__in=whose)
        | Q(images__participant__in=whose)
        | Q(group__memberships__participant__in=whose)
    )
    return tuple(posters.order_by("group_id").values_list("group_id", flat=True).distinct())


def _copy(place: Participant) -> Participant:
    """Its id alone, which a deleted row loses: nothing else of it is remembered."""
    return Participant(pk=place.pk, run_id=place.run_id, left_at=place.joined_at)
