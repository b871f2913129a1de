"""A video in a pack: read, refused, kept once, written out again, shown on the projector, gone with its versions."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from annexes.models import AnnexeVideo
from lessons.models import ClassRun, Lesson
from metroloco_site.ops.actions.purge import purge
from metroloco_site.packs.actions.editing import delete_version
from metroloco_site.packs.actions.loading import load_pack
from metroloco_site.packs.forms import video_of
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules import PackErrors, read_pack, read_zip
from metroloco_site.packs.rules import files as limits
from metroloco_site.packs.rules.blobs import read_blob
from metroloco_site.packs.rules.writing import pack_files
from metroloco_site.packs.rules.zips import write_zip
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.folders import ATELIER
from tests.harness.packs import Files, small_pack, write
from tests.lessons.actions.test_video import MP4, VTT, WEBM
from tests.packs.rules.test_format import files_of, held
from tests.packs.rules.test_pictures import as_text
from tests.packs.views.test_editing import form, newest

FILM = """---
part: 1
number: 3
slug: en-images
title: "En images"
kind: video
video: film
---

On voit un jardin, on entend une bêche.
"""
EDIT = "/prof/lecons/petite-lecon/annexe/1-3/modifier/"


def with_video(**changes: str) -> Files:
    """The small pack with a video and its subtitles; `film`, `vtt` and `annexe` otherwise."""
    return small_pack() | {
        "annexes/1-3.md": changes.get("annexe", FILM),
        "videos/film.mp4": changes.get("film", as_text(MP4)),
        "videos/film.vtt": changes.get("vtt", as_text(VTT)),
    }


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def lesson(tmp_path: Path, db: None) -> Lesson:
    return load_pack(folder=write(tmp_path / "pack", with_video()), now=NOW).lesson


@pytest.fixture
def client(db: None) -> Client:
    return make.teacher_client(make.user())


def told(folder: Path, files: Files) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        read_pack(write(folder, files))
    return [str(error).replace("\u00a0", " ") for error in caught.value.errors]


def kept(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file()) if media.is_dir() else []


# --- what a pack may hold --------------------------------------------------------------------------

REFUSED = [
    (with_video(film="<html>"), "videos/film.mp4 : cette vidéo ne se lit pas comme MP4"),
    (with_video(film=as_text(WEBM)), "videos/film.mp4 : cette vidéo ne se lit pas comme MP4"),
    (with_video(vtt="1\n00:00:01 --> 00:00:02\nSRT"), "videos/film.vtt, ligne 1 : ce ne sont pas des sous-titres"),
    (with_video(annexe=FILM.replace("On voit un jardin, on entend une bêche.", "")), "il manque le texte de la vidéo"),
    (with_video(annexe=FILM.replace("kind: video", "kind: text")), "annexes/1-3.md, ligne 7 : « video » n’a de sens"),
    (with_video(annexe=FILM.replace(": film", ": flim")), "ligne 7 : il n’y a pas de vidéo « flim » : écrivez « film"),
    (with_video(annexe=FILM.replace("video: film\n", "")), "videos/film.mp4 : aucune annexe ne donne le texte de"),
    (with_video() | {"videos/film.webm": as_text(WEBM)}, "videos/film.webm : deux vidéos ont le même nom"),
    (small_pack() | {"videos/seul.vtt": as_text(VTT)}, "videos/seul.vtt : ces sous-titres n’ont pas de vidéo"),
    (small_pack() | {"videos/film.avi": "x"}, "videos/film.avi : ce nom n’a pas de place ici"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "said"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_is_wrong_with_a_video_is_said_with_its_file(tmp_path: Path, files: Files, said: str) -> None:
    assert any(said in error for error in told(tmp_path, files))


def test_a_video_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = limits.Room(1_000, 5_000, limits.VIDEO.remedy)
    monkeypatch.setattr(limits, "VIDEO", small)
    errors = told(tmp_path, with_video())
    assert any("videos/film.mp4 : ce fichier dépasse 100 Mo" in error for error in errors)


def test_reading_stops_one_byte_after_the_limit() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, room: memoryview) -> int:  # type: ignore[override]
            Endless.given += len(room)
            return len(room)

    blob = read_blob(lambda: io.BufferedReader(Endless()), 3_000_000)
    assert blob.size == 3_000_001
    assert Endless.given < 5_000_000


# --- in, out, and in again -------------------------------------------------------------------------


def test_a_zip_goes_out_and_comes_in_with_the_same_bytes(client: Client, media: Path) -> None:
    lesson = load_pack(folder=ATELIER, now=NOW).lesson
    out = io.BytesIO()
    write_zip(pack_files(stored_pack(lesson)), "atelier", out)
    film = (ATELIER / "videos/reparation.webm").read_bytes()
    with zipfile.ZipFile(out) as archive:
        assert archive.read("atelier/videos/reparation.webm") == film
    assert read_zip(out).digest == lesson.digest
    sent = {"paquet": SimpleUploadedFile("paquet.zip", out.getvalue())}
    assert "Rien de nouveau" in client.post("/prof/lecons/charger/", sent, follow=True).content.decode()
    assert [path.read_bytes() for path in kept(media)] == [film]


def test_a_zip_brings_a_video_to_another_installation(client: Client, media: Path) -> None:
    out = io.BytesIO()
    write_zip(pack_files(read_pack(ATELIER)), "x", out)
    client.post("/prof/lecons/charger/", {"paquet": SimpleUploadedFile("paquet.zip", out.getvalue())})
    assert len(kept(media)) == 1
    assert held(pack_files(stored_pack(newest()))) == files_of(ATELIER)


def test_one_file_serves_every_version_and_goes_with_the_last(
    lesson: Lesson, client: Client, media: Path, tmp_path: Path
) -> None:
    address = "/prof/lecons/petite-lecon/annexe/1-1/modifier/"
    client.post(address, form(client, address) | {"title": "Autre titre"})
    assert AnnexeVideo.objects.count() == 2
    (file,) = kept(media)
    assert (file.parent.name, file.suffix, file.stat().st_mode & 0o777) == ("packs", ".mp4", 0o600)
    without = load_pack(folder=write(tmp_path / "other", small_pack()), now=NOW).lesson
    assert without.version == 3
    for version in (1, 2):
        delete_version(lesson=Lesson.objects.get(version=version))
        old = time.time() - 7200
        os.utime(file, (old, old))
        purge(today=timezone.localdate(), now=timezone.now())
        assert kept(media) == ([file] if version == 1 else [])


def test_a_file_found_again_is_young_again(lesson: Lesson, media: Path, tmp_path: Path) -> None:
    """A purge between the look and the commit leaves it."""
    (file,) = kept(media)
    os.utime(file, (1, 1))
    load_pack(folder=write(tmp_path / "pack", with_video(annexe=FILM.replace("bêche", "pelle"))), now=NOW)
    (fresh := tmp_path / "frais").touch()  # by the clock of the disk, which no test sets
    assert abs(fresh.stat().st_mtime - file.stat().st_mtime) < 60


def test_half_a_file_is_written_anew(lesson: Lesson, media: Path, tmp_path: Path) -> None:
    (file,) = kept(media)
    file.write_bytes(MP4[:10])
    load_pack(folder=write(tmp_path / "pack", with_video(annexe=FILM.replace("bêche", "pelle"))), now=NOW)
    assert [path.read_bytes() for path in kept(media)] == [MP4]


def test_a_file_has_its_name_on_the_disk_before_any_row_names_it(
    db: None, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a folder whose names were not written out may have lost the file."""
    fsync, written = os.fsync, []

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        here = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        written.append((here, [path.suffix for path in kept(media)], AnnexeVideo.objects.exists()))

    monkeypatch.setattr(os, "fsync", noted)
    load_pack(folder=write(tmp_path / "pack", with_video()), now=NOW)
    assert (str(media / "packs"), [".mp4"], False) in written
    assert (str(media), [".mp4"], False) in written


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("metroloco_site.packs.actions.pack_videos.copyfileobj", full)
    out = io.BytesIO()
    write_zip(pack_files(read_pack(write(tmp_path / "pack", with_video()))), "x", out)
    answer = client.post(
        "/prof/lecons/charger/", {"paquet": SimpleUploadedFile("paquet.zip", out.getvalue())}
    )
    assert answer.status_code == 422
    assert "Le disque est plein" in answer.content.decode()
    assert not Lesson.objects.exists()
    assert kept(media) == []


def test_a_video_that_is_gone_from_the_disk_is_said(lesson: Lesson, client: Client, media: Path) -> None:
    for path in kept(media):
        path.unlink()
    answer = client.post(EDIT, form(client, EDIT) | {"title": "Autre"})
    assert answer.status_code == 422
    assert "cette vidéo ne se laisse plus lire" in answer.content.decode()
    page = client.get("/prof/lecons/petite-lecon/1.zip", follow=True).content.decode()
    assert "Le paquet n’a pas pu être écrit" in page


# --- on the projector ------------------------------------------------------------------------------


@pytest.fixture
def run(lesson: Lesson) -> ClassRun:
    made = make.class_run(of=lesson, participants=1)
    make.start(made)
    ClassRun.objects.filter(pk=made.pk).update(screen="annexe", screen_ref=3)
    made.refresh_from_db()
    return made


def projected(run: ClassRun) -> str:
    return Client().get(f"/ecran/{run.screen_key}/fragment/").content.decode()


def test_the_projector_plays_the_lessons_video_with_its_subtitles(run: ClassRun) -> None:
    page = projected(run)
    address = f"/ecran/{run.screen_key}/videos/film/"
    assert f'src="{address}"' in page
    assert f'src="{address}sous-titres/"' in page
    part = Client().get(address, headers={"range": "bytes=4-11"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, MP4[4:12])  # type: ignore[attr-defined]
    captions = Client().get(f"{address}sous-titres/")
    assert (captions.content, captions.headers["Content-Type"]) == (VTT, "text/vtt; charset=utf-8")
    board = make.teacher_client(run.owner).get(f"/prof/activites/{run.public_id}/").content.decode()
    assert 'name="act" value="lire"' in board


def test_the_class_reads_its_text(run: ClassRun) -> None:
    person = run.participants.get()
    page = make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert "On voit un jardin, on entend une bêche." in page
    assert "En voici le texte." in page


def test_the_teachers_own_file_comes_first(run: ClassRun) -> None:
    make.teacher_client(run.owner).post(
        f"/prof/activites/{run.public_id}/video/", {"video": SimpleUploadedFile("a.webm", WEBM)}
    )
    page = projected(run)
    assert f'src="/ecran/{run.screen_key}/video/"' in page
    assert "sous-titres" not in page


def test_a_key_opens_the_videos_of_its_own_lesson_alone(run: ClassRun) -> None:
    other = make.class_run()
    for path in (f"{other.screen_key}/videos/film/", f"{run.screen_key}/videos/autre/", "x/videos/film/"):
        assert Client().get(f"/ecran/{path}").status_code == 404
        assert Client().get(f"/ecran/{path}sous-titres/").status_code == 404
    assert Client().post(f"/ecran/{run.screen_key}/videos/film/").status_code == 405


def test_a_video_costs_the_projector_one_query(
    run: ClassRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 3):
        ClassRun.objects.filter(pk=run.pk).update(screen_ref=number)
        projected(run)
        with django_assert_num_queries(4 if number == 1 else 5):
            projected(run)


# --- in the application ----------------------------------------------------------------------------


def test_a_video_is_sent_replaced_and_taken_away(lesson: Lesson, client: Client) -> None:
    sent = {"video": SimpleUploadedFile("la classe.avi", WEBM), "subtitles": SimpleUploadedFile("a.vtt", VTT)}
    assert client.post(EDIT, form(client, EDIT) | sent).status_code == 302
    assert names() == {"videos/en-images.webm", "videos/en-images.vtt"}
    assert newest().collection.annexes.get(number=3).video == "en-images"
    assert client.post(EDIT, form(client, EDIT) | {"video": SimpleUploadedFile("b", MP4)}).status_code == 302
    assert names() == {"videos/en-images.mp4"}
    assert client.post(EDIT, form(client, EDIT) | {"video_gone": "1"}).status_code == 302
    assert names() == set()
    assert "videos/film.mp4" in pack_files(stored_pack(lesson)), "the first version has it"


def names() -> set[str]:
    return {path for path in pack_files(stored_pack(newest())) if path.startswith("videos/")}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"video": b"<html>"}, "Ce n’est pas une vidéo MP4 ou WebM"),
        ({"video": MP4, "subtitles": b"SRT"}, "sous-titres WebVTT"),
        ({"subtitles": VTT}, "Choisissez aussi le fichier de la vidéo"),
        ({"video": MP4, "body": ""}, "l manque le texte de la vidéo"),
        ({"video": MP4, "kind": "text"}, "n’a de sens que si"),
    ],
)
def test_a_video_that_cannot_come_is_told(
    lesson: Lesson, client: Client, sent: dict[str, bytes | str], said: str
) -> None:
    files = {
        key: SimpleUploadedFile(key, data) if isinstance(data, bytes) else data for key, data in sent.items()
    }
    answer = client.post(EDIT, form(client, EDIT) | files)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert newest() == lesson


def test_an_annexe_takes_its_video_along(lesson: Lesson, client: Client) -> None:
    answer = client.post("/prof/lecons/petite-lecon/annexe/1-3/supprimer/", {"base": "1"})
    assert answer.status_code == 302
    assert names() == set()


def test_a_film_on_the_disk_is_read_from_there() -> None:
    file = TemporaryUploadedFile("film.mp4", "video/mp4", len(MP4), None)
    file.write(MP4)
    file.flush()
    file.seek(0)
    found = video_of({"video": file})
    assert found
    with found.blob.open() as again:
        assert again.read() == MP4
    file.close()
