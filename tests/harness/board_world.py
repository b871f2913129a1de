"""A class of many students in a real server, made at once: the browser tests of board and projector look at it."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext

from tests.harness.server import Server

NAMES = (
    "Huppe vive", "Loutre calme", "Sterne libre", "Genêt doré", "Pinède claire", "Courlis rieur", "Vague longue",
    "Bruyère rose", "Écureuil roux", "Marée haute", "Héron patient", "Ajonc fleuri", "Tortue sage", "Mésange bleue",
    "Sable chaud", "Lagune verte", "Grive musicienne", "Cigale gaie", "Fougère fine", "Balbuzard fier",
    "Dune blonde", "Étang calme", "Chêne-liège", "Aigrette fine", "Résine ambrée", "Renard discret", "Libellule vive",
    "Oyat souple", "Gravelot vif", "Pin maritime", "Salicorne", "Crabe pressé", "Milan noir", "Avocette",
    "Immortelle des dunes",
)  # fmt: skip

MAKE = """
import json
from datetime import timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import transaction
from django.utils import timezone
from lessons import live
from lessons.actions import joining, runs
from lessons.actions.clock import act, set_extra_time
from lessons.actions.saving import save_answers
from lessons.models import Lesson
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from lessons.views.doors import COOKIE_SALT
from metroloco_site.accounts.models import User
now = timezone.now() - timedelta(minutes=wanted["minutes_ago"])
user = User.objects.create_user(f"colette-{User.objects.count()}", "sable chaud et marée haute")
with transaction.atomic():
    run = runs.create_run(owner=user, lesson=Lesson.objects.newest().get(slug="metroloco"), label="Seconde 4, jeudi",
        minutes={1: wanted["minutes"]}, delete_on=timezone.localdate() + timedelta(days=30), now=now,
        video_link=wanted["video_link"])
    people = [joining.join(run=run, pseudonym=name, now=now) for name in wanted["names"]]
    for person in people[:wanted["extra"]]:
        set_extra_time(participant=person, unit="third", amount=0)
    if wanted["started"]:
        phase = run.phases.get(part__number=1)
        act(phase=phase, kind=Kind.START, now=now)
        for n, person in enumerate(people):
            text = "mot " * (7 * n % 90)
            half = text[: len(text) // 2]
            drafts = [Draft(1, "reponse", text + wanted["said"], 0, 1), Draft(2, "critere-1", half, 0, 1)]
            at = now + timedelta(minutes=wanted["minutes_ago"] * (n % 7) / 7)
            save_answers(token=joining.Token(person.pk, 1), phase=phase, writer="page-abcd", drafts=drafts, now=at)
        for n, person in enumerate(people):
            if n % 12 == 3:
                person.sittings.update(done_at=now)
            if n % 11 == 5:
                person.help_at = timezone.now() - timedelta(minutes=n % 5)
            person.absent = n % 17 == 9
            person.save()
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
run.refresh_from_db()
print(json.dumps({"run": run.public_id, "key": run.screen_key, "code": run.access_code, "session": session.session_key,
    "students": [{"id": p.public_id, "name": p.pseudonym, "token": live.token_for(run, "eleve", p),
        "cookie": signing.dumps([p.pk, p.token_version], salt=COOKIE_SALT)} for p in people]}))
"""


@dataclass
class World:
    server: Server
    made: dict[str, Any]

    @property
    def board(self) -> str:
        return f"{self.server.url}/prof/activites/{self.made['run']}/"

    @property
    def screen(self) -> str:
        return f"{self.server.url}/ecran/{self.made['key']}/"

    def student(self, number: int) -> str:
        return f"{self.server.url}/s/{self.made['students'][number]['id']}/"

    def sign_in(self, context: BrowserContext) -> BrowserContext:
        context.add_cookies([{"name": "enseignant", "value": self.made["session"], "url": self.server.url}])
        return context

    def seat(self, context: BrowserContext, number: int) -> BrowserContext:
        cookie = self.made["students"][number]["cookie"]
        context.add_cookies([{"name": "participant", "value": cookie, "url": self.server.url}])
        return context


def make_world(
    server: Server,
    *,
    names: Sequence[str] = NAMES,
    minutes_ago: float = 6,
    minutes: int = 15,
    started: bool = True,
    extra: int = 3,
    said: str = "",
    video_link: str = "",
) -> World:
    wanted = {
        "names": names, "minutes_ago": minutes_ago, "minutes": minutes, "started": started, "extra": extra,
        "said": said, "video_link": video_link,
    }  # fmt: skip
    return World(server, json.loads(server.do(f"wanted = {wanted!r}\n{MAKE}")))


@contextmanager
def listening(world: World, numbers: Sequence[int]) -> Iterator[list[socket.socket]]:
    """These students' pages are open, as far as the server knows: a stream each."""
    lines = []
    for number in numbers:
        line = socket.create_connection(("127.0.0.1", world.server.port))
        token = world.made["students"][number]["token"]
        line.sendall(
            f"GET /live/{token}/flux HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n\r\n".encode()
        )
        line.recv(64)
        lines.append(line)
    try:
        yield lines
    finally:
        for line in lines:
            line.close()
