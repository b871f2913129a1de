"""Static files from the event loop: what WhiteNoise answers behind Django, with every header."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from metroloco_site.kit import static_files
from metroloco_site.kit.asgi_answers import Message
from metroloco_site.kit.static_files import StaticFiles
from tests.harness.asgi import Reply, scope

STYLE = "/static/feuille.css"


@pytest.fixture
def files(tmp_path: Path) -> Iterator[StaticFiles]:
    (tmp_path / "feuille.css").write_text("body { color: black }")
    (tmp_path / "feuille.css.br").write_bytes(b"brotli")
    with override_settings(STATIC_ROOT=tmp_path):
        yield StaticFiles()


def get(files: StaticFiles, path: str, method: str = "GET", **headers: str) -> Reply:
    reply = Reply()

    async def send(message: Message) -> None:
        reply.take(message)

    async def receive() -> Message:
        return {"type": "http.request", "more_body": False}

    asyncio.run(
        files(scope(method, path, {k.replace("_", "-"): v for k, v in headers.items()}), receive, send)
    )
    return reply


def test_a_file_comes_as_behind_django(files: StaticFiles, db: None) -> None:
    ours = get(files, STYLE)
    django = Client().get(STYLE)
    assert ours.status == django.status_code == 200
    assert ours.body == b"".join(django.streaming_content)  # type: ignore[attr-defined]
    theirs = {name.lower(): value for name, value in django.headers.items()}
    assert {name: ours.headers.get(name) for name in theirs} == theirs


def test_what_is_packed_goes_packed_to_who_can_read_it(files: StaticFiles) -> None:
    assert get(files, STYLE, accept_encoding="br, gzip").body == b"brotli"
    assert get(files, STYLE, accept_encoding="br").headers["content-encoding"] == "br"
    assert get(files, STYLE).body.startswith(b"body")


def test_what_the_browser_has_is_not_sent_again(files: StaticFiles) -> None:
    tag = get(files, STYLE).headers["etag"]
    again = get(files, STYLE, if_none_match=tag)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405)])
def test_other_methods(files: StaticFiles, method: str, status: int) -> None:
    reply = get(files, STYLE, method)
    assert (reply.status, reply.body) == (status, b"")


@pytest.mark.parametrize("asked", ["br;q=0", "br; q=0.0, identity", "BROTLI", "*", "x-br"])
def test_what_is_packed_does_not_go_to_who_cannot_read_it(files: StaticFiles, asked: str) -> None:
    reply = get(files, STYLE, accept_encoding=asked)
    assert (reply.body, "content-encoding" in reply.headers) == (b"body { color: black }", False)


def held(files: StaticFiles) -> int:
    return sum(len(body["body"]) for _, body in files._kept.values())


def test_what_browsers_say_does_not_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "feuille.css").write_text("x" * 90_000)
    (tmp_path / "feuille.css.br").write_bytes(b"brotli")
    with override_settings(STATIC_ROOT=tmp_path):
        files = StaticFiles()
    for number in range(300):
        assert get(files, STYLE, accept_encoding=f"x-{number}, br;q=0.{number % 9 + 1}").body == b"brotli"
        assert len(get(files, STYLE, accept_encoding=f"x-{number}").body) == 90_000
        assert get(files, STYLE, f"M{number}").status == 405
    assert len(files._kept) == 2
    assert held(files) == 90_006


def test_what_is_large_is_read_each_time_and_all_together_stay_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "MOST_BYTES", 250_000)
    for number in range(4):
        (tmp_path / f"{number}.css").write_text(str(number) * 100_000)
    (tmp_path / "film.css").write_text("f" * 100_001)
    with override_settings(STATIC_ROOT=tmp_path):
        files = StaticFiles()
    for name in [*"0123", "film", *"0123"]:
        assert get(files, f"/static/{name}.css").body[:1] == name[:1].encode()
        assert 0 < held(files) <= 250_000
    assert all(path != "/static/film.css" for _, path, _ in files._kept)


@pytest.mark.parametrize(
    "path", ["/static/../secret-key", "/static/", "/static/feuille.css.br/", "/secret-key"]
)
def test_nothing_else_is_reached(files: StaticFiles, path: str) -> None:
    assert path not in files
