"""The few lines of ASGI that the light part needs: a plain answer, and a stream of events."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from metroloco_site.kit import reach
from metroloco_site.kit.headers import SAFETY_HEADERS
from metroloco_site.kit.hub import Mailbox

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEARTBEAT_S = 15.0  # a sign of life: proxies keep the stream open, pages see a dead line
HEARTBEAT = "event: vie\ndata: 1\n\n"
RETRY_MS = 2000
END = "fin"


@cache
def headers(content_type: str) -> list[tuple[bytes, bytes]]:
    """The safety headers of every answer, as ASGI wants them."""
    both = {**SAFETY_HEADERS, "Cache-Control": "no-store", "Content-Type": content_type}
    return [(name.lower().encode(), value.encode()) for name, value in both.items()]


def header(scope: Scope, name: bytes) -> str:
    """A request header, "" if it is not there; `name` in lower case."""
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")


def same_origin(scope: Scope) -> bool:
    """As kit.origin.is_same_origin, for the light part: the browser says that a page of ours asks."""
    host = header(scope, b"host")
    return _is_our_host(host) and reach.is_ours(header(scope, b"origin"), f"{_scheme(scope)}://{host}")


def is_ours(scope: Scope) -> bool:
    """Django would neither refuse the host nor ask for HTTPS first."""
    return _is_our_host(header(scope, b"host")) and (_scheme(scope) == "https" or not settings.HTTPS)


def _is_our_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _scheme(scope: Scope) -> str:
    behind_proxy = settings.HTTPS and header(scope, b"x-forwarded-proto") == "https"
    return "https" if behind_proxy else str(scope["scheme"])


async def body(receive: Receive, limit: int) -> bytes | None:
    """The whole request body; None if it is longer than `limit` bytes or the browser has gone."""
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if message["type"] == "http.disconnect" or len(found) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(found)


async def answer(
    send: Send, status: int, body: bytes, content_type: str = "application/json", *, allow: str = ""
) -> None:
    """A whole response at once; `allow`: the method that a 405 must name (RFC 9110)."""
    extra = [(b"content-length", str(len(body)).encode())]
    if allow:
        extra.append((b"allow", allow.encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*headers(content_type), *extra]})
    await send({"type": "http.response.body", "body": body})


async def answer_page(send: Send, body: bytes, *, packed: bool) -> None:
    """A page as Django's middleware sends it; `packed`: the body is gzip."""
    extra = [(b"content-length", str(len(body)).encode()), (b"vary", b"Accept-Encoding, Cookie")]
    if packed:
        extra.append((b"content-encoding", b"gzip"))
    if settings.SECURE_HSTS_SECONDS:  # the two others go with it (settings)
        said = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        extra.append((b"strict-transport-security", said.encode()))
    start = [*headers("text/html; charset=utf-8"), *extra]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def stream(
    receive: Receive, send: Send, first: Iterable[tuple[str, str]], box: Mailbox, holder: str = ""
) -> None:
    """Server-sent events until the browser goes away: `first`, then whatever the mailbox gets.

    An event named END is not sent: it ends the stream, unless it bears this `holder`'s own mark.
    """
    start = [*headers("text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    await _send_events(send, first, prefix=f"retry: {RETRY_MS}\n\n")
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while not gone.done():
            taking = asyncio.ensure_future(box.take(HEARTBEAT_S))
            await asyncio.wait({gone, taking}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                taking.cancel()
                break
            events = [event for event in taking.result() if event[0] != END]
            await _send_events(send, events, prefix="" if taking.result() else HEARTBEAT)
            if any(name == END and mark != holder for name, mark in taking.result()):
                await send({"type": "http.response.body", "body": b""})
                break
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_events(send: Send, events: Iterable[tuple[str, str]], prefix: str = "") -> None:
    text = prefix + "".join(f"event: {name}\ndata: {data}\n\n" for name, data in events)
    if text:
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
