"""The run's revision, by which live pages know that something has changed."""

from django.db.models import F

from lessons.models import ClassRun


def hold(run: ClassRun) -> None:
    """One at a time for this run, until the transaction ends (PostgreSQL; SQLite's writers queue anyway).

    Who joins while the clock starts has a place, and no deadline is stored from a clock that has moved since.
    """
    ClassRun.objects.select_for_update(of=("self",)).filter(pk=run.pk).first()


def touch(run: ClassRun) -> None:
    """Raises the revision, so that live pages fetch what has changed."""
    ClassRun.objects.filter(pk=run.pk).update(revision=F("revision") + 1)
    run.refresh_from_db(fields=["revision"])
