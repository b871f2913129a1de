"""HTML to PDF, in one warm child process of low priority.

A document can keep WeasyPrint busy for minutes, so the child is killed at the time limit and
another one starts; importing WeasyPrint costs 0.6 s of CPU, so it stays. Its text must have gone
through `kit.pdf_text`, which keeps that from happening.
"""

import atexit
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.utils.http import content_disposition_header

from metroloco_site.kit import pdf_frames, processes
from metroloco_site.kit.logs import Known

NICENESS = 10  # of the child: saving comes first
TIME_LIMIT_S = 20.0
BIND_LIMIT_S = 60.0  # a class's sheets are written in about a second
MAX_REQUESTS = 3  # that wait for a PDF at a time: the server's other threads are for saving
_STOP_S = 2.0  # an idle child ends in milliseconds once its stdin is closed
_NOT_FOR_THE_CHILD = ("METROLOCO_", "DATABASE_URL", "DJANGO_")  # the secret key, the database's password
_BUSY = (
    "Beaucoup de documents sont demandés en même temps. "
    "Tout est enregistré : essayez de nouveau dans quelques secondes."
)
_TOO_LONG = (
    "Ce document demande trop de temps : sa préparation a été arrêtée. "
    "Tout est enregistré, et reste lisible à l’écran."
)
_NOT_MADE = (
    "Le document n’a pas pu être préparé. Tout est enregistré, et reste lisible à l’écran : "
    "essayez de nouveau, ou prévenez la personne qui s’occupe de l’installation."
)
log = logging.getLogger(__name__)


class PdfFailed(Exception):
    """Carries the French sentence that says what happened, what was kept and what to do."""


class _Gone(Exception):
    """The child ended without an answer."""


class _Child:
    """The process, which renders one document at a time, and its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The process that runs, else a new one. Hold the lock."""
        if self.process is not None and self.process.poll() is None:
            return self.process
        self.stop()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "metroloco_site.kit.pdf_child", str(NICENESS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env={
                name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_THE_CHILD)
            },
        )
        return self.process

    def stop(self) -> None:
        """Ends the process, if there is one. Hold the lock."""
        process, self.process = self.process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        processes.end(process, _STOP_S)
        process.stdout.close()

    def ask(self, job: bytes, timeout_s: float) -> tuple[bool, bytes]:
        """Its answer to a job. Raises PdfFailed at the time limit, _Gone if it died. Hold the lock."""
        process = self.start()
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(timeout_s, expire)
        timer.start()
        try:
            return _exchange(process, job)
        except (_Gone, OSError) as error:
            self.stop()
            if expired.is_set():
                raise PdfFailed(_TOO_LONG) from error
            raise _Gone from error
        finally:
            timer.cancel()


_child = _Child()
_places = threading.BoundedSemaphore(MAX_REQUESTS)


def _exchange(process: subprocess.Popen[bytes], job: bytes) -> tuple[bool, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    pdf_frames.write(process.stdin, job)
    answer = pdf_frames.read(process.stdout)
    if answer is None:
        raise _Gone
    return answer


def warm() -> None:
    """Starts the child without waiting for it: the first PDF then takes no longer than the others."""
    with _child.lock:
        _child.start()


def stop() -> None:
    """Ends the child. It would end with the server anyway; this waits for it."""
    with _child.lock:
        _child.stop()


atexit.register(stop)


def render(html: str, *, css: str | None = None, timeout_s: float = TIME_LIMIT_S) -> bytes:
    """A tagged PDF/UA-1. `timeout_s` bounds the wait for our turn, then the rendering. Raises PdfFailed.

    `html` needs `<html lang>` and `<title>`, which become the PDF's own; `css` is ours unless given.
    """
    return _done({"what": "pdf", "html": html, "css": stylesheet() if css is None else css}, timeout_s)


def render_sheets(
    sheets: Sequence[str], *, steps: Sequence[Sequence[str]], css: str, timeout_s: float = TIME_LIMIT_S
) -> bytes:
    """One PDF of documents that hold on a page each. Raises PdfFailed, as render.

    `steps` of each are values of `data-fit` on its <html>, tried until one page holds it (kit.pdf_fit).
    """
    tried = [list(sizes) for sizes in steps]
    return _done({"what": "sheets", "sheets": list(sheets), "steps": tried, "css": css}, timeout_s)


class Binder:
    """One PDF of several documents, laid one by one: the caller may say how far it is, or stop in between."""

    def __init__(self, css: str) -> None:
        self._css = css
        self._first = True

    def lay(self, html: str, steps: Sequence[str] = ()) -> None:
        """The next document; `steps` if it must hold on one page (as render_sheets). Raises PdfFailed."""
        job = {"what": "lay", "page": html, "css": self._css, "steps": list(steps), "first": self._first}
        _answer(_ask_once(json.dumps(job).encode(), TIME_LIMIT_S))
        self._first = False

    def bound(self, title: str) -> bytes:
        """Raises PdfFailed."""
        return _answer(_ask_once(json.dumps({"what": "bind", "title": title}).encode(), BIND_LIMIT_S))


@contextlib.contextmanager
def binding(css: str) -> Iterator[Binder]:
    """Keeps the child for oneself: nobody else's document gets between two of ours. Raises PdfFailed."""
    if not _child.lock.acquire(timeout=TIME_LIMIT_S):
        raise PdfFailed(_BUSY)
    try:
        yield Binder(css)
    finally:
        _child.lock.release()


def _ask_once(job: bytes, timeout_s: float) -> tuple[bool, bytes]:
    """A child that died has lost what was laid: its whole document must be begun again. Hold the lock."""
    try:
        return _child.ask(job, timeout_s)
    except (_Gone, OSError) as error:
        log.exception("the PDF process ends before it answers")
        raise PdfFailed(_NOT_MADE) from error


def _done(wanted: dict[str, object], timeout_s: float) -> bytes:
    job = json.dumps(wanted).encode()
    if not _child.lock.acquire(timeout=timeout_s):
        raise PdfFailed(_BUSY)
    try:
        done, payload = _ask_twice(job, timeout_s)
    finally:
        _child.lock.release()
    return _answer((done, payload))


def _answer(answer: tuple[bool, bytes]) -> bytes:
    done, payload = answer
    if not done:
        log.error("a PDF failed: %s", Known(payload.decode()))
        raise PdfFailed(_NOT_MADE)
    return payload


def _ask_twice(job: bytes, timeout_s: float) -> tuple[bool, bytes]:
    """A child that died (out of memory, killed) is replaced once; twice is this document's fault."""
    with contextlib.suppress(_Gone, OSError):
        return _child.ask(job, timeout_s)
    try:
        return _child.ask(job, timeout_s)
    except (_Gone, OSError) as error:
        log.exception("the PDF process ends before it answers")
        raise PdfFailed(_NOT_MADE) from error


@cache
def stylesheet() -> str:
    """The style sheet of all our PDFs."""
    return Path(settings.BASE_DIR, "static", "css", "pdf.css").read_text(encoding="utf-8")


def respond(request: HttpRequest, *, html: str, filename: str) -> HttpResponse:
    """The PDF as a response, shown by the browser; a page that says what happened if it cannot be made."""
    return respond_with(request, lambda: render(html), filename=filename)


def respond_with(request: HttpRequest, made: Callable[[], bytes], *, filename: str) -> HttpResponse:
    """The same for what `made` renders.

    When a whole class asks at once (publication), those who find no place are asked to come back.
    """
    try:
        pdf = _made_in_turn(made)
    except PdfFailed as failure:
        return render_page(request, "pdf/failed.html", {"failure": failure}, status=503)
    disposition = content_disposition_header(as_attachment=False, filename=filename)
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": disposition or ""}
    )


def _made_in_turn(made: Callable[[], bytes]) -> bytes:
    if not _places.acquire(blocking=False):
        raise PdfFailed(_BUSY)
    try:
        return made()
    finally:
        _places.release()
