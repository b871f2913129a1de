"""A class in a real installation, seen from outside, for the tests of backup, restore and purge."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.folders import ROOT
from tests.harness.server import Server

SEED = """
import json
from datetime import date, timedelta
from django.core import signing
from django.db import transaction
from django.utils import timezone
from lessons.actions import joining, runs
from lessons.actions.clock import act
from lessons.models import Lesson
from lessons.rules.clock import Kind
from lessons.views.doors import COOKIE_SALT
from metroloco_site.accounts.models import User
now = timezone.now()
with transaction.atomic():
    owner = User.objects.filter(username="colette").first() or User.objects.create_user("colette", "sable et marée")
    run = runs.create_run(
        owner=owner, lesson=Lesson.objects.first(), label="Seconde 4", minutes={},
        delete_on=date.today() + timedelta(days=DAYS), now=now,
    )
    people = [joining.join(run=run, pseudonym=f"NAME {n}", now=now) for n in range(COUNT)]
    act(phase=run.phases.first(), kind=Kind.START, now=now)
print(json.dumps([
    {"id": p.public_id, "cookie": signing.dumps([p.pk, 1], salt=COOKIE_SALT), "code": p.personal_code} for p in people
]))
"""


def python(server: Server, code: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs code with Django set up, on the server's data."""
    start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'metroloco_site.settings'; django.setup()\n"
    return subprocess.run(
        [sys.executable, "-c", start + code], cwd=ROOT, env=server.environment, capture_output=True, text=True,
        check=False, **options,
    )  # fmt: skip


def ask(server: Server, code: str) -> Any:  # noqa: ANN401
    """What the code prints, as JSON."""
    return json.loads(server.do("import json\n" + code))


def manage(server: Server, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """A management command that may refuse; one with `options` is a process of its own."""
    if not options:
        return server.hands.manage(*arguments)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=server.environment, capture_output=True,
        text=True, check=False, **options,
    )  # fmt: skip


def seed(server: Server, count: int, name: str = "Huppe", days: int = 30) -> list[dict[str, str]]:
    """An activité of so many students, its part 1 running; it goes in so many days."""
    code = SEED.replace("COUNT", str(count)).replace("NAME", name).replace("DAYS", str(days))
    people: list[dict[str, str]] = json.loads(server.do(code))
    return people


def content(server: Server) -> dict[str, int]:
    """Rows by table."""
    found: dict[str, int] = ask(
        server,
        "from django.apps import apps\n"
        "print(json.dumps({m._meta.db_table: m._default_manager.count() for m in apps.get_models()}))",
    )
    return found


@dataclass
class Writer:
    """One student who saves without rest; `acknowledged` is the revision that the server confirmed."""

    server: Server
    person: dict[str, str]
    acknowledged: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def write(self, stop: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        while not stop.is_set():
            start = time.monotonic()
            try:
                self._save(connection)
            except (OSError, http.client.HTTPException, AssertionError) as fault:
                self.faults.append(repr(fault))
                connection.close()
            self.slowest = max(self.slowest, time.monotonic() - start)
            stop.wait(0.02)
        connection.close()

    def _save(self, connection: http.client.HTTPConnection) -> None:
        seq = self.acknowledged + 1
        sent = {
            "name": "q1-reponse",
            "text": f"Le texte numéro {seq} " + "mot " * 150,
            "base": seq - 1,
            "seq": seq,
        }
        connection.request(
            "POST",
            f"/s/{self.person['id']}/enregistrer/",
            json.dumps({"part": 1, "writer": "ecrivain", "fields": [sent]}),
            {
                "Origin": self.server.url,
                "Content-Type": "application/json",
                "Cookie": f"participant={self.person['cookie']}",
            },
        )
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body[:200])
        result = json.loads(body)["fields"][0]
        assert result["outcome"] == "saved", result
        self.acknowledged = result["revision"]


@contextmanager
def writing(server: Server, people: list[dict[str, str]]) -> Iterator[list[Writer]]:
    """A class at work while the block runs."""
    stop, writers = threading.Event(), [Writer(server, person) for person in people]
    threads = [threading.Thread(target=writer.write, args=[stop]) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def until(true: Callable[[], bool], limit: float = 20) -> None:
    """Waits; fails after `limit` seconds."""
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def state(folder: Path) -> dict[str, bytes]:
    """Every byte of a data folder, but the lock and the server's own log."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("serve.lock", "server.log")
    }
