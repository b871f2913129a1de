"""Who may read the bytes of an image."""

from django.db.models import Q, QuerySet

from lessons.models import ClassRun, Participant, PosterImage


def images_of(run: ClassRun) -> QuerySet[PosterImage]:
    """The teacher's: hidden ones too, as long as the group has not removed them."""
    images = PosterImage.objects.filter(poster__group__run=run, removed_at=None)
    return images.select_related("poster__group__run")


def images_on_show(run: ClassRun) -> QuerySet[PosterImage]:
    """What the projector may show."""
    return images_of(run).filter(hidden_at=None)


def images_for(participant: Participant) -> QuerySet[PosterImage]:
    """Those of their own group; everybody's once the gallery is open."""
    own = Q(poster__group__memberships__participant=participant)
    all_of_run = Q(poster__group__run__gallery_opened_at__isnull=False)
    return images_on_show(participant.run).filter(own | all_of_run).distinct()
