"""A lesson that is not Metroloco, played from end to end: nothing in the program knows the one it came with."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from evaluations.models import Assessment
from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import save_answers
from lessons.models import Answer, ClassRun, Lesson
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from metroloco_site.packs.actions.loading import load_pack
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.folders import ATELIER, ROOT

pytestmark = pytest.mark.django_db


def ago(minutes: int) -> datetime:
    """So many minutes before now: the pages read the clock."""
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture
def run() -> ClassRun:
    lesson = load_pack(folder=ATELIER, now=NOW).lesson
    return make.class_run(of=lesson, participants=3)


def see(run: ClassRun, path: str) -> str:
    answer = make.teacher_client(run.owner).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_part_1_is_written_collected_and_graded(run: ClassRun) -> None:
    phase = make.start(run, ago(9))
    person = run.participants.select_related("run")[0]
    page = make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert "une soirée à l’atelier" in page
    assert 'alt="Le plan de l’atelier : l’entrée, trois tables, le coin café"' in page
    draft = Draft(1, "soiree", "On accueille, puis on répare.", 0, 1)
    save_answers(token=Token(person.pk, 1), phase=phase, writer="page-abcd", drafts=[draft], now=ago(8))
    assert Answer.objects.get(sitting__participant=person, field="soiree").text == draft.text
    act(phase=phase, kind=Kind.END, now=ago(2), keeps_extra=False)
    make.teacher_client(run.owner).post(
        f"/prof/activites/{run.public_id}/projection/", {"show": "expected-2"}
    )
    screen = see(run, f"/ecran/{run.screen_key}/")
    assert "on répare avec le visiteur" in screen
    sheet = see(run, f"/prof/activites/{run.public_id}/fiches/{person.public_id}/")
    assert "les étapes sont là, dans l’ordre" in sheet
    assert "en progrès" in sheet
    assert not Assessment.objects.exists()


def test_part_2_is_played_in_a_group(run: ClassRun) -> None:
    make.start(run, ago(9))
    act(phase=make.phase(run), kind=Kind.END, now=ago(2), keeps_extra=False)
    make.groups(run, (3,))
    act(phase=make.phase(run, 2), kind=Kind.START, now=ago(1))
    person = run.participants.all()[0]
    page = make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert "ce que le cahier contient" in page
    assert "Une application gratuite" in page
    assert "Groupe\u00a01" in page or "Groupe 1" in page
    see(run, f"/prof/activites/{run.public_id}/")
    see(run, f"/ecran/{run.screen_key}/")
    assert person.pseudonym in see(run, f"/prof/activites/{run.public_id}/groupes/")


def test_both_lessons_are_offered(run: ClassRun) -> None:
    load_pack(folder=ROOT / "fixtures/metroloco", now=NOW)
    page = see(run, "/prof/activites/nouvelle/")
    assert "Réparer ensemble" in page
    assert all(lesson.title in page for lesson in Lesson.objects.newest())
