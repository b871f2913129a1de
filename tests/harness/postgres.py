"""A private PostgreSQL cluster in a temporary folder, for one run of the tests.

    python -m tests.harness.postgres -- python -m pytest -m "not browser"

runs the command with DATABASE_URL set and ends with the command's exit code.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

START_LIMIT = 30  # seconds
STOP_LIMIT = 10  # seconds

# Nothing here outlives the tests, so the disk is not waited for.
FAST = ("-c", "fsync=off", "-c", "full_page_writes=off")


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a cluster on a Unix socket and yield the URL of its `postgres` database."""
    folder = Path(tempfile.mkdtemp(prefix="metroloco-pg-"))  # short: a socket's path has 107 bytes
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
    try:
        _initialise(folder)
        with _running(folder, () if durable else FAST):
            yield f"postgres://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, template: str = "") -> str:
    """Make a database in the cluster of `url`, empty or a copy of `template`; return the URL of the new one."""
    name = f"metroloco_{secrets.token_hex(4)}"
    _execute(url, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def drop_database(url: str) -> None:
    """Drop the database of `url`, even if somebody is still connected."""
    name = urlsplit(url).path.removeprefix("/")
    _execute(urlsplit(url)._replace(path="/postgres").geturl(), f"DROP DATABASE {name} WITH (FORCE)")


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _initialise(folder: Path) -> None:
    made = subprocess.run(
        [
            *_as_postgres(),
            _program("initdb"),
            f"--pgdata={folder}/data",
            "--username=postgres",
            "--auth=trust",  # the folder itself is closed to others
            "--encoding=UTF8",
            "--locale=C.UTF-8",  # « É » and « é » are the same letter, as on a school's server
            "--no-sync",
            "--no-instructions",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        sys.exit(f"initdb : {made.stderr}")


@contextmanager
def _running(folder: Path, options: Sequence[str]) -> Iterator[None]:
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *_as_postgres(),
                _program("postgres"),
                *("-D", f"{folder}/data"),
                *("-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"),
                *options,
            ],
            cwd=folder,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the tests; the cluster is stopped after them
        )
    try:
        _wait_until_ready(process, folder, log)
        yield
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while True:
        try:
            psycopg.connect(f"postgres://postgres@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > limit:
                sys.exit(f"PostgreSQL ne démarre pas : {log.read_text()}")
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # « fast »: open connections are closed
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_LIMIT)


def _as_postgres() -> list[str]:
    """Prefix of a command that must not run as root and must not outlive this process."""
    user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=INT"]


def _program(name: str) -> str:
    """Newest PostgreSQL of the machine: Debian keeps them beside each other, off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    return program or sys.exit("PostgreSQL manque : sh scripts/system-packages test")


def main(arguments: Sequence[str]) -> int:
    """Run a command with DATABASE_URL set to a cluster made for it."""
    command = list(arguments)
    if command[:1] == ["--"]:
        command = command[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with cluster() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
