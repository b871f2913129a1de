"""The video of an activité: what is accepted, who may read it, when it goes."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from lessons.actions import runs, video
from lessons.models import ClassRun
from lessons.rules import media
from tests.harness import builders as make

pytestmark = pytest.mark.django_db
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + b"film" * 500
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"film" * 500
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nBonjour\n"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(
    run: ClassRun, content: bytes, name: str = "film.mp4", subtitles: bytes | None = None
) -> tuple[int, str]:
    files: dict[str, object] = {"video": SimpleUploadedFile(name, content, content_type="video/mp4")}
    if subtitles is not None:
        files["subtitles"] = SimpleUploadedFile("film.vtt", subtitles)
    answer = make.teacher_client(run.owner).post(f"/prof/activites/{run.public_id}/video/", files)
    return answer.status_code, answer.content.decode()


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def read(run: ClassRun, asked: str = "", key: str = "") -> tuple[int, bytes, str]:
    headers = {"range": asked} if asked else {}
    answer = Client().get(f"/ecran/{key or run.screen_key}/video/", headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return answer.status_code, content, answer.headers.get("Content-Range", "")


@pytest.mark.parametrize(
    ("content", "suffix", "kind"), [(MP4, ".mp4", "video/mp4"), (WEBM, ".webm", "video/webm")]
)
def test_a_film_is_kept_under_a_random_name(tmp_path: Path, content: bytes, suffix: str, kind: str) -> None:
    run = make.class_run()
    assert send(run, content, name="la classe de Paul.avi", subtitles=VTT)[0] == 302
    assert {path.suffix for path in kept(tmp_path)} == {suffix, ".vtt"}
    assert not any("Paul" in path.name for path in kept(tmp_path))
    assert {path.stat().st_mode & 0o777 for path in kept(tmp_path)} == {0o600}
    run.refresh_from_db()
    assert read(run)[:2] == (200, content)
    answer = Client().get(f"/ecran/{run.screen_key}/video/")
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    subtitles = Client().get(f"/ecran/{run.screen_key}/sous-titres/")
    assert subtitles.content == VTT
    assert subtitles.headers["Content-Type"].startswith("text/vtt")


@pytest.mark.parametrize(
    "content",
    [b"<html><script>alert(1)</script>", b"\x89PNG\r\n", b"ftypisom", b"\x1a\x45\xdf\xa3matroska", b"x"],
)
def test_what_is_no_film_is_refused_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    status, html = send(make.class_run(), content)
    assert status == 422
    assert "Ce n’est pas une vidéo MP4 ou WebM" in html
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    "subtitles", [b"1\n00:00:01 --> 00:00:02\nSRT", b"\xff\xfeW", b"WEBVTTX", b"WEBVTT" + b"x" * 600_000]
)
def test_what_is_no_webvtt_is_refused_with_the_film(tmp_path: Path, subtitles: bytes) -> None:
    status, html = send(make.class_run(), MP4, subtitles=subtitles)
    assert status == 422
    assert "sous-titres WebVTT" in html
    assert kept(tmp_path) == []


def test_too_big_is_said_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metroloco_site.kit.uploads.MAX_UPLOAD", 1000)
    status, html = send(make.class_run(), MP4)
    assert status == 422
    assert "dépasse 300" in html
    monkeypatch.undo()
    monkeypatch.setattr(media, "MAX_VIDEO", 1000)
    status, html = send(make.class_run(), MP4)
    assert status == 422
    assert "Rien n’a été gardé" in html
    assert kept(tmp_path) == []


def test_ranges(tmp_path: Path) -> None:
    run = make.class_run()
    send(run, MP4)
    run.refresh_from_db()
    size = len(MP4)
    assert read(run, "bytes=0-3") == (206, MP4[:4], f"bytes 0-3/{size}")
    assert read(run, "bytes=10-") == (206, MP4[10:], f"bytes 10-{size - 1}/{size}")
    assert read(run, "bytes=-5") == (206, MP4[-5:], f"bytes {size - 5}-{size - 1}/{size}")
    assert read(run, f"bytes={size}-") == (416, b"", f"bytes */{size}")
    assert read(run, "bytes=5-2")[0] == 416
    for strange in ("bytes=a-b", "octets=0-1", "bytes=-", "bytes=0-1,3-4"):
        assert read(run, strange)[:2] == (200, MP4)


def test_slow_readers_of_a_whole_film_leave_threads_for_the_class(tmp_path: Path) -> None:
    run = make.class_run()
    send(run, MP4)
    run.refresh_from_db()
    address = f"/ecran/{run.screen_key}/video/"
    slow = [Client().get(address) for _ in range(2)]
    refused = Client().get(address)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert read(run, "bytes=0-3")[0] == 206, "a player asks for ranges: it is not concerned"
    for answer in slow:
        answer.close()  # gone before its first byte, and closed twice
        answer.close()
    assert [read(run)[0] for _ in range(5)] == [200] * 5


def test_a_range_is_sent_in_parts_that_hold_no_thread_for_long() -> None:
    assert media.asked_range("bytes=0-", 10_000_000, 2_000_000) == (0, 1_999_999)
    assert media.asked_range("bytes=9999999-", 10_000_000, 2_000_000) == (9_999_999, 9_999_999)


def test_only_the_key_opens_it() -> None:
    run, other = make.class_run(), make.class_run()
    send(run, MP4)
    assert read(other)[0] == 404
    assert read(run, key="x" * 43)[0] == 404
    assert Client().get(f"/ecran/{run.screen_key}/sous-titres/").status_code == 404
    assert Client().post(f"/ecran/{run.screen_key}/video/").status_code == 405
    run.refresh_from_db()
    assert Client().get(f"/media/{run.video_file.name}").status_code == 404


def test_another_film_replaces_it_and_the_run_takes_it_along(
    tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    run = make.class_run()
    with django_capture_on_commit_callbacks(execute=True):
        send(run, MP4, subtitles=VTT)
    with django_capture_on_commit_callbacks(execute=True):
        send(run, WEBM)
    assert [path.suffix for path in kept(tmp_path)] == [".webm"]
    run.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        runs.delete(run=run)
    assert kept(tmp_path) == []


def test_removing_it_brings_the_text_back(
    tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    run = make.class_run()
    with django_capture_on_commit_callbacks(execute=True):
        send(run, MP4)
        make.teacher_client(run.owner).post(f"/prof/activites/{run.public_id}/video/agir/", {"act": "remove"})
    assert kept(tmp_path) == []
    run.refresh_from_db()
    assert not run.video_file
    assert read(run)[0] == 404


def test_a_file_that_went_from_the_disk_is_not_found(tmp_path: Path) -> None:
    run = make.class_run()
    video.set_video(run=run, video=SimpleUploadedFile("a", MP4), suffix=".mp4")
    for path in kept(tmp_path):
        path.unlink()
    assert read(run)[0] == 404
