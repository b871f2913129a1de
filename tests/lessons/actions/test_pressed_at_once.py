"""The same form, twice in the same instant, in threads: the later press waits, and gets what the first made.

On PostgreSQL; SQLite, whose writers queue, is pressed through the real server (views/test_joining_at_once.py).
"""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from lessons.actions import joining, runs
from lessons.models import ClassRun, Participant
from metroloco_site.kit.once import Press
from tests.harness import builders as make
from tests.harness.builders import NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite's writers queue"
    ),
]
PRESS = Press("a" * 64, NOW)
TIMES = 4


def at_once(make_it: Callable[[], object]) -> list[object]:
    start = Barrier(TIMES)

    def send(_: int) -> object:
        try:
            start.wait(10)
            with transaction.atomic():
                return make_it()
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(send, range(TIMES)))


@pytest.fixture
def run() -> ClassRun:
    with transaction.atomic():
        return make.class_run()


def test_one_place(run: ClassRun) -> None:
    places = at_once(lambda: joining.join(run=run, pseudonym="Dune calme", now=NOW, once=PRESS).pk)
    assert set(places) == set(Participant.objects.values_list("pk", flat=True))
    assert len(set(places)) == 1


def test_one_activity(run: ClassRun) -> None:
    def create() -> int:
        made = runs.create_run(
            owner=run.owner, lesson=run.lesson, label="Seconde 4", minutes={}, delete_on=run.delete_on,
            now=NOW, once=PRESS,
        )  # fmt: skip
        return made.pk

    made = at_once(create)
    assert len(set(made)) == 1
    assert ClassRun.objects.count() == 2


def test_ten_billets(run: ClassRun) -> None:
    made = at_once(
        lambda: [
            person.pk for person in joining.make_tickets(run=run, count=10, rng=random.Random(1), once=PRESS)
        ]
    )
    assert all(one == made[0] for one in made)
    assert Participant.objects.count() == 10
