"""What the server gives and takes for the writing page, without a browser."""

import gzip
import json

import pytest
from django.test import Client
from django.utils import timezone

from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import Saved, save_answers
from lessons.models import Answer, Participant, SetAside
from lessons.queries.student import student_page
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft, Outcome
from lessons.rules.texts import digest
from tests.harness import builders as make
from tests.harness.builders import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Participant:
    run = make.class_run(participants=1)
    make.start(run, timezone.now())
    return run.participants.select_related("run").get()


@pytest.fixture
def client(person: Participant) -> Client:
    return make.student_client(person)


def save(person: Participant, text: str, writer: str, *, base: int = 0, seq: int = 1) -> Saved:
    (result,) = save_answers(
        token=Token(person.pk, person.token_version),
        phase=make.phase(person.run),
        writer=writer,
        drafts=[Draft(1, "reponse", text, base, seq)],
        now=timezone.now(),
    )
    return result


def form(**fields: str) -> dict[str, str]:
    return {
        "part": "1",
        "writer": "sansscript1",
        **{name.replace("__", "-"): v for name, v in fields.items()},
    }


def answer(person: Participant) -> Answer:
    return Answer.objects.get(sitting__participant=person, question__number=1, field="reponse")


def address(person: Participant, path: str = "") -> str:
    return f"/s/{person.public_id}/{path}"


def test_the_page_is_compressed_and_never_stored(person: Participant, client: Client) -> None:
    plain = client.get(address(person))
    squeezed = client.get(address(person), headers={"accept-encoding": "gzip"})
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert squeezed.headers["Cache-Control"] == "no-store"
    assert b"q1-reponse" in gzip.decompress(squeezed.content)
    assert len(squeezed.content) < len(plain.content) / 2


def test_a_field_left_as_it_was_is_not_sent_for_a_choice(person: Participant, client: Client) -> None:
    """An old page without JavaScript saves another field: the first one is none of its business."""
    save(person, "depuis le téléphone", "page-abcd")
    old = form(**{"base-q1-reponse": "0", "was-q1-reponse": digest(""), "q1-reponse": ""})
    assert client.post(address(person, "enregistrer/"), old).status_code == 302
    assert answer(person).text == "depuis le téléphone"
    assert not SetAside.objects.exists()


def test_an_emptied_field_is_a_change(person: Participant, client: Client) -> None:
    save(person, "à effacer", "page-abcd")
    emptied = form(**{"base-q1-reponse": "1", "was-q1-reponse": digest("à effacer"), "q1-reponse": ""})
    assert client.post(address(person, "enregistrer/"), emptied).status_code == 302
    assert answer(person).text == ""


def test_line_ends_of_a_form_are_no_change(person: Participant, client: Client) -> None:
    save(person, "une\ndeux", "page-abcd")
    same = form(
        **{"base-q1-reponse": "1", "was-q1-reponse": digest("une\ndeux"), "q1-reponse": "une\r\ndeux"}
    )
    client.post(address(person, "enregistrer/"), same)
    assert answer(person).revision == 1


def test_every_version_that_waits_is_shown_and_choosing_puts_away_those_alone(
    person: Participant, client: Client
) -> None:
    save(person, "un", "page-aaaa")
    for writer, text in (("page-bbbb", "deux"), ("page-cccc", "trois")):
        assert save(person, text, writer).outcome is Outcome.UNSEEN
    page = client.get(address(person)).content.decode()
    assert "deux" in page
    assert "trois" in page
    shown = " ".join(str(aside.pk) for aside in SetAside.objects.all())
    save(person, "quatre", "page-dddd")  # set aside after the page was made
    chosen = form(
        **{
            "base-q1-reponse": "1",
            "q1-reponse": "tout",
            "settle-q1-reponse": "1",
            "versions-q1-reponse": shown,
        }
    )
    assert client.post(address(person, "enregistrer/"), chosen).status_code == 302
    assert answer(person).text == "tout"
    (field,) = student_page(person, timezone.now()).questions[0].fields
    assert [version.text for version in field.versions] == ["quatre"]


def test_one_cannot_put_away_a_version_of_somebody_else(person: Participant, client: Client) -> None:
    other = make.participant(person.run)
    save(other, "un", "page-aaaa")
    save(other, "deux", "page-bbbb")
    theirs = str(SetAside.objects.get().pk)
    field = {"name": "q1-reponse", "text": "x", "base": 0, "seq": 1, "settles": True, "versions": [theirs]}
    body = json.dumps({"part": 1, "writer": "page-1234", "fields": [field]})
    client.post(address(person, "enregistrer/"), body, content_type="application/json")
    assert SetAside.objects.get().dismissed_at is None


@pytest.mark.parametrize(
    "versions", ['"1"', "{}", "[null]", "[0]", "[-1]", '["x"]', "[1e3]", "[[1]]", str([1] * 51)]
)
def test_garbage_for_versions_is_refused(person: Participant, client: Client, versions: str) -> None:
    field = f'{{"name": "q1-reponse", "text": "x", "base": 0, "seq": 1, "versions": {versions}}}'
    body = f'{{"part": 1, "writer": "page-1234", "fields": [{field}]}}'
    posted = client.post(address(person, "enregistrer/"), body, content_type="application/json")
    assert posted.status_code == 400
    assert answer(person).text == ""


def test_json_nested_too_deep_is_refused(person: Participant, client: Client) -> None:
    posted = client.post(address(person, "enregistrer/"), "[" * 100_000, content_type="application/json")
    assert posted.status_code == 400


def test_a_late_text_is_shown_to_its_writer_until_it_is_decided(person: Participant) -> None:
    (result,) = save_answers(
        token=Token(person.pk, 1), phase=make.phase(person.run), writer="page-aaaa",
        drafts=[Draft(1, "reponse", "trop tard", 0, 1)], now=timezone.now().replace(year=2040),
    )  # fmt: skip
    assert result.outcome is Outcome.LATE
    (field,) = student_page(person, timezone.now()).questions[0].fields
    assert field.late is not None
    assert field.late.text == "trop tard"
    assert field.versions == ()
    SetAside.objects.update(dismissed_at=timezone.now())
    (field,) = student_page(person, timezone.now()).questions[0].fields
    assert field.late is None


def test_the_fields_take_nothing_during_a_pause_and_the_page_without_javascript_asks_again(
    person: Participant, client: Client
) -> None:
    assert b'http-equiv="refresh"' not in client.get(address(person)).content
    act(phase=make.phase(person.run), kind=Kind.PAUSE, now=timezone.now())
    page = client.get(address(person)).content.decode()
    assert " readonly" in page
    assert 'http-equiv="refresh"' in page


@pytest.mark.parametrize("students", [1, 35])
def test_the_page_costs_the_same_in_a_full_class(students: int, django_assert_num_queries: object) -> None:
    run = make.class_run(participants=students)
    make.start(run, at(0))
    person = run.participants.first()
    assert person
    client = make.student_client(person)
    client.get(address(person))  # the lesson's content is read once for all
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(address(person))
