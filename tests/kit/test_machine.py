"""What the machine refuses is said in a sentence, files are whole or not there, and nobody else reads them."""

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from metroloco_site.kit import machine, storage
from metroloco_site.kit.data_folder import close_to_others
from metroloco_site.kit.storage import WholeFiles


def behind(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def sqlite_full() -> sqlite3.Error:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "plein"), machine.DISK_FULL),
        (OSError(errno.EDQUOT, "plein"), machine.DISK_FULL),
        (behind(OperationalError(), sqlite_full()), machine.DISK_FULL),
        (behind(OperationalError(), psycopg.errors.DiskFull()), machine.DISK_FULL),
        (OperationalError("database is locked"), machine.NO_DATABASE),
        (behind(RuntimeError(), InterfaceError("closed")), machine.NO_DATABASE),
        (OSError(errno.EACCES, "refusé"), ""),
        (KeyError("x"), ""),
        (None, ""),
    ],
)
def test_each_refusal_has_its_sentence(error: Exception | None, said: str) -> None:
    assert machine.sentence(error) == said


def test_a_command_says_the_disk_or_what_the_database_says() -> None:
    assert machine.refused(sqlite_full(), "La base a refusé") == "Le disque est plein"
    assert machine.refused(OperationalError("locked"), "La base a refusé") == "La base a refusé (locked)"


def after(error: Exception, request: HttpRequest) -> HttpResponse:
    """What is answered once this was raised in a view."""
    try:
        raise error
    except (OSError, OperationalError, KeyError):
        return machine.failed(request)


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (OSError(errno.ENOSPC, ""), 503, "est plein"),
        (OperationalError(), 503, "ne répond pas"),
        (KeyError(), 500, "prévenez votre enseignant"),
    ],
)
def test_a_view_that_fails_ends_in_a_page(error: Exception, status: int, word: str) -> None:
    answer = after(error, RequestFactory().post("/"))
    assert answer.status_code == status
    assert word in answer.content.decode()


def test_what_was_sent_is_on_the_page_and_goes_again_with_one_button() -> None:
    texts = {"q1-reponse": 'Deux\nlignes <b> "', "part": "1"}
    page = after(OperationalError(), RequestFactory().post("/s/x/enregistrer/?a=1", texts)).content.decode()
    assert 'action="/s/x/enregistrer/?a=1"' in page
    assert 'name="q1-reponse" value="Deux\nlignes &lt;b&gt; &quot;"' in page
    assert page.count('type="hidden"') == len(texts)


@pytest.mark.parametrize("secret", [{"password": "sable"}, {"image": ContentFile(b"gif", "a.gif")}])
def test_a_password_and_a_file_are_not_given_back(secret: dict[str, Any]) -> None:
    request = RequestFactory().post("/", {"username": "colette", **secret})
    page = after(OperationalError(), request).content.decode()
    assert ("colette" in page, "Revenez en arrière" in page) == (False, True)


def test_whoever_only_opened_a_page_is_not_told_that_something_was_not_saved() -> None:
    answer = after(OperationalError(), RequestFactory().get("/"))
    page = answer.content.decode()
    assert (answer.status_code, "rechargez la page" in page, "enregistré." in page) == (503, True, False)


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [(OSError(errno.ENOSPC, "Huppe"), "503", "est plein"), (KeyError("Huppe"), "500", "Recommencez")],
)
def test_even_what_fails_before_any_page_can_be_made(error: Exception, status: str, word: str) -> None:
    started: list[Any] = []

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        raise error

    body = b"".join(machine.guarded(app)({}, lambda *given: started.append(given))).decode()
    ((said, headers),) = started
    assert said.startswith(status)
    assert dict(headers)["Content-Length"] == str(len(body.encode()))
    assert "default-src 'none'" in dict(headers)["Content-Security-Policy"]
    assert word in body
    assert "Huppe" not in body


# --- files -------------------------------------------------------------------------------------------


@pytest.fixture
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def test_a_file_that_a_full_disk_cut_short_goes(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(self: FileSystemStorage, name: str, content: object) -> str:
        (media / name).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "plein")

    monkeypatch.setattr(FileSystemStorage, "_save", half)
    with pytest.raises(OSError, match="plein"):
        WholeFiles().save("image.jpg", ContentFile(b"whole"))
    assert list(media.iterdir()) == []


def _fail_after_keeping(kept: WholeFiles, name: str) -> None:
    with storage.atomic():
        kept.save(name, ContentFile(b"3"))
        raise OperationalError


@pytest.mark.django_db
def test_a_file_goes_if_the_transaction_that_names_it_does_not_take_place(
    media: Path, settings: Settings
) -> None:
    assert settings.STORAGES["default"]["BACKEND"] == "metroloco_site.kit.storage.WholeFiles"
    kept = WholeFiles()
    with storage.atomic():
        kept.save("one.jpg", ContentFile(b"1"))
    kept.save("two.jpg", ContentFile(b"2"))
    with pytest.raises(OperationalError):
        _fail_after_keeping(kept, "three.jpg")
    assert {path.name for path in media.iterdir()} == {"one.jpg", "two.jpg"}


def test_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "media").mkdir(parents=True)
    for path in (outside, data / "metroloco.sqlite3", data / "media" / "image.jpg"):
        path.touch()
        path.chmod(0o644)
    for folder in (data, data / "media"):
        folder.chmod(0o755)
    (data / "link").symlink_to(outside)
    assert close_to_others(data)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data, *data.rglob("*"))}
    assert modes == {
        "data": 0o700,
        "media": 0o700,
        "metroloco.sqlite3": 0o600,
        "image.jpg": 0o600,
        "link": 0o644,
    }


def test_what_any_command_makes_is_its_owners_alone(tmp_path: Path) -> None:
    made = tmp_path / "made"
    os.close(os.open(made, os.O_CREAT | os.O_WRONLY, 0o666))
    assert stat.S_IMODE(made.stat().st_mode) == 0o600  # the settings, which every command reads, have set it
