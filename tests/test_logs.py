"""What the server writes about itself: no address, no text, one file a day, seven days."""

import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from metroloco_site.kit.logs import DAY_BYTES, LOG, DayByDay
from metroloco_site.ops.actions.purge import purge
from tests.builders import NOW


def record(text: str) -> logging.LogRecord:
    quoted = " ".join(["Huppe", "vive,", "192.0.2.7"])  # as a database quotes what it refuses
    try:
        raise ValueError(quoted)  # noqa: TRY301
    except ValueError:
        return logging.LogRecord("essai", logging.ERROR, "f", 1, text, (), sys.exc_info())


@pytest.fixture
def handler(tmp_path: Path) -> DayByDay:
    return DayByDay(tmp_path)


def test_a_fault_is_written_without_what_was_sent(handler: DayByDay, tmp_path: Path) -> None:
    handler.emit(record("La page a échoué."))
    handler.close()
    text = (tmp_path / LOG).read_text()
    assert "La page a échoué." in text
    assert "builtins.ValueError" in text
    assert "Huppe vive" not in text
    assert "192.0.2.7" not in text


def test_each_day_has_its_file(handler: DayByDay, tmp_path: Path) -> None:
    handler.emit(record("un"))
    handler.rolloverAt = 0  # midnight has passed
    handler.emit(record("deux"))
    handler.close()
    assert len(list(tmp_path.glob(f"{LOG}*"))) == 2
    assert "un" not in (tmp_path / LOG).read_text().split("essai")[1].split()[0]


def test_a_fault_in_a_loop_does_not_fill_the_disk(handler: DayByDay, tmp_path: Path) -> None:
    for _ in range(40):
        handler.emit(record("x" * 50_000))
    assert DAY_BYTES <= (tmp_path / LOG).stat().st_size < 1.2 * DAY_BYTES
    handler.rolloverAt = 0
    handler.emit(record("le lendemain"))
    handler.close()
    assert "le lendemain" in (tmp_path / LOG).read_text()


@pytest.mark.django_db
def test_seven_days_are_kept(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    for name, days in ((LOG, 0), (f"{LOG}.2026-11-17", 6), (f"{LOG}.2026-11-15", 8), (f"{LOG}.1", 30)):
        (tmp_path / name).write_text("x")
        at = (NOW - timedelta(days=days)).timestamp()
        os.utime(tmp_path / name, (at, at))
    purge(today=NOW.date(), now=NOW)
    kept = {path.name for path in tmp_path.glob(f"{LOG}*")}
    assert kept == {LOG, f"{LOG}.2026-11-17"}
