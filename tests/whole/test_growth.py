"""What one student asks costs the same however much the installation holds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import save_part
from lessons.models import Participant
from lessons.queries.alike import own
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from tests.harness import builders as make
from tests.harness.builders import NOW

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="counts the steps of SQLite's own machine"),
]
LATER = NOW + timedelta(minutes=1)


def steps_of(ask: Callable[[], object]) -> int:
    """How many instructions SQLite runs for it."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.connection.set_progress_handler(count, 1)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


def same_cost(person: Participant, ask: Callable[[], object]) -> None:
    alone = steps_of(ask)
    for _ in range(3):
        make.start(make.class_run(participants=10, of=person.run.lesson))
    assert alone > 50, "something is counted"
    assert steps_of(ask) <= alone * 1.1


@pytest.fixture
def person() -> Participant:
    run = make.class_run(participants=1)
    make.start(run)
    return run.participants.get()


def test_a_save(person: Participant) -> None:
    """SQLite once looked through every answer of the installation that has a field of this name."""
    seq = 0

    def save() -> None:
        nonlocal seq
        seq += 1
        draft = Draft(1, "reponse", f"état {seq}", 0, seq)
        save_part(token=Token(person.pk, 1), part=1, writer="page-1234", drafts=[draft], now=LATER)

    same_cost(person, save)


@pytest.mark.parametrize("ended", [False, True])
def test_the_page_of_a_part_that_has_just_begun_or_ended(person: Participant, ended: bool) -> None:
    if ended:
        act(phase=make.phase(person.run), kind=Kind.END, now=LATER)
    assert own(person.public_id, LATER) is not None  # what it shows is in memory from now on
    same_cost(person, lambda: own(person.public_id, LATER))
