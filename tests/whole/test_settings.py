"""The settings: each variable told in the README, safe by default, clean with HTTPS."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.folders import ROOT

SETTINGS = (ROOT / "metroloco_site/settings.py").read_text(encoding="utf-8")
ASKED = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))


def test_the_settings_read_the_environment_through_one_reader() -> None:
    assert {"METROLOCO_DATA", "METROLOCO_HTTPS", "HOST", "PORT", "DATABASE_URL"} <= ASKED
    for path in ROOT.glob("*/**/*.py"):
        if path.relative_to(ROOT).parts[0] in ("metroloco_site", "annexes", "lessons", "evaluations"):
            read = re.findall(r"environ(?:\[|\.get\()\"([A-Z_]+)", path.read_text(encoding="utf-8"))
            assert set(read) <= {"DJANGO_SETTINGS_MODULE"}, path


def test_every_variable_is_told_in_the_readme_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ours = {name for name in ASKED if name.startswith("METROLOCO_")}
    told = set(re.findall(r"`(METROLOCO_[A-Z_]+)", readme)) - {"METROLOCO_TEST_DATA", "METROLOCO_SHOTS"}
    assert told == ours
    for name in ASKED - ours:
        assert re.search(rf"`{name}\b", readme), name


def run(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        n: v
        for n, v in os.environ.items()
        if not n.startswith("METROLOCO_") and n != "DJANGO_SETTINGS_MODULE"
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**kept, "METROLOCO_DATA": str(tmp_path / "data"), **environment},
    )  # fmt: skip


def test_check_deploy_is_clean_with_https(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", METROLOCO_HTTPS="1")
    assert done.returncode == 0, done.stderr
    assert "(0 silenced)" in done.stdout


@pytest.mark.parametrize(("https", "secure"), [("0", "False"), ("1", "True")])
def test_https_turns_on_secure_cookies_and_hsts(tmp_path: Path, https: str, secure: str) -> None:
    told = "s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0"
    code = f"from metroloco_site import settings as s; print({told})"
    done = run(tmp_path, "-c", code, METROLOCO_HTTPS=https)
    assert done.stdout.split() == ["False", secure, secure], done.stderr


def test_the_secret_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    code = "from metroloco_site import settings as s; print(s.SECRET_KEY)"
    first, second = run(tmp_path, "-c", code).stdout, run(tmp_path, "-c", code).stdout
    assert len(first) > 50
    assert first == second
    assert stat.S_IMODE((tmp_path / "data/secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert run(tmp_path, "-c", code, METROLOCO_SECRET_KEY="sienne").stdout.strip() == "sienne"


def test_a_key_cut_by_a_full_disk_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/secret-key").touch()
    code = "from metroloco_site import settings as s; print(len(s.SECRET_KEY) > 50)"
    assert run(tmp_path, "-c", code).stdout.strip() == "True"


def test_sqlite_is_durable_and_forgets(tmp_path: Path) -> None:
    code = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'metroloco_site.settings'; django.setup()\n"
        "from django.db import connection as c\n"
        "ask = lambda name: c.cursor().execute(f'PRAGMA {name}').fetchone()[0]\n"
        "print(ask('journal_mode'), ask('synchronous'), ask('secure_delete'))"
    )
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/data/metroloco.sqlite3"}
    done = run(tmp_path, "-c", code, **environment)
    assert done.stdout.split()[1:] == ["2", "1"], done.stderr
    assert done.stdout.split()[0] in ("truncate", "wal")
