"""« Copie papier »: the teacher types it, never over a text that the form did not show."""

from html import unescape

import pytest
from django.test import Client

from lessons.actions import joining
from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import save_answers
from lessons.models import Answer, ClassRun, Participant, SetAside
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return make.class_run()


@pytest.fixture
def person(run: ClassRun) -> Participant:
    return joining.add_on_paper(run=run, pseudonym="Dune calme", now=NOW)


def address(person: Participant, part: int = 1) -> str:
    return f"/prof/activites/{person.run.public_id}/participants/{person.public_id}/copie/{part}/"


def typed(text: str, base: int = 0) -> dict[str, str]:
    return {"part": "1", "writer": "copie-1234", "q1-reponse": text, "base-q1-reponse": str(base)}


def answer(person: Participant) -> Answer:
    return Answer.objects.get(sitting__participant=person, field="reponse")


def test_what_is_typed_is_the_answer_long_after_the_bell(teacher: Client, person: Participant) -> None:
    make.start(person.run)
    act(phase=make.phase(person.run), kind=Kind.END, now=at(14))
    assert teacher.post(address(person), typed("Tapé le soir.")).status_code == 302
    stored = answer(person)
    assert (stored.text, stored.words, stored.revision) == ("Tapé le soir.", 3, 1)
    assert stored.saved_at is not None
    sheet = teacher.get(f"/prof/activites/{person.run.public_id}/fiches/{person.public_id}/").content.decode()
    assert "Tapé le soir." in sheet


def test_the_form_shows_what_is_there_and_may_change_it(teacher: Client, person: Participant) -> None:
    make.start(person.run)
    teacher.post(address(person), typed("Première frappe"))
    page = teacher.get(address(person)).content.decode()
    assert "Première frappe" in page
    assert 'name="base-q1-reponse" value="1"' in page
    teacher.post(address(person), typed("Relu", base=1))
    assert answer(person).text == "Relu"


def test_who_came_after_the_end_has_a_copy_too(teacher: Client, run: ClassRun) -> None:
    make.start(run)
    act(phase=make.phase(run), kind=Kind.END, now=at(14))
    late = joining.add_on_paper(run=run, pseudonym="Huppe vive", now=at(16))
    assert teacher.get(address(late)).status_code == 200
    teacher.post(address(late), typed("Rendu à la fin"))
    assert answer(late).text == "Rendu à la fin"


def test_a_text_written_meanwhile_is_not_overwritten(teacher: Client, run: ClassRun) -> None:
    """The device broke, the teacher opens the form, the device comes back."""
    person = make.participant(run)
    make.start(run)
    save_answers(
        token=Token(person.pk, 1), phase=make.phase(run), writer="page-eleve",
        drafts=[Draft(1, "reponse", "écrit par l’élève", 0, 1)], now=at(1),
    )  # fmt: skip
    other_field = {"q2-differences": "bon", "base-q2-differences": "0"}
    refused = teacher.post(address(person), typed("tapé par l’enseignant") | other_field)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert answer(person).text == "écrit par l’élève"
    assert "tapé par l’enseignant" in page
    assert "écrit par l’élève" in page
    assert Answer.objects.get(sitting__participant=person, field="differences").text == "bon", (
        "the others are saved"
    )
    assert teacher.post(address(person), typed("les deux", base=1)).status_code == 302
    assert answer(person).text == "les deux"


def test_the_same_form_sent_twice_changes_nothing(teacher: Client, person: Participant) -> None:
    make.start(person.run)
    for _ in range(2):
        assert teacher.post(address(person), typed("Une fois")).status_code == 302
    assert answer(person).revision == 1


def test_before_the_part_there_is_nothing_to_type(teacher: Client, person: Participant) -> None:
    assert teacher.get(address(person)).status_code == 404
    page = teacher.get(address(person).replace("copie/1/", "")).content.decode()
    assert "dès que la partie aura commencé" in page


@pytest.mark.parametrize("part", [2, 9])
def test_a_part_that_has_not_started_or_does_not_exist(
    teacher: Client, person: Participant, part: int
) -> None:
    make.start(person.run)
    assert teacher.get(address(person, part)).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"part": "1", "writer": "é"}, {"part": "1", "writer": "copie-1234", "q1-x": "a"}]
)
def test_garbage_is_refused_clearly(teacher: Client, person: Participant, body: dict[str, str]) -> None:
    make.start(person.run)
    assert teacher.post(address(person), body).status_code == 400
    assert not Answer.objects.exclude(text="").exists()


def test_hostile_text_is_text(teacher: Client, person: Participant) -> None:
    make.start(person.run)
    teacher.post(address(person), typed("<script>alert(1)</script>\x00"))
    assert answer(person).text == "<script>alert(1)</script>"
    assert "<script>alert" not in teacher.get(address(person)).content.decode()


def test_in_mode_discret_neither_name_nor_text_is_on_screen(
    run: ClassRun, teacher: Client, person: Participant
) -> None:
    """The copy that one types, and the list of texts that came late."""
    make.start(run)
    teacher.post(address(person), typed("Un texte à soi"))
    SetAside.objects.create(
        answer=answer(person), reason="late", text="Un mot en retard", writer="p", seq=1, received_at=at(16)
    )
    pages = (address(person), f"/prof/activites/{run.public_id}/retards/")
    open_words = ("Dune calme", "Un texte à soi", "Un mot en retard")
    before = "".join(teacher.get(page).content.decode() for page in pages)
    assert all(word in before for word in open_words)
    teacher.post("/prof/mode-discret/", {"discret": "1"})
    hidden = unescape("".join(teacher.get(page).content.decode() for page in pages))
    assert not any(word in hidden for word in open_words)
    assert f"élève\u00a0{person.number}" in hidden
    assert f"Élève\u00a0{person.number}" in hidden
    assert "1\u00a0texte est arrivé" in hidden
