"""The worker's share: takes exports one after the other, renders them, puts their file in its place."""

import errno
import logging
import secrets
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from evaluations.actions import exports
from evaluations.exports.plans import Plan, plan
from evaluations.models import ExportJob, exports_folder
from evaluations.rules.downloads import KINDS
from metroloco_site.kit import pdf
from metroloco_site.kit.data_folder import why

Clock = Callable[[], datetime]
TELL_S = 0.4  # between two notes of progress: each is a write on the disk
_NOT_MADE = (
    "Le document n’a pas pu être préparé. Tout est enregistré\u202f: essayez de nouveau, ou prévenez la "
    "personne qui s’occupe de l’installation."
)
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO, errno.EFBIG)
log = logging.getLogger(__name__)


def work_all(clock: Clock) -> int:
    """Empties the queue. How many exports were taken."""
    taken = 0
    exports.reclaim(now=clock())
    while job := exports.claim(worker=secrets.token_hex(16), now=clock()):
        taken += 1
        try:
            _carry_out(job, clock)
        except exports.Stopped:
            continue
    return taken


def _carry_out(job: ExportJob, clock: Clock) -> None:
    """Raises exports.Stopped."""
    try:
        _make(job, clock)
    except pdf.PdfFailed as failure:
        exports.fail(job=job, error=str(failure))
    except OSError as error:
        log.exception("an export could not be written")
        known = error.errno in _DISK
        exports.fail(job=job, error=f"{why(error)}. Rien d’autre n’est perdu." if known else _NOT_MADE)
    except (exports.Stopped, DatabaseError):
        raise
    except Exception:  # whatever this document did, the next one must be made
        log.exception("an export failed")
        exports.fail(job=job, error=_NOT_MADE)


def _make(job: ExportJob, clock: Clock) -> None:
    wanted = plan(job.run, job.kind)
    if not wanted.pieces:
        exports.fail(job=job, error=KINDS[job.kind].empty)
    elif job.ready and job.digest == wanted.digest:
        exports.advance(job=job, done=0, total=len(wanted.pieces), now=clock())
        exports.still_holds(job=job)
    else:
        content = _zipped(wanted, job, clock) if wanted.apart else _bound(wanted, job, clock)
        path = _store(content, KINDS[job.kind].suffix)
        try:
            exports.finish(job=job, file=path.name, size=len(content), digest=wanted.digest, now=clock())
        except exports.Stopped:
            path.unlink(missing_ok=True)
            raise


def _bound(wanted: Plan, job: ExportJob, clock: Clock) -> bytes:
    with pdf.binding(wanted.css) as binder:
        for piece in _one_by_one(wanted, job, clock):
            binder.lay(wanted.pieces[piece].html, wanted.pieces[piece].steps)
        return binder.bound(wanted.title)


def _zipped(wanted: Plan, job: ExportJob, clock: Clock) -> bytes:
    made = BytesIO()
    day = timezone.localtime(clock()).timetuple()[:6]
    with zipfile.ZipFile(made, "w") as archive:
        for piece in _one_by_one(wanted, job, clock):
            content = pdf.render(wanted.pieces[piece].html, css=wanted.css)
            archive.writestr(zipfile.ZipInfo(wanted.pieces[piece].name, day), content)
    return made.getvalue()


def _one_by_one(wanted: Plan, job: ExportJob, clock: Clock) -> Iterator[int]:
    """The places of the pieces; tells now and then how far it is. Raises exports.Stopped."""
    told = None
    for place in range(len(wanted.pieces)):
        now = clock()
        if told is None or (now - told).total_seconds() >= TELL_S:
            exports.advance(job=job, done=place, total=len(wanted.pieces), now=now)
            told = now
        yield place


def _store(content: bytes, suffix: str) -> Path:
    """Under a name that nobody can guess; only the row that `finish` writes makes it a document."""
    exports_folder().mkdir(mode=0o700, exist_ok=True)
    path = exports_folder() / f"{secrets.token_urlsafe(16)}.{suffix}"
    path.touch(mode=0o600)
    try:
        path.write_bytes(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
