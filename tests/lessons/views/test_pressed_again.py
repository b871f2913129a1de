"""A slow network, and the button pressed again: one thing is made, and both presses get it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from lessons.actions import participants
from lessons.actions.joining import Token
from lessons.live.tokens import COOKIE, read_cookie
from lessons.models import ClassRun, Participant
from metroloco_site.kit import once
from tests.harness import builders as make
from tests.harness.builders import ORIGIN

pytestmark = pytest.mark.django_db
NUMBERS = re.compile(r'name="numero" value="([^"]+)"')
BILLETS = "billets/"
PAPER = "participants/ajouter/"


@pytest.fixture
def run() -> ClassRun:
    return make.class_run()


def numbers(client: Client, address: str) -> list[str]:
    return NUMBERS.findall(client.get(address).content.decode())


def door(run: ClassRun) -> str:
    return f"/rejoindre/{run.access_code}/"


def join(run: ClassRun, number: str, pseudonym: str = "Dune calme") -> tuple[int, str, object]:
    """From a browser that has no cookie yet: status, where to, and what the cookie that it got says."""
    client = Client(headers={"origin": ORIGIN})
    answer = client.post(door(run), {"pseudonym": pseudonym, "numero": number})
    held = client.cookies.get(COOKIE)
    return answer.status_code, answer.headers.get("Location", ""), read_cookie(held.value) if held else None


def later(model: type[once.MadeOnce], seconds: float) -> None:
    for made in model._default_manager.exclude(once=None):
        assert made.once_at
        made.once_at -= timedelta(seconds=seconds)
        made.save()


# --- joining ---------------------------------------------------------------------------------------


def test_each_form_of_each_page_has_a_number_of_its_own(run: ClassRun) -> None:
    given = numbers(Client(), door(run)) + numbers(Client(), door(run))
    assert len(given) == len(set(given)) == 4


def test_the_second_press_gets_the_same_place_and_its_cookie(run: ClassRun) -> None:
    number = numbers(Client(), door(run))[0]
    first, second = join(run, number), join(run, number)
    assert first == second
    assert first[0] == 302
    person = run.participants.get()
    assert first[1] == f"/s/{person.public_id}/"
    assert first[2] == Token(person.pk, 1)


@pytest.mark.parametrize("number", ["", "inventé", "a" * 22 + ":" + "b" * 43])
def test_without_a_number_of_ours_each_press_is_one_of_its_own(run: ClassRun, number: str) -> None:
    assert join(run, number)[0] == 302
    assert join(run, number)[0] == 422
    assert run.participants.get().once is None


def test_another_pseudonym_is_another_student(run: ClassRun) -> None:
    number = numbers(Client(), door(run))[0]
    assert {join(run, number)[0], join(run, number, "Huppe vive")[0]} == {302}
    assert run.participants.count() == 2


def test_another_number_gives_nobodys_place(run: ClassRun) -> None:
    one, other = numbers(Client(), door(run))
    assert join(run, one)[0] == 302
    for sent in (other, one + once.MARK + "k3f9"):
        assert join(run, sent)[::2] == (422, None)


@pytest.mark.parametrize(("seconds", "status"), [(119, 302), (121, 422)])
def test_the_number_is_good_for_two_minutes(run: ClassRun, seconds: int, status: int) -> None:
    number = numbers(Client(), door(run))[0]
    join(run, number)
    later(Participant, seconds)
    assert join(run, number)[0] == status
    assert run.participants.count() == 1


def left(person: Participant) -> None:
    make.student_client(person).post(f"/s/{person.public_id}/quitter/", headers={"origin": ORIGIN})


def renewed(person: Participant) -> None:
    participants.renew_personal_code(participant=person)


def removed(person: Participant) -> None:
    participants.remove(participant=person, now=make.NOW)


@pytest.mark.parametrize("gone", [left, renewed, removed])
def test_a_place_that_was_left_or_taken_back_is_not_given_again(
    run: ClassRun, gone: Callable[[Participant], None]
) -> None:
    number = numbers(Client(), door(run))[0]
    join(run, number)
    gone(run.participants.get())
    assert join(run, number)[::2] == (422, None)


def test_the_class_that_became_full_meanwhile_lets_the_second_press_in(run: ClassRun) -> None:
    number = numbers(Client(), door(run))[0]
    first = join(run, number)
    for each in range(59):
        make.participant(run, f"Élève {each}")
    assert join(run, number) == first


# --- what a teacher makes --------------------------------------------------------------------------


def new_run(run: ClassRun, number: str, label: str = "Seconde 4") -> dict[str, object]:
    return {"lesson": run.lesson_id, "label": label, "minutes_1": 15, "minutes_2": 40, "video_link": "",
            "delete_on": run.delete_on.isoformat(), "numero": number}  # fmt: skip


def test_one_activity(run: ClassRun, teacher: Client) -> None:
    address = "/prof/activites/nouvelle/"
    (number,) = numbers(teacher, address)
    first, second = (teacher.post(address, new_run(run, number)).headers["Location"] for _ in range(2))
    assert first == second
    assert ClassRun.objects.exclude(pk=run.pk).count() == 1
    other = teacher.post(address, new_run(run, number, "Seconde 5")).headers["Location"]
    assert other != first
    later(ClassRun, 121)
    assert teacher.post(address, new_run(run, number)).headers["Location"] not in {first, other}
    assert ClassRun.objects.exclude(pk=run.pk).count() == 3


def test_a_number_of_one_teacher_gives_nothing_of_theirs_to_another(run: ClassRun, teacher: Client) -> None:
    address = "/prof/activites/nouvelle/"
    (number,) = numbers(teacher, address)
    first = teacher.post(address, new_run(run, number)).headers["Location"]
    colleague = make.teacher_client(make.user("colette"))
    assert colleague.post(address, new_run(run, number)).headers["Location"] != first


def test_ten_billets(run: ClassRun, teacher: Client) -> None:
    base = f"/prof/activites/{run.public_id}/"
    number = numbers(teacher, base + "participants/")[0]
    for _ in range(2):
        assert teacher.post(base + BILLETS, {"count": 10, "numero": number}).status_code == 302
    made = run.participants.order_by("ticket_number").values_list("ticket_number", flat=True)
    assert list(made) == list(range(1, 11))
    teacher.post(base + BILLETS, {"count": 5, "numero": number})
    assert run.participants.count() == 15
    later(Participant, 121)
    teacher.post(base + BILLETS, {"count": 10, "numero": number})
    assert run.participants.count() == 25


def test_one_student_without_a_device_though_the_pseudonym_is_drawn(run: ClassRun, teacher: Client) -> None:
    base = f"/prof/activites/{run.public_id}/"
    number = numbers(teacher, base + "participants/")[1]
    for _ in range(2):
        assert teacher.post(base + PAPER, {"pseudonym": "", "numero": number}).status_code == 302
    assert run.participants.get().on_paper


def test_one_rehearsal(run: ClassRun, teacher: Client) -> None:
    address = "/prof/repetitions/nouvelle/"
    (number,) = numbers(teacher, address)
    sent = {
        "lesson": run.lesson_id,
        "students": 6,
        "speed": 5,
        "minutes_1": 15,
        "minutes_2": 40,
        "numero": number,
    }
    first, second = (teacher.post(address, sent) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert teacher.post(address, sent | {"minutes_1": 16}).status_code == 422
    assert ClassRun.objects.rehearsals().count() == 1


def test_one_group(run: ClassRun, teacher: Client) -> None:
    make.groups(run, sizes=(3, 3))
    late = [make.participant(run, name) for name in ("Dune calme", "Huppe vive")]
    base = f"/prof/activites/{run.public_id}/groupes/"
    (number,) = numbers(teacher, base)
    sent = {"participant": [person.public_id for person in late], "numero": number}
    for _ in range(2):
        teacher.post(base + "nouveau/", sent)
    assert list(run.groups.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    alone = {"participant": late[0].public_id, "group": "nouveau"}
    (number,) = numbers(teacher, f"{base}?eleve={late[0].public_id}")
    for _ in range(2):
        teacher.post(base + "deplacer/", alone | {"numero": number})
    assert list(run.groups.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
