"""The life of an export: asked, claimed under a lease, told of its progress, done, failed or stopped.

Each step of the worker is one conditional write: a worker whose lease was taken over, or whose export
was stopped or deleted, writes nothing and learns it (Stopped).
"""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from evaluations.models import ExportJob, exports_folder
from lessons.models import ClassRun

State = ExportJob.State
LEASE = timedelta(seconds=90)  # more than a document's time limit (kit.pdf)
MOST_ATTEMPTS = 3
KEPT = timedelta(days=7)
GAVE_UP = (
    "La préparation s’est arrêtée trois fois avant la fin. Rien n’est perdu\u202f: essayez de nouveau, "
    "ou téléchargez les documents un par un."
)
_UNDER_WAY = (State.WAITING, State.RUNNING)


class Stopped(Exception):
    """This export is no longer this worker's."""


def ask(*, run: ClassRun, kind: str, now: datetime) -> bool:
    """Puts it in the queue. False if it is there already: a second click changes nothing."""
    wanted = {"state": State.WAITING, "asked_at": now, "attempts": 0, "done": 0, "total": 0, "error": ""}
    ended = ExportJob.objects.filter(run=run, kind=kind).exclude(state__in=_UNDER_WAY)
    if ended.update(**wanted, worker="", lease_until=None):
        return True
    _, made = ExportJob.objects.get_or_create(run=run, kind=kind, defaults=wanted)
    return made


def cancel(*, run: ClassRun, kind: str) -> bool:
    """Stops it; a document that was ready before stays. False if there was nothing to stop."""
    rows = ExportJob.objects.filter(run=run, kind=kind, state__in=_UNDER_WAY)
    return bool(rows.update(state=State.CANCELLED, worker="", lease_until=None))


def reclaim(*, now: datetime, everything: bool = False) -> None:
    """Back into the queue with what a killed worker left; `everything` where no other worker can be at work."""
    left = ExportJob.objects.filter(state=State.RUNNING)
    if not everything:
        left = left.filter(lease_until__lt=now)
    left.filter(attempts__gte=MOST_ATTEMPTS).update(state=State.FAILED, error=GAVE_UP, worker="")
    left.filter(attempts__lt=MOST_ATTEMPTS).update(state=State.WAITING, worker="", lease_until=None, done=0)


def claim(*, worker: str, now: datetime) -> ExportJob | None:
    """The export that has waited longest, now this worker's; None if none waits."""
    waiting = ExportJob.objects.filter(state=State.WAITING)
    while (pk := waiting.order_by("asked_at", "pk").values_list("pk", flat=True).first()) is not None:
        taken = waiting.filter(pk=pk).update(
            state=State.RUNNING, worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1, done=0
        )
        if taken:
            return ExportJob.objects.select_related("run__lesson").filter(pk=pk).first()
    return None


def advance(*, job: ExportJob, done: int, total: int, now: datetime) -> None:
    """How far it is; holds the lease for longer. Raises Stopped."""
    _write(job, done=done, total=total, lease_until=now + LEASE)


def finish(*, job: ExportJob, file: str, size: int, digest: str, now: datetime) -> None:
    """The new file takes the place of the old one. Raises Stopped."""
    _write(
        job, state=State.DONE, worker="", lease_until=None, error="", done=F("total"),
        file=file, size=size, digest=digest, made_at=now,
    )  # fmt: skip
    if job.file:
        transaction.on_commit(partial(job.path.unlink, missing_ok=True))


def still_holds(*, job: ExportJob) -> None:
    """Nothing that goes into it has changed: the file that is there is served again. Raises Stopped."""
    _write(job, state=State.DONE, worker="", lease_until=None, error="", done=F("total"))


def fail(*, job: ExportJob, error: str) -> None:
    """Raises Stopped."""
    _write(job, state=State.FAILED, worker="", lease_until=None, error=error)


def drop(*, run: ClassRun) -> None:
    """All documents of an activité, for one of its students is erased."""
    ExportJob.objects.filter(run=run).delete()


def purge(*, now: datetime) -> int:
    """Documents that nobody asked for lately, and files that no row names. How many files went."""
    ExportJob.objects.filter(asked_at__lt=now - KEPT).exclude(state__in=_UNDER_WAY).delete()
    named = set(ExportJob.objects.values_list("file", flat=True))
    young = now.timestamp() - LEASE.total_seconds()  # one on its way has no row yet
    folder = exports_folder()
    files = folder.iterdir() if folder.is_dir() else ()
    old = [p for p in files if p.name not in named and p.stat().st_mtime < young]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _write(job: ExportJob, **values: object) -> None:
    mine = ExportJob.objects.filter(pk=job.pk, worker=job.worker, state=State.RUNNING)
    if not mine.update(**values):
        raise Stopped
