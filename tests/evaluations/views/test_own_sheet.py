"""The student's own sheet on screen: theirs alone, and only once it is published."""

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import actions
from lessons.actions import participants
from lessons.models import ClassRun, Participant
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import HOSTILE, criterion, late, started_run, write

pytestmark = pytest.mark.django_db
OWN = ["own-read", "own-print"]


@pytest.fixture
def run() -> ClassRun:
    run = started_run(participants=2)
    actions.publish(run=run, now=NOW)
    return run


def url(person: Participant, name: str = "own-read") -> str:
    return reverse(f"evaluations:{name}", args=[person.public_id])


def test_the_student_reads_levels_observations_remark_and_text(person: Participant) -> None:
    write(person, 1, "reponse", "Ce que j’ai écrit")
    participants.decide_late(
        late=late(write(person, 2, "differences", ""), "Accepté ensuite"), accept=True, now=at(40)
    )
    actions.set_level(participant=person, criterion=criterion(person.run), level=3, now=NOW)
    actions.set_observations(
        participant=person, criterion=criterion(person.run), observations="Précisez.", now=NOW
    )
    actions.set_remark(participant=person, text="Continuez ainsi.", now=NOW)
    page = make.student_client(person).get(url(person)).content.decode()
    for text in ("satisfaisant", "Précisez.", "Continuez ainsi.", "Ce que j’ai écrit", "Accepté ensuite"):
        assert text in page
    assert "rendu en retard, accepté" in page
    assert "non évalué" in page, "the second row has no level, which is not TI"
    assert url(person, "own-print") in page


def test_the_expected_elements_are_not_for_students(person: Participant) -> None:
    assert "attendu" not in make.student_client(person).get(url(person)).content.decode()


@pytest.mark.parametrize("name", OWN)
def test_unpublished_is_hidden_and_hiding_again_too(name: str, person: Participant) -> None:
    client = make.student_client(person)
    assert client.get(url(person, name)).status_code == 200
    actions.hide(run=person.run)
    assert client.get(url(person, name)).status_code == 404


@pytest.mark.parametrize("name", OWN)
def test_nobody_elses_sheet(name: str, run: ClassRun, person: Participant) -> None:
    classmate = run.participants.last()
    assert classmate is not None
    stranger = started_run().participants.get()
    for client in (
        make.student_client(classmate),
        make.student_client(stranger),
        Client(),
        make.teacher_client(run.owner),
    ):
        assert client.get(url(person, name)).status_code == 404


@pytest.mark.parametrize("name", OWN)
def test_the_old_cookie_of_a_removed_student_opens_nothing(name: str, person: Participant) -> None:
    client = make.student_client(person)
    participants.remove(participant=person, now=NOW)
    assert client.get(url(person, name)).status_code == 404


@pytest.mark.parametrize("name", OWN)
def test_the_wrong_method_is_refused(name: str, person: Participant) -> None:
    client = make.student_client(person)
    client.handler.enforce_csrf_checks = False
    assert client.post(url(person, name)).status_code == 405


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_shown_as_text(name: str, person: Participant) -> None:
    write(person, 1, "reponse", HOSTILE[name])
    response = make.student_client(person).get(url(person))
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_no_cache_keeps_it(person: Participant) -> None:
    for name in OWN:
        assert make.student_client(person).get(url(person, name)).headers["Cache-Control"] == "no-store"
