"""The one process beside the server that makes long documents: started when there is work, woken, replaced.

It runs `manage.py work`, at low priority, and ends with the server because it reads from a pipe. On another
pipe it says that it lives, each time it gets a step further: one that is silent at work is killed and replaced.
"""

import contextlib
import io
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from django.conf import settings

from metroloco_site.kit import processes
from metroloco_site.kit.logs import Known
from metroloco_site.kit.turns import Turns

WATCH_S = 0.3  # how soon a worker that died is missed
AGAIN_S = 1.0  # before another one is started
RACE_S = 5.0  # a worker that ends so soon after it was woken may not have heard it
SILENT_S = (
    90.0  # at work without a sign: its child is killed within 60 s (kit.pdf), so it is the worker that hangs
)
AT_WORK, AT_REST = b".", b"z"  # what it says
COMMAND = (sys.executable, "manage.py", "work", "--alive")
_STOP_S = 2.0
log = logging.getLogger(__name__)


class _Worker:
    """The process: a line on its stdin wakes it, `--alive` is where it gives signs of life."""

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self._signs = io.FileIO(ours)
        try:
            self._process = subprocess.Popen(
                [*command, str(theirs)], stdin=subprocess.PIPE, cwd=settings.BASE_DIR, pass_fds=(theirs,)
            )
        except BaseException:
            self._signs.close()
            raise
        finally:
            os.close(theirs)
        self._resting = False
        self._heard = time.monotonic()

    def wake(self) -> None:
        """There is more work. One that rests has to answer; one at work gets no more time by it."""
        self._listen()
        if self._resting:
            self._resting, self._heard = False, time.monotonic()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(b"\n")
                self._process.stdin.flush()

    def ended(self) -> int | None:
        """Its exit code, once there is one."""
        return self._process.poll()

    def hangs(self) -> bool:
        self._listen()
        return not self._resting and time.monotonic() - self._heard > SILENT_S

    def end(self, within_s: float = _STOP_S) -> None:
        processes.end(self._process, within_s)
        self._signs.close()

    def _listen(self) -> None:
        while said := self._signs.read(4096):
            self._resting, self._heard = said.endswith(AT_REST), time.monotonic()


class Supervisor:
    """A thread of the server's."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._worker: _Worker | None = None
        self._woken = 0.0
        self._thread = Turns("worker", self._turn)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is work."""
        self._woken = time.monotonic()
        self._wanted.set()

    def stop(self) -> None:
        """Ends the worker; what it was making is begun again at the next start."""
        self._stopping.set()
        self._wanted.set()
        self._thread.stop(_STOP_S)
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def _turn(self) -> float:
        if self._worker is None:
            self._wanted.wait()
        elif not self._wanted.wait(WATCH_S):
            self._look()
            return 0.0
        self._wanted.clear()
        try:
            if not self._stopping.is_set():
                self._tell()
        except BaseException:  # no memory or no process left: the work waits
            self._wanted.set()
            raise
        return 0.0

    def _tell(self) -> None:
        """A first line starts it; it looks for work by itself then. Raises OSError if it cannot be started."""
        if self._worker is not None and self._worker.ended() is not None:
            self._worker.end()
            self._worker = None
        if self._worker is None:
            self._worker = _Worker(self._command)
        else:
            self._worker.wake()

    def _look(self) -> None:
        worker = self._worker
        if worker is None:
            return
        if (code := worker.ended()) is None and not worker.hangs():
            return
        self._worker = None
        worker.end(_STOP_S if code is not None else 0)
        if code is None:
            log.error("the worker has given no sign for too long; another one goes on")
            self._wanted.set()
        elif code != 0:
            log.error("the worker ended with code %s; another one goes on", Known(code))
            self._stopping.wait(AGAIN_S)
            self._wanted.set()
        elif time.monotonic() - self._woken < RACE_S:
            self._wanted.set()


_supervisor: Supervisor | None = None


def supervise() -> Supervisor:
    """The server's own; `stop` it before leaving."""
    global _supervisor  # noqa: PLW0603 - one a server
    _supervisor = Supervisor()
    _supervisor.start()
    return _supervisor


def wake() -> None:
    """There is work. Nothing where no server runs (tests, commands): the next start sees it."""
    if _supervisor is not None:
        _supervisor.wake()
