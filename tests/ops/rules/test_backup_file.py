"""The file of a backup: whatever somebody did to it, nothing is believed before it is verified."""

import errno
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from metroloco_site.kit.data_folder import why
from metroloco_site.ops.actions import backup as backup_action
from metroloco_site.ops.actions import restore as restore_action
from metroloco_site.ops.rules import backup_file
from tests.harness.builders import NOW, make


def made(folder: Path) -> Path:
    """A small backup, whose database is no database: only the file matters here."""
    source = folder / "source"
    (source / "database").mkdir(parents=True)
    (source / "media").mkdir()
    (source / "database/metroloco.sqlite3").write_bytes(random.Random(1).randbytes(300_000))
    (source / "media/été.mp4").write_bytes(b"video" * 50_000)
    manifest = backup_file.Manifest(
        "0.1.0", "sqlite", "2026-11-22T09:00:00+00:00", (), {}, {}, backup_file.describe(source)
    )
    file = folder / "b.zip"
    with file.open("wb") as out:
        backup_file.pack(manifest, source, out)
    return file


def rewritten(file: Path, **changes: Any) -> Path:
    """The same zip with another manifest."""
    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()}
    manifest = {**json.loads(members[backup_file.MANIFEST]), **changes}
    members[backup_file.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as new:
        for name, body in members.items():
            new.writestr(name, body)
    return file


def test_what_was_packed_comes_back(tmp_path: Path) -> None:
    manifest = backup_file.unpack(made(tmp_path), tmp_path / "out")
    assert set(manifest.members) == {"database/metroloco.sqlite3", "media/été.mp4"}
    assert (tmp_path / "out/media/été.mp4").read_bytes() == b"video" * 50_000
    assert backup_file.describe(tmp_path / "out") == manifest.members


@pytest.mark.parametrize("seed", range(25))
def test_any_changed_byte_is_seen_or_harmless(tmp_path: Path, seed: int) -> None:
    """Harmless: dates and attributes that zip keeps, and that nobody reads."""
    file = made(tmp_path)
    body = bytearray(file.read_bytes())
    where = random.Random(seed).randrange(len(body))
    body[where] ^= 0x55
    file.write_bytes(body)
    try:
        backup_file.unpack(file, tmp_path / "out")
    except backup_file.BadBackup as error:
        assert str(error).endswith(".")  # noqa: PT017
    else:
        assert backup_file.describe(tmp_path / "out") == backup_file.describe(tmp_path / "source")


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_a_cut_file_is_refused(tmp_path: Path, part: float) -> None:
    file = made(tmp_path)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * part)])
    with pytest.raises(backup_file.BadBackup):
        backup_file.unpack(file, tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "media/../../evil",
        "/etc/evil",
        "media\\..\\evil",
        "C:/evil",
        "evil",
        "other/evil",
        "media//x",
        "media/",
    ],
)
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    file = made(tmp_path)
    with zipfile.ZipFile(file) as old:
        manifest = json.loads(old.read(backup_file.MANIFEST))
    with zipfile.ZipFile(file, "a") as new:
        new.writestr(name, b"x")
    member = {"sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "bytes": 1}
    rewritten(file, members={**manifest["members"], name: member})
    with pytest.raises(backup_file.BadBackup):
        backup_file.unpack(file, tmp_path / "out")
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path / "out").exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    file = made(tmp_path)
    link = zipfile.ZipInfo("media/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(file) as old:
        manifest = json.loads(old.read(backup_file.MANIFEST))
        members = {name: old.read(name) for name in old.namelist()}
    manifest["members"]["media/link"] = {"sha256": "", "bytes": 11}
    with zipfile.ZipFile(file, "w") as new:
        for name, body in {**members, backup_file.MANIFEST: json.dumps(manifest).encode()}.items():
            new.writestr(name, body)
        new.writestr(link, b"/etc/passwd")
    with pytest.raises(backup_file.BadBackup, match="interdit"):
        backup_file.unpack(file, tmp_path / "out")


def test_a_member_that_nobody_announced_is_refused(tmp_path: Path) -> None:
    file = made(tmp_path)
    with zipfile.ZipFile(file, "a") as new:
        new.writestr("media/plus.png", b"x")
    with pytest.raises(backup_file.BadBackup, match="liste annonce"):
        backup_file.unpack(file, tmp_path / "out")


def test_a_bomb_stops_at_the_announced_size(tmp_path: Path) -> None:
    file = made(tmp_path)
    with zipfile.ZipFile(file) as old:
        manifest = json.loads(old.read(backup_file.MANIFEST))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as new:
        new.writestr("media/bomb", b"\0" * 50_000_000)
    rewritten(file, members={**manifest["members"], "media/bomb": {"sha256": "", "bytes": 10}})
    with pytest.raises(backup_file.BadBackup, match="bomb"):
        backup_file.unpack(file, tmp_path / "out")
    assert (tmp_path / "out/media/bomb").stat().st_size <= 11


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "autre"}, "n’est pas une sauvegarde"),
        ({"format": 2}, "version plus récente"),
        ({"members": []}, "ne se lit pas"),
        ({"rows": {"a": "beaucoup"}}, "ne se lit pas"),
    ],
)
def test_another_manifest_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(backup_file.BadBackup, match=said):
        backup_file.unpack(rewritten(made(tmp_path), **changes), tmp_path / "out")


def test_a_zip_of_somebody_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "photos.zip"
    with zipfile.ZipFile(file, "w") as other:
        other.writestr("plage.jpg", b"x")
    assert not backup_file.is_backup(file)
    with pytest.raises(backup_file.BadBackup, match="n’est pas une sauvegarde"):
        backup_file.unpack(file, tmp_path / "out")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_refusal_of_the_machine_is_a_sentence(code: int) -> None:
    assert why(OSError(code, "nope")).count(" ") >= 3
    assert "nope" not in why(OSError(code, "nope"))
    assert "nope" in why(OSError(99999, "nope"))


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fills_up_leaves_the_older_backup(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data/media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    make.class_run()
    file = tmp_path / "b.zip"
    backup_action.backup(file=file, now=NOW)
    good = file.read_bytes()

    def full(manifest: object, folder: Path, out: io.BytesIO) -> None:
        out.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup_file, "pack", full)
    with pytest.raises(OSError, match="No space"):
        backup_action.backup(file=file, now=NOW)
    assert file.read_bytes() == good
    assert [path.name for path in tmp_path.iterdir()] in (["b.zip", "data"], ["data", "b.zip"])
    assert list(settings.DATA_DIR.iterdir()) == [settings.MEDIA_ROOT]


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fills_up_stops_a_restoration_in_time(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data/media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    file = tmp_path / "b.zip"
    backup_action.backup(file=file, now=NOW)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup_file, "_extract", full)
    monkeypatch.setattr("metroloco_site.ops.actions.database_copy.others_connected", lambda: False)
    with pytest.raises(OSError, match="No space"):
        restore_action.restore(file=file, now=NOW)
    assert list(settings.DATA_DIR.iterdir()) == [settings.MEDIA_ROOT]


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_a_newer_program_is_refused(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data/media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    file = tmp_path / "b.zip"
    backup_action.backup(file=file, now=NOW)
    with zipfile.ZipFile(file) as old:
        migrations = json.loads(old.read(backup_file.MANIFEST))["migrations"]
    rewritten(file, migrations=[*migrations, "lessons.0999_later"])
    monkeypatch.setattr("metroloco_site.ops.actions.database_copy.others_connected", lambda: False)
    with pytest.raises(backup_file.BadBackup, match="version plus récente"):
        restore_action.restore(file=file, now=NOW)
    assert list(settings.DATA_DIR.iterdir()) == [settings.MEDIA_ROOT]
