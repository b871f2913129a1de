"""The real server in a process of its own, on a loopback port and in a temporary folder.

It runs with the program's own settings, as in a class: production mode, manifest, workers.
"""

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.harness import postgres
from tests.harness.folders import ROOT
from tests.harness.hands import Hands

START_LIMIT = 90  # seconds; a first start compresses files, and the machine may be shared
STOP_LIMIT = 5  # seconds; streams may be open
KEPT = ROOT / ".pytest_cache" / "static"


class Server:
    """`manage.py serve`, to be started, killed, restarted and stopped.

    `seed` is the data folder of a server that was stopped, to start from a copy of it.
    A DATABASE_URL in the environment (the PostgreSQL run) gives each server a database of its own.
    """

    def __init__(self, folder: Path, seed: Path | None = None, **environment: str) -> None:
        self.data = folder / "data"
        template = ""
        if seed:
            shutil.copytree(seed, self.data)
            template = template_of(seed).read_text() if template_of(seed).exists() else ""
        self.log_file = folder / "server.log"
        self.port, self._claim = claimed_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("METROLOCO_") and name != "DJANGO_SETTINGS_MODULE"
        }
        self.environment = {
            **kept,
            "METROLOCO_DATA": str(self.data),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            **environment,
        }
        self.database = os.environ.get("DATABASE_URL")
        if self.database:
            self.database = postgres.create_database(self.database, template)
            self.environment["DATABASE_URL"] = self.database
        self.hands = Hands(self.environment)

    def becomes_template(self) -> Path:
        """Stopped for good; returns the `seed` for others, on PostgreSQL too (its database is copied, not dropped)."""
        if self.database:
            template_of(self.data).write_text(urlsplit(self.database).path.removeprefix("/"))
            self.database = None
        return self.data

    def unmeasured(self) -> Self:
        """Without coverage: where a process cannot write, neither could its measure, and that would be said."""
        self.environment = {n: v for n, v in self.environment.items() if not n.startswith("COVERAGE")}
        self.hands.environment = self.environment
        return self

    @property
    def log(self) -> str:
        """All that the server has written since the first start."""
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    def start(self) -> Self:
        """Start and wait until it answers."""
        assert self.process is None, "le serveur tourne déjà"
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        limit = time.monotonic() + START_LIMIT
        while not self.answers():
            assert self.process.poll() is None, f"le serveur s’est arrêté :\n{self.log}"
            if time.monotonic() > limit:
                self.kill9()
                raise AssertionError(f"le serveur ne répond pas en {START_LIMIT} s :\n{self.log}")
            time.sleep(0.05)
        return self

    def answers(self, path: str = "/") -> bool:
        """Whether a page comes back without a server error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        except OSError:
            return False
        finally:
            connection.close()

    def pids(self) -> list[int]:
        """The server's process and all that descend from it."""
        return family(self.process.pid) if self.process else []

    def kill9(self) -> None:
        """Kill every process of the server at once, with no chance to tidy up."""
        assert self.process is not None, "le serveur ne tourne pas"
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(STOP_LIMIT)
        self.process = None
        assert not _still_there(pids, STOP_LIMIT)

    def stop(self, limit: float = STOP_LIMIT) -> float:
        """Ask it to end as a service manager would; return the seconds it took, `limit` at most."""
        assert self.process is not None, "le serveur ne tourne pas"
        pids = self.pids()
        start = time.monotonic()
        self.process.terminate()
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise AssertionError(f"pas d’arrêt en {limit} s :\n{self.log}") from None
        self.process = None
        left = _still_there(pids, max(0, limit - (time.monotonic() - start)))
        assert not left, f"processus restés après l’arrêt : {left}"
        assert code in (0, -signal.SIGTERM, 128 + signal.SIGTERM), f"code {code} :\n{self.log}"
        return time.monotonic() - start

    def restart(self) -> Self:
        """Start again on the same data and port, after an orderly stop if it still runs."""
        if self.process is not None:
            self.stop()
        return self.start()

    def manage(self, *arguments: str) -> str:
        """Run a management command on the same data, without the seconds of a start; return what it printed."""
        done = self.hands.manage(*arguments)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} :\n{done.stdout}{done.stderr}"
        return done.stdout

    def program(self, *arguments: str) -> str:
        """The same as a program of its own, as it is typed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} :\n{done.stdout}{done.stderr}"
        return done.stdout

    def do(self, code: str) -> str:
        """Run Python on the same data, without the seconds of a start; return what it printed."""
        return self.hands.do(code)

    def close(self) -> None:
        """End whatever still runs, at the end of a test."""
        self.hands.close()
        if self.process is not None:
            self.kill9()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None
        if self.database:
            postgres.drop_database(self.database)


def template_of(data: Path) -> Path:
    """Where a seed says the name of its PostgreSQL database."""
    return data.parent / "template"


@contextlib.contextmanager
def static_kept(data: Path) -> Iterator[None]:
    """Lends a first start the compressed files of an earlier run; keeps its own for the next one.

    The start looks at what it is lent: once a source has changed it compresses anew, and the old ones go.
    """
    static, lent = data / "static", ""
    with _alone():
        if KEPT.exists():
            shutil.copytree(KEPT, static)
            lent = _stamp(static)
    yield
    with _alone():
        if lent not in ("", _stamp(static)):
            shutil.rmtree(KEPT, ignore_errors=True)  # what is there now has old files beside the new ones
        elif not KEPT.exists():
            shutil.copytree(static, KEPT)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """No other run reads or writes the kept files meanwhile."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(static: Path) -> str:
    """What `start.collect_static` goes by."""
    return (static / ".collected").read_text(encoding="ascii")


def claimed_port() -> tuple[int, int | None]:
    """A free port, and what keeps the other processes of the tests from it until the server has taken it: to be closed.

    A port that was found free is nobody's until then: with some servers starting at a time, two would get the same.
    """
    folder = Path(tempfile.gettempdir()) / "metroloco-ports"
    folder.mkdir(exist_ok=True)
    while True:
        port = free_port()
        claim = os.open(folder / str(port), os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(claim)
        else:
            return port, claim


def free_port() -> int:
    """A loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """`pid` and its descendants, from /proc (zombies left out)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(int(entry.name))) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for member in found:  # grows while it is read
        found.extend(children.get(member, ()))
    return found


def _parent(pid: int) -> int | None:
    """The parent's pid, or None for a process that has ended."""
    try:
        # « pid (name) state ppid … »: the name may hold spaces and brackets.
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else int(parent)


def _still_there(pids: list[int], limit: float) -> list[int]:
    """Those of `pids` that have not ended within `limit` seconds."""
    end = time.monotonic() + limit
    while left := [pid for pid in pids if _parent(pid) is not None]:
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return left
