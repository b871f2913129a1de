"""What must not be kept any longer goes, from the database and from the data folder."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

from evaluations.actions import exports
from lessons import live
from lessons.actions import runs
from lessons.models import Answer, ClassRun, Participant
from metroloco_site.accounts.models import SignInThrottle
from metroloco_site.accounts.rules import FORGOTTEN_AFTER
from metroloco_site.kit import logs
from metroloco_site.ops.actions import kept
from metroloco_site.ops.actions.backup import STAGING
from metroloco_site.ops.actions.database_copy import database_path, is_sqlite
from metroloco_site.ops.models import Look
from metroloco_site.ops.rules import keeping
from metroloco_site.privacy.actions.receipts import Receipt, write_receipt

UPLOAD_TIME = timedelta(hours=1)  # a file on its way in has no row yet
CUT_WORK = timedelta(days=1)
MOST_VACUUM = 200_000_000  # bytes: below, it takes less than the patience of a writer (20 s)


def purge(*, today: date, now: datetime) -> Receipt:
    """Hides the activités whose date has come, and erases those that a look of an earlier day hid (rules.keeping).

    So do copies of the database; expired sessions and files that nothing refers to go at once.
    """
    last = Look.objects.values_list("day", flat=True).first()
    with transaction.atomic():
        before = _named_files()
        gone, counted = _erase_runs(last, today)
        hidden = _hide_runs(today)
        sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
        SignInThrottle.objects.filter(last_failure_at__lt=now - FORGOTTEN_AFTER).delete()
    live.forget_deleted()  # of this process; a server beside it does the same by itself (manage.py serve)
    files = _erase_media(now, freed=before if gone else set()) + _erase_staging(now) + _erase_logs(now)
    files += kept.erase_due(last=last, today=today) + kept.erase_those_of_the_gone() + exports.purge(now=now)
    if gone:
        _shrink()
    Look.objects.update_or_create(
        pk=1, defaults={"day": today}
    )  # last: what failed is tried again by the next look
    receipt = replace(counted, files=files, sessions=sessions, hidden=hidden)
    if counted.activities or files:
        write_receipt(receipt, today)
    return receipt


def _hide_runs(today: date) -> int:
    """Those whose date has come, counted; those of which a clock that was wrong said so are shown again."""
    ClassRun.objects.filter(due=True, delete_on__gt=today).update(due=False)
    ClassRun.objects.filter(due=False, delete_on__lte=today).update(due=True)
    return ClassRun.objects.filter(due=True).count()


def _erase_runs(last: date | None, today: date) -> tuple[int, Receipt]:
    """How many went in all, and what the receipt says: a forgotten rehearsal, with nobody in it, does not count."""
    due = models.Q(rehearsal_speed__gt=0, delete_on__lte=today)  # nobody's data: not worth a day's wait
    if until := keeping.erased_until(last, today):
        due |= models.Q(delete_on__lte=until)
    found = list(ClassRun.objects.filter(due))
    lived = [run for run in found if not run.rehearsal_speed]
    students = Participant.objects.filter(run__in=lived).exclude(joined_at=None).count()
    texts = Answer.objects.filter(sitting__phase__run__in=lived).exclude(text="").count()
    for run in found:
        runs.delete(run=run)
    return len(found), Receipt(len(lived), students, texts)


def _erase_media(now: datetime, *, freed: set[str]) -> int:
    """Files that no row names.

    A fresh one may be on its way in and has no row yet: it goes only if an activité named it until just now.
    """
    root = Path(settings.MEDIA_ROOT)
    found = [path for path in (root.rglob("*") if root.is_dir() else ()) if path.is_file()]
    kept = (
        _named_files()
    )  # once the files are listed: whatever is named meanwhile is not among them, or stays
    young = now.timestamp() - UPLOAD_TIME.total_seconds()
    gone = 0
    for path in found:
        name = path.relative_to(root).as_posix()
        if name not in kept and (name in freed or _written_at(path) < young):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _written_at(path: Path) -> float:
    """Seconds since 1970; for ever young if it has just been deleted by somebody else."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _named_files() -> set[str]:
    fields = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()  # noqa: SLF001 - Django's documented way
        if isinstance(field, models.FileField)
    ]
    return {name for model, field in fields for name in model._default_manager.values_list(field, flat=True)}  # noqa: SLF001


def _erase_staging(now: datetime) -> int:
    """What a power cut left of a backup or of a restoration."""
    data, before = Path(settings.DATA_DIR), (now - CUT_WORK).timestamp()
    cut = [path for path in data.iterdir() if path.name.startswith(STAGING) and path.stat().st_mtime < before]
    for path in cut:
        shutil.rmtree(path)
    return len(cut)


def _erase_logs(now: datetime) -> int:
    """What the server wrote about its own faults more than seven days ago."""
    old = logs.old_logs(Path(settings.DATA_DIR), (now - logs.KEPT).timestamp())
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _shrink() -> None:
    """Gives the freed pages back (they are zeroed already: secure_delete)."""
    if is_sqlite() and database_path().is_file() and database_path().stat().st_size < MOST_VACUUM:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
