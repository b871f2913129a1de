"""`manage.py serve`: quick the second time, alone on its folder, clear when it cannot, gone in time."""

import asyncio
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from metroloco_site.ops.actions import start
from tests.harness import backups
from tests.harness.folders import ROOT
from tests.harness.server import Server, free_port

pytestmark = pytest.mark.django_db
SQLITE = "DATABASE_URL" not in os.environ


@pytest.fixture
def idle(tmp_path: Path, fresh_data: Path) -> Iterator[Server]:
    made = Server(tmp_path, seed=fresh_data)
    yield made
    made.close()


def refused(server: Server, **environment: str) -> str:
    """What a start that must fail says, without a traceback."""
    server.environment |= environment
    done = backups.manage(server, "serve", timeout=60)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.slow
def test_a_second_start_takes_seconds(idle: Server) -> None:
    before = time.monotonic()
    idle.start()
    assert time.monotonic() - before < 10  # ~1.5 s alone on two cores; collectstatic alone took 5 s
    assert "Leçon chargée" not in idle.log or not SQLITE


def test_a_second_server_on_the_same_folder_is_refused(server: Server) -> None:
    said = refused(server, PORT=str(free_port()))
    assert f"Un serveur utilise déjà le dossier {server.data}." in said
    assert server.answers()


def test_a_port_that_is_taken_is_said_with_another_to_try(server: Server, tmp_path: Path) -> None:
    said = refused(server, METROLOCO_DATA=str(tmp_path / "else"))
    assert f"Le port {server.port} est déjà pris" in said
    assert f"make serve PORT={server.port + 1}" in said


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HOST": "198.51.100.7"}, "n’est pas une adresse de cette machine"),
        ({"PORT": "70000"}, "un port est un nombre de 1 à 65535"),
        ({"METROLOCO_DATA": "/dev/null/data"}, "ne peut pas être créé"),
    ],
)
def test_a_wrong_setting_is_a_sentence(idle: Server, environment: dict[str, str], said: str) -> None:
    assert said in refused(idle, **environment)


def test_host_and_port_are_honoured(server: Server) -> None:
    assert f"Metroloco en classe\u00a0: {server.url}/" in server.log
    here = f"0100007F:{server.port:04X} 00000000:0000 0A"  # 127.0.0.1, listening
    assert here in Path("/proc/net/tcp").read_text()
    assert f"00000000:{server.port:04X} 00000000:0000 0A" not in Path("/proc/net/tcp").read_text()


def test_a_database_of_a_newer_program_is_left_alone(idle: Server) -> None:
    if not SQLITE:
        idle.manage("migrate", "-v0")
    backups.ask(
        idle,
        "from django.db.migrations.recorder import MigrationRecorder as R\nfrom django.db import connection\n"
        "R(connection).record_applied('lessons', '0999_later')\nprint(1)",
    )
    assert "version plus récente du programme" in refused(idle)


@pytest.mark.skipif(os.geteuid() != 0 and not shutil.which("setpriv"), reason="needs another user")
def test_a_folder_that_can_only_be_read_is_said(idle: Server) -> None:
    """Root may write anywhere: the server runs as somebody else there."""
    if os.geteuid() != 0:
        idle.data.chmod(0o500)
        said = refused(idle)
        idle.data.chmod(0o700)
    else:
        for folder in (idle.data, *idle.data.rglob("*"), *idle.data.parents):
            with contextlib.suppress(PermissionError):
                folder.chmod(folder.stat().st_mode | (0o555 if folder.is_dir() else 0o444))
        done = subprocess.run(
            ["setpriv", "--reuid=nobody", "--clear-groups", sys.executable, "manage.py", "serve"],
            cwd=ROOT, env=idle.unmeasured().environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 1
        said = done.stderr
    assert "Vous n’avez pas le droit d’écrire ici" in said
    assert "Traceback" not in said


def streams(server: Server, count: int) -> list[socket.socket]:
    """Pages that listen, as EventSource does."""
    opened = []
    for _ in range(count):
        listening = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        listening.sendall(
            b"GET /live/essai/flux HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
        )
        assert b"200 OK" in listening.recv(4096)
        opened.append(listening)
    return opened


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_takes_less_than_five_seconds_with_streams_open(server: Server, how: signal.Signals) -> None:
    opened = streams(server, 35)
    assert server.process
    if how == signal.SIGTERM:
        assert server.stop() < 5
    else:
        before = time.monotonic()
        server.process.send_signal(how)
        assert server.process.wait(5) == 0
        assert time.monotonic() - before < 5
        assert "Arrêté." in server.log
        server.process = None
    for listening in opened:
        listening.close()
    assert "Traceback" not in server.log


def test_the_log_names_nobody(server: Server) -> None:
    """A fault inside is written down without what was sent, nor from where."""
    (server.data / "first-account-link").unlink()
    (server.data / "first-account-link").mkdir()  # reading it fails
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/compte/premier/Huppe/?pseudo=Huppe", headers={"User-Agent": "Espion/1.0"})
    answer = connection.getresponse()
    assert answer.status == 500
    assert "Metroloco" in answer.read().decode()
    connection.close()
    log = (server.data / "server.log").read_text()
    assert "IsADirectoryError" in log
    for word in ("Espion", "127.0.0.1", "Huppe", "pseudo="):
        assert word not in log + server.log.split("Ctrl+C")[1]


def test_static_files_are_collected_once(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path):
        assert start.collect_static()
        assert not start.collect_static()
        (tmp_path / ".collected").write_text("autre")
        assert start.collect_static()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_what_the_server_says_leaves_at_once(host: str) -> None:
    """Else the second piece of an answer, its body, waits 40 ms for the acknowledgement of the first."""

    async def no_delay() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(
                writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            )
            writer.close()

        listener = start.listening_socket(host, 0)
        async with await asyncio.start_server(connected, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
            try:
                return await asyncio.wait_for(found, 5)
            finally:
                writer.close()

    assert asyncio.run(no_delay())
