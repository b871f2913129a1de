"""What the machine refuses (a full disk, a database that does not answer), in a sentence for whoever waits."""

import errno
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from metroloco_site.kit.data_folder import why
from metroloco_site.kit.headers import SAFETY_HEADERS

DISK_FULL = (
    "Le disque de l’ordinateur qui fait tourner Metroloco est plein\u00a0: cet envoi n’a pas été enregistré. "
    "Ce qui l’était déjà l’est toujours. Prévenez votre enseignant\u202f; dès qu’il y a de la place, recommencez."
)
NO_DATABASE = (
    "La base de données ne répond pas pour le moment\u00a0: cet envoi n’a pas été enregistré. "
    "Ce qui l’était déjà l’est toujours. Attendez quelques secondes, puis recommencez."
)
_BARE = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Pas enregistré · Metroloco en classe</title>'
    "<h1>Pas enregistré</h1><p>{}</p>"
)
_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)
_POSTGRES_FULL = "53100"  # disk_full

log = logging.getLogger(__name__)

Wsgi = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


def sentence(error: BaseException | None) -> str:
    """What to tell whoever waits; "" where this is no fault of the machine's."""
    if is_full(error):
        return DISK_FULL
    if any(isinstance(one, OperationalError | InterfaceError) for one in _chain(error)):
        return NO_DATABASE
    return ""


def refused(error: Exception, otherwise: str) -> str:
    """The same for a command, without a full stop: the disk, or `otherwise` with what the database says."""
    return why(OSError(errno.ENOSPC, "")) if is_full(error) else f"{otherwise} ({error})"


def is_full(error: BaseException | None) -> bool:
    """The disk is, ours or PostgreSQL's."""
    return any(map(_says_full, _chain(error)))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _says_full(error: BaseException) -> bool:
    return (
        (isinstance(error, OSError) and error.errno in _FULL_ERRORS)
        or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(error, "sqlstate", None) == _POSTGRES_FULL
    )


def failed(request: HttpRequest) -> HttpResponse:
    """handler500 of every address: a page that says what the machine refused, the general one else."""
    said = sentence(sys.exc_info()[1])
    if said and "X-Fragment" in request.headers:
        response = render(
            request, "components/refusal.html", {"sentence": said}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
        response["X-Fragment"] = "1"  # the page's own script may show it: no proxy says this
        return response
    if said:
        context = {"sentence": said, "sent": _sent(request)}
        return render(request, "503.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form, to be sent again: « Retour » would show them empty. None beside a file or a password."""
    try:
        fields, files = request.POST, request.FILES
    except Exception:  # noqa: BLE001 - it could not be read, which may be the very fault
        return []
    if files or "password" in fields:
        return []
    return [(name, str(value)) for name, values in fields.lists() for value in values]


def guarded(app: Wsgi) -> Wsgi:
    """The application, with a sentence where not even a page can be made (a form that a full disk did not take)."""

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Exception as error:
            log.exception("Une page n’a pas pu être faite.")
            said = sentence(error)
            body = _BARE.format(said or "Quelque chose n’a pas fonctionné. Recommencez.").encode()
            headers = {
                **SAFETY_HEADERS,
                "Cache-Control": "no-store",
                "Content-Type": "text/html; charset=utf-8",
            }
            start_response(
                "503 Service Unavailable" if said else "500 Internal Server Error",
                [*headers.items(), ("Content-Length", str(len(body)))],
            )
            return [body]

    return answer
