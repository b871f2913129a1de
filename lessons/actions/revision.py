"""The run's revision, by which live pages know that something has changed."""

from django.db.models import F

from lessons.models import ClassRun


def touch(run: ClassRun) -> None:
    """Raises the revision, so that live pages fetch what has changed."""
    ClassRun.objects.filter(pk=run.pk).update(revision=F("revision") + 1)
    run.refresh_from_db(fields=["revision"])
