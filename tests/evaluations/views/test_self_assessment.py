"""The student says where they stand, on the same grid, if the teacher opens it; the teacher reads it beside."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import actions
from evaluations.models import Assessment, SelfAssessment
from lessons.actions import runs
from lessons.models import ClassRun, Participant
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.sheet_builders import criterion, grade, sheets_url, started_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    run = started_run(participants=2)
    actions.open_self_assessment(run=run, now=NOW)
    return run


@pytest.fixture
def student(person: Participant) -> Client:
    return make.student_client(person)


def own(person: Participant) -> str:
    return reverse("evaluations:self-assess", args=[person.public_id])


def test_the_student_finds_it_fills_it_in_and_changes_it(person: Participant, student: Client) -> None:
    answer = student.post(own(person), {"niveau-1": "3", "niveau-2": ""}, follow=True)
    page = answer.content.decode()
    assert "Enregistré à" in page
    assert '<input type="radio" name="niveau-1" value="3" checked>' in page
    assert '<input type="radio" name="niveau-2" value="" checked>' in page
    student.post(own(person), {"niveau-1": "", "avant-niveau-1": "3"})
    assert SelfAssessment.objects.get().level is None
    assert not Assessment.objects.exists(), "it never becomes the teacher's level"


def test_an_old_page_leaves_what_it_has_not_touched(person: Participant, student: Client) -> None:
    student.post(own(person), {"niveau-1": "3", "avant-niveau-1": ""})
    student.post(own(person), {"niveau-1": "", "avant-niveau-1": "", "niveau-2": "1", "avant-niveau-2": ""})
    levels = SelfAssessment.objects.order_by("criterion__number").values_list("level", flat=True)
    assert list(levels) == [3, 1]


@pytest.mark.parametrize("sent", [{"niveau-1": "5"}, {"niveau-1": "x"}])
def test_a_level_that_the_grid_does_not_have_is_refused(
    sent: dict[str, str], person: Participant, student: Client
) -> None:
    answer = student.post(own(person), sent)
    assert answer.status_code == 422
    assert "Rien n’est enregistré" in answer.content.decode()
    assert not SelfAssessment.objects.exists()


def test_words_are_not_the_students_to_write(person: Participant, student: Client) -> None:
    student.post(own(person), {"observations-1": "Excellent !", "generale": "Parfait", "niveau-1": "4"})
    assert SelfAssessment.objects.get().level == 4
    assert not Assessment.objects.exists()


def test_closed_means_closed_and_what_was_said_stays(
    run: ClassRun, person: Participant, student: Client
) -> None:
    student.post(own(person), {"niveau-1": "3"})
    actions.close_self_assessment(run=run)
    assert student.get(own(person)).status_code == 404
    page = student.post(own(person), {"niveau-1": "1"}, follow=True).content.decode()
    assert "vient d’être fermée" in page, "an open page is told what was kept"
    assert SelfAssessment.objects.get().level == 3
    with pytest.raises(actions.NotInGrid, match="fermée"):
        actions.assess_self(participant=person, marks=(), now=NOW)


def test_from_elsewhere_or_for_somebody_else_it_is_refused(run: ClassRun, person: Participant) -> None:
    classmate = run.participants.last()
    assert classmate is not None
    assert make.student_client(classmate).post(own(person), {"niveau-1": "3"}).status_code == 404
    elsewhere = make.student_client(person).post(
        own(person), {"niveau-1": "3"}, headers={"origin": "http://ailleurs.example"}
    )
    assert elsewhere.status_code == 403
    assert not SelfAssessment.objects.exists()


def test_the_teacher_opens_closes_and_reads_it_beside(person: Participant, student: Client) -> None:
    teacher = make.teacher_client(person.run.owner)
    listed = sheets_url("sheets-list", person.run.public_id)
    act = sheets_url("assessment-open", person.run.public_id)
    student.post(own(person), {"niveau-1": "2"})
    page = teacher.get(grade(person)).content.decode()
    assert "Autoévaluation\xa0:" in page
    assert '<input type="radio" name="niveau-1" value="" checked>' in page, "not the teacher's level"
    assert "Autoévaluation ouverte" in teacher.get(listed).content.decode()
    teacher.post(act, {"ouvrir": "0"})
    assert "Autoévaluation ouverte" not in teacher.get(listed).content.decode()
    teacher.post(act, {"ouvrir": "1"})
    assert "Autoévaluation ouverte" in teacher.get(listed).content.decode()
    actions.publish(run=person.run, now=NOW)
    sheet = student.get(reverse("evaluations:own-read", args=[person.public_id])).content.decode()
    assert "Votre avis\xa0:" in sheet


def test_the_students_page_leads_there_while_it_is_open(person: Participant, student: Client) -> None:
    runs.close(run=person.run, now=NOW)
    page = student.get(f"/s/{person.public_id}/").content.decode()
    assert own(person) in page
    assert 'data-assessing="1"' in page
    actions.close_self_assessment(run=person.run)
    page = student.get(f"/s/{person.public_id}/").content.decode()
    assert own(person) not in page


def test_it_is_told_to_the_student_before_publication(person: Participant, student: Client) -> None:
    student.post(own(person), {"niveau-1": "2"})
    actions.set_level(participant=person, criterion=criterion(person.run), level=4, now=NOW)
    page = student.get("/vos-donnees/").content.decode()
    mine = page.split('id="vous"')[1].split('id="detail"')[0]
    assert "Votre autoévaluation" in mine
    assert "insuffisant" in mine
    assert "très satisfaisant" not in mine


def test_publication_closes_it_for_good(run: ClassRun, person: Participant, student: Client) -> None:
    student.post(own(person), {"niveau-1": "2"})
    teacher = make.teacher_client(run.owner)
    listed = sheets_url("sheets-list", run.public_id)
    assert "L’autoévaluation se fermera" in teacher.get(listed).content.decode()
    teacher.post(sheets_url("results-publish", run.public_id))
    answer = student.post(own(person), {"niveau-1": "4"}, follow=True)
    page = answer.content.decode()
    assert "vient d’être fermée" in page
    assert "Votre fiche d’évaluation" in page, "and reads the sheet"
    assert SelfAssessment.objects.get().level == 2
    assert "Ouvrir l’autoévaluation" not in teacher.get(listed).content.decode()
    teacher.post(sheets_url("assessment-open", run.public_id), {"ouvrir": "1"})
    assert student.get(own(person)).status_code == 404, "nobody says where they stand after having read it"
    teacher.post(sheets_url("results-hide", run.public_id))
    assert student.get(own(person)).status_code == 404, "hiding does not open it again by itself"
    teacher.post(sheets_url("assessment-open", run.public_id), {"ouvrir": "1"})
    assert student.get(own(person)).status_code == 200


def test_closed_in_the_very_moment_it_was_sent(
    run: ClassRun, person: Participant, student: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = actions.assess_self

    def after_it_closed(**given: Any) -> None:
        actions.close_self_assessment(run=run)
        real(**given)

    monkeypatch.setattr(actions, "assess_self", after_it_closed)
    page = student.post(own(person), {"niveau-1": "4"}, follow=True).content.decode()
    assert "vient d’être fermée" in page
    assert not SelfAssessment.objects.exists()
