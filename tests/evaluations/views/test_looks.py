"""Copies in a shuffled order with the names hidden, one question across the class, and what is missing."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from lessons.models import ClassRun, Participant
from tests.harness.sheet_builders import grade, press, started_run
from tests.harness.sheet_builders import sheets_url as url

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return started_run(participants=2)


def test_names_are_hidden_until_they_are_wanted(person: Participant, teacher: Client) -> None:
    page = teacher.get(grade(person)).content.decode()
    assert f"<bdi>{person.pseudonym}</bdi></h1>" not in page
    assert "Voir le pseudonyme" in page
    assert re.search(r"<h1 tabindex=\"-1\"><bdi>Copie\xa0[12]</bdi></h1>", page)
    assert "Noms masqués" in page
    back = grade(person)
    shown = teacher.post(url("names-set", person.run.public_id), {"noms": "1", "retour": back})
    assert shown.headers["Location"] == back
    assert f"<bdi>{person.pseudonym}</bdi></h1>" in teacher.get(back).content.decode()
    teacher.post(reverse("lessons:discreet-set"), {"discret": "1"})
    assert person.pseudonym not in teacher.get(back).content.decode()
    teacher.post(url("names-set", person.run.public_id), {"noms": "0", "retour": back})
    assert person.pseudonym not in teacher.get(back).content.decode()


@pytest.mark.parametrize(
    "back", ["", "https://ailleurs.example/prof/", "//ailleurs.example/prof/", "/s/abc/"]
)
def test_the_way_back_stays_on_the_teachers_pages(back: str, run: ClassRun, teacher: Client) -> None:
    answer = teacher.post(url("names-set", run.public_id), {"noms": "1", "retour": back})
    assert answer.headers["Location"] == url("sheets-list", run.public_id)


def test_the_script_gets_the_copy_alone(person: Participant, teacher: Client) -> None:
    fragment = teacher.get(grade(person), headers={"X-Fragment": "1"}).content.decode()
    assert fragment.strip().startswith("<article")
    assert "<html" not in fragment
    assert "</form>" in fragment


@pytest.mark.parametrize(
    ("asked", "shown"), [("1", 1), ("2", 1), ("", 2), ("99", 2), ("x", 2), ("9" * 50, 2)]
)
def test_a_question_of_the_copy_or_all_of_it(
    asked: str, shown: int, person: Participant, teacher: Client
) -> None:
    page = teacher.get(f"{grade(person)}?question={asked}").content.decode()
    assert page.count('<section class="copy-answer">') == shown


def test_what_is_missing_leads_to_its_row(person: Participant, teacher: Client) -> None:
    press(teacher, person, "niveau-1", "3")
    page = teacher.get(url("missing-list", person.run.public_id)).content.decode()
    assert f"{grade(person)}#ligne-2" in page
    assert f"{grade(person)}#ligne-1" not in page
    assert "3\xa0lignes n’ont pas encore de niveau" in page
    for one in person.run.participants.all():
        for number in "12":
            press(teacher, one, f"niveau-{number}", "3")
    assert (
        "toutes les lignes de toutes les copies"
        in teacher.get(url("missing-list", person.run.public_id)).content.decode()
    )
