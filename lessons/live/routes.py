"""The light ASGI part: everything under /live/, and a student's page where Django is not needed for it."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import Error
from django.http import parse_cookie

from lessons.actions.joining import Token
from lessons.forms.drafts import as_json, read_json
from lessons.live import connection_trial, documents, pages, saves
from lessons.live.batching import Together
from lessons.live.here import presence
from lessons.live.telling import as_text, board_changed, came_or_went, channels_of, newest, read_state
from lessons.live.tokens import COOKIE, Listener, admissions, read_cookie, read_token
from lessons.rules.poster import MAX_UPDATE
from metroloco_site.kit import asgi_answers, steady
from metroloco_site.kit.french import clock_time
from metroloco_site.kit.hub import hub


@dataclass(frozen=True)
class Route:
    """An address of the light part: read by the router, the access matrix and the header test."""

    method: str
    pattern: re.Pattern[str]
    who: str


ROUTES = {
    "trial-stream": Route("GET", re.compile(r"/live/essai/flux"), "anybody"),  # the connection test
    "trial-poll": Route("GET", re.compile(r"/live/essai/etat"), "anybody"),
    "trial-save": Route("POST", re.compile(r"/live/essai/enregistrer"), "anybody: exact Origin"),
    "live-stream": Route("GET", re.compile(r"/live/(?P<token>[\w:=-]+)/flux"), "holder of a signed token"),
    "live-poll": Route("GET", re.compile(r"/live/(?P<token>[\w:=-]+)/etat"), "holder of a signed token"),
    "live-save": Route(
        "POST",
        re.compile(r"/live/(?P<token>[\w:=-]+)/enregistrer"),
        "the participant: a signed token, the cookie of the same, exact Origin",
    ),
    "poster-write": Route(
        "POST",
        re.compile(r"/live/(?P<token>[\w:=-]+)/affiche"),
        "a member of the group: a signed token, the cookie of the same, exact Origin",
    ),
    "poster-changes": Route(
        "GET",
        re.compile(r"/live/(?P<token>[\w:=-]+)/affiche/suite"),
        "a member of the group: a signed token",
    ),
}
# The one address that both parts answer: what this one does not is the view's.
STUDENT = re.compile(r"/s/([-a-zA-Z0-9_]+)/")
_GZIP = re.compile(r"\bgzip\b")
log = logging.getLogger(__name__)
_pages = Together(pages.page_alike)
_database = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live-db")


async def application(
    scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    """Answers everything under /live/."""
    for name, route in ROUTES.items():
        if match := route.pattern.fullmatch(scope["path"]):
            if scope["method"] != route.method:
                return await asgi_answers.answer(send, 405, b"{}", allow=route.method)
            if name in connection_trial.SERVE:
                return await connection_trial.SERVE[name](scope, receive, send)
            listener = read_token(match["token"])
            if listener is not None:
                try:
                    return await _SERVE[name](listener, scope, receive, send)
                except (Error, TimeoutError):  # locked, full, gone, silent: nothing was sent yet
                    log.exception("La base ne répond pas\u202f; les pages redemanderont.")
                    return await asgi_answers.answer(send, 503, b"{}")
    return await asgi_answers.answer(send, 404, b"{}")


async def serve_student(
    scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> bool:
    """A student's own page where it is nearly the whole class's. False: nothing was sent, the view is to answer."""
    asked = STUDENT.fullmatch(scope["path"])
    if not asked or scope["method"] != "GET" or scope["query_string"] or not asgi_answers.is_ours(scope):
        return False
    cookies = parse_cookie(asgi_answers.header(scope, b"cookie"))
    token = read_cookie(cookies.get(COOKIE, ""))
    # Where a teacher is signed in too, Django may have a word for them.
    if token is None or settings.SESSION_COOKIE_NAME in cookies:
        return False
    packed = bool(_GZIP.search(asgi_answers.header(scope, b"accept-encoding")))
    try:
        page = await _pages.ask(_database, pages.Asked(asked[1], token, packed))
    except Exception:  # whatever it is, the view can still answer
        log.exception("La page d’un élève est laissée à Django.")
        return False
    if page is not None:
        await asgi_answers.answer_page(send, page, packed=packed)
    return page is not None


async def _ask(question: Callable[..., Any], *values: object) -> Any:  # noqa: ANN401 - what the question gives
    """From the event loop, in a thread that has a database connection. Raises TimeoutError after LIMIT_S."""

    def asked() -> Any:  # noqa: ANN401
        saves.check_connection()
        return question(*values)

    going = asyncio.get_running_loop().run_in_executor(_database, asked)
    return await asyncio.wait_for(going, saves.LIMIT_S)


async def _admit(listener: Listener, send: asgi_answers.Send) -> bool:
    """True if the token still holds; else the answer is sent."""
    if admissions.knows(listener) or await _ask(admissions.ask, listener):
        return True
    await asgi_answers.answer(send, 404, b"{}")
    return False


def _come_in(listener: Listener) -> int | None:
    """The group of who may listen, 0 if none; None for who may not. In a thread: one way there for both questions."""
    if not (admissions.knows(listener) or admissions.ask(listener)):
        return None
    return documents.group_of(listener.participant) if listener.participant else 0


async def _state_text(run_id: int) -> str:
    state = newest.get(run_id) or await _ask(read_state, run_id)
    return as_text(state, steady.now())


async def _serve_poll(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    if not await _admit(listener, send):
        return
    if listener.participant:
        presence.polled(listener.run, listener.participant)
    text = await _state_text(listener.run)
    await asgi_answers.answer(send, 200, text.encode())


async def _serve_stream(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    group = await _ask(_come_in, listener)
    if group is None:
        await asgi_answers.answer(send, 404, b"{}")
        return
    with (
        hub.subscribed(*channels_of(listener)) as box,
        documents.seats.taken(box, listener.participant, group),
    ):
        # subscribed before the state is read: no change is missed
        first = [("etat", await _state_text(listener.run))]
        if not listener.participant:
            await asgi_answers.stream(receive, send, first, box, str(listener.version))
            return
        presence.opened(listener.run, listener.participant)
        came_or_went(listener.run)
        documents.tell_here(listener.run, listener.participant, group)
        try:
            await asgi_answers.stream(receive, send, first, box, str(listener.version))
        finally:
            presence.closed(listener.run, listener.participant)
            came_or_went(listener.run)
            documents.tell_here(listener.run, listener.participant, documents.seats.group(box))


async def _serve_save(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    """As lessons.views.student.answers_save, which pages without JavaScript use, for open pages."""
    save = await _read_save(listener, scope, receive)
    if isinstance(save, int):
        return await asgi_answers.answer(send, save, b"{}")
    done = await saves.writer.write(save)
    if done.results is None:
        return await asgi_answers.answer(send, 503 if done.failed else 404, b"{}")
    presence.wrote(listener.run, listener.participant)
    board_changed(listener.run)
    answer = {"fields": [as_json(result) for result in done.results], "at": clock_time(steady.now())}
    return await asgi_answers.answer(send, 200, json.dumps(answer).encode())


async def _read_save(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive
) -> saves.Save | int:
    """The save that is asked for, or the status that says why not."""
    at = steady.now()
    body = await _read_body(listener, scope, receive, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(body, int):
        return body
    try:
        return saves.Save(_holder(listener), read_json(body), at)
    except BadRequest:
        return 400


def _holder(listener: Listener) -> Token:
    return Token(listener.participant, listener.version)


async def _read_body(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive, limit: int
) -> bytes | int:
    """What the participant's own page sends, or the status that says why not."""
    if not asgi_answers.same_origin(scope):
        return 403
    token = read_cookie(parse_cookie(asgi_answers.header(scope, b"cookie")).get(COOKIE, ""))
    # Two students may take turns on one device: the page's token says whose text this is.
    if listener.role != "eleve" or token != _holder(listener):
        return 404
    body = await asgi_answers.body(receive, limit)
    return 413 if body is None else body


async def _serve_edit(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    """What a page wrote in the document of its group: stored, then acknowledged, then told to the others."""
    at = steady.now()
    body = await _read_body(listener, scope, receive, MAX_UPDATE)
    if isinstance(body, int):
        return await asgi_answers.answer(send, body, b"{}")
    asked = documents.read_edit(_holder(listener), scope["query_string"], body, at)
    if asked is None:
        return await asgi_answers.answer(send, 400, b"{}")
    edit, text = asked
    done = await saves.writer.write(edit)
    if done.results is None:
        return await asgi_answers.answer(send, 503 if done.failed else 404, b"{}")
    documents.tell(listener.participant, edit.client, done.results, text)
    return await documents.answer_edit(send, done.results)


async def _serve_changes(
    listener: Listener, scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    if listener.role != "eleve":
        return await asgi_answers.answer(send, 404, b"{}")
    asked = documents.since(scope["query_string"], listener.participant)
    found = await _ask(documents.lacking, _holder(listener), *asked)
    return await asgi_answers.answer(send, 200 if found else 404, found or b"{}")


_Serve = Callable[[Listener, asgi_answers.Scope, asgi_answers.Receive, asgi_answers.Send], Awaitable[None]]
_SERVE: dict[str, _Serve] = {
    "live-stream": _serve_stream,
    "live-poll": _serve_poll,
    "live-save": _serve_save,
    "poster-write": _serve_edit,
    "poster-changes": _serve_changes,
}
