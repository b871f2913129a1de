"""The one process beside the server that makes long documents: started when there is work, woken, replaced.

It runs `manage.py work`, at low priority, and ends with the server because it reads from a pipe.
"""

import contextlib
import logging
import subprocess
import sys
import threading
import time

from django.conf import settings

from metroloco_site.kit import processes

WATCH_S = 0.3  # how soon a worker that died is missed
AGAIN_S = 1.0  # before another one is started
RACE_S = 5.0  # a worker that ends so soon after it was woken may not have heard it
_STOP_S = 2.0
log = logging.getLogger(__name__)


class Supervisor:
    """A thread of the server's."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._woken = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)

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
        self._thread.join(_STOP_S)
        if self._process is not None:
            processes.end(self._process, _STOP_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._process is None:
                self._wanted.wait()
            elif not self._wanted.wait(WATCH_S):
                self._look()
                continue
            self._wanted.clear()
            if not self._stopping.is_set():
                self._tell()

    def _tell(self) -> None:
        """One line wakes it; a first one starts it."""
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                processes.end(self._process, _STOP_S)
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "work"], stdin=subprocess.PIPE, cwd=settings.BASE_DIR
            )
        elif self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(b"\n")
                self._process.stdin.flush()

    def _look(self) -> None:
        process = self._process
        if process is None or (code := process.poll()) is None:
            return
        self._process = None
        processes.end(process, _STOP_S)
        if code != 0:
            log.error("the worker ended with code %s; another one goes on", code)
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
