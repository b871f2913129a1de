"""The projector, for everyone's eyes: its unguessable address is the only key, its files included."""

from collections.abc import Callable, Generator, Iterable, Iterator
from threading import BoundedSemaphore
from typing import Any

import segno
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lessons import live
from lessons.models import ClassRun
from lessons.queries.projector import film_of, projector
from lessons.rules import media
from lessons.views.guessing import seal
from metroloco_site.kit import steady
from metroloco_site.kit.reach import reach

INK = "#1B2A30"
MOST = 2_000_000  # bytes an answer: a player that reads slowly keeps no thread of the server
BLOCK = 64 * 1024
_wholes = BoundedSemaphore(2)  # of the server's eight threads


def run_at(key: str) -> ClassRun:
    """The activité of this projector; 404 for any other key."""
    runs = ClassRun.objects.shown().select_related("lesson").prefetch_related("phases__part")
    run = runs.filter(screen_key=key).first()
    if run is None:
        raise Http404
    return run


def _context(request: HttpRequest, key: str) -> dict[str, Any]:
    run = run_at(key)
    where = reach(request)
    code = run.access_code
    join = f"{where.origin}/rejoindre/{code}/?sceau={seal(code)}" if code else f"{where.origin}/"
    page = projector(run, steady.now(), len(live.presence.present(run.pk)))
    link = page.annexe.link if page.annexe and page.annexe.kind == "video" else ""
    return {
        "page": page,
        "token": live.token_for(run, "ecran"),
        "reach": where,
        "qr": _qr(join) if page.screen == "code" else "",
        "video_qr": _qr(link) if link and not page.film else "",
    }


def _qr(text: str) -> str:
    return segno.make(text).svg_data_uri(scale=8, border=2, dark=INK)


@require_safe
def screen_read(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "lessons/screen.html", _context(request, key))


@require_safe
def screen_fragment(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "lessons/_screen.html", _context(request, key))


@require_safe
def video_read(request: HttpRequest, key: str) -> HttpResponseBase:
    """The bytes of the activité's own video, a range at a time."""
    return _served(request, _held(run_at(key).video_file))


@require_safe
def film_read(request: HttpRequest, key: str, film: str) -> HttpResponseBase:
    """Those of a video of the lesson."""
    found = film_of(run_at(key), film)
    if found is None:
        raise Http404
    return _served(request, _held(found.file))


def _served(request: HttpRequest, held: FieldFile) -> HttpResponseBase:
    try:
        asked = media.asked_range(request.headers.get("Range", ""), held.size, MOST)
    except media.NotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{held.size}"})
    return _part(held, asked) if asked else _whole(held)


def _whole(held: FieldFile) -> HttpResponseBase:
    """For what asks for no range: few at a time, because a slow reader keeps its thread to the end."""
    if not _wholes.acquire(blocking=False):
        return HttpResponse(status=429, headers={"Retry-After": "30"})
    return _sent(held, 0, held.size - 1, _Whole)


def _part(held: FieldFile, asked: tuple[int, int]) -> HttpResponseBase:
    answer = _sent(held, *asked)
    answer.status_code = 206
    answer.headers["Content-Range"] = f"bytes {asked[0]}-{asked[1]}/{held.size}"
    return answer


class _Whole:
    """A whole file; its place is given back when the answer is closed, sent to the end or not."""

    def __init__(self, held: FieldFile, first: int, last: int) -> None:
        self._bytes = _bytes(held, first, last)
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._bytes

    def close(self) -> None:
        if self._open:
            self._open = False
            self._bytes.close()
            _wholes.release()


def _sent(
    held: FieldFile, first: int, last: int, content: Callable[..., Iterable[bytes]] | None = None
) -> HttpResponseBase:
    kind = media.TYPES["." + str(held.name).rpartition(".")[2]]
    answer = StreamingHttpResponse((content or _bytes)(held, first, last), content_type=kind)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Length"] = str(last - first + 1)
    return answer


def _bytes(held: FieldFile, first: int, last: int) -> Generator[bytes]:
    with held.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block


@require_safe
def subtitles_read(request: HttpRequest, key: str) -> HttpResponse:
    held = _held(run_at(key).subtitles_file)
    with held.open("rb") as file:
        return HttpResponse(file.read(), content_type="text/vtt; charset=utf-8")


@require_safe
def captions_read(request: HttpRequest, key: str, film: str) -> HttpResponse:
    found = film_of(run_at(key), film)
    if found is None or not found.subtitles:
        raise Http404
    return HttpResponse(bytes(found.subtitles), content_type="text/vtt; charset=utf-8")


def _held(file: FieldFile) -> FieldFile:
    """The file, if there is one and it is still on the disk; 404 otherwise."""
    if not file or not file.storage.exists(str(file.name)):
        raise Http404
    return file
