"""A newer program brings the database up to date, all of it or nothing; the copy from before goes in time."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import backups
from tests.harness.folders import ROOT
from tests.harness.server import Server
from tests.ops.actions.test_purge import in_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SQLITE = "DATABASE_URL" not in os.environ
# Two migrations of a newer version of the program: the first changes the table of the participants, then rows.
NEWER = {
    "0901_first": """
from django.db import migrations, models
from django.db.models.functions import Concat
def fill(apps, schema_editor):
    people = apps.get_model("lessons", "Participant").objects
    people.update(pseudonym=Concat(models.Value("ex-"), "pseudonym"))
class Migration(migrations.Migration):
    dependencies = [("lessons", "LAST")]
    operations = [
        migrations.AddField("participant", "shoe", models.IntegerField(default=0)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddField("participant", "hat", models.IntegerField(default=0)),
    ]
""",
    "0902_second": """
import os
from django.db import migrations
def end(apps, schema_editor):
    HOW
class Migration(migrations.Migration):
    atomic = ATOMIC
    dependencies = [("lessons", "0901_first")]
    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
""",
}
Process = subprocess.CompletedProcess[str]
FAILS, IS_KILLED, GOES = "raise ValueError('Gravelot 0')", "os.kill(os.getpid(), 9)", "pass"
HALF = "schema_editor.connection.cursor().execute('DELETE FROM lessons_answer'); "


@pytest.fixture
def idle(tmp_path: Path, fresh_data: Path) -> Iterator[Server]:
    """An installation with a class, whose server is stopped."""
    made = Server(tmp_path, seed=fresh_data)
    if not SQLITE:
        made.manage("migrate", "-v0")
        made.manage("load_pack", "fixtures/metroloco")
    backups.seed(made, 3, name="Gravelot")
    yield made
    made.close()


def newer(server: Server, tmp_path: Path, how: str, *, atomic: bool = True, **options: Any) -> Process:
    """A start of a version that has these two migrations as well; it ends once all is prepared."""
    last = max(path.stem for path in (ROOT / "lessons/migrations").glob("0*.py"))
    folder = tmp_path / "newer"
    folder.mkdir(exist_ok=True)
    for path in (ROOT / "lessons/migrations").glob("*.py"):
        (folder / path.name).write_text(path.read_text())
    for name, code in NEWER.items():
        filled = code.replace("LAST", last).replace("HOW", how).replace("ATOMIC", str(atomic))
        (folder / f"{name}.py").write_text(filled)
    code = (
        "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'metroloco_site.settings'\nimport django\ndjango.setup()\n"
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        "from django.conf import settings\nsettings.MIGRATION_MODULES = {'lessons': 'newer'}\n"
        "from metroloco_site.ops.management.commands import serve\n"
        "serve.Command.welcome = lambda self: None\nserve.Command.run = lambda self, listener: self.say('PRÊT')\n"
        "serve.Command().execute(no_color=True, force_color=False, skip_checks=True)"
    )
    server.hands.close()
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=server.unmeasured().environment, capture_output=True, text=True,
        check=False, timeout=120, **options,
    )  # fmt: skip


def names(server: Server) -> list[str]:
    asked = "sorted(Participant.objects.values_list('pseudonym', flat=True))"
    found: list[str] = backups.ask(
        server, f"from lessons.models import Participant\nprint(json.dumps({asked}))"
    )
    return found


def kept(server: Server) -> list[Path]:
    return sorted(server.data.glob("before-update-*"))


GRAVELOTS = [f"Gravelot {number}" for number in range(3)]


def as_before(server: Server, rows: dict[str, int]) -> None:
    """This version of the program finds all that it had, and runs."""
    assert not (server.data / "update-begun").exists()
    assert names(server) == GRAVELOTS
    assert backups.content(server) == rows
    server.start()
    assert server.answers()


def test_a_copy_is_made_before_and_kept_closed_to_others(idle: Server, tmp_path: Path) -> None:
    done = newer(idle, tmp_path, GOES)
    assert "PRÊT" in done.stdout, done.stderr
    (copy,) = kept(idle)
    assert f"gardée sept jours au plus dans {copy}." in done.stdout
    (file,) = copy.iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not SQLITE or b"Gravelot 2" in file.read_bytes()
    assert not list(idle.data.glob("staging-*"))
    assert not (idle.data / "update-begun").exists()
    assert "PRÊT" in newer(idle, tmp_path, GOES).stdout
    assert kept(idle) == [copy]  # nothing more to do, no other copy


@pytest.mark.parametrize("atomic", [True, False])
def test_a_migration_that_fails_leaves_the_database_as_it_was(
    idle: Server, tmp_path: Path, atomic: bool
) -> None:
    rows = backups.content(idle)
    done = newer(idle, tmp_path, FAILS if atomic else HALF + FAILS, atomic=atomic)
    assert done.returncode == 1
    assert (
        "La mise à jour de la base a échoué (ValueError). Elle est remise telle qu’elle était" in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert "Gravelot" not in done.stderr
    as_before(idle, rows)
    assert not SQLITE or kept(idle) == []


@pytest.mark.parametrize("atomic", [True, False])
def test_killed_in_the_middle_the_next_start_puts_it_back(idle: Server, tmp_path: Path, atomic: bool) -> None:
    rows = backups.content(idle)
    done = newer(idle, tmp_path, IS_KILLED if atomic else HALF + IS_KILLED, atomic=atomic)
    assert done.returncode == -9
    if SQLITE:
        assert (idle.data / "update-begun").read_text() == kept(idle)[0].name
    idle.start()  # the version from before
    assert not SQLITE or "est remise telle qu’elle était avant" in idle.log
    idle.stop()
    as_before(idle, rows)
    idle.stop()
    assert "PRÊT" in newer(idle, tmp_path, GOES).stdout  # the newer one, mended


@pytest.mark.skipif(not SQLITE, reason="on PostgreSQL there is nothing to put back")
@pytest.mark.parametrize("at", ["replace", "after"])
def test_killed_while_it_is_put_back_it_is_put_back_again(idle: Server, tmp_path: Path, at: str) -> None:
    rows = backups.content(idle)
    assert newer(idle, tmp_path, IS_KILLED).returncode == -9
    replace = "update._replace" if at == "replace" else "update.shutil.rmtree"
    done = backups.python(
        idle,
        f"import os\nfrom metroloco_site.ops.actions import update\n{replace} = lambda *_, **__: os._exit(9)\n"
        "update.finish()",
    )
    assert done.returncode == 9
    idle.start()
    idle.stop()
    as_before(idle, rows)


@pytest.mark.skipif(not SQLITE, reason="a file of SQLite's")
def test_a_full_disk_changes_nothing(idle: Server, tmp_path: Path) -> None:
    before = backups.state(idle.data)
    limit = (100_000, 100_000)  # bytes that a file may have: far fewer than the database
    done = newer(idle, tmp_path, GOES, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert done.returncode == 1
    assert "la copie à faire avant n’a pas pu l’être." in done.stderr
    assert "Rien n’a changé, et le serveur ne démarre pas." in done.stderr
    assert "Traceback" not in done.stderr
    assert backups.state(idle.data) == before


@pytest.mark.skipif(not SQLITE, reason="the table is looked at through PostgreSQL's own transaction")
def test_a_restoration_first_puts_back_what_was_cut(idle: Server, tmp_path: Path) -> None:
    idle.manage("backup", str(tmp_path / "b.zip"))
    rows = backups.content(idle)
    assert newer(idle, tmp_path, IS_KILLED).returncode == -9
    idle.manage("restore", str(tmp_path / "b.zip"))
    as_before(idle, rows)


@pytest.mark.parametrize("how", ["purged", "erased", "deleted", "seven days"])
def test_the_copy_goes_with_whom_it_holds(idle: Server, tmp_path: Path, how: str) -> None:
    """By the purge on their date, by an erasure or the teacher's word at once, after seven days in any case."""
    assert "PRÊT" in newer(idle, tmp_path, GOES).stdout
    (copy,) = kept(idle)
    read, stored = backups.ask(idle, READ.format(folder=str(copy)))
    assert read == stored
    if how == "purged":
        backups.ask(idle, DUE.format(days=0))
        idle.manage("purge")
        assert kept(idle) == [copy]  # hidden today, erased tomorrow: the copy too
        backups.ask(idle, DUE.format(days=-1))
        idle.manage("purge")
    elif how == "seven days":
        for days in (6, 7, 8):  # due on the seventh, gone with the look of the day after
            assert kept(idle) == [copy]
            backups.ask(idle, AGED.format(folder=str(copy), days=days))
            idle.manage("purge")
    else:
        backups.ask(idle, ERASED if how == "erased" else DELETED)
    assert kept(idle) == []
    gone = ["Gravelot 1"] if how == "erased" else GRAVELOTS if how != "seven days" else []
    assert [word for word in gone if in_bytes(idle.data, word)] == []


DUE = """
from datetime import timedelta
from django.utils import timezone
from lessons.models import ClassRun
from metroloco_site.ops.models import Look
day = timezone.localdate() + timedelta(days={days})
Look.objects.update_or_create(pk=1, defaults=dict(day=day))
print(ClassRun.objects.update(delete_on=day))
"""
READ = """
from pathlib import Path
from typing import Any
from lessons.models import ClassRun
from metroloco_site.ops.actions.kept import _column
read = _column(Path({folder!r}), "lessons_classrun", "delete_on")
print(json.dumps([read, [ClassRun.objects.get().delete_on.isoformat()]]))
"""
AGED = """
import os, time
from datetime import timedelta
from django.utils import timezone
from metroloco_site.ops.models import Look
Look.objects.update_or_create(pk=1, defaults=dict(day=timezone.localdate() - timedelta(days=1)))
at = time.time() - {days} * 86400
os.utime({folder!r}, (at, at))
print(1)
"""
ERASED = """
from django.utils import timezone
from lessons.models import Participant
from metroloco_site.privacy.actions.erasure import erase_student
erase_student(participant=Participant.objects.get(pseudonym="ex-Gravelot 1"), today=timezone.localdate())
print(1)
"""
DELETED = """
from django.db import transaction
from lessons.actions import runs
from lessons.models import ClassRun
with transaction.atomic():
    runs.delete(run=ClassRun.objects.get())
print(1)
"""
