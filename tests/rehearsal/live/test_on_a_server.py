"""A rehearsal on a real server: from its form to nothing, with a kill -9 in the middle."""

import http.client
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.harness.server import Server
from tests.ops.actions.test_purge import SQLITE, in_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATIENCE_S = 60
TEACHER = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from metroloco_site.accounts.models import User
owner = User.objects.create_user("colette", "sable et marée haute")
session = SessionStore()
session[SESSION_KEY] = str(owner.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
session.create()
print(session.session_key)
"""
STATE = """
import json
from lessons.models import *
from lessons.queries.documents import document
run = ClassRun.objects.get()
people = run.participants.exclude(simulated=None)
answers = Answer.objects.filter(sitting__phase__run=run)
print(json.dumps({
    "people": people.count(),
    "names": list(people.values_list("pseudonym", flat=True)),
    "words": sum(answers.values_list("words", flat=True)),
    "texts": [text for text in answers.values_list("text", flat=True) if len(text) > 40],
    "unseen": SetAside.objects.filter(reason="unseen").count(),
    "posters": [document(poster).words for poster in Poster.objects.filter(group__run=run)],
}))
"""
DRAW = """
from django.db import transaction
from django.utils import timezone
from random import Random
from lessons.actions import groups
from lessons.models import ClassRun
from lessons.queries.grouping import snapshot
with transaction.atomic():
    run = ClassRun.objects.get()
    groups.draw(run=run, rng=Random(1), now=timezone.now(), seen=snapshot(run).digest, sure=False)
"""
STORED = """
from django.apps import apps
kept = ("user", "session", "migration", "contenttype", "permission")
print({m.__name__: m.objects.count() for m in apps.get_models()
       if m.__module__.startswith(("lessons.models.run", "lessons.models.work", "lessons.models.groups",
                                   "lessons.models.poster", "evaluations")) and m.objects.exists()})
"""


class Teacher:
    """Signed in, without a browser."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookie = f"enseignant={server.do(TEACHER).strip()}"

    def ask(self, path: str, data: dict[str, object] | None = None) -> tuple[int, str, str]:
        """Status, Location, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        headers = {"Cookie": self.cookie, "Origin": self.server.url}
        form = {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
        body = urlencode(data) if data is not None else None
        connection.request("POST" if data is not None else "GET", path, body, {**headers, **form})
        answer = connection.getresponse()
        found = answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")
        connection.close()
        return found

    def press(self, page: str, path: str, data: dict[str, object]) -> str:
        """A button of this page; where it leads."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(page)[2])
        assert token
        status, location, body = self.ask(path, {"csrfmiddlewaretoken": token[1], **data})
        assert status == 302, body
        return location

    def state(self) -> Any:  # noqa: ANN401 - what the code prints
        return json.loads(self.server.do(STATE))

    def until(self, holds: Callable[[Any], bool]) -> Any:  # noqa: ANN401
        limit = time.monotonic() + PATIENCE_S
        while not holds(state := self.state()):
            assert time.monotonic() < limit, state
            time.sleep(0.3)
        return state


def test_a_rehearsal_from_its_form_to_nothing(server: Server) -> None:
    teacher = Teacher(server)
    new = "/prof/repetitions/nouvelle/"
    lesson = re.search(r'<option value="(\d+)"', teacher.ask(new)[2])
    assert lesson
    chosen = {"lesson": lesson[1], "students": 6, "speed": 15, "minutes_1": 15, "minutes_2": 8}
    board = teacher.press(new, new, chosen)
    teacher.until(lambda state: state["people"] == 5)
    teacher.press(board, f"{board}horloge/", {"part": 1, "kind": "start"})
    teacher.until(lambda state: state["words"] > 20)
    server.kill9()
    before = teacher.state()
    server.start()
    after = teacher.until(lambda state: state["words"] > before["words"] + 20 and state["people"] == 6)
    assert all(any(new.startswith(old) for new in after["texts"]) for old in before["texts"])
    assert after["unseen"] == 0
    assert "horloge ×&nbsp;15" in teacher.ask(board)[2]
    teacher.press(board, f"{board}horloge/", {"part": 1, "kind": "end"})
    server.do(DRAW)
    teacher.press(board, f"{board}horloge/", {"part": 2, "kind": "start"})
    state = teacher.until(lambda state: min(state["posters"]) > 10)
    assert len(state["posters"]) == 2
    assert state["people"] == 6
    sheets = f"{board}fiches/"
    assert all(name in teacher.ask(sheets)[2] for name in state["names"])

    code = server.do("from lessons.models import *\nprint(Participant.objects.first().personal_code)").strip()
    words = [state["names"][0], code, state["texts"][0][:30]]
    assert not SQLITE or all(in_bytes(server.data, word) for word in words)
    gone = teacher.press(board, f"{board}repetition/terminer/", {})
    assert gone == "/prof/"
    assert server.do(STORED).strip() == "{}"
    assert [in_bytes(server.data, word) for word in words] == [[], [], []]
    assert "Répétition" not in server.log
    assert not (server.data / "server.log").exists()  # nothing failed on the way
    assert teacher.ask(board)[0] == 404
