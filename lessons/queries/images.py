"""Who may read the bytes of an image."""

from django.db.models import Q, QuerySet

from lessons.models import ClassRun, Participant, PosterImage


def images_of(run: ClassRun) -> QuerySet[PosterImage]:
    """The teacher's: hidden ones too, as long as the group has not removed them."""
    images = PosterImage.objects.filter(poster__group__run=run, removed_at=None)
    return images.select_related("poster__group__run")


def images_on_show(run: ClassRun) -> QuerySet[PosterImage]:
    """What the projector may show."""
    return _seen(run).filter(poster__hidden_at=None)


def images_for(participant: Participant) -> QuerySet[PosterImage]:
    """Those of their own group, and of one in which they wrote before; everybody's once the gallery is open."""
    own = Q(poster__group__memberships__participant=participant) | Q(poster__writers__participant=participant)
    in_gallery = Q(poster__group__run__gallery_opened_at__isnull=False, poster__hidden_at=None)
    return _seen(participant.run).filter(own | in_gallery).distinct()


def _seen(run: ClassRun) -> QuerySet[PosterImage]:
    return images_of(run).filter(hidden_at=None)
