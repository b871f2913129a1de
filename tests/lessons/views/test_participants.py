"""What the teacher does for one student: rename, hide, absent, on paper, remove, take back, new code, billet."""

import random
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lessons.actions import joining, participants, runs
from lessons.actions.clock import act, set_extra_time
from lessons.models import Answer, ClassRun, Participant, SetAside, Sitting
from lessons.queries.board import Here, board
from lessons.queries.clock import longest_extra
from lessons.rules.clock import Kind
from lessons.views.guessing import seal
from tests.evaluations.exports.test_sheets import words_of
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db
RUDE = "Gros Nul"


@pytest.fixture
def run() -> ClassRun:
    return make.class_run()


def people(run: ClassRun) -> str:
    return f"/prof/activites/{run.public_id}/participants/"


def page_of(person: Participant) -> str:
    return f"{people(person.run)}{person.public_id}/"


def press(teacher: Client, person: Participant, button: str) -> None:
    answer = teacher.post(page_of(person) + "agir/", {"act": button})
    assert answer.headers["Location"] == people(person.run)
    person.refresh_from_db()


def come_back(person: Participant) -> Participant:
    return joining.come_back(personal_code=person.personal_code, now=NOW)


# --- names -------------------------------------------------------------------------------------


def test_a_new_name_is_on_every_screen(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run, RUDE)
    assert teacher.post(page_of(person), {"pseudonym": "Dune calme"}).status_code == 302
    assert "Dune calme" in make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert RUDE not in teacher.get(people(run)).content.decode()


def test_a_taken_name_is_refused_and_nothing_changes(run: ClassRun, teacher: Client) -> None:
    make.participant(run, "Dune calme")
    person = make.participant(run, "Huppe vive")
    answer = teacher.post(page_of(person), {"pseudonym": "dune calme"})
    assert answer.status_code == 422
    assert "est déjà pris" in answer.content.decode()
    person.refresh_from_db()
    assert person.pseudonym == "Huppe vive"


def teachers_screens(run: ClassRun, person: Participant) -> list[str]:
    base = f"/prof/activites/{run.public_id}/"
    return [base, base + "fragment/", people(run), page_of(person), base + "retards/", base + "fiches/",
            f"/ecran/{run.screen_key}/", f"/ecran/{run.screen_key}/fragment/"]  # fmt: skip


def test_a_hidden_name_disappears_from_every_screen_but_its_owners(run: ClassRun, teacher: Client) -> None:
    make.participant(run, "Huppe vive")
    person = make.participant(run, RUDE)
    make.start(run)
    press(teacher, person, "hide")
    for address in teachers_screens(run, person):
        answer = teacher.get(address)
        assert answer.status_code in (200, 404), address
        assert RUDE not in answer.content.decode(), address
    assert "Élève\u00a02" in teacher.get(people(run)).content.decode()
    assert RUDE in make.student_client(person).get(f"/s/{person.public_id}/").content.decode()


def test_a_hidden_name_is_in_no_late_text_and_no_sheet(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run, RUDE)
    make.start(run)
    late = SetAside.objects.create(
        answer=Answer.objects.filter(sitting__participant=person).earliest("pk"), reason="late", text="tard",
        writer="page-1234", seq=1, received_at=at(20),
    )  # fmt: skip
    press(teacher, person, "hide")
    base = f"/prof/activites/{run.public_id}/"
    page = teacher.get(base + "retards/").content.decode()
    assert late.text in page
    assert RUDE not in page
    sheet = teacher.get(f"{base}fiches/{person.public_id}/")
    assert sheet.status_code == 200
    assert RUDE not in sheet.content.decode()


def test_a_hidden_name_can_be_shown_again(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run, "Dune calme")
    press(teacher, person, "hide")
    press(teacher, person, "show")
    assert "Dune calme" in teacher.get(people(run)).content.decode()


def test_a_new_name_ends_the_hiding_and_one_is_proposed(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run, RUDE)
    press(teacher, person, "hide")
    form = teacher.get(page_of(person)).content.decode()
    proposed = re.search(r'name="pseudonym" value="([^"]+)"', form)
    assert proposed
    teacher.post(page_of(person), {"pseudonym": proposed[1]})
    person.refresh_from_db()
    assert (person.hidden, person.shown_name) == (False, proposed[1])


def test_the_number_of_a_hidden_name_never_moves(run: ClassRun, teacher: Client) -> None:
    first, second = make.participant(run), make.participant(run)
    press(teacher, second, "hide")
    press(teacher, first, "remove")
    assert second.shown_name == "Élève\u00a02"


# --- presence ----------------------------------------------------------------------------------


def test_an_absent_student_gets_no_place_and_nobody_waits_for_them(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    set_extra_time(participant=person, unit="minutes", amount=10)
    press(teacher, person, "absent")
    phase = make.start(run)
    assert not Sitting.objects.filter(participant=person).exists()
    press(teacher, person, "present")
    assert Sitting.objects.get(participant=person).phase == phase
    assert longest_extra(phase) == 600
    press(teacher, person, "absent")
    assert longest_extra(phase) == 0
    shown = board(run, at(16), Here())
    assert shown.current is not None
    assert shown.current.still_writing == 0
    assert shown.correction_open


def test_what_an_absent_student_wrote_stays(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    make.start(run)
    Answer.objects.filter(sitting__participant=person).update(text="écrit hier", words=2)
    press(teacher, person, "absent")
    assert Answer.objects.filter(sitting__participant=person, text="écrit hier").count() == 3


def test_who_comes_back_is_there_whatever_was_noted(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    press(teacher, person, "absent")
    make.start(run)
    come_back(person)
    person.refresh_from_db()
    assert not person.absent
    assert Sitting.objects.filter(participant=person).exists()


# --- without a device --------------------------------------------------------------------------


def test_a_student_without_a_device_is_there_without_a_cookie(run: ClassRun, teacher: Client) -> None:
    make.start(run)
    answer = teacher.post(people(run) + "ajouter/", {"pseudonym": "Dune calme"})
    assert answer.status_code == 302
    assert "participant" not in answer.cookies
    person = run.participants.get()
    assert (person.on_paper, person.pseudonym) == (True, "Dune calme")
    assert Sitting.objects.filter(participant=person).exists()
    assert "copie papier" in teacher.get(people(run)).content.decode()


def test_a_pseudonym_is_proposed_where_the_teacher_types_none(run: ClassRun, teacher: Client) -> None:
    for _ in range(3):
        teacher.post(people(run) + "ajouter/", {"pseudonym": ""})
    assert len({person.pseudonym for person in run.participants.all()}) == 3


def test_a_taken_pseudonym_is_told_beside_the_field(run: ClassRun, teacher: Client) -> None:
    make.participant(run, "Dune calme")
    answer = teacher.post(people(run) + "ajouter/", {"pseudonym": "Dune calme"})
    assert answer.status_code == 422
    assert "est déjà pris" in answer.content.decode()


def test_a_device_breaks_and_comes_back(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    press(teacher, person, "paper")
    assert person.on_paper
    press(teacher, person, "device")
    assert not person.on_paper
    assert make.student_client(person).get(f"/s/{person.public_id}/").status_code == 200


def test_an_unused_billet_may_be_for_a_student_on_paper(run: ClassRun, teacher: Client) -> None:
    ticket = joining.make_tickets(run=run, count=1, rng=random.SystemRandom())[0]
    make.start(run)
    press(teacher, ticket, "paper")
    assert ticket.joined_at is not None
    assert Sitting.objects.filter(participant=ticket).exists()


# --- out and in again --------------------------------------------------------------------------


def test_removed_then_taken_back_with_all_the_work(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    make.start(run)
    Answer.objects.filter(sitting__participant=person).update(text="gardé", words=1)
    device = make.student_client(person)
    press(teacher, person, "remove")
    assert device.get(f"/s/{person.public_id}/").status_code == 404
    with pytest.raises(joining.UnknownCode):
        come_back(person)
    press(teacher, person, "readmit")
    assert device.get(f"/s/{person.public_id}/").status_code == 404, "the code is asked for again"
    assert come_back(person) == person
    assert Answer.objects.filter(sitting__participant=person, text="gardé").count() == 3


def test_taken_back_in_the_next_part_there_is_a_place(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    press(teacher, person, "remove")
    make.start(run)
    press(teacher, person, "readmit")
    assert Sitting.objects.filter(participant=person).exists()


def test_a_new_personal_code_closes_the_old_one(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    old, device = person.personal_code, make.student_client(person)
    press(teacher, person, "code")
    assert person.personal_code != old
    assert device.get(f"/s/{person.public_id}/").status_code == 404
    with pytest.raises(joining.UnknownCode):
        joining.come_back(personal_code=old, now=NOW)
    assert come_back(person) == person


def test_help_given_goes_back_to_the_board(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    participants.ask_help(participant=person, now=NOW, asked=True)
    answer = teacher.post(page_of(person) + "agir/", {"act": "helped"})
    assert answer.headers["Location"] == f"/prof/activites/{run.public_id}/"
    person.refresh_from_db()
    assert person.help_at is None


@pytest.mark.parametrize("button", ["", "delete", "merge", "hide;show"])
def test_an_unknown_button_does_nothing(run: ClassRun, teacher: Client, button: str) -> None:
    person = make.participant(run)
    before = Participant.objects.filter(pk=person.pk).values().get()
    assert teacher.post(page_of(person) + "agir/", {"act": button}).status_code == 404
    assert Participant.objects.filter(pk=person.pk).values().get() == before


def test_every_button_tells_the_screens(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    revisions = []
    for button in ("hide", "show", "absent", "present", "paper", "device", "code", "remove", "readmit"):
        press(teacher, person, button)
        run.refresh_from_db()
        revisions.append(run.revision)
    assert revisions == sorted(set(revisions)), "each raises the revision by which live pages know"


# --- billets on paper --------------------------------------------------------------------------


def test_one_billet_is_printed_again_with_the_code_of_the_moment(run: ClassRun, teacher: Client) -> None:
    lost, other = joining.make_tickets(run=run, count=2, rng=random.SystemRandom())
    first = printed(teacher, lost)
    assert lost.pseudonym in first
    assert together(lost.personal_code) in first
    assert other.pseudonym not in first
    old = lost.personal_code
    press(teacher, lost, "code")
    again = printed(teacher, lost)
    assert together(lost.personal_code) in again
    assert together(old) not in again


def printed(teacher: Client, person: Participant) -> str:
    return together(words_of(teacher.get(page_of(person) + "billet.pdf").content))


def together(text: str) -> str:
    """A code may go to the next line at a hyphen, which text extraction then leaves out."""
    return text.replace("-", "")


def test_who_has_no_billet_has_none_to_print(run: ClassRun, teacher: Client) -> None:
    assert teacher.get(page_of(make.participant(run)) + "billet.pdf").status_code == 404
    assert teacher.get(f"/prof/activites/{run.public_id}/billets.pdf").status_code == 404


def test_a_removed_billet_is_not_printed(run: ClassRun, teacher: Client) -> None:
    ticket = joining.make_tickets(run=run, count=1, rng=random.SystemRandom())[0]
    press(teacher, ticket, "remove")
    assert teacher.get(page_of(ticket) + "billet.pdf").status_code == 404


# --- who may enter -----------------------------------------------------------------------------


def test_billets_alone_from_the_list_and_back(run: ClassRun, teacher: Client) -> None:
    for chosen in ("1", "0"):
        teacher.post(f"/prof/activites/{run.public_id}/acces/", {"billets": chosen})
        run.refresh_from_db()
        assert run.tickets_only is (chosen == "1")


def test_billets_alone_from_the_new_activity(run: ClassRun, teacher: Client) -> None:
    day = timezone.localdate() + timedelta(days=20)
    form = {"lesson": run.lesson_id, "label": "Seconde 9", "minutes_1": 15, "minutes_2": 40, "delete_on": day}
    answer = teacher.post("/prof/activites/nouvelle/", form | {"tickets_only": "on"})
    made = ClassRun.objects.get(label="Seconde 9")
    assert made.tickets_only
    assert answer.headers["Location"] == people(made), "billets are what comes next"
    answer = teacher.post("/prof/activites/nouvelle/", form | {"label": "Seconde 8"})
    assert not ClassRun.objects.get(label="Seconde 8").tickets_only


# --- the pages themselves ----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 35])
def test_the_list_and_a_page_cost_the_same_for_one_and_for_a_class(
    run: ClassRun, teacher: Client, count: int, django_assert_num_queries: object
) -> None:
    person = [make.participant(run) for _ in range(count)][-1]
    make.start(run)
    teacher.get(page_of(person))  # the lesson's content is kept from now on
    with django_assert_num_queries(6):  # type: ignore[operator]  # session, user, run, phases, parts; people
        teacher.get(people(run))
    with django_assert_num_queries(8):  # type: ignore[operator]  # … the person, people, versions
        teacher.get(page_of(person))


def test_the_seal_of_a_billet_is_not_in_the_list(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    assert seal(person.personal_code) not in teacher.get(people(run)).content.decode()


def test_extra_time_is_kept_and_a_bad_value_is_told(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    assert teacher.post(page_of(person), {"unit": "minutes", "amount": ""}).status_code == 422
    assert teacher.post(page_of(person), {"unit": "minutes", "amount": "5"}).status_code == 302
    assert "5\u00a0min" in teacher.get(people(run)).content.decode()


def test_ended_part_then_present_again(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run)
    press(teacher, person, "absent")
    make.start(run)
    act(phase=make.phase(run), kind=Kind.END, now=at(3))
    press(teacher, person, "present")
    act(phase=make.phase(run), kind=Kind.REOPEN, now=at(4), seconds=60)
    assert Sitting.objects.filter(participant=person).exists()


def test_in_mode_discret_a_mirrored_screen_shows_nobody(run: ClassRun, teacher: Client) -> None:
    person = make.participant(run, "Dune calme")
    set_extra_time(participant=person, unit="third", amount=0)
    make.start(run)
    Answer.objects.filter(sitting__participant=person).update(text="un texte", words=2)
    teacher.post("/prof/mode-discret/", {"discret": "1"})
    for address in (people(run), page_of(person)):
        page = teacher.get(address).content.decode()
        assert "Mode discret\u00a0:" in page
        assert "Élève&nbsp;1" in page
        for secret in ("Dune calme", person.personal_code, "un tiers de la durée", "un texte"):
            assert secret not in page, (address, secret)


def test_a_copy_found_after_the_activity_is_closed_has_its_place(run: ClassRun, teacher: Client) -> None:
    make.start(run)
    runs.close(run=run, now=at(20))
    assert teacher.post(people(run) + "ajouter/", {"pseudonym": "Dune calme"}).status_code == 302
    person = run.participants.get()
    form = {"part": "1", "writer": "copie-1234", "q1-reponse": "Au fond du sac", "base-q1-reponse": "0"}
    assert teacher.post(page_of(person) + "copie/1/", form).status_code == 302
    assert Answer.objects.get(sitting__participant=person, field="reponse").text == "Au fond du sac"
