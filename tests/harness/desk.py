"""A class at work on the real server, for tests of the writing page: an activité, students, their desks."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.harness.browser import NewContext
from tests.harness.server import Server

# A page that is cut off, or whose answers are broken on purpose, cannot but say so in the console.
OUTAGE = (r"Failed to load resource", r"net::ERR_", r"EventSource")
WIDE = {"width": 1280, "height": 720}
PHONE = {"width": 360, "height": 740}
FIELD = "q1-reponse"

_OPEN = """
import itertools, json
from datetime import timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from tests.harness import builders as make
from lessons.actions import runs
from lessons.models import ClassRun, Lesson
make._numbers = itertools.count((1 + ClassRun.objects.count()) * 1000)  # several activités on one server
now = timezone.now()
owner = make.user()
run = runs.create_run(owner=owner, lesson=Lesson.objects.first() if {pack} else make.lesson(), label="Seconde 4",
                      minutes={{}}, delete_on=now.date() + timedelta(days=30), now=now)
people = [make.participant(run, name, now) for name in {names}]
run.phases.filter(part__number=1).update(seconds={seconds})
{before}
if {started}:
    make.start(run, now)
session = SessionStore()
session[SESSION_KEY] = str(owner.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
session.save()
cookies = [make.student_client(person).cookies["participant"].value for person in people]
print(json.dumps({{"run": run.public_id, "session": session.session_key,
                  "people": [[p.public_id, c] for p, c in zip(people, cookies)]}}))
"""
_LATER = """
from datetime import timedelta
from django.db.models import F
from lessons.models import PhaseEvent, Phase, Sitting
back = timedelta(seconds={seconds})
PhaseEvent.objects.update(at=F("at") - back)
Phase.objects.exclude(ends_at=None).update(ends_at=F("ends_at") - back)
Sitting.objects.exclude(ends_at=None).update(ends_at=F("ends_at") - back)
"""
_END = """
from django.utils import timezone
from lessons.actions.clock import act
from lessons.models import Phase
phase = Phase.objects.get(run__public_id="{run}", part__number=1)
act(phase=phase, kind="end", now=timezone.now(), keeps_extra=False)
"""
_CLOSE = """
from django.utils import timezone
from lessons.actions import runs
from lessons.models import ClassRun
runs.close(run=ClassRun.objects.get(public_id="{run}"), now=timezone.now())
"""
_STORED = """
import json
from lessons.models import Answer, SetAside
person = {{"sitting__participant__public_id": "{person}", "question__number": {question}, "field": "{key}"}}
answer = Answer.objects.get(**person)
aside = [[a.reason, a.text, a.dismissed_at is None] for a in SetAside.objects.filter(answer=answer).order_by("pk")]
print(json.dumps([answer.text, answer.revision, aside]))
"""


@dataclass
class Stored:
    """One answer as the database has it; `aside`: (reason, text, still waiting)."""

    text: str
    revision: int
    aside: list[tuple[str, str, bool]]


@dataclass
class Desk:
    """One student's page."""

    page: Page

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def area(self, field: str = FIELD) -> Locator:
        return self.page.locator(f"#{field}")

    def saved(self, field: str = FIELD) -> Locator:
        return self.page.locator(f'[data-field="{field}"] .saved')

    def conflict(self, field: str = FIELD) -> Locator:
        return self.page.locator(f'[data-field="{field}"] .conflict')

    def offline(self) -> Locator:
        return self.page.locator("#hors-ligne")

    def expect_state(self, state: str, field: str = FIELD, seconds: float = 10) -> None:
        expect(self.saved(field)).to_have_attribute("data-state", state, timeout=seconds * 1000)

    def write(self, text: str, field: str = FIELD) -> None:
        self.area(field).fill(text)
        self.expect_state("saved", field)


@dataclass
class Room:
    """An activité on a real server."""

    server: Server
    new_context: NewContext
    run: str
    session: str
    people: list[tuple[str, str]]

    def device(self, student: int = 0, **options: Any) -> BrowserContext:
        """A browser in which this student has joined."""
        context = self.new_context(tolerate=OUTAGE, **{"viewport": WIDE, **options})
        value = self.people[student][1]
        context.add_cookies([{"name": "participant", "value": value, "url": self.server.url}])
        return context

    def address(self, student: int = 0) -> str:
        return f"{self.server.url}/s/{self.people[student][0]}/"

    def desk(
        self,
        student: int = 0,
        context: BrowserContext | None = None,
        prepare: Callable[[Page], object] = str,
        **options: Any,
    ) -> Desk:
        """The student's page, open, on a device of its own unless `context` is given."""
        page = (context or self.device(student, **options)).new_page()
        prepare(page)
        page.goto(self.address(student))
        return Desk(page)

    def board(self) -> Page:
        """The teacher's board."""
        context = self.new_context(tolerate=OUTAGE, viewport=WIDE)
        context.add_cookies([{"name": "enseignant", "value": self.session, "url": self.server.url}])
        page = context.new_page()
        page.goto(f"{self.server.url}/prof/activites/{self.run}/")
        return page

    def shell(self, code: str) -> Any:  # noqa: ANN401 - whatever the code prints
        """Runs Python on the same data; gives what its last line prints as JSON, if it does."""
        out = self.server.do(code).strip()
        return json.loads(out.splitlines()[-1]) if out else None

    def later(self, seconds: float) -> None:
        """Lets this much time pass for the class, as the server sees it."""
        self.shell(_LATER.format(seconds=seconds))

    def end(self) -> None:
        """« Terminer la partie » for all; no page is told."""
        self.shell(_END.format(run=self.run))

    def close(self) -> None:
        """« Clore l’activité »; no page is told."""
        self.shell(_CLOSE.format(run=self.run))

    def tell(self) -> None:
        """The teacher changes what is projected: every page is told the state as it stands now."""
        page = self.board()
        page.get_by_role("button", name="Annexe 1").first.click()
        expect(page.locator('[value="annexe-1"]')).to_have_attribute("aria-current", "true")
        page.context.close()

    def expect_stored(self, text: str, student: int = 0) -> None:
        """What a page sends as it goes is stored a moment later."""
        end = time.monotonic() + 15
        while self.stored(student).text != text:
            assert time.monotonic() < end, self.stored(student)
            time.sleep(0.05)

    def stored(self, student: int = 0, question: int = 1, key: str = "reponse") -> Stored:
        code = _STORED.format(person=self.people[student][0], question=question, key=key)
        text, revision, aside = self.shell(code)
        return Stored(text, revision, [(reason, kept, waits) for reason, kept, waits in aside])


def open_room(
    server: Server,
    new_context: NewContext,
    *,
    students: int = 1,
    seconds: float = 900,
    before: str = "",
    started: bool = True,
    pack: bool = False,
) -> Room:
    """An activité whose part 1 lasts so many seconds; `before` is Python run before its start."""
    names = [f"Dune {number}" for number in range(1, students + 1)]
    code = _OPEN.format(names=names, seconds=int(seconds), before=before, started=started, pack=pack)
    room = Room(server, new_context, "", "", [])
    made = room.shell(code)
    return Room(server, new_context, made["run"], made["session"], [tuple(p) for p in made["people"]])
