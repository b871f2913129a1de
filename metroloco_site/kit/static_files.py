"""Static files straight from the event loop: the same index and answers as WhiteNoise's middleware.

Behind a2wsgi and Django's middleware one of them costs ten times as much, and a page has a dozen
(docs/decisions/0006-serving.md).
"""

import re
from typing import Any, cast

from whitenoise.middleware import WhiteNoiseMiddleware

from metroloco_site.kit.asgi_answers import Message, Receive, Scope, Send, header
from metroloco_site.kit.headers import SAFETY_HEADERS

# A question with one of these is about what the browser has already: WhiteNoise answers it each time.
_PARTICULAR = frozenset({b"if-none-match", b"if-modified-since", b"range"})
_METHODS = frozenset({"GET", "HEAD"})
_ENCODINGS = ("br", "gzip")  # those that WhiteNoise has files for
_NEVER = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")
LARGEST = 100_000  # bytes of an answer that is kept: the packed files weigh some kB each
MOST_BYTES = 5_000_000  # of all of them, whoever asks and however


class StaticFiles:
    """An ASGI application for the files that were collected when it was made."""

    def __init__(self) -> None:
        self._files: dict[str, Any] = cast("Any", WhiteNoiseMiddleware)().files
        self._kept: dict[tuple[str, str, str], tuple[Message, Message]] = {}
        self._weight = 0

    def __contains__(self, path: str) -> bool:
        return path in self._files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for message in self._answer(scope):
            await send(message)

    def _answer(self, scope: Scope) -> tuple[Message, Message]:
        """What 35 browsers ask for in the same way is read once."""
        accepted = _accepted(scope)
        if scope["method"] not in _METHODS or not _PARTICULAR.isdisjoint(
            name for name, _ in scope["headers"]
        ):
            return self._read(scope, accepted)
        key = scope["method"], scope["path"], accepted
        if (kept := self._kept.get(key)) is None:
            kept = self._read(scope, accepted)
            self._keep(key, kept)
        return kept

    def _keep(self, key: tuple[str, str, str], answer: tuple[Message, Message]) -> None:
        weight = len(answer[1]["body"])
        if weight > LARGEST:
            return
        if self._weight + weight > MOST_BYTES:
            self._kept.clear()
            self._weight = 0
        self._kept[key] = answer
        self._weight += weight

    def _read(self, scope: Scope, accepted: str) -> tuple[Message, Message]:
        asked = {f"HTTP_{_cgi(name)}": value.decode("latin1") for name, value in scope["headers"]}
        asked["HTTP_ACCEPT_ENCODING"] = accepted
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


def _accepted(scope: Scope) -> str:
    """All that matters of what a browser says that it can unpack: few values, however many browsers invent."""
    said = [part.partition(";") for part in header(scope, b"accept-encoding").lower().split(",")]
    taken = {name.strip() for name, _, quality in said if not _NEVER.fullmatch(quality)}
    return ", ".join(encoding for encoding in _ENCODINGS if encoding in taken)


def _cgi(name: bytes) -> str:
    return name.decode("latin1").upper().replace("-", "_")
