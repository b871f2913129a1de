"""The connection test: anybody, nothing kept, the same doors as the lesson."""

import asyncio
from typing import Any

import pytest
from django.test import Client

from lessons import live
from lessons.live import connection_trial
from tests.harness.builders import ORIGIN

Sent = list[dict[str, Any]]


def ask(path: str, method: str = "GET", body: bytes = b"", origin: str = ORIGIN, events: int = 2) -> Sent:
    """Asks the light part; the page goes away after so many messages."""
    sent: Sent = []
    gone = asyncio.Event()
    asked = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in asked:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)
        if len(sent) >= events:
            gone.set()

    scope = {
        "type": "http", "path": path, "method": method, "scheme": "http",
        "headers": [(b"host", b"testserver"), (b"origin", origin.encode())],
    }  # fmt: skip
    asyncio.run(asyncio.wait_for(live.application(scope, receive, send), 10))
    return sent


def test_the_poll_tells_the_time_of_the_server_to_anybody() -> None:
    start, body = ask("/live/essai/etat")
    assert start["status"] == 200
    assert b'"now": 1' in body["body"]


def test_the_stream_gives_events_one_by_one() -> None:
    sent = ask("/live/essai/flux", events=4)
    assert sent[0]["status"] == 200
    assert sum(message.get("body", b"").count(b"event: etat") for message in sent) >= 3


def test_a_stream_that_stays_open_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_trial, "LONGEST_S", 0.1)
    assert ask("/live/essai/flux", events=99)[-1] == {"type": "http.response.body", "body": b""}
    assert not connection_trial._open


def test_too_many_streams_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_trial, "MOST_AT_ONCE", 0)
    assert ask("/live/essai/flux")[0]["status"] == 503


def test_what_is_sent_comes_back() -> None:
    start, body = ask("/live/essai/enregistrer", "POST", "« Été »".encode())
    assert start["status"] == 200
    assert body["body"].decode() == "« Été »"
    assert (b"content-type", b"application/octet-stream") in start["headers"]


@pytest.mark.parametrize("origin", ["http://ailleurs.example", "null", ""])
def test_a_word_from_elsewhere_is_refused(origin: str) -> None:
    assert ask("/live/essai/enregistrer", "POST", b"mot", origin)[0]["status"] == 403


def test_a_long_text_is_refused() -> None:
    assert (
        ask("/live/essai/enregistrer", "POST", b"x" * (connection_trial.MOST_BYTES + 1))[0]["status"] == 403
    )


@pytest.mark.parametrize(
    ("path", "method"), [("/live/essai/flux", "POST"), ("/live/essai/etat", "POST"), ("/live/essai/enregistrer", "GET")]
)  # fmt: skip
def test_the_other_methods_are_refused(path: str, method: str) -> None:
    assert ask(path, method)[0]["status"] == 405


@pytest.mark.django_db
def test_the_page_works_without_javascript_and_stores_nothing(
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    client = Client(headers={"origin": ORIGIN}, enforce_csrf_checks=True)
    with django_assert_num_queries(0):
        page = client.get("/essai/")
        back = client.post("/essai/", {"mot": "<b>marée" + "x" * 80})
    assert "Joindre le serveur" in page.content.decode()
    assert not page.cookies
    assert not back.cookies
    assert "&lt;b&gt;marée" in back.content.decode()
    assert "x" * 41 not in back.content.decode()


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused() -> None:
    client = Client(headers={"origin": "http://ailleurs.example"})
    assert client.post("/essai/", {"mot": "marée"}).status_code == 403


@pytest.mark.django_db
def test_the_home_page_leads_there() -> None:
    assert 'href="/essai/"' in Client().get("/").content.decode()
