"""The disk is full: everybody is told so in a sentence, nothing acknowledged is lost, nothing half-written stays."""

import http.client
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench import full_disk
from metroloco_site.kit.machine import DISK_FULL
from tests.harness import backups
from tests.harness import picture_files as files
from tests.harness.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TOLD = DISK_FULL.split("\u00a0")[0]
FORM = "application/x-www-form-urlencoded"

_WORLD = """
import json
from datetime import timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from lessons.actions import joining, runs
from lessons.actions.clock import act
from lessons.models import Group, Lesson, Membership, Poster
from lessons.rules.clock import Kind
from metroloco_site.accounts.models import User
from django.core import signing
from lessons.live.tokens import COOKIE_SALT
now = timezone.now()
owner = User.objects.create_user("colette", "sable et marée")
run = runs.create_run(owner=owner, lesson=Lesson.objects.first(), label="Seconde 4", minutes={},
                      delete_on=now.date() + timedelta(days=30), now=now)
person = joining.join(run=run, pseudonym="Huppe", now=now)
group = Group.objects.create(run=run, number=1, formed_at=now)
Poster.objects.create(group=group)
Membership.objects.create(group=group, participant=person, seat=0)
for number in (1, 2):
    act(phase=run.phases.get(part__number=number), kind=Kind.START, now=now)
    if number == 1:
        act(phase=run.phases.get(part__number=1), kind=Kind.END, now=now)
session = SessionStore()
session[SESSION_KEY] = str(owner.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
session.save()
cookie = signing.dumps([person.pk, 1], salt=COOKIE_SALT)
print(json.dumps([str(run.access_code), run.public_id, session.session_key, person.public_id, cookie]))
"""


@pytest.fixture
def disk() -> Iterator[Path]:
    disks = full_disk.small_disk()
    try:
        made = disks.__enter__()
    except OSError as refused:
        pytest.skip(f"needs root and a mount: {refused}")
    try:
        yield made
    finally:
        disks.__exit__(None, None, None)


def test_no_acknowledged_text_is_lost_and_all_write_again_without_a_restart(
    disk: Path, fresh_data: Path
) -> None:
    """Three seconds of it; `python -m bench disk` stays ten."""
    figures = full_disk.measure(disk, 3, seed=fresh_data)
    assert figures.clean, figures
    assert figures.acknowledged > 100


@dataclass
class Room:
    """A class on a server whose disk is full, or not yet."""

    server: Server
    code: str
    run: str
    session: str
    person: str
    cookie: str

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "", **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent = {
            "Origin": self.server.url,
            "Cookie": f"participant={self.cookie}; enseignant={self.session}",
            "Content-Type": kind,
            **headers,
        }
        connection.request(method, path, body, {name: value for name, value in sent.items() if value})
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        return answer.status, said

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        return self.ask("POST", path, urlencode(fields).encode(), FORM)

    def send(self, path: str, name: str, data: bytes, *, token: str = "", **headers: str) -> tuple[int, str]:
        """A form with a file, as a browser sends it."""
        fields = {"csrfmiddlewaretoken": token, "bloc": "q1"}
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()
        ]
        parts.append(f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n')
        body = "".join(parts).encode() + data + b"\r\n--x--\r\n"
        return self.ask("POST", path, body, "multipart/form-data; boundary=x", **headers)

    @property
    def board(self) -> str:
        return f"/prof/activites/{self.run}/"

    def token(self, path: str) -> str:
        status, page = self.ask("GET", path)
        assert status == 200, page
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found
        return found[1]

    def files(self) -> set[str]:
        """What the data folder and the one of temporary files hold, but SQLite's and what is deployed."""
        kept = {"static", "server.log", "serve.lock"}
        return {
            str(path.relative_to(folder))
            for folder in (self.server.data, self.server.data.parent / "tmp")
            for path in folder.rglob("*")
            if path.is_file() and path.relative_to(folder).parts[0] not in kept and "sqlite3" not in path.name
        }


@pytest.fixture
def room(disk: Path, fresh_data: Path) -> Iterator[Room]:
    if "DATABASE_URL" in os.environ:
        pytest.skip("PostgreSQL keeps its tables on another disk")
    (disk / "tmp").mkdir()
    server = Server(disk, seed=fresh_data, TMPDIR=str(disk / "tmp")).unmeasured()
    try:
        made = json.loads(server.do(_WORLD).splitlines()[-1])
        yield Room(server.start(), *made)
    finally:
        server.close()


def test_everybody_is_told_and_nothing_half_written_stays(room: Room, disk: Path, tmp_path: Path) -> None:
    token = room.token(room.board + "video/")
    before = room.files()
    own = f"/s/{room.person}/"
    film = b"\0\0\0\x18ftypmp42" + bytes(4_000_000)
    backup = tmp_path / "sauvegarde.zip"
    with full_disk.filled(disk):
        answers = {
            "join": room.post(f"/rejoindre/{room.code}/", pseudonym="Sterne"),
            "answer": room.post(
                f"{own}enregistrer/",
                **{
                    "part": "1",
                    "writer": "page-abcd",
                    "base-q1-reponse": "0",
                    "q1-reponse": "Un texte tardif.",
                },
            ),
            "help": room.post(f"{own}aide/"),
            "image": room.send(f"{own}images/", "image", files.jpeg()),
            "poster": room.post(f"{own}citer/", annexe="1"),
            "export": room.post(f"{room.board}documents/fiches/", act="prepare", csrfmiddlewaretoken=token),
            "sign-in": room.post("/connexion/", username="colette", password="sable et marée"),
            "film": room.send(f"{room.board}video/", "video", film + bytes(4_000_000), token=token),
            "large body": room.send("/connexion/", "password", bytes(9_000_000)),
        }
        told = {name: (status, TOLD in said) for name, (status, said) in answers.items()}
        status, fragment = room.send(f"{own}images/", "image", files.jpeg(), **{"X-Fragment": "1"})
        saved = backups.manage(room.server, "backup", str(backup))
        assert room.ask("GET", own)[0] == room.ask("GET", room.board)[0] == 200, "reading goes on"
        left = room.files()
    assert told == dict.fromkeys(told, (503, True))
    assert (status, fragment.count("<p"), TOLD in fragment, "<html" in fragment) == (503, 1, True, False)
    assert (saved.returncode, "Le disque est plein" in saved.stderr) == (1, True)
    assert not backup.exists()
    assert left == before
    assert room.post(f"/rejoindre/{room.code}/", pseudonym="Sterne")[0] == 302
    assert room.send(f"{own}images/", "image", files.jpeg())[0] == 200
