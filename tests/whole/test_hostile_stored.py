"""The fifty hostile texts through every way in on PostgreSQL, which refuses what SQLite takes: NUL, half characters.

tests/whole/test_hostile_paths.py reads all pages after them, on SQLite; here is whether they are stored as they are.
"""

import pytest
from django.db import connection
from django.utils import timezone

from lessons.actions.clock import act
from lessons.models import ClassRun, Group
from lessons.rules import texts
from lessons.rules.clock import Kind
from tests.harness import builders as make
from tests.harness.hostile import FIFTY
from tests.whole.test_hostile_paths import Walk, run, send_part_1, send_part_2, teach

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["run"]


@pytest.fixture(autouse=True)
def _postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the pages are read on SQLite in test_hostile_paths")


def test_every_text_of_part_1_is_there_as_it_was_sent(run: ClassRun) -> None:
    person = run.participants.earliest("number")
    client, walk = make.student_client(person), Walk()
    for name, text in FIFTY.items():
        walk.text = name
        send_part_1(walk, run, person, text)  # the answer, as it was stored; a request
        teach(walk, run, person, text)  # the name, the observations, the remark, the reason of a refusal
        held = str(client.get(f"/s/{person.public_id}/donnees.json").json())
        assert repr(texts.clean(text)) in held, name
    assert not walk.faults


def test_every_text_of_a_poster_is_there_as_it_was_sent(run: ClassRun) -> None:
    person, walk = run.participants.earliest("number"), Walk()
    image = make.image(Group.objects.get(run=run).poster)
    act(phase=make.phase(run), kind=Kind.END, now=timezone.now(), keeps_extra=False)
    act(phase=make.phase(run, 2), kind=Kind.START, now=timezone.now())
    for name, text in FIFTY.items():
        walk.text = name
        send_part_2(walk, person, image, text)  # and looks: every text of the document is what was sent
    assert not walk.faults
