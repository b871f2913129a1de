"""Joining, coming back, billets, latecomers: who gets in, who does not, and what they are told."""

import random
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lessons.actions import joining, runs
from lessons.actions.clock import act
from lessons.models import Answer, ClassRun, Participant, Sitting
from lessons.rules import codes, pseudonyms
from lessons.rules.clock import Kind
from lessons.views.guessing import seal
from tests.harness import builders as make
from tests.harness.builders import NOW, ORIGIN, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return make.class_run()


def anonymous() -> Client:
    return Client(headers={"origin": ORIGIN}, enforce_csrf_checks=True)


def tickets(run: ClassRun, count: int = 2) -> list[Participant]:
    return joining.make_tickets(run=run, count=count, rng=random.SystemRandom())


# --- the access code ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["{}", "{} ", "  {}", "{:.4}-{}"])
def test_the_code_is_read_as_people_type_it(run: ClassRun, shape: str) -> None:
    code = str(run.access_code).lower()
    typed = f"{code[:4]}-{code[4:]}" if "-" in shape else shape.format(code)
    answer = anonymous().post("/rejoindre/", {"code": typed})
    assert answer.headers["Location"] == f"/rejoindre/{run.access_code}/"


def test_a_wrong_code_is_told_with_what_to_do(run: ClassRun) -> None:
    answer = anonymous().post("/rejoindre/", {"code": "0000-0000"})
    assert answer.status_code == 422
    assert "n’est pas reconnu. Relisez-le au tableau" in answer.content.decode()


def test_a_closed_or_suspended_activity_has_no_code_left(run: ClassRun) -> None:
    code = run.access_code
    runs.suspend(run=run, now=NOW)
    assert anonymous().get(f"/rejoindre/{code}/").status_code == 404
    runs.unsuspend(run=run)
    assert anonymous().get(f"/rejoindre/{code}/").status_code == 404, "the code is a fresh one"
    assert anonymous().get(f"/rejoindre/{run.access_code}/").status_code == 200


# --- the pseudonym -----------------------------------------------------------------------------


def test_proposed_pseudonyms_are_free(run: ClassRun) -> None:
    make.participant(run, "Dune calme")
    page = anonymous().get(f"/rejoindre/{run.access_code}/").content.decode()
    assert page.count('<button class="btn" name="pseudonym"') == 6
    assert 'value="Dune calme"' not in page


@pytest.mark.parametrize("typed", ["Dune calme", "dune CALME", "  Dune   calme ", "Dune\u200b calme"])
def test_a_taken_pseudonym_is_refused_kindly(run: ClassRun, typed: str) -> None:
    make.participant(run, "Dune calme")
    answer = anonymous().post(f"/rejoindre/{run.access_code}/", {"pseudonym": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "est déjà pris. Choisissez un autre pseudonyme" in page
    assert page.count('<button class="btn" name="pseudonym"') == 6, "free ones are proposed beside"
    assert run.participants.count() == 1
    assert not answer.cookies


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u202e", "x" * 31])
def test_what_is_no_pseudonym_is_refused(run: ClassRun, typed: str) -> None:
    assert anonymous().post(f"/rejoindre/{run.access_code}/", {"pseudonym": typed}).status_code == 422
    assert not run.participants.exists()


@given(st.text(max_size=60))
def test_a_stored_pseudonym_has_no_hidden_sign(typed: str) -> None:
    kept = pseudonyms.clean(typed)
    assert len(kept) <= pseudonyms.MAX_LENGTH
    assert kept == " ".join(kept.split())
    assert not any(ch in kept for ch in "\u202e\u200b\x00\n")


def test_the_same_pseudonym_in_another_activity_is_nobody_elses_business(run: ClassRun) -> None:
    make.participant(run, "Dune calme")
    assert make.participant(make.class_run(), "Dune calme").number == 1


def test_numbers_follow_the_order_of_arrival(run: ClassRun) -> None:
    tickets(run, 2)
    assert make.participant(run).number == 3
    assert [person.number for person in run.participants.order_by("pk")] == [1, 2, 3]


def test_the_class_has_room_for_sixty(run: ClassRun) -> None:
    tickets(run, 40)
    tickets(run, 20)
    with pytest.raises(joining.CannotJoin, match="complète"):
        make.participant(run, "Une de trop")
    with pytest.raises(joining.CannotJoin, match="au plus 60"):
        tickets(run, 1)


# --- billets -----------------------------------------------------------------------------------


def test_billets_are_numbered_on_and_have_all_different_codes(run: ClassRun) -> None:
    first, more = tickets(run, 3), tickets(run, 2)
    assert [person.ticket_number for person in first + more] == [1, 2, 3, 4, 5]
    assert len({person.personal_code for person in first + more}) == 5
    assert len({person.pseudonym for person in first + more}) == 5


def test_a_billet_is_taken_with_its_code_and_gets_a_place(run: ClassRun) -> None:
    ticket = tickets(run)[0]
    make.start(run)
    assert not Sitting.objects.filter(participant=ticket).exists()
    answer = anonymous().post("/revenir/", {"personal_code": ticket.personal_code.upper().replace("-", " ")})
    assert answer.headers["Location"] == f"/s/{ticket.public_id}/"
    ticket.refresh_from_db()
    assert ticket.joined_at is not None
    assert Answer.objects.filter(sitting__participant=ticket).count() == 3


def test_a_billet_taken_twice_is_one_participant(run: ClassRun) -> None:
    ticket = tickets(run)[0]
    for _ in range(2):
        assert joining.come_back(personal_code=ticket.personal_code, now=NOW) == ticket
    assert run.participants.exclude(joined_at=None).count() == 1


def test_with_billets_alone_the_access_code_leads_to_the_personal_codes_form(run: ClassRun) -> None:
    ticket = tickets(run)[0]
    runs.set_tickets_only(run=run, tickets_only=True)
    client = anonymous()
    page = client.get(f"/rejoindre/{run.access_code}/").content.decode()
    assert "Entrez avec votre billet" in page
    assert 'action="/revenir/"' in page
    assert 'name="pseudonym"' not in page
    client.post(f"/rejoindre/{run.access_code}/", {"pseudonym": "Sans billet"})
    assert run.participants.count() == 2, "nobody comes in without one"
    assert client.post("/revenir/", {"personal_code": ticket.personal_code}).status_code == 302


def test_the_action_itself_refuses_who_has_no_billet(run: ClassRun) -> None:
    runs.set_tickets_only(run=run, tickets_only=True)
    with pytest.raises(joining.CannotJoin, match="billet"):
        make.participant(run)


@pytest.mark.parametrize("stop", [runs.suspend, runs.close])
def test_an_unused_billet_waits_while_the_activity_is_shut(run: ClassRun, stop: object) -> None:
    ticket = tickets(run)[0]
    stop(run=run, now=NOW)  # type: ignore[operator]
    with pytest.raises(joining.CannotJoin, match="n’accueille plus personne"):
        joining.come_back(personal_code=ticket.personal_code, now=NOW)


# --- coming back -------------------------------------------------------------------------------


def test_coming_back_on_another_device_keeps_the_first(run: ClassRun) -> None:
    person = make.participant(run)
    first, second = make.student_client(person), anonymous()
    assert second.post("/revenir/", {"personal_code": person.personal_code}).status_code == 302
    for client in (first, second):
        assert client.get(f"/s/{person.public_id}/").status_code == 200


@pytest.mark.parametrize("code", ["abaisser-abaisser-abaisser-abaisser", "un", "🙂", "-", "x" * 80])
def test_an_unknown_personal_code_is_told_with_what_to_do(run: ClassRun, code: str) -> None:
    answer = anonymous().post("/revenir/", {"personal_code": code})
    assert answer.status_code == 422
    assert "n’est pas reconnu" in answer.content.decode()
    assert not answer.cookies


def test_joining_another_activity_replaces_the_cookie(run: ClassRun) -> None:
    other = make.class_run()
    client = anonymous()
    client.post(f"/rejoindre/{run.access_code}/", {"pseudonym": "Dune calme"})
    client.post(f"/rejoindre/{other.access_code}/", {"pseudonym": "Dune calme"})
    first, second = run.participants.get(), other.participants.get()
    assert client.get(f"/s/{second.public_id}/").status_code == 200
    assert client.get(f"/s/{first.public_id}/").status_code == 404


def test_two_students_take_turns_on_one_pc(run: ClassRun) -> None:
    one, two = make.participant(run, "Huppe vive"), make.participant(run, "Loutre calme")
    client = anonymous()
    for person, other in ((one, two), (two, one), (one, two)):
        assert client.post("/revenir/", {"personal_code": person.personal_code}).status_code == 302
        assert person.pseudonym in client.get(f"/s/{person.public_id}/").content.decode()
        assert client.get(f"/s/{other.public_id}/").status_code == 404


def test_a_teacher_on_the_same_browser_keeps_both(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    client.post(f"/rejoindre/{run.access_code}/", {"pseudonym": "Dune calme"})
    person = run.participants.get()
    assert client.get(f"/s/{person.public_id}/").status_code == 200
    assert client.get("/prof/").status_code == 200
    client.post(f"/s/{person.public_id}/quitter/")
    assert client.get(f"/s/{person.public_id}/").status_code == 404
    assert client.get("/prof/").status_code == 200


def test_who_is_already_there_is_told_before_taking_a_second_place(run: ClassRun) -> None:
    person = make.participant(run, "Dune calme")
    page = make.student_client(person).get(f"/rejoindre/{run.access_code}/").content.decode()
    assert f'<a href="/s/{person.public_id}/">retournez à votre place</a>' in page
    elsewhere = make.student_client(make.participant(make.class_run()))
    assert "retournez" not in elsewhere.get(f"/rejoindre/{run.access_code}/").content.decode()


def test_leaving_the_place_takes_the_cookie_and_tells_no_code(run: ClassRun) -> None:
    person = make.participant(run)
    client = make.student_client(person)
    answer = client.post(f"/s/{person.public_id}/quitter/")
    assert answer.cookies["participant"]["max-age"] == 0
    assert person.personal_code not in answer.content.decode()
    assert client.get(f"/s/{person.public_id}/").status_code == 404


def test_the_home_page_lets_the_next_student_clear_the_place(run: ClassRun) -> None:
    person = make.participant(run, "Dune calme")
    client = make.student_client(person)
    assert f'action="/s/{person.public_id}/quitter/"' in client.get("/").content.decode()
    client.post(f"/s/{person.public_id}/quitter/")
    assert "Dune calme" not in client.get("/").content.decode()


# --- latecomers --------------------------------------------------------------------------------


def fields(person: Participant) -> int:
    return Answer.objects.filter(sitting__participant=person).count()


def test_a_latecomer_gets_a_place_with_the_time_that_is_left(run: ClassRun) -> None:
    phase = make.start(run)
    late = make.participant(run, now=at(10))
    assert fields(late) == 3
    assert Sitting.objects.get(participant=late).ends_at == phase.ends_at


def test_a_latecomer_with_extra_time_on_their_billet_has_it(run: ClassRun) -> None:
    ticket = tickets(run)[0]
    ticket.extra_unit = "third"
    ticket.save()
    phase = make.start(run)
    joining.come_back(personal_code=ticket.personal_code, now=at(5))
    assert phase.ends_at is not None
    assert Sitting.objects.get(participant=ticket).ends_at == phase.ends_at + timedelta(minutes=5)


def test_who_joins_while_paused_gets_a_place(run: ClassRun) -> None:
    make.start(run)
    act(phase=make.phase(run), kind=Kind.PAUSE, now=at(2))
    assert fields(make.participant(run, now=at(3))) == 3


def test_who_joined_after_the_end_gets_a_place_when_the_part_is_reopened(run: ClassRun) -> None:
    make.start(run)
    act(phase=make.phase(run), kind=Kind.END, now=at(5))
    late = make.participant(run, now=at(6))
    assert fields(late) == 0
    act(phase=make.phase(run), kind=Kind.REOPEN, now=at(7), seconds=300)
    assert fields(late) == 3
    assert Sitting.objects.get(participant=late).ends_at == at(12)


def test_who_joined_after_the_time_was_up_writes_once_it_is_reopened(run: ClassRun) -> None:
    make.start(run)
    late = make.participant(run, now=at(16))  # the bell rang at 15: nobody pressed a button
    act(phase=make.phase(run), kind=Kind.REOPEN, now=at(17), seconds=300)
    assert Sitting.objects.get(participant=late).ends_at == at(22)


def test_a_device_joins_while_the_real_clock_runs(run: ClassRun) -> None:
    make.start(run, now=timezone.now())
    client = anonymous()
    client.post(f"/rejoindre/{run.access_code}/", {"pseudonym": "Huppe vive"})
    page = client.get(f"/s/{run.participants.get().public_id}/").content.decode()
    assert 'name="q1-reponse"' in page


# --- from a QR code ----------------------------------------------------------------------------


def test_a_billets_seal_says_that_the_code_was_given(run: ClassRun) -> None:
    ticket = tickets(run)[0]
    code = ticket.personal_code
    assert seal(code) != seal(codes.new_personal_code())
    assert anonymous().post("/revenir/", {"personal_code": code, "seal": seal(code)}).status_code == 302
