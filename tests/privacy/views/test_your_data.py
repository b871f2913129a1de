"""A student's rights in the program: read all of it, download it, have it corrected, have it erased."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from evaluations.models import Assessment
from lessons import live
from lessons.actions import merging
from lessons.models import (
    Answer,
    Ballot,
    BallotTally,
    BallotVoter,
    ClassRun,
    Criterion,
    Group,
    Participant,
    Poster,
    PosterImage,
    PosterLate,
    PosterUpdate,
    PosterWriter,
    Separation,
)
from lessons.queries.documents import document, replica
from lessons.rules.document import Replica
from metroloco_site.privacy.actions.receipts import RECEIPTS
from metroloco_site.privacy.models import DataRequest
from tests.harness.builders import NOW, at, make

pytestmark = pytest.mark.django_db
DATA = "/vos-donnees/"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return tmp_path


@pytest.fixture
def run() -> ClassRun:
    """A group of three at work: the first two wrote in one title, each added an image, the first voted."""
    run: ClassRun = make.class_run(participants=4)
    make.start(run)
    first, second, _third, fourth = run.participants.order_by("number")
    (group, _) = make.groups(run, sizes=(3, 1))
    make.share_out(run)
    poster = Poster.objects.get(group=group)
    for number, (who, said) in enumerate(((first, "Le sel de Huppe"), (second, " et la mer")), start=1):
        page = Replica([replica(poster).whole()])
        now = page.text("titre")
        data = page.write("titre", now, now + said)
        assert data
        PosterUpdate.objects.create(poster=poster, number=number, data=data, participant=who, at=at(number))
        PosterWriter.objects.create(poster=poster, client=page.client, participant=who)
        poster.last_number, poster.saved_at = number, at(number)
        poster.save()
    aside = Replica()
    PosterLate.objects.create(
        poster=poster,
        participant=first,
        data=aside.write("source", "", "Trop tard") or b"",
        received_at=at(60),
    )
    make.image(poster)
    Separation.objects.create(run=run, one=first, other=fourth)
    ballot = Ballot.objects.create(run=run, number=1, opened_at=at(61))
    BallotTally.objects.bulk_create(
        BallotTally(ballot=ballot, poster=made) for made in Poster.objects.filter(group__run=run)
    )
    BallotVoter.objects.create(ballot=ballot, participant=first)
    Answer.objects.filter(sitting__participant=first, question__number=1).update(
        text="Ma réponse à moi", revision=1, saved_at=at(1)
    )
    criterion = Criterion.objects.filter(grid__part__lesson=run.lesson).earliest("number")
    Assessment.objects.create(participant=first, criterion=criterion, level=3, updated_at=NOW)
    return run


def first_of(run: ClassRun) -> Participant:
    return run.participants.select_related("run").earliest("number")


def page(client: Client) -> str:
    return client.get(DATA).content.decode()


def ask(person: Participant, **sent: str) -> tuple[int, str]:
    client = make.student_client(person)
    answer = client.post(f"/s/{person.public_id}/demandes/", sent, follow=True)
    return answer.status_code, answer.content.decode()


# --- reading ----------------------------------------------------------------------------------------


def test_what_was_written_with_the_group_is_there_as_text_and_only_their_own(run: ClassRun) -> None:
    html = page(make.student_client(first_of(run)))
    for said in (
        "Le sel de Huppe",
        "Le titre",
        "Trop tard",
        "Texte 1",
        "Groupe\u00a01",
        "vous avez voté",
        "points",
    ):
        assert said in html, said
    for secret in (" et la mer", *run.participants.exclude(number=1).values_list("pseudonym", flat=True)):
        assert secret not in html, secret


def test_the_file_holds_the_same_and_the_image(run: ClassRun) -> None:
    person = first_of(run)
    answer = make.student_client(person).get(f"/s/{person.public_id}/donnees.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.content.decode()
    held = json.loads(text)
    for said in ("Le sel de Huppe", "Ma réponse à moi", person.personal_code, "Trop tard"):
        assert said in text, said
    assert held["images"][0]["base64"].startswith("/9j/")  # a JPEG
    assert " et la mer" not in text
    assert "satisfaisant" not in text  # not published
    by_name = {model["quoi"]: model["lignes"] for model in held["donnees"]}
    assert by_name["Vous, dans l’activité"][0]["joined_at"]["valeur"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


# --- asking -----------------------------------------------------------------------------------------


def test_a_correction_is_asked_seen_answered_and_read(run: ClassRun) -> None:
    person, teacher = first_of(run), make.teacher_client(run.owner)
    assert (
        "Mon pseudonyme est mal écrit"
        in ask(person, kind="correction", text="Mon pseudonyme est mal écrit")[1]
    )
    assert "attend une réponse" in page(make.student_client(person))
    address = f"/prof/activites/{run.public_id}/demandes/"
    for where in (address, f"/prof/activites/{run.public_id}/", "/prof/"):
        assert "demande" in teacher.get(where).content.decode().split("<main")[1].lower(), where
    assert "Mon pseudonyme est mal écrit" in teacher.get(address).content.decode()
    asked = DataRequest.objects.get()
    teacher.post(f"{address}{asked.pk}/", {"faite": "1", "text": "Corrigé, merci."})
    html = page(make.student_client(person))
    assert "faite" in html
    assert "Corrigé, merci." in html
    said = teacher.post(f"{address}{asked.pk}/", {"faite": "0", "text": "Non."}, follow=True).content.decode()
    assert "déjà sa réponse" in said
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("done", "Corrigé, merci.")


def test_a_refusal_says_why(run: ClassRun) -> None:
    person, teacher = first_of(run), make.teacher_client(run.owner)
    ask(person, kind="erasure")
    address = f"/prof/activites/{run.public_id}/demandes/{DataRequest.objects.get().pk}/"
    assert (
        "Dites pourquoi" in teacher.post(address, {"faite": "0", "text": " "}, follow=True).content.decode()
    )
    assert DataRequest.objects.get().state == "waiting"
    teacher.post(address, {"faite": "1"})  # an erasure is not done by saying so
    assert DataRequest.objects.get().state == "waiting"
    teacher.post(address, {"faite": "0", "text": "La note doit d’abord être rendue."})
    assert "La note doit d’abord être rendue." in page(make.student_client(person))


def test_asking_twice_is_one_request_and_it_can_be_taken_back(run: ClassRun) -> None:
    person = first_of(run)
    for text in ("Un", "Deux"):
        ask(person, kind="correction", text=text)
    ask(person, kind="erasure")
    ask(person, kind="erasure")
    assert list(DataRequest.objects.values_list("kind", "text")) == [("correction", "Deux"), ("erasure", "")]
    ask(person, kind="erasure", annuler="1")
    assert DataRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "correction", "text": "  "}, "Écrivez ce qu’il faut corriger"),
        ({"kind": "correction", "text": "x" * 1001}, "au plus 1000 signes"),
        ({"kind": "autre", "text": "x"}, "Choisissez"),
    ],
)
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(
    run: ClassRun, sent: dict[str, str], said: str
) -> None:
    status, html = ask(first_of(run), **sent)
    assert status == 422
    assert said in html
    assert sent["text"] in html
    assert not DataRequest.objects.exists()


def test_somebody_who_asks_without_end_is_stopped(run: ClassRun) -> None:
    person = first_of(run)
    DataRequest.objects.bulk_create(
        DataRequest(participant=person, kind="correction", state="done", asked_at=NOW) for _ in range(20)
    )
    assert "parlez-en à votre enseignant" in ask(person, kind="erasure")[1]


def test_another_teachers_request_is_not_answered(run: ClassRun) -> None:
    ask(first_of(run), kind="erasure")
    other = make.class_run()
    there = f"/prof/activites/{other.public_id}/demandes/{DataRequest.objects.get().pk}/"
    assert make.teacher_client(other.owner).post(there, {"faite": "0", "text": "Non."}).status_code == 404
    assert DataRequest.objects.get().state == "waiting"


# --- erasing ----------------------------------------------------------------------------------------


def erase(run: ClassRun, person: Participant) -> str:
    address = f"/prof/activites/{run.public_id}/participants/{person.public_id}/effacer/"
    teacher: Client = make.teacher_client(run.owner)
    assert Participant.objects.filter(pk=person.pk).exists() == (teacher.get(address).status_code == 200)
    return teacher.post(address, follow=True).content.decode()


@pytest.mark.usefixtures("run")
def test_a_student_is_erased_and_the_group_keeps_its_poster(
    run: ClassRun, data: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    person = first_of(run)
    poster = Poster.objects.get(group__number=1, group__run=run)
    (picture,) = (data / "media").rglob("*.jpg")
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(live, "tell_participant", lambda who: told.append(("participant", who.pk)))
    monkeypatch.setattr(live, "tell_group", lambda group: told.append(("group", group)))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert person.pseudonym not in erase(run, person)
    assert told == [("participant", person.pk), ("group", poster.group_id)]
    assert not picture.exists()
    for model in (PosterImage, PosterLate, Separation, Assessment, BallotVoter):
        assert not model._default_manager.exists(), model.__name__
    assert not Answer.objects.filter(text="Ma réponse à moi").exists()
    poster.refresh_from_db()
    assert document(poster).texts["titre"] == "Le sel de Huppe et la mer"
    assert list(PosterUpdate.objects.values_list("participant__number", flat=True)) == [None, 2]
    assert Participant.objects.filter(run=run).count() == 3
    assert make.student_client(person).get(f"/s/{person.public_id}/").status_code == 404
    assert "1 élève(s), 1 texte(s), 1 fichier(s)" in (data / RECEIPTS).read_text()
    assert person.pseudonym not in (data / RECEIPTS).read_text()


def test_both_places_of_a_student_go(run: ClassRun) -> None:
    kept, duplicate = run.participants.order_by("number")[1:3]
    merging.merge(duplicate=duplicate, into=kept, now=at(5))
    erase(run, Participant.objects.get(pk=duplicate.pk))
    assert set(run.participants.values_list("number", flat=True)) == {1, 4}


def test_a_counted_vote_stays_counted(run: ClassRun) -> None:
    BallotTally.objects.filter(poster__group__number=2).update(votes=1)
    erase(run, first_of(run))
    assert sum(BallotTally.objects.values_list("votes", flat=True)) == 1


def test_nothing_of_the_others_is_touched(run: ClassRun) -> None:
    before = set(Participant.objects.exclude(number=1).values_list("pk", "pseudonym", "personal_code"))
    erase(run, first_of(run))
    assert set(Participant.objects.values_list("pk", "pseudonym", "personal_code")) == before
    assert Group.objects.filter(run=run).count() == 2


def test_no_row_of_any_table_holds_the_name_afterwards(run: ClassRun) -> None:
    person = first_of(run)
    Participant.objects.filter(pk=person.pk).update(pseudonym="Gravelot unique")
    ask(person, kind="correction", text="Gravelot unique, avec deux t")
    erase(run, person)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of ours
            for row in cursor.fetchall():
                assert "Gravelot" not in " ".join(str(value) for value in row), table
