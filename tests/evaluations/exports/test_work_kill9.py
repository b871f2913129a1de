"""kill -9 of the server, then of the worker alone, during an export: it finishes after a restart, once."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from tests.harness.server import Server, family

ROUNDS = 3
_CLASS = """
from tests.harness.sheet_builders import started_run, write
run = started_run(participants=35)
for person in run.participants.all():
    write(person, 1, "reponse", "Un texte assez long pour être lu. " * 120)
print(run.pk)
"""
_STATE = """
from evaluations.models import ExportJob
job = ExportJob.objects.filter(kind="fiches").first()
print(job and f"{job.state} {job.done} {job.total} {job.attempts} {job.file}")
"""
_ASK = """
from evaluations.actions import exports
from lessons.models import ClassRun
from metroloco_site.kit import steady
exports.ask(run=ClassRun.objects.get(pk=%s), kind="fiches", now=steady.now())
"""
_CHANGE = "from lessons.models import Answer; Answer.objects.filter(question__number=1).update(text='Tour %d. ' * 400)"


def state(server: Server) -> list[str]:
    return server.do(_STATE).split()


def wait_for(server: Server, *wanted: str, limit: float = 90) -> list[str]:
    end = time.monotonic() + limit
    while (found := state(server))[0] not in wanted:
        assert time.monotonic() < end, (found, server.log)
        time.sleep(0.1)
    return found


def in_the_middle(server: Server, limit: float = 90) -> None:
    """Until some sheets are done."""
    end = time.monotonic() + limit
    while not ((found := state(server))[0] == "running" and int(found[1]) > 0):
        assert time.monotonic() < end, (found, server.log)
        assert found[0] != "done", "too quick to be killed in the middle"
        time.sleep(0.02)


def worker_of(server: Server) -> int:
    """The pid of `manage.py work`."""
    for pid in server.pids():
        with contextlib.suppress(OSError):
            if b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
    raise AssertionError("no worker")


def files(server: Server) -> list[str]:
    return sorted(path.name for path in (server.data / "exports").iterdir())


@pytest.mark.slow
def test_an_export_survives_kill9_and_is_made_once(server: Server) -> None:
    run = server.do(_CLASS).strip()
    for turn in range(ROUNDS):
        server.do(_CHANGE % turn)
        server.do(_ASK % run)
        server.restart()
        in_the_middle(server)
        killed = worker_of(server)
        if turn % 2:
            os.kill(killed, signal.SIGKILL)  # the server goes on, and starts another one
        else:
            left = server.pids()
            assert server.process is not None
            server.process.kill()  # the server alone: its worker must end by itself
            server.process.wait(5)
            server.process = None
            _all_end(left)
            server.start()
        found = wait_for(server, "done", "failed")
        assert found[:4] == ["done", "35", "35", "2"], found
        assert worker_of(server) != killed
        assert files(server) == [found[4]], "one file: made once, nothing left over"
        assert (server.data / "exports" / found[4]).read_bytes().rstrip().endswith(b"%%EOF")
    pids = family(worker_of(server))
    assert len(pids) == 2, "the worker and the process that renders"
    assert all(_niceness(pid) >= 10 for pid in pids)
    assert server.process is not None
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "pango" not in maps, "the server itself never imports WeasyPrint"
    assert server.stop() < 5
    _all_end(pids)


def _niceness(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def _all_end(pids: list[int]) -> None:
    end = time.monotonic() + 5
    while any(len(family(pid)) and Path(f"/proc/{pid}").exists() and not _zombie(pid) for pid in pids):
        assert time.monotonic() < end, "a process outlives the server"
        time.sleep(0.05)


def _zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
