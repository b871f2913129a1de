"""The worker beside the server: woken, replaced when it dies and when it hangs; a stuck document ends at its time."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from evaluations.actions import exports
from evaluations.exports import work
from evaluations.models import ExportJob
from lessons.models import ClassRun
from metroloco_site.kit import pdf, worker
from tests.evaluations.exports.test_work_kill9 import _ASK, _CLASS
from tests.harness.server import Server
from tests.harness.sheet_builders import started_run, write

LIMIT_S = 20  # the machine may be shared
# Notes its start in a file, then lives as it is told: « rest », « hang », or « die ».
LIVES = """
import os, sys, time
notes, how, pipe = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(notes, "a") as file: file.write(f"{os.getpid()}\\n")
if how == "die": sys.exit(3)
os.write(pipe, b".")
if how == "rest": os.write(pipe, b"z")
for line in sys.stdin: os.write(pipe, b".z" if how == "rest" else b"")
"""
Start = Callable[[str], worker.Supervisor]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "starts"
    path.touch()
    return path


@pytest.fixture
def start(notes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A supervisor of such a worker, woken; with little patience."""
    monkeypatch.setattr(worker, "SILENT_S", 1.0)
    monkeypatch.setattr(worker, "AGAIN_S", 0.05)
    monkeypatch.setattr(worker, "WATCH_S", 0.05)
    made = []

    def supervised(how: str) -> worker.Supervisor:
        made.append(worker.Supervisor([sys.executable, "-c", LIVES, str(notes), how]))
        made[-1].start()
        made[-1].wake()
        return made[-1]

    yield supervised
    for supervisor in made:
        supervisor.stop()


def starts(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("how", ["hang", "die"])
def test_one_that_hangs_or_dies_is_replaced(how: str, notes: Path, start: Start) -> None:
    start(how)
    until(lambda: len(starts(notes)) >= 2)
    until(lambda: gone(starts(notes)[0]))


def test_one_that_was_stopped_in_its_tracks_is_replaced(notes: Path, start: Start) -> None:
    supervisor = start("rest")
    until(lambda: starts(notes))
    first = starts(notes)[0]
    time.sleep(0.3)  # it rests: nobody expects a sign of it
    os.kill(first, signal.SIGSTOP)
    supervisor.wake()
    until(lambda: len(starts(notes)) == 2)
    assert gone(first)


def test_one_that_rests_is_left_alone_and_answers_when_it_is_woken(notes: Path, start: Start) -> None:
    supervisor = start("rest")
    until(lambda: starts(notes))
    time.sleep(1.5)  # longer than SILENT_S
    supervisor.wake()
    time.sleep(1.5)
    assert len(starts(notes)) == 1


def test_waking_one_that_hangs_gives_it_no_more_time(notes: Path, start: Start) -> None:
    supervisor = start("hang")
    end = time.monotonic() + LIMIT_S
    while len(starts(notes)) < 2:
        supervisor.wake()  # a teacher who clicks again and again
        assert time.monotonic() < end
        time.sleep(0.2)


def test_stopping_ends_it(notes: Path, start: Start) -> None:
    supervisor = start("hang")
    until(lambda: starts(notes))
    supervisor.stop()
    assert gone(starts(notes)[0])


def descriptors() -> set[str]:
    """Open ones; the one that looks is the lowest that was free, each time."""
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_one_that_cannot_be_started_leaves_nothing_open() -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        worker._Worker(["/nowhere/program"])
    assert descriptors() == before


def test_one_that_cannot_be_started_is_tried_again(
    notes: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No memory or no process left for a moment: the export that waits is made all the same."""
    real = worker._Worker
    refused: list[Sequence[str]] = []

    def full(command: Sequence[str]) -> object:
        if len(refused) < 2:
            refused.append(command)
            raise BlockingIOError("Resource temporarily unavailable")
        return real(command)

    monkeypatch.setattr(worker, "_Worker", full)
    start("rest")
    until(lambda: starts(notes))
    assert len(refused) == 2


def test_ending_it_twice_closes_nothing_of_anybody_elses(notes: Path) -> None:
    before = descriptors()
    one = worker._Worker([sys.executable, "-c", LIVES, str(notes), "die"])
    one.end()
    others = [os.open(notes, os.O_RDONLY) for _ in range(3)]  # the lowest numbers that are free
    one.end()
    for other in others:
        os.close(other)
    assert descriptors() == before


def test_patience_is_longer_than_any_step_may_take() -> None:
    once_again = 2  # kit.pdf begins a document anew if its child died
    longest = max(pdf.BIND_LIMIT_S, pdf.TIME_LIMIT_S * (1 + once_again))
    assert longest < worker.SILENT_S
    assert exports.LEASE.total_seconds() >= worker.SILENT_S


# --- a document that never ends -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_stuck_render_ends_at_its_time_limit_and_can_be_asked_for_again(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    run: ClassRun = started_run(participants=1)
    person = run.participants.get()
    write(person, 1, "reponse", "Un texte.")
    exports.ask(run=run, kind="fiches", now=timezone.now())
    pdf.warm()
    stuck = pdf._child.process
    assert stuck is not None
    os.kill(stuck.pid, signal.SIGSTOP)
    monkeypatch.setattr(pdf, "TIME_LIMIT_S", 0.5)
    work.work_all(timezone.now)
    job = ExportJob.objects.get()
    assert job.state == ExportJob.State.FAILED
    assert "demande trop de temps" in job.error
    assert stuck.poll() is not None, "it does not go on behind our back"
    monkeypatch.undo()
    assert exports.ask(run=run, kind="fiches", now=timezone.now())
    work.work_all(timezone.now)
    job.refresh_from_db()
    assert (job.state, job.error) == (ExportJob.State.DONE, "")


# --- the real one -------------------------------------------------------------------------------

_HANG = """
import os, signal, subprocess, time
from evaluations.models import ExportJob
from metroloco_site.kit import worker
started = []
class Noted(subprocess.Popen):
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        started.append(self)
worker.subprocess.Popen = Noted
supervisor = worker.Supervisor()
supervisor.start()
supervisor.wake()
end = time.monotonic() + 90
def until(true):
    while not true():
        assert time.monotonic() < end, ExportJob.objects.values()
        time.sleep(0.02)
job = lambda: ExportJob.objects.get()
until(lambda: job().state == "running")
os.kill(started[0].pid, signal.SIGSTOP)
patience, worker.SILENT_S = worker.SILENT_S, 1.0
until(lambda: started[0].returncode is not None)
worker.SILENT_S = patience
until(lambda: job().state == "done")
supervisor.stop()
print(len(started), job().attempts, job().done, started[0].returncode)
"""


@pytest.mark.slow
def test_a_worker_that_hangs_in_the_middle_of_a_document_is_replaced_and_it_is_made(server: Server) -> None:
    run = server.do(_CLASS.replace("=35", "=3")).strip()
    server.do(_ASK % run)
    assert server.do(_HANG).split() == ["2", "2", "3", str(-signal.SIGKILL)]
    assert len(list((server.data / "exports").iterdir())) == 1
