"""The few lines of ASGI that the light part needs: a plain answer, and a stream of events."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from metroloco_site.kit.headers import SAFETY_HEADERS
from metroloco_site.kit.hub import Mailbox

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEARTBEAT_S = 15.0  # a comment that keeps proxies from closing the stream
RETRY_MS = 2000


def headers(content_type: str) -> list[tuple[bytes, bytes]]:
    """The safety headers of every answer, as ASGI wants them."""
    both = {**SAFETY_HEADERS, "Cache-Control": "no-store", "Content-Type": content_type}
    return [(name.lower().encode(), value.encode()) for name, value in both.items()]


async def answer(send: Send, status: int, body: bytes, content_type: str = "application/json") -> None:
    """A whole response at once."""
    extra = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers(content_type), *extra]})
    await send({"type": "http.response.body", "body": body})


async def stream(receive: Receive, send: Send, first: Iterable[tuple[str, str]], box: Mailbox) -> None:
    """Server-sent events until the browser goes away: `first`, then whatever the mailbox gets."""
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
            await _send_events(send, taking.result(), prefix="" if taking.result() else ": \n\n")
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_events(send: Send, events: Iterable[tuple[str, str]], prefix: str = "") -> None:
    text = prefix + "".join(f"event: {name}\ndata: {data}\n\n" for name, data in events)
    if text:
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
