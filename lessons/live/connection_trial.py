"""The connection test: anybody's stream, poll and save; nothing is kept."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from metroloco_site.kit import asgi_answers
from metroloco_site.kit.hub import Mailbox

EVENTS = 4  # a second apart: a proxy that holds a stream back is found out
LONGEST_S = 15.0  # a page that stays open does not hold it for ever
MOST_AT_ONCE = 200
MOST_BYTES = 10_000
_open: set[object] = set()


def _text() -> str:
    return json.dumps({"now": round(time.time() * 1000)})


async def _poll(scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send) -> None:
    await asgi_answers.answer(send, 200, _text().encode())


async def _save(scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send) -> None:
    """Gives back what was sent and keeps nothing: the way a text goes, without the text."""
    body = await asgi_answers.body(receive, MOST_BYTES) if asgi_answers.same_origin(scope) else None
    if body is None:
        await asgi_answers.answer(send, 403, b"{}")
    else:
        await asgi_answers.answer(send, 200, body, "application/octet-stream")


async def _stream(scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send) -> None:
    if len(_open) >= MOST_AT_ONCE:
        return await asgi_answers.answer(send, 503, b"{}")
    loop = asyncio.get_running_loop()
    box = Mailbox(loop)
    _open.add(box)
    ticks = [loop.call_later(n, lambda: box.put("etat", _text())) for n in range(1, EVENTS)]
    try:
        await asyncio.wait_for(asgi_answers.stream(receive, send, [("etat", _text())], box), LONGEST_S)
    except TimeoutError:
        await send({"type": "http.response.body", "body": b""})
    finally:
        _open.discard(box)
        for tick in ticks:
            tick.cancel()
    return None


SERVE: dict[str, Callable[[asgi_answers.Scope, asgi_answers.Receive, asgi_answers.Send], Awaitable[None]]] = {
    "trial-stream": _stream,
    "trial-poll": _poll,
    "trial-save": _save,
}
