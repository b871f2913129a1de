"""Static files straight from the event loop: the same index and answers as WhiteNoise's middleware.

Behind a2wsgi and Django's middleware one of them costs ten times as much, and a page has a dozen
(docs/decisions/0011-serving.md).
"""

from typing import Any, cast

from whitenoise.middleware import WhiteNoiseMiddleware

from metroloco_site.kit.asgi import Message, Receive, Scope, Send, header
from metroloco_site.kit.headers import SAFETY_HEADERS

# A question with one of these is about what the browser has already: WhiteNoise answers it each time.
_PARTICULAR = frozenset({b"if-none-match", b"if-modified-since", b"range"})
MOST = 300  # answers kept: every file as the browsers of a class ask for it; they weigh some kB each


class StaticFiles:
    """An ASGI application for the files that were collected when it was made."""

    def __init__(self) -> None:
        self._files: dict[str, Any] = cast("Any", WhiteNoiseMiddleware)().files
        self._kept: dict[tuple[str, str, str], tuple[Message, Message]] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for message in self._answer(scope):
            await send(message)

    def _answer(self, scope: Scope) -> tuple[Message, Message]:
        """What 35 browsers ask for in the same way is read once."""
        if not _PARTICULAR.isdisjoint(name for name, _ in scope["headers"]):
            return self._read(scope)
        key = scope["method"], scope["path"], header(scope, b"accept-encoding")
        if key not in self._kept:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = self._read(scope)
        return self._kept[key]

    def _read(self, scope: Scope) -> tuple[Message, Message]:
        asked = {f"HTTP_{_cgi(name)}": value.decode("latin1") for name, value in scope["headers"]}
        response = self._files[scope["path"]].get_response(scope["method"], asked)
        body = b""
        if response.file is not None:
            with response.file:
                body = response.file.read()
        headers = {name.lower(): value for name, value in [*SAFETY_HEADERS.items(), *response.headers]}
        raw = [(name.encode("latin1"), value.encode("latin1")) for name, value in headers.items()]
        return (
            {"type": "http.response.start", "status": int(response.status), "headers": raw},
            {"type": "http.response.body", "body": body},
        )


def _cgi(name: bytes) -> str:
    return name.decode("latin1").upper().replace("-", "_")
