"""A backup while the class writes, and its restoration: everything is there, or nothing has changed."""

import http.client
import json
import os
import resource
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.harness import backups
from tests.harness.server import Server

pytestmark = pytest.mark.django_db  # so that the PostgreSQL run takes them too
SQLITE = "DATABASE_URL" not in os.environ
STORED = (
    "from lessons.models import Answer\n"
    "rows = Answer.objects.filter(revision__gt=0).values_list('sitting__participant__public_id', 'revision', 'text')\n"
    "print(json.dumps({person: [revision, text] for person, revision, text in rows}))"
)

# Two texts of twenty words that a save took away: an answer's, and a remark's of the teacher.
TAKEN_AWAY = """
from django.db import transaction
from django.utils import timezone
from evaluations.actions import put_marks
from evaluations.rules.marks import Field, Mark
from lessons.models import Answer, SetAside
answer = Answer.objects.earliest("pk")
person, now, text = answer.sitting.participant, timezone.now(), "été " * 20
for seen, said in (("", text), (text, "")):
    with transaction.atomic():
        put_marks(participant=person, marks=[Mark("generale", Field.REMARK, 0, said, (seen,))], now=now)
SetAside.objects.create(answer=answer, reason="longer", text=text, writer="avant-1", seq=1, received_at=now)
"""
WAITS = """
from evaluations.models import GeneralRemark
from lessons.models import SetAside
kept = SetAside.objects.filter(reason="longer").values_list("text", flat=True)
print(json.dumps([list(kept), list(GeneralRemark.objects.values_list("text", "longer"))]))
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Server]:
    """Another machine, where nothing has been started yet."""
    (tmp_path / "other").mkdir()
    made = Server(tmp_path / "other")
    yield made
    made.close()


@pytest.fixture
def idle(tmp_path: Path, fresh_data: Path) -> Iterator[Server]:
    """An installation with a class, whose server is stopped."""
    made = Server(tmp_path, seed=fresh_data)
    if not SQLITE:
        made.manage("migrate", "-v0")
        made.manage("load_pack", "fixtures/metroloco")
    (made.data / "media/videos").mkdir(parents=True)
    (made.data / "media/videos/lecon.mp4").write_bytes(b"video" * 1000)
    backups.seed(made, 2)
    yield made
    made.close()


def manifest(file: Path) -> dict[str, dict[str, object]]:
    with zipfile.ZipFile(file) as archive:
        found: dict[str, dict[str, object]] = json.loads(archive.read("manifest.json"))
    return found


@pytest.mark.slow
def test_a_backup_under_load_restores_everything_elsewhere(
    server: Server, other: Server, tmp_path: Path
) -> None:
    people = backups.seed(server, 8)
    (server.data / "media/videos").mkdir(parents=True)
    (server.data / "media/videos/leçon.mp4").write_bytes(os.urandom(300_000))
    backups.ask(server, f"{TAKEN_AWAY}{WAITS}")
    file = tmp_path / "sauvegarde.zip"
    with backups.writing(server, people) as writers:
        backups.until(lambda: all(writer.acknowledged > 2 for writer in writers))
        before = {writer.person["id"]: writer.acknowledged for writer in writers}
        server.manage("backup", str(file))
        said = server.program("backup", str(file))  # the same name: the last one stays
    assert [writer.faults for writer in writers] == [[]] * 8
    assert max(writer.slowest for writer in writers) < 10
    assert "effacez-la au plus tard le" in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    other.program("restore", str(file))
    again = tmp_path / "encore.zip"
    other.manage("backup", str(again))
    assert manifest(again)["rows"] == manifest(file)["rows"]
    assert manifest(again)["members"] == manifest(file)["members"]
    assert (other.data / "media/videos/leçon.mp4").read_bytes() == (
        server.data / "media/videos/leçon.mp4"
    ).read_bytes()
    waits = backups.ask(other, WAITS)
    assert waits == backups.ask(server, WAITS)
    assert "été " * 20 in waits[0]
    assert "été" in waits[1][0][1]["kept"][0]["text"]
    stored = backups.ask(other, STORED)
    assert all(stored[person][0] >= revision for person, revision in before.items())
    assert all(f"numéro {revision} " in text for revision, text in stored.values())

    other.start()
    assert come_back(other, people[0]["code"]) == f"/s/{people[0]['id']}/"


def come_back(server: Server, code: str) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/revenir/", urlencode({"personal_code": code}), headers)
    location = connection.getresponse().headers["Location"]
    connection.close()
    return location


def test_a_restoration_is_refused_while_a_server_runs(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    server.manage("backup", str(file))
    backups.seed(server, 1)
    rows = backups.content(server)
    done = backups.manage(server, "restore", str(file))
    assert done.returncode == 1
    assert "Un serveur utilise ces données" in done.stderr
    assert backups.content(server) == rows
    assert server.answers()


def test_the_old_data_is_set_aside_and_said_where(idle: Server, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    idle.manage("backup", str(file))
    rows = backups.content(idle)
    backups.seed(idle, 3, name="Sterne")
    (idle.data / "media/videos/lecon.mp4").write_bytes(b"autre")
    said = idle.manage("restore", str(file))
    assert backups.content(idle) == rows
    assert (idle.data / "media/videos/lecon.mp4").read_bytes() == b"video" * 1000
    (before,) = idle.data.glob("before-restore-*")
    assert str(before) in said
    assert (before / "media/videos/lecon.mp4").read_bytes() == b"autre"
    kept = (before / "metroloco.sqlite3").read_bytes() if SQLITE else (before / "sauvegarde.zip").read_bytes()
    assert not SQLITE or b"Sterne 2" in kept
    assert not list(idle.data.glob("staging-*"))
    assert not (idle.data / "restore-ready").exists()


@pytest.mark.parametrize("how", ["cut", "text", "missing"])
def test_a_file_that_is_no_sound_backup_changes_nothing(idle: Server, tmp_path: Path, how: str) -> None:
    file = tmp_path / "b.zip"
    idle.manage("backup", str(file))
    if how == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif how == "text":
        file.write_text("la liste des courses")
    else:
        file.unlink()
    before = backups.state(idle.data)
    done = backups.manage(idle, "restore", str(file))
    assert done.returncode == 1
    said = {
        "cut": "abîmée ou incomplète",
        "text": "n’est pas une sauvegarde",
        "missing": "Il n’y a pas de fichier",
    }
    assert said[how] in done.stderr
    assert "Rien n’a changé ici." in done.stderr
    assert "Traceback" not in done.stderr
    assert backups.state(idle.data) == before


@pytest.mark.skipif(not SQLITE, reason="a file of SQLite's")
def test_a_full_disk_leaves_the_older_backup(idle: Server, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    idle.manage("backup", str(file))
    good = file.read_bytes()
    limit = (100_000, 100_000)  # bytes that a file may have: far fewer than the database
    done = backups.manage(
        idle.unmeasured(),
        "backup",
        str(file),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert done.returncode == 1
    assert "Rien n’a été écrit ; une sauvegarde plus ancienne de ce nom est intacte." in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_bytes() == good
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b.zip"]
    assert not list(idle.data.glob("staging-*"))


@pytest.mark.skipif(not SQLITE, reason="a file of SQLite's")
def test_a_full_disk_stops_a_restoration_before_anything_changes(idle: Server, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    idle.manage("backup", str(file))
    before = backups.state(idle.data)
    limit = (100_000, 100_000)
    done = backups.manage(
        idle, "restore", str(file), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    )
    assert done.returncode == 1
    assert "Le disque n’accepte pas un fichier de cette taille" in done.stderr
    assert backups.state(idle.data) == before


@pytest.mark.parametrize(("at", "finished"), [("_commit", False), ("_swap_media", True)])
def test_a_power_cut_in_the_middle_leaves_all_or_nothing(
    idle: Server, tmp_path: Path, at: str, finished: bool
) -> None:
    file = tmp_path / "b.zip"
    idle.manage("backup", str(file))
    old = backups.content(idle)
    backups.seed(idle, 3, name="Sterne")
    (idle.data / "media/videos/lecon.mp4").write_bytes(b"autre")
    new = backups.content(idle)
    done = backups.python(
        idle,
        "import os\nfrom django.core.management import call_command\nfrom metroloco_site.ops.actions import restore\n"
        f"restore.{at} = lambda *_: os._exit(9)\ncall_command('restore', {str(file)!r})",
    )
    assert done.returncode == 9, done.stderr
    idle.start()
    rows = backups.content(idle)
    assert rows["lessons_participant"] == (old if finished else new)["lessons_participant"]
    media = (idle.data / "media/videos/lecon.mp4").read_bytes()
    assert media == (b"video" * 1000 if finished else b"autre")
    assert not (idle.data / "restore-ready").exists()


def test_a_backup_is_never_put_where_it_should_not_be(idle: Server, tmp_path: Path) -> None:
    letter = tmp_path / "lettre.odt"
    letter.write_text("Chers parents,")
    for place, said in [
        (idle.data / "b.zip", "hors de"),
        (tmp_path / "nulle-part/b.zip", "n’existe pas"),
        (letter, "existe déjà et n’est pas une sauvegarde"),
    ]:
        done = backups.manage(idle, "backup", str(place))
        assert done.returncode == 1
        assert said in done.stderr
    assert letter.read_text() == "Chers parents,"
