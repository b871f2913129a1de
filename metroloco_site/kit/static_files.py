"""Static files straight from the event loop: the same index and answers as WhiteNoise's middleware.

Behind a2wsgi and Django's middleware one of them costs ten times as much, and a page has a dozen
(docs/decisions/0011-serving.md).
"""

from typing import Any, cast

from whitenoise.middleware import WhiteNoiseMiddleware

from metroloco_site.kit.asgi import Receive, Scope, Send
from metroloco_site.kit.headers import SAFETY_HEADERS


class StaticFiles:
    """An ASGI application for the files that were collected when it was made."""

    def __init__(self) -> None:
        self._files: dict[str, Any] = cast("Any", WhiteNoiseMiddleware)().files

    def __contains__(self, path: str) -> bool:
        return path in self._files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = {f"HTTP_{_cgi(name)}": value.decode("latin1") for name, value in scope["headers"]}
        response = self._files[scope["path"]].get_response(scope["method"], asked)
        body = b""
        if response.file is not None:
            with response.file:
                body = response.file.read()  # small, and in the page cache after the first student
        headers = {name.lower(): value for name, value in [*SAFETY_HEADERS.items(), *response.headers]}
        raw = [(name.encode("latin1"), value.encode("latin1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": int(response.status), "headers": raw})
        await send({"type": "http.response.body", "body": body})


def _cgi(name: bytes) -> str:
    return name.decode("latin1").upper().replace("-", "_")
