"""What the server writes about itself: no address, no text, one file a day, seven days."""

import ast
import errno
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django.fixtures import Settings

from metroloco_site.kit.logs import DAY_BYTES, LOG, OURS, Console, DayByDay, Known, Sober
from metroloco_site.ops.actions.purge import purge
from tests.harness.builders import NOW
from tests.harness.folders import ROOT

QUOTED = "Huppe vive, 192.0.2.7"  # as a database quotes what it refuses


def record(text: object, *args: object, name: str = "lessons.essai") -> logging.LogRecord:
    try:
        raise ValueError(QUOTED) from KeyError(QUOTED)  # noqa: TRY301
    except ValueError:
        return logging.LogRecord(name, logging.ERROR, __file__, 1, text, args, sys.exc_info(), "essai")


def written(found: logging.LogRecord) -> str:
    return Sober("{levelname} {name} {message}", style="{").format(found)


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[DayByDay]:
    made = DayByDay(tmp_path)
    yield made
    made.close()


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
    assert "un" not in (tmp_path / LOG).read_text().split("lessons.essai")[1].split()[0]


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


# --- an allow-list -----------------------------------------------------------------------------------


def test_our_own_words_pass_and_no_argument_but_what_is_known_beforehand() -> None:
    said = written(record("Un texte de %s, code %s.", "Huppe vive", Known(-9)))
    assert said.startswith("ERROR lessons.essai Un texte de …, code -9.\n")
    assert "Huppe" not in said


@pytest.mark.parametrize("text", [f"Task exception of {QUOTED}", ValueError(QUOTED)])
@pytest.mark.parametrize("name", ["asyncio", "django.request", "uvicorn.error", "lessonsx", "root"])
def test_of_a_library_only_the_place_is_written(name: str, text: object) -> None:
    said = written(record(text, name=name))
    assert said.splitlines()[0] == f"ERROR {name} tests/kit/test_logs.py:1 essai"
    assert "Huppe" not in said


def test_an_exception_is_its_class_and_the_lines_of_code_of_all_that_led_to_it() -> None:
    lines = written(record("Un essai.")).splitlines()[1:]
    assert lines[0].startswith("  tests/kit/test_logs.py:")
    assert lines[0].endswith(" record")
    assert lines[1:] == ["builtins.ValueError", "builtins.KeyError"]


def test_a_request_is_its_route() -> None:
    found = record("%s: %s", "Internal Server Error", "/s/abcd/", name="django.request")
    found.request = SimpleNamespace(resolver_match=SimpleNamespace(route="s/<slug:participant>/"))
    assert written(found).startswith("ERROR django.request /s/<slug:participant>/\n")


def test_what_another_handler_wrote_of_it_is_not_taken_over() -> None:
    found = record("Un essai.")
    logging.Formatter().format(found)  # keeps its text in the record
    found.stack_info = QUOTED
    assert QUOTED in str(found.exc_text)
    assert "Huppe" not in written(found)


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a logger in our code."""
    methods = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    for package in OURS:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in ("log", "_log", "logger", "_logger")
                    and node.func.attr in methods
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_our_messages_are_constants() -> None:
    found = list(calls())
    assert len(found) > 12
    for place, call in found:
        text, *values = call.args
        assert isinstance(text, ast.Constant), place
        for value in values:
            assert isinstance(value, ast.Call), place
            assert ast.unparse(value.func) == "Known", place
        assert {word.arg for word in call.keywords} <= {"exc_info"}, place


# --- whatever fails ----------------------------------------------------------------------------------


class Full:
    """A stream of which no method works: the disk is full, the terminal was closed."""

    def __getattr__(self, name: str) -> object:
        raise OSError(errno.ENOSPC, QUOTED)


@pytest.mark.parametrize("made", [DayByDay, Console])
def test_no_handler_raises_nor_reports_whatever_its_stream_does(
    made: type[DayByDay | Console], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handler = DayByDay(tmp_path) if made is DayByDay else Console()
    real, handler.stream = handler.stream, Full()
    for _ in range(3):
        handler.handle(record("Un essai."))
        handler.handle(record("Trop de %s %s %d", 1))
    handler.stream = real
    assert capfd.readouterr() == ("", "")
    if isinstance(handler, DayByDay):
        handler.handle(record("Il y a de la place."))
        assert "Il y a de la place." in (tmp_path / LOG).read_text()
    handler.close()


def test_a_day_that_was_full_before_a_start_stays_full(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text("x" * (DAY_BYTES + 1))
    os.utime(tmp_path / LOG, (time.time(), time.time()))  # the disk has a clock of its own
    handler = DayByDay(tmp_path)
    handler.handle(record("Un de trop."))
    handler.close()
    assert (tmp_path / LOG).stat().st_size == DAY_BYTES + 1


ENDS = """
import logging, sys, threading, warnings
from metroloco_site.kit import logs
logs.alone()
logging.getLogger("metroloco_site.essai").error("Un essai de %s.", "Huppe")
class Lost:
    def __del__(self): raise ValueError("Huppe vive")
def fails(): raise ValueError("Huppe vive")
thread = threading.Thread(target=fails); thread.start(); thread.join()
Lost()
warnings.warn("Huppe vive")
logging.getLogger("weasyprint").error("Huppe vive %s", "Huppe vive")
fails()
"""


def test_what_ends_a_thread_or_a_process_is_written_without_what_it_says() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "Huppe" not in done.stdout + done.stderr
    assert done.stderr.count("builtins.ValueError") == 3
    assert "Un essai de …." in done.stderr
    assert "<string>:8 fails" in done.stderr
