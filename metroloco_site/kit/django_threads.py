"""Django behind the event loop: one way into a thread and one way back for an ordinary page.

a2wsgi alone goes back and forth for the body, the headers, each piece and the end of an answer, and waking
threads up was the dearest part of a small page (docs/decisions/0009-student-pages.md). It still serves what is
long: uploads. What an answer streams goes piece by piece, at the speed of who reads it.
"""

import asyncio
import contextvars
import io
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ

from metroloco_site.kit import asgi_answers
from metroloco_site.kit.machine import Wsgi

SMALL = 1_000_000  # bytes of a request that is read whole before a thread has to do with it


class Pages:
    """An ASGI application around a WSGI one, in a bounded pool of threads."""

    def __init__(self, app: Wsgi, workers: int) -> None:
        self._app = app
        self._long = WSGIMiddleware(cast("Any", app), workers=workers)

    async def __call__(
        self, scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
    ) -> None:
        if _length(scope) > SMALL:
            await cast("Any", self._long)(scope, receive, send)
            return
        sent = await asgi_answers.body(receive, SMALL)
        if sent is None:  # the browser has gone
            return
        environ = cast("dict[str, Any]", build_environ(cast("Any", scope), cast("Any", io.BytesIO(sent))))
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        messages = await loop.run_in_executor(
            self._long.executor, context.run, self._answer, environ, loop, send
        )
        for message in messages:
            await send(message)

    def _answer(
        self, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, send: asgi_answers.Send
    ) -> list[asgi_answers.Message]:
        """In a thread: what is left to send when the application is done."""
        start: asgi_answers.Message = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            raw = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
            start.update(
                {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": raw}
            )

        found = self._app(environ, start_response)
        try:
            if not getattr(found, "streaming", False):
                return [start, {"type": "http.response.body", "body": b"".join(found)}]
            _wait(loop, send(start))
            for piece in found:
                _wait(loop, send({"type": "http.response.body", "body": piece, "more_body": True}))
            return [{"type": "http.response.body", "body": b""}]
        finally:
            getattr(found, "close", lambda: None)()


def _wait(loop: asyncio.AbstractEventLoop, sending: Any) -> None:  # noqa: ANN401 - a coroutine of any kind
    asyncio.run_coroutine_threadsafe(sending, loop).result()


def _length(scope: asgi_answers.Scope) -> int:
    """Bytes of the request's body; more than any where it does not say."""
    if asgi_answers.header(scope, b"transfer-encoding"):
        return SMALL + 1
    said = asgi_answers.header(scope, b"content-length")
    return int(said) if said.isdecimal() else 0
