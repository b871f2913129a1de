"""« Leçons »: every lesson with its versions, out as a ZIP and in again."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lessons.models import Lesson
from metroloco_site.packs.actions import loading
from metroloco_site.packs.actions.loading import load_pack
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.folders import ATELIER
from tests.harness.packs import changed, small_pack, write
from tests.packs.rules.test_zips import zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return make.teacher_client(make.user())


def send(client: Client, data: bytes, name: str = "paquet.zip") -> tuple[int, str]:
    """The status and the page that the teacher ends on."""
    answer = client.post("/prof/lecons/charger/", {"paquet": SimpleUploadedFile(name, data)}, follow=True)
    return answer.status_code, answer.content.decode()


def streamed(answer: Any) -> bytes:  # noqa: ANN401 - what the test client gives for a file
    return b"".join(answer.streaming_content)


def test_a_pack_is_loaded_from_the_page(client: Client) -> None:
    status, page = send(client, zipped(small_pack()))
    assert status == 200
    assert "Leçon chargée : « Le jardin partagé », version 1." in page
    assert Lesson.objects.get().slug == "petite-lecon"
    assert "Rien de nouveau : « Le jardin partagé », version 1." in send(client, zipped(small_pack()))[1]
    assert Lesson.objects.count() == 1


def test_what_is_downloaded_is_loaded_again(client: Client) -> None:
    lesson = load_pack(folder=ATELIER, now=NOW).lesson
    answer = client.get(f"/prof/lecons/{lesson.slug}/1.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="atelier-de-reparation-1.zip"'
    data = streamed(answer)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert (
            archive.read("atelier-de-reparation/images/plan.png")
            == (ATELIER / "images/plan.png").read_bytes()
        )
    again = streamed(client.get(f"/prof/lecons/{lesson.slug}/1.zip"))
    assert again == data, "the same bytes each time"
    assert "Rien de nouveau" in send(client, data)[1]
    for path in (f"{lesson.slug}/2.zip", "autre/1.zip"):
        assert client.get(f"/prof/lecons/{path}").status_code == 404


def test_a_broken_pack_is_told_and_changes_nothing(client: Client) -> None:
    send(client, zipped(small_pack()))
    files = changed("questions/1-2.md", "verb: comparer", "verb: comparez") | {"notes.txt": "<b>"}
    status, page = send(client, zipped(files))
    assert status == 422
    assert "Rien n’a été chargé." in page
    assert "2 erreurs dans le paquet" in page
    assert "questions/1-2.md, ligne 4 : " in page
    assert Lesson.objects.count() == 1


def test_a_name_that_is_html_stays_text(client: Client) -> None:
    _, page = send(client, zipped(small_pack() | {"lexicon/<script>x.md": "x"}))
    assert "&lt;script&gt;x.md" in page
    assert "<script>x" not in page


@pytest.mark.parametrize("data", [b"x" * 100, b"PK\x03\x04"], ids=["text", "head"])
def test_what_is_no_pack_is_told(client: Client, data: bytes) -> None:
    status, page = send(client, data)
    assert status == 422
    assert "n’est pas une archive ZIP lisible" in page
    assert not Lesson.objects.exists()


def test_an_archive_that_is_too_big_is_not_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MAX_ZIP", 1_000)
    status, page = send(client, zipped(small_pack()))
    assert status == 422
    assert "ce fichier dépasse" in page
    assert not Lesson.objects.exists()


def test_no_file_is_told(client: Client) -> None:
    page = client.post("/prof/lecons/charger/", {"paquet": "un mot"}, follow=True).content.decode()
    assert "Choisissez le fichier ZIP d’un paquet" in page


def test_versions_are_listed_with_own_activities_alone(
    client: Client, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = load_pack(folder=write(tmp_path, small_pack()), now=NOW).lesson
    load_pack(folder=write(tmp_path, changed("annexes/1-2.md", "cultive", "sème")), now=NOW)
    mine = make.user()
    for owner in (mine, mine, make.user()):
        make.class_run(owner=owner, of=first)
    teacher = make.teacher_client(mine)
    page = teacher.get("/prof/lecons/").content.decode()
    assert "2 versions" in page
    assert "2 activités à vous" in page
    assert page.index("Version 2") < page.index("Version 1")
    for _ in range(2):
        with django_assert_num_queries(3):  # session, user, lessons
            teacher.get("/prof/lecons/")
        for number in range(5):
            load_pack(folder=write(tmp_path, changed("annexes/1-2.md", "cultive", f"sème {number}")), now=NOW)
    assert "Leçons" in teacher.get("/prof/").content.decode()
