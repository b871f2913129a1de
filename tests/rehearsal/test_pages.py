"""The pages of a rehearsal: its form, its mark on every screen, its end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lessons.models import ClassRun, Participant
from metroloco_site.rehearsal.actions import rehearsal
from metroloco_site.rehearsal.rules.behaviour import SIGN, Trait
from tests.harness.builders import make

pytestmark = pytest.mark.django_db
NEW = "/prof/repetitions/nouvelle/"


def chosen(**other: object) -> dict[str, object]:
    lesson = make.lesson()
    return {"lesson": lesson.pk, "students": 28, "speed": 15, "minutes_1": 15, "minutes_2": 40, **other}


@pytest.fixture
def run() -> ClassRun:
    lesson, today = make.lesson(), timezone.localdate()
    setting = rehearsal.Setting(lesson, "Répétition du 23 novembre", 6, 5, {})
    return rehearsal.create(owner=make.user(), chosen=setting, today=today, now=timezone.now())


def test_the_form_makes_a_rehearsal_and_leads_to_its_board() -> None:
    client = make.teacher_client(make.user())
    answer = client.post(NEW, chosen())
    made = ClassRun.objects.get()
    assert answer.headers["Location"] == f"/prof/activites/{made.public_id}/"
    assert (made.rehearsal_students, made.rehearsal_speed) == (28, 15)
    assert [phase.seconds for phase in made.phases.all()] == [60, 160]
    assert made.label.startswith("Répétition du ")
    assert made.delete_on == timezone.localdate() + timedelta(days=1)
    again = client.post(NEW, chosen())
    assert again.status_code == 422
    assert "terminez-la d’abord" in again.content.decode()
    assert ClassRun.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"students": 7}, {"students": "x"}, {"speed": 2}, {"speed": 0}, {"minutes_1": 0}, {"lesson": 0}]
)
def test_what_is_not_offered_is_refused(wrong: dict[str, object]) -> None:
    answer = make.teacher_client(make.user()).post(NEW, chosen(**wrong))
    assert answer.status_code == 422
    assert not ClassRun.objects.exists()


def test_the_usual_choices_are_made() -> None:
    make.lesson()
    page = make.teacher_client(make.user()).get(NEW).content.decode()
    assert '<option value="28" selected>' in page
    assert '<option value="5" selected>' in page


def pages_of(run: ClassRun) -> dict[str, Client]:
    """Every kind of screen, and who opens it."""
    person = rehearsal.enter(run=run, number=1, trait=Trait.ORDINARY, now=timezone.now())
    make.groups(run, sizes=(1,))
    opened = {"gallery_opened_at": timezone.now(), "self_assessment_at": timezone.now()}
    ClassRun.objects.filter(pk=run.pk).update(results_published_at=timezone.now(), **opened)
    make.start(run, timezone.now())
    teacher, student = make.teacher_client(run.owner), make.student_client(person)
    desk = (
        "lessons:board-read", "lessons:participants-list", "lessons:groups-read", "lessons:posters-list",
        "lessons:run-delete", "lessons:vote-read", "evaluations:sheets-list", "evaluations:downloads-list",
        "evaluations:posters-grade", "privacy:requests-list", "rehearsal:rehearsal-end",
    )  # fmt: skip
    seat = (
        "lessons:student-read", "lessons:gallery-read", "evaluations:own-read", "evaluations:self-assess",
        "lessons:cases-read",
    )  # fmt: skip
    return {
        **{reverse(name, args=[run.public_id]): teacher for name in desk},
        reverse("evaluations:sheet-grade", args=[run.public_id, person.public_id]): teacher,
        **{reverse(name, args=[person.public_id]): student for name in seat},
        f"/ecran/{run.screen_key}/": Client(),
        f"/rejoindre/{run.access_code}/": Client(),
    }


def test_every_screen_says_that_it_is_a_rehearsal(run: ClassRun) -> None:
    for address, client in pages_of(run).items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert page.count('class="rehearsal"') == 1, address
        assert "6 élèves simulés · horloge ×&nbsp;5" in page
        assert ("/repetition/terminer/" in page) == address.startswith("/prof/")  # the teacher's alone


def test_the_screens_of_a_class_do_not() -> None:
    real = make.class_run(participants=1)
    make.start(real)
    teacher = make.teacher_client(real.owner)
    for address in (f"/prof/activites/{real.public_id}/", f"/ecran/{real.screen_key}/", "/prof/"):
        assert "rehearsal" not in teacher.get(address).content.decode()
    person = real.participants.get()
    assert "rehearsal" not in make.student_client(person).get(f"/s/{person.public_id}/").content.decode()


def test_the_list_shows_it_and_how_to_end_it(run: ClassRun) -> None:
    page = make.teacher_client(run.owner).get("/prof/").content.decode()
    assert "répétition</span>" in page
    assert f"/prof/activites/{run.public_id}/repetition/terminer/" in page
    assert "Changer la date" not in page


def test_the_end_is_asked_once_more_then_nothing_is_left(run: ClassRun) -> None:
    client, address = make.teacher_client(run.owner), f"/prof/activites/{run.public_id}/repetition/terminer/"
    assert "Terminer la répétition" in client.get(address).content.decode()
    assert make.teacher_client(make.user()).post(address).status_code == 404
    assert ClassRun.objects.exists()
    assert client.post(address).headers["Location"] == "/prof/"
    assert not ClassRun.objects.exists()
    assert client.post(address).status_code == 404  # pressed twice


def test_a_class_has_no_such_end() -> None:
    real = make.class_run()
    address = f"/prof/activites/{real.public_id}/repetition/terminer/"
    assert make.teacher_client(real.owner).post(address).status_code == 404
    assert ClassRun.objects.exists()


def test_its_date_cannot_be_put_off(run: ClassRun) -> None:
    later = (timezone.localdate() + timedelta(days=3)).isoformat()
    client = make.teacher_client(run.owner)
    date = reverse("lessons:deletion-set", args=[run.public_id])
    assert client.post(date, {"delete_on": later}).status_code == 404
    assert "Changer la date" not in client.get(f"/prof/activites/{run.public_id}/supprimer/").content.decode()
    assert ClassRun.objects.get().delete_on == timezone.localdate() + timedelta(days=1)


def test_a_simulated_student_is_told_as_such(run: ClassRun) -> None:
    person = rehearsal.enter(run=run, number=3, trait=Trait.ORDINARY, now=timezone.now())
    assert person.pseudonym.endswith(SIGN)
    page = make.student_client(person).get("/vos-donnees/").content.decode()
    assert "élève simulé" in page
    assert Participant.objects.get().simulated == 3


def test_the_boards_tiles_leave_out_what_the_band_says(run: ClassRun) -> None:
    make.start(run)
    person = Participant.objects.create(
        run=run, public_id="p", pseudonym="Dune calme (simulé)", personal_code="c", joined_at=timezone.now()
    )
    teacher = make.teacher_client(run.owner)
    tile = 'title="Dune calme (simulé)"><bdi>Dune calme<span class="visually-hidden"> (simulé)</span></bdi>'
    assert tile in teacher.get(f"/prof/activites/{run.public_id}/").content.decode()
    ClassRun.objects.update(rehearsal_speed=0)
    page = teacher.get(f"/prof/activites/{run.public_id}/").content.decode()
    assert f"<bdi>{person.pseudonym}</bdi>" in page


def test_six_students_are_said_to_have_no_vote() -> None:
    page = make.teacher_client(make.user()).get(NEW).content.decode()
    assert '<option value="6">6 (deux groupes\u00a0: pas de vote)</option>' in page
    assert '<option value="12">12</option>' in page
