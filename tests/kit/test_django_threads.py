"""Django behind the event loop: what goes in and comes out whole, in pieces, too long, or not at all."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from metroloco_site.kit import django_threads, machine
from metroloco_site.kit.asgi_answers import Message
from tests.harness.asgi import scope

Start = Callable[..., object]


class Browser:
    """Sends a body in pieces, hears what comes."""

    def __init__(self, *pieces: bytes, goes: bool = False) -> None:
        self.pieces, self.goes = list(pieces) or [b""], goes
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        if self.goes and len(self.pieces) == 1:
            return {"type": "http.disconnect"}
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message: Message) -> None:
        self.heard.append(message)

    def asks(self, app: machine.Wsgi, method: str = "POST", **headers: str) -> "Browser":
        async def ask() -> None:
            pages = django_threads.Pages(app, workers=1)
            asked = scope(method, "/é?a=1", {k.replace("_", "-"): v for k, v in headers.items()})
            await pages({**asked, "http_version": "1.1"}, self.receive, self.send)

        asyncio.run(asyncio.wait_for(ask(), 10))
        return self

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.heard)


def echo(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("201 Created", [("X-Path", environ["PATH_INFO"]), ("X-Query", environ["QUERY_STRING"])])
    return HttpResponse(environ["wsgi.input"].read())


def test_an_ordinary_answer_goes_in_one_piece() -> None:
    browser = Browser(b"un ", b"deux").asks(echo, content_length="7")
    start, body = browser.heard
    assert (start["status"], body["body"]) == (201, b"un deux")
    assert dict(start["headers"]) == {b"x-path": "/é".encode(), b"x-query": b"a=1"}
    assert not body.get("more_body")


def test_what_is_streamed_is_sent_as_it_is_made() -> None:
    closed: list[bool] = []

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        def pieces() -> Iterator[bytes]:
            for name in (b"un", b"deux"):
                seen.append(len(browser.heard))
                yield name

        start("200 OK", [])
        answer = StreamingHttpResponse(pieces())
        answer.close = lambda: closed.append(True)  # type: ignore[method-assign]
        return answer

    seen: list[int] = []
    browser = Browser()
    browser.asks(app, "GET")
    assert [m.get("body") for m in browser.heard] == [None, b"un", b"deux", b""]
    assert [m.get("more_body", False) for m in browser.heard[1:]] == [True, True, False]
    assert seen == [1, 2], "the second piece is made when the first has gone"
    assert closed == [True]


@pytest.mark.parametrize("headers", [{"content_length": "12"}, {"transfer_encoding": "chunked"}])
def test_a_long_request_is_read_as_the_application_asks(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_threads, "SMALL", 10)
    browser = Browser(b"abcdef", b"ghijkl").asks(echo, **headers)
    assert browser.heard[0]["status"] == 201
    assert browser.body == b"abcdefghijkl"


def test_who_says_less_than_is_sent_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_threads, "SMALL", 10)
    assert Browser(b"abcdef", b"ghijkl").asks(echo, content_length="6").heard == []


def test_who_goes_while_sending_takes_no_thread() -> None:
    called: list[str] = []

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        called.append(threading.current_thread().name)
        return echo(environ, start)

    assert Browser(b"un", b"", goes=True).asks(app, content_length="9").heard == []
    assert called == []
    Browser(b"un").asks(app, content_length="2")
    assert called[0].startswith("WSGI")


def test_a_failure_is_closed_and_left_to_the_server() -> None:
    closed: list[bool] = []

    class Broken:
        def __iter__(self) -> Iterator[bytes]:
            raise RuntimeError("au milieu")

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return Broken()

    with pytest.raises(RuntimeError, match="au milieu"):
        Browser().asks(app, "GET")
    assert closed == [True]
