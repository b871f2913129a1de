"""A real server in a folder of its own, filled with runs; and the class that works on it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.harness.folders import ROOT
from tests.harness.server import Server


@dataclass(frozen=True)
class Run:
    """A run in the store, and what its teacher and students need to reach it."""

    pk: int
    code: str
    board: str
    session: str


def set_up(data: Path) -> None:
    """Gives this process the server's own settings and database. Once, before any import of ours."""
    os.environ["METROLOCO_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "metroloco_site.settings"
    import django

    django.setup()


def make_runs(count: int, marker: str, owners: int = 0) -> list[Run]:
    """So many runs of the lesson, each with a teacher who is signed in, or `owners` in turn."""
    from django.db import connection
    from django.utils import timezone

    from lessons.actions.runs import create_run
    from lessons.models import Lesson

    lesson = Lesson.objects.order_by("-pk")[0]
    now = timezone.now()
    made = []
    teachers = [_teacher(f"bench-{marker}-{index}") for index in range(owners or count)]
    for index in range(count):
        owner, session = teachers[index % len(teachers)]
        run = create_run(
            owner=owner, lesson=lesson, label="Seconde 4", minutes={}, delete_on=(now + timedelta(days=30)).date(),
            now=now,
        )  # fmt: skip
        made.append(Run(run.pk, str(run.access_code), f"/prof/activites/{run.public_id}/", session))
    connection.close()
    return made


def _teacher(name: str) -> tuple[Any, str]:
    from django.conf import settings
    from django.test import Client

    from metroloco_site.accounts.models import User

    owner = User.objects.create_user(name, "une phrase assez longue")
    client = Client()
    client.force_login(owner)
    return owner, client.cookies[settings.SESSION_COOKIE_NAME].value


def print_class(students: int) -> None:
    """A run whose part 1 has started, as JSON: what each student's page and browser hold."""
    from django.core import signing
    from django.db import transaction
    from django.utils import timezone

    from lessons import live
    from lessons.actions import clock, joining
    from lessons.live.tokens import COOKIE_SALT
    from lessons.models import Answer, ClassRun
    from lessons.queries.student import field_name
    from lessons.rules.clock import Kind

    run = ClassRun.objects.get(pk=make_runs(1, "classe")[0].pk)
    with transaction.atomic():
        people = [joining.join(run=run, pseudonym=f"Oiseau {n}", now=timezone.now()) for n in range(students)]
        clock.act(phase=run.phases.get(part__number=1), kind=Kind.START, now=timezone.now())
    made = []
    for person in people:
        answers = Answer.objects.filter(sitting__participant=person).select_related("question")
        made.append(
            {
                "sitting": answers[0].sitting_id,
                "token": live.token_for(run, "eleve", person),
                "cookie": signing.dumps([person.pk, person.token_version], salt=COOKIE_SALT),
                "fields": [field_name(answer.question.number, answer.field) for answer in answers],
            }
        )
    print(json.dumps(made))


def seats(runs: list[Run], students: int) -> list[dict[str, Any]]:
    """So many students in these runs in turn, part 1 started: what each one's page and browser hold."""
    from django.core import signing
    from django.db import connection, transaction
    from django.utils import timezone

    from lessons import live
    from lessons.actions import clock, joining
    from lessons.live.tokens import COOKIE_SALT
    from lessons.models import Answer, ClassRun
    from lessons.queries.student import field_name
    from lessons.rules.clock import Kind

    made: list[dict[str, Any]] = [{} for _ in range(students)]
    for index, entry in enumerate(runs):
        run = ClassRun.objects.get(pk=entry.pk)
        now = timezone.now()
        with transaction.atomic():
            places = range(index, students, len(runs))
            people = [joining.join(run=run, pseudonym=f"Oiseau {place}", now=now) for place in places]
            clock.act(phase=run.phases.get(part__number=1), kind=Kind.START, now=now)
        answers = Answer.objects.filter(sitting__participant=people[0]).select_related("question")
        fields = [field_name(answer.question.number, answer.field) for answer in answers]
        for place, person in zip(places, people, strict=True):
            made[place] = {
                "path": f"/s/{person.public_id}/",
                "token": live.token_for(run, "eleve", person),
                "cookie": signing.dumps([person.pk, person.token_version], salt=COOKIE_SALT),
                "fields": fields,
            }
    connection.close()
    return made


def past_runs(count: int, students: int = 5) -> None:
    """So many activités of the past, closed, with their texts, of twenty teachers."""
    from django.db import connection, transaction
    from django.utils import timezone

    from lessons.actions import clock, joining, runs
    from lessons.models import Answer, ClassRun
    from lessons.rules.clock import Kind

    found = make_runs(count, "passé", owners=20)
    for entry in found:
        run, now = ClassRun.objects.get(pk=entry.pk), timezone.now()
        with transaction.atomic():
            for number in range(students):
                joining.join(run=run, pseudonym=f"Oiseau {number}", now=now)
            clock.act(phase=run.phases.get(part__number=1), kind=Kind.START, now=now)
            Answer.objects.filter(sitting__phase__run=run).update(text="mot " * 100, words=100)
            runs.close(run=run, now=now)
    connection.close()


def print_groups(groups: int, members: int) -> None:
    """Runs of at most 32 students whose part 2 has started, as JSON: what each member's page and browser hold."""
    from django.core import signing
    from django.db import transaction
    from django.utils import timezone

    from lessons import live
    from lessons.actions import clock, joining
    from lessons.live.tokens import COOKIE_SALT
    from lessons.models import ClassRun, Group, Membership, Poster
    from lessons.rules.clock import Kind

    now, a_run = timezone.now(), max(1, 32 // members)
    runs = [ClassRun.objects.get(pk=made.pk) for made in make_runs(-(-groups // a_run), f"groupes-{groups}")]
    made = []
    for number in range(groups):
        run = runs[number // a_run]
        with transaction.atomic():
            group = Group.objects.create(run=run, number=number + 1, formed_at=now)
            Poster.objects.create(group=group)
            for seat in range(members):
                person = joining.join(run=run, pseudonym=f"Oiseau {number} {seat}", now=now)
                Membership.objects.create(group=group, participant=person, seat=seat)
                cookie = signing.dumps([person.pk, person.token_version], salt=COOKIE_SALT)
                token = live.token_for(run, "eleve", person)
                path = f"/s/{person.public_id}/"
                made.append({"group": group.pk, "path": path, "token": token, "cookie": cookie})
    for run in runs:
        with transaction.atomic():
            clock.act(phase=run.phases.get(part__kind="group"), kind=Kind.START, now=now)
    print(json.dumps(made))


def stored_texts() -> dict[str, dict[str, str]]:
    """{path of the student: {field: text}} as the store has it, and what was set aside under « + field »."""
    from django.db import connection

    from lessons.models import Answer
    from lessons.queries.student import field_name

    rows = Answer.objects.values_list("sitting__participant__public_id", "question__number", "field", "text")
    found: dict[str, dict[str, str]] = {}
    for public_id, number, key, content in rows:
        found.setdefault(f"/s/{public_id}/", {})[field_name(number, key)] = content
    connection.close()
    return found


def lost(acknowledged: dict[str, dict[str, str]]) -> int:
    """Texts that the server said were saved and that the store does not have."""
    stored = stored_texts()
    return sum(
        stored.get(path, {}).get(name) != content
        for path, texts in acknowledged.items()
        for name, content in texts.items()
    )


class Students:
    """The client process, order by order."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.students"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, what: str, **order: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": what, **order}) + "\n")
        self.process.stdin.flush()
        report: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        return report

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


@contextmanager
def students() -> Iterator[Students]:
    made = Students()
    try:
        yield made
    finally:
        made.end()


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server on an empty folder, with the lesson loaded."""
    made = Server(folder)
    try:
        yield made.start()
    finally:
        made.close()
