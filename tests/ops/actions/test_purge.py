"""The purge on its date: afterwards a pseudonym is in no byte of the data folder."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django.fixtures import Settings

from lessons.models import Answer, ClassRun, Participant
from metroloco_site.accounts.actions import may_sign_in
from metroloco_site.accounts.models import SignInThrottle, User
from metroloco_site.ops.actions.purge import purge
from metroloco_site.privacy.actions.receipts import RECEIPTS
from tests.harness import backups, looks
from tests.harness.builders import NOW, make
from tests.harness.server import Server

pytestmark = pytest.mark.django_db
SQLITE = "DATABASE_URL" not in os.environ


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    (tmp_path / "media/videos").mkdir(parents=True)
    return tmp_path


def with_file(run: ClassRun, root: Path, name: str) -> Path:
    path = root / "media/videos" / name
    path.write_bytes(b"video")
    ClassRun.objects.filter(pk=run.pk).update(video_file=f"videos/{name}")
    return path


def test_only_what_is_due_goes_and_nothing_is_said_of_anybody(data: Path) -> None:
    due, later = make.class_run(participants=2), make.class_run(participants=1)
    ClassRun.objects.filter(pk=due.pk).update(delete_on=date(2026, 12, 1), label="Seconde 4")
    make.start(due)
    Answer.objects.filter(question__number=1).update(text="Un texte.")
    names = list(Participant.objects.filter(run=due).values_list("pseudonym", flat=True))
    mine, theirs = with_file(due, data, "a.mp4"), with_file(later, data, "b.mp4")
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 1)):  # its date alone hides it
        assert purge(today=day, now=NOW).activities == 0
    receipt = purge(today=date(2026, 12, 2), now=NOW)
    assert (receipt.activities, receipt.students, receipt.texts, receipt.files) == (1, 2, 2, 1)
    assert list(ClassRun.objects.all()) == [later]
    assert Participant.objects.count() == 1
    assert not mine.exists()
    assert theirs.exists()
    line = (data / RECEIPTS).read_text()
    assert line.startswith("02/12/2026")
    assert not any(word in line for word in [*names, "Seconde", due.public_id])
    assert User.objects.filter(pk=due.owner_id).exists()  # an account is the administrator's to delete
    assert purge(today=date(2026, 12, 2), now=NOW).activities == 0  # again: nothing more
    assert (data / RECEIPTS).read_text() == line


def test_sessions_and_wrong_passwords_are_forgotten(data: Path) -> None:
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=NOW + timedelta(days=days))
    may_sign_in(username="colette", now=NOW - timedelta(days=2))
    SignInThrottle.objects.create(name_key="recent", last_failure_at=NOW - timedelta(minutes=5))
    assert purge(today=NOW.date(), now=NOW).sessions == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(SignInThrottle.objects.values_list("name_key", flat=True)) == ["recent"]


def test_a_file_on_its_way_in_stays_and_an_orphan_goes(data: Path) -> None:
    orphan, fresh = data / "media/old.png", data / "media/new.png"
    for path, hours in ((orphan, 2), (fresh, 0)):
        path.write_bytes(b"x")
        at = NOW.timestamp() - hours * 3600
        os.utime(path, (at, at))
    assert purge(today=NOW.date(), now=NOW).files == 1
    assert fresh.exists()
    assert not orphan.exists()


def test_a_picture_being_attached_elsewhere_survives_the_purge_of_another_activite(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fresh files: one of the activité that goes, one without a row yet, one whose row comes meanwhile."""
    due, kept = make.class_run(), make.class_run()
    ClassRun.objects.filter(pk=due.pk).update(delete_on=date(2026, 12, 1), subtitles_file="videos/due.vtt")
    for name in ("due.vtt", "coming.mp4", "named.mp4"):
        path = data / "media/videos" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    def listed_then_named(root: Path, pattern: str) -> list[Path]:
        found = list(everything(root, pattern))
        ClassRun.objects.filter(pk=kept.pk).update(video_file="videos/named.mp4")
        (data / "media/videos/coming.mp4").rename(
            data / "media/videos/moved.mp4"
        )  # gone when it is looked at
        return found

    everything = Path.rglob
    purge(today=date(2026, 12, 1), now=NOW)
    monkeypatch.setattr(Path, "rglob", listed_then_named)
    assert purge(today=date(2026, 12, 2), now=NOW).activities == 1
    assert sorted(path.name for path in (data / "media/videos").iterdir()) == ["moved.mp4", "named.mp4"]


def test_leftovers_of_backups_and_restorations_go_in_time(data: Path) -> None:
    for name, days in (
        ("staging-cut", 2), ("staging-now", 0), ("before-restore-old", 8), ("before-restore-new", 1),
        ("before-update-old", 8), ("before-update-new", 1),
        ("restore-ready", 9),
    ):  # fmt: skip
        (data / name).mkdir()
        at = NOW.timestamp() - days * 86400
        os.utime(data / name, (at, at))
    purge(today=NOW.date(), now=NOW)
    assert {"before-restore-old", "before-update-old"} <= {path.name for path in data.iterdir()}  # one look
    for days in (60, 60, 0):  # a clock that is wrong for a day takes none of the others with it
        purge(today=NOW.date() + timedelta(days=days), now=NOW)
    assert sorted(path.name for path in data.iterdir() if path.is_dir()) == [
        "before-restore-new",
        "before-update-new",
        "media",
        "restore-ready",  # a restoration to be finished
        "staging-now",
    ]


def in_bytes(folder: Path, word: str) -> list[str]:
    """Files that hold the word in UTF-8 or UTF-16, in their text or their name."""
    forms = [word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and (word in path.name or any(form in path.read_bytes() for form in forms))
    ]


@pytest.mark.slow
def test_a_purged_pseudonym_is_in_no_byte(server: Server, tmp_path: Path) -> None:
    """Written by a class through the real server, set aside by a restoration, then due."""
    people = backups.seed(server, 6, name="Gravelot")
    with backups.writing(server, people) as writers:
        backups.until(lambda: all(writer.acknowledged > 3 for writer in writers))
    assert not SQLITE or in_bytes(server.data, "Gravelot 3")
    server.manage("backup", str(tmp_path / "b.zip"))
    server.stop()
    server.manage("restore", str(tmp_path / "b.zip"))
    assert not SQLITE or len(in_bytes(server.data, "Gravelot 3")) == 2
    assert looks.hidden_yesterday(server) == 1
    if SQLITE:  # the database set aside is of the same class, so it is due too
        (before,) = server.data.glob("before-restore-*")
        update = 'old.execute(\'UPDATE lessons_classrun SET delete_on = date("now", "-1 day")\')'
        place = repr(str(before / "metroloco.sqlite3"))
        backups.ask(
            server, f"import sqlite3\nold = sqlite3.connect({place})\n{update}\nold.commit()\nprint(1)"
        )
    server.start()  # a start purges
    for word in ("Gravelot", "Le texte numéro", "mot mot mot"):
        assert in_bytes(server.data, word) == []
    assert backups.content(server)["lessons_participant"] == 0
    assert "1 activité(s), 6 élève(s)" in (server.data / RECEIPTS).read_text()
    assert "0 activité(s)" in server.manage("purge")


def test_the_command_says_what_it_did(server: Server) -> None:
    backups.seed(server, 1, days=0)
    done = server.manage("purge")
    assert "0 activité(s), 0 élève(s)" in done
    assert "Cachées aujourd’hui, effacées demain\u00a0: 1 activité(s)." in done
    looks.hidden_yesterday(server)
    done = server.manage("purge")
    assert "Cachées" not in done
    assert f"{timezone.localdate():%d/%m/%Y}" in done
    assert "1 activité(s), 1 élève(s)" in done
    assert server.answers()
