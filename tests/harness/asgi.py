"""The light part without a server: one request in, what it sent out."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections

from lessons import live
from lessons.live import routes, tokens
from metroloco_site.kit.asgi_answers import Message


@contextmanager
def shared_connection() -> Iterator[ThreadPoolExecutor]:
    """A thread that works in the test's own transaction: Django refuses its ORM beside an event loop."""
    ours = connection
    ours.inc_thread_sharing()
    default = connections["default"]

    def adopt() -> None:
        connections["default"] = default

    try:
        with ThreadPoolExecutor(1, initializer=adopt) as pool:
            yield pool
    finally:
        ours.dec_thread_sharing()


@dataclass
class Reply:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON says
        return json.loads(self.body)

    def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")


def scope(method: str, path: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    given = {"host": "testserver"} | (headers or {})
    encoded = [(name.encode(), value.encode()) for name, value in given.items()]
    address, _, query = path.partition("?")
    return {
        "type": "http", "method": method, "path": address, "query_string": query.encode(), "scheme": "http",
        "headers": encoded,
    }  # fmt: skip


def ask(
    method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, *, leaves: bool = False
) -> Reply:
    """One whole exchange; with `leaves` the browser goes in the middle of its request."""
    reply = Reply()
    messages = [{"type": "http.request", "body": body[i : i + 65_536], "more_body": True}
                for i in range(0, len(body), 65_536)]  # fmt: skip
    messages.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        reply.take(message)

    asyncio.run(live.application(scope(method, path, headers), receive, send))
    return reply


class Page:
    """One open stream. `read` waits for the next event."""

    def __init__(self, token: str) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.events: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.text = ""
        self.ready = asyncio.Event()  # a slow page does not take what is sent
        self.ready.set()
        self._gone = asyncio.Event()
        asked = scope("GET", f"/live/{token}/flux")
        self.task = asyncio.create_task(live.application(asked, self._receive, self._send))

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self.ready.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        self.text += message["body"].decode()
        for block in message["body"].decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines())
            if "event" in lines:
                self.events.put_nowait((lines["event"], lines["data"]))

    async def read(self, name: str = "etat") -> Any:  # noqa: ANN401 - whatever JSON says
        """The data of the next event of this name."""
        while True:
            found, data = await asyncio.wait_for(self.events.get(), 5)
            if found == name:
                return json.loads(data)

    async def close(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, 5)


@pytest.fixture
def light_part(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The light part's questions go to the test's own transaction; nobody has been let in before."""
    monkeypatch.setattr(tokens.admissions, "_until", {})
    with shared_connection() as pool:
        monkeypatch.setattr(routes, "_database", pool)
        yield
