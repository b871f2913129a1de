"""What an earlier version kept, opened with the program of today: every row of every table is there, unchanged.

The data are invented and cover every table: scripts/old-data made them with that version's own code.
"""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.harness.folders import ROOT

OLD = sorted((ROOT / "tests/harness/old_data").glob("*.sql"))
ADDED_TO = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
RENAMED = {
    ("ops", "datarequest"): ("privacy", "datarequest")
}  # content types, by the app that owns the model now
OPEN = """
import json, django
django.setup()
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("migrate", check_unapplied=True, verbosity=0)
print(json.dumps({
    "read": {m._meta.db_table: len(m._base_manager.all()) for m in apps.get_models(include_auto_created=True)},
    "models": [[m._meta.app_label, m._meta.model_name] for m in apps.get_models()],
    "allowed": sorted(p.content_type.app_label + "." + p.codename for p in Group.objects.first().permissions.all()),
    "permissions": sorted(Permission.objects.values_list("content_type__app_label", "content_type__model", "codename")),
}))
"""
Rows = dict[str, list[dict[str, Any]]]


class Opened(NamedTuple):
    """Every table before and after; what Django finds in it afterwards."""

    before: Rows
    after: Rows
    found: dict[str, Any]


def rows(file: Path) -> Rows:
    with closing(sqlite3.connect(file)) as database:
        database.row_factory = sqlite3.Row
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        return {
            name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}" ORDER BY 1')]  # noqa: S608
            for name in names
        }


@pytest.fixture(scope="module", params=OLD, ids=lambda path: path.stem)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    data = tmp_path_factory.mktemp("old")
    file = data / "metroloco.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(request.param.read_text(encoding="utf-8"))
    before = rows(file)
    kept = {n: v for n, v in os.environ.items() if not n.startswith("METROLOCO_") and n != "DATABASE_URL"}
    told = {"METROLOCO_DATA": str(data), "DJANGO_SETTINGS_MODULE": "metroloco_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        cwd=ROOT,
        env={**kept, **told},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Opened(before, rows(file), json.loads(done.stdout))


def test_the_old_data_fill_every_table(opened: Opened) -> None:
    assert [
        name for name, found in opened.before.items() if len(found) < 2 and name != "sqlite_sequence"
    ] == []


def test_every_row_of_every_table_is_there_unchanged(opened: Opened) -> None:
    """Columns may have come; none has gone, and no value is another."""
    for table, old in opened.before.items():
        if table not in ADDED_TO:
            new = [{column: row[column] for column in old[0]} for row in opened.after[table]]
            assert new == old, table


def test_content_types_keep_their_numbers_and_follow_their_models(opened: Opened) -> None:
    new = {row["id"]: (row["app_label"], row["model"]) for row in opened.after["django_content_type"]}
    for row in opened.before["django_content_type"]:
        named = (row["app_label"], row["model"])
        assert new[row["id"]] == RENAMED.get(named, named)
    assert sorted(new.values()) == sorted(tuple(model) for model in opened.found["models"])


def test_permissions_keep_their_numbers_and_whoever_has_them(opened: Opened) -> None:
    """Each model has its four, and a group that was allowed something is allowed the same."""
    new = opened.after["auth_permission"]
    assert [row for row in opened.before["auth_permission"] if row not in new] == []
    four = ("add", "change", "delete", "view")
    assert opened.found["permissions"] == sorted(
        [app, model, f"{what}_{model}"] for app, model in opened.found["models"] for what in four
    )
    assert len(opened.before["auth_group_permissions"]) == 2
    assert opened.found["allowed"] == ["privacy.add_datarequest"]


def test_every_row_is_read_by_its_model(opened: Opened) -> None:
    assert set(opened.before) - set(opened.found["read"]) == {"sqlite_sequence", "django_migrations"}
    for table, found in opened.found["read"].items():
        assert found == len(opened.after[table])
