"""The teacher's grading pages: every click kept, for the owner alone, with and without JavaScript."""

import json
import re

import pytest
from django.test import Client

from evaluations import actions
from evaluations.forms import MAX_OBSERVATIONS, MAX_REMARK
from evaluations.models import Assessment
from evaluations.queries import student_report
from lessons.models import ClassRun, Participant, SetAside
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.sheet_builders import HOSTILE, criterion, grade, late, press, sent, started_run, write
from tests.harness.sheet_builders import sheets_url as url

pytestmark = pytest.mark.django_db
BLANK = {"niveau-1": "", "observations-1": "", "niveau-2": "", "observations-2": "", "generale": ""}
PRESSED = {"niveau-1": "4"}


@pytest.fixture
def run() -> ClassRun:
    return started_run(participants=2)


# --- doors ------------------------------------------------------------------------------------------

OF_RUN = ["sheets-list", "missing-list", "marks-save", "names-set", "results-publish", "results-hide"]
TEACHER = [*OF_RUN, "sheet-grade", "sheet-print"]
POST_ONLY = {"marks-save", "names-set", "results-publish", "results-hide"}


def address(name: str, person: Participant) -> str:
    return url(name, person.run.public_id) if name in OF_RUN else grade(person, name)


@pytest.mark.parametrize("name", TEACHER)
def test_another_teacher_finds_nothing(name: str, person: Participant) -> None:
    other = make.teacher_client(make.user())
    send = other.post if name in POST_ONLY else other.get
    assert send(address(name, person), sent(person, "niveau-1", "4")).status_code == 404
    assert not Assessment.objects.exists()
    person.run.refresh_from_db()
    assert person.run.results_published_at is None


@pytest.mark.parametrize("name", TEACHER)
def test_who_is_not_signed_in_is_sent_to_the_door(name: str, person: Participant) -> None:
    for client in (Client(), make.student_client(person)):
        client.handler.enforce_csrf_checks = False
        send = client.post if name in POST_ONLY else client.get
        response = send(address(name, person))
        assert response.status_code == 302
        assert "/connexion" in response.headers["Location"] or "next=" in response.headers["Location"]


@pytest.mark.parametrize("name", TEACHER)
def test_the_wrong_method_is_refused(name: str, person: Participant, teacher: Client) -> None:
    wrong = teacher.get if name in POST_ONLY else teacher.delete
    assert wrong(address(name, person)).status_code == 405


@pytest.mark.parametrize("name", ["sheet-grade", "sheet-print"])
def test_a_participant_of_another_activity_is_not_found(name: str, run: ClassRun, teacher: Client) -> None:
    stranger = started_run().participants.get()
    assert teacher.get(url(name, run.public_id, stranger.public_id)).status_code == 404


def test_a_mark_for_a_copy_of_another_activity_is_refused(run: ClassRun, teacher: Client) -> None:
    stranger = started_run().participants.get()
    response = teacher.post(url("marks-save", run.public_id), sent(stranger, "niveau-1", "4"))
    assert response.json()["results"][0]["outcome"] == "refused"
    assert not Assessment.objects.exists()


def test_a_click_without_the_token_is_refused(person: Participant) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.run.owner)
    address = url("marks-save", person.run.public_id)
    assert client.post(address, sent(person, "niveau-1", "4")).status_code == 403
    assert not Assessment.objects.exists()


def test_the_token_of_the_page_lets_a_click_in(person: Participant) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.run.owner)
    page = client.get(grade(person)).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    address = url("marks-save", person.run.public_id)
    response = client.post(address, sent(person, "niveau-1", "4"), headers={"X-CSRFToken": found[1]})
    assert response.status_code == 200


# --- one click --------------------------------------------------------------------------------------


def test_a_click_is_stored_and_its_time_said(person: Participant, teacher: Client) -> None:
    response = teacher.post(url("marks-save", person.run.public_id), sent(person, "niveau-1", "4"))
    assert re.fullmatch(r"\d{1,2}\xa0h\xa0\d\d\xa0min\xa0\d\d\xa0s", response.json()["saved_at"])
    assert response.json()["results"][0]["outcome"] == "saved"
    assert Assessment.objects.get().level == 4


def test_a_repeat_changes_nothing(person: Participant, teacher: Client) -> None:
    for _ in range(2):
        assert press(teacher, person, "niveau-2", "1") == {"outcome": "saved", "stored": "1"}
    assert Assessment.objects.get().level == 1


def test_not_assessed_takes_the_level_back(person: Participant, teacher: Client) -> None:
    press(teacher, person, "niveau-1", "1")
    assert press(teacher, person, "niveau-1", "", "1") == {"outcome": "saved", "stored": ""}
    assert Assessment.objects.get().level is None


def test_another_tab_is_never_overwritten(person: Participant, teacher: Client) -> None:
    press(teacher, person, "niveau-1", "3")
    press(teacher, person, "observations-1", " De l’autre\tonglet. ")
    assert press(teacher, person, "niveau-1", "4") == {"outcome": "clash", "stored": "3"}
    assert press(teacher, person, "observations-1", "D’ici.") == {
        "outcome": "clash",
        "stored": "De l’autre\tonglet.",
    }
    assert press(teacher, person, "observations-1", "D’ici.", "De l’autre\tonglet. ") == {
        "outcome": "saved",
        "stored": "D’ici.",
    }
    assert Assessment.objects.get().level == 3


def test_after_a_cut_a_class_comes_in_one_request(run: ClassRun, teacher: Client) -> None:
    people = list(run.participants.all())
    changes = [
        {"copy": person.public_id, "name": name, "value": value, "seen": [""]}
        for person in people
        for name, value in (("niveau-1", "2"), ("niveau-9", "2"), ("generale", "Bien."))
    ]
    response = teacher.post(url("marks-save", run.public_id), {"changes": json.dumps(changes)})
    assert [result["outcome"] for result in response.json()["results"]] == ["saved", "refused", "saved"] * 2
    assert [a.level for a in Assessment.objects.all()] == [2, 2]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("inconnu", "1", "Ce champ n’est pas"),
        ("niveau-9", "1", "Ce champ n’est pas"),
        ("niveau-1", "5", "Ce niveau de maîtrise n’existe pas"),
        ("niveau-1", "TI", "Ce niveau de maîtrise n’existe pas"),
        ("observations-1", "x" * (MAX_OBSERVATIONS + 1), f"au plus {MAX_OBSERVATIONS} signes"),
        ("generale", "x" * (MAX_REMARK + 1), f"au plus {MAX_REMARK} signes"),
    ],
)
def test_what_the_grid_does_not_have_is_refused_in_french(
    name: str, value: str, sentence: str, person: Participant, teacher: Client
) -> None:
    result = press(teacher, person, name, value)
    assert result["outcome"] == "refused"
    assert sentence in result["error"]
    assert not Assessment.objects.exists()


def test_a_remark_is_measured_as_the_page_measures_it(person: Participant, teacher: Client) -> None:
    """A form without JavaScript sends CR LF for each line break, which `maxlength` counts as one (HTML, 4.10.5.3.4)."""
    remark = "a\r\n" * (MAX_REMARK // 2)
    teacher.post(grade(person), {**BLANK, "generale": remark})
    assert student_report(person.run, person).remark == ("a\n" * (MAX_REMARK // 2)).strip()


@pytest.mark.parametrize(
    "body",
    ["", "x", "3", "[3]", '[{"copy": 1, "name": "a", "value": "b", "seen": []}]', '[{"copy": "a"}]',
     "[" * 100_000, '[{"copy": "a", "name": "b", "value": "c", "seen": ["x", 2]}]'],
)  # fmt: skip
def test_what_no_page_sends_is_refused(body: str, run: ClassRun, teacher: Client) -> None:
    assert teacher.post(url("marks-save", run.public_id), {"changes": body}).status_code == 400


# --- the whole form, without JavaScript -------------------------------------------------------------


def test_the_whole_form_is_stored_and_shown_again(person: Participant, teacher: Client) -> None:
    sent = {**BLANK, "niveau-1": "2", "observations-1": "À préciser.", "generale": "Continuez."}
    response = teacher.post(grade(person), sent, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(grade(person), 302)]
    assert "Enregistré à" in page
    assert '<input type="radio" name="niveau-1" value="2" checked>' in page
    assert '<input type="radio" name="niveau-2" value="" checked>' in page
    assert 'value="À préciser."' in page
    assert "Continuez." in page
    assert "Reste non évalué\xa0: Valeurs de l’ESS." in page


def test_the_form_of_an_old_page_overwrites_nothing_and_shows_both(
    person: Participant, teacher: Client
) -> None:
    opened = {**BLANK, **{f"avant-{name}": "" for name in BLANK}}
    teacher.post(
        grade(person), {**opened, "niveau-1": "2", "observations-1": "De l’autre.", "generale": "Autre."}
    )
    mine = {**opened, "niveau-1": "4", "niveau-2": "3", "generale": "D’ici."}
    response = teacher.post(grade(person), mine)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Une autre page a changé cette fiche entre-temps." in page
    assert page.count("Votre valeur est gardée ici") == 2, (
        "the level and the remark; the observations were not touched"
    )
    assert "<q>insuffisant</q>" in page
    assert "<q>Autre.</q>" in page
    assert '<input type="radio" name="niveau-1" value="4" checked>' in page
    assert '<input type="hidden" name="avant-niveau-1" value="2">' in page
    stored = {a.criterion.number: (a.level, a.observations) for a in Assessment.objects.all()}
    assert stored == {1: (2, "De l’autre."), 2: (3, "")}, "what did not clash is stored"
    again = {**mine, "avant-niveau-1": "2", "avant-niveau-2": "3", "avant-generale": "Autre."}
    assert teacher.post(grade(person), again).status_code == 302, "seen, and saved all the same"
    assert Assessment.objects.get(criterion__number=1).level == 4


def test_the_form_goes_on_to_the_next_copy_of_the_same_question(person: Participant, teacher: Client) -> None:
    teacher.post(url("names-set", person.run.public_id), {"noms": "1"})
    other = person.run.participants.last()
    assert other is not None
    onward = {**BLANK, "niveau-1": "2", "suite": "1"}
    assert (
        teacher.post(f"{grade(person)}?question=1", onward).headers["Location"]
        == f"{grade(other)}?question=1"
    )
    assert (
        teacher.post(f"{grade(other)}?question=1", BLANK).headers["Location"] == f"{grade(other)}?question=1"
    )
    assert teacher.post(grade(other), onward).headers["Location"] == url("missing-list", person.run.public_id)


def test_a_remark_taken_up_again_joins_what_was_typed(person: Participant, teacher: Client) -> None:
    first = {**BLANK, "observations-1": "Citez davantage."}
    teacher.post(grade(person), first)
    other = person.run.participants.last()
    assert other is not None
    page = teacher.get(grade(other)).content.decode()
    assert '<button name="observations-1" value="Citez davantage.">' in page
    teacher.post(grade(other), {**BLANK, "observations-1": ["Bon début.", "Citez davantage."]})
    assert student_report(person.run, other).rows[0].observations == "Bon début. Citez davantage."


def test_a_refused_form_keeps_what_was_typed(person: Participant, teacher: Client) -> None:
    long_text = "mot " * MAX_OBSERVATIONS
    response = teacher.post(
        grade(person), {**BLANK, "niveau-1": "2", "observations-2": long_text, "generale": "Gardé"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "La fiche n’est pas enregistrée. Ce que vous avez saisi est gardé ci-dessous." in page
    assert f"au plus {MAX_OBSERVATIONS} signes" in page
    assert '<input type="radio" name="niveau-1" value="2" checked>' in page
    assert long_text.strip() in page
    assert "Gardé" in page
    assert not Assessment.objects.exists()


# --- what the page shows ----------------------------------------------------------------------------


def test_the_page_has_the_copy_the_expected_elements_and_the_way_on(
    person: Participant, teacher: Client
) -> None:
    write(person, 1, "reponse", "Ma réponse\nsur deux lignes")
    late(write(person, 2, "differences", ""), "Arrivé trop tard")
    page = teacher.get(grade(person)).content.decode()
    assert "Ma réponse\nsur deux lignes" in page
    assert "L’élément attendu 1 (annexe 1)" in page
    assert "1\xa0texte rendu en retard attend votre décision" in page
    assert "Arrivé trop tard" in page
    assert re.search("Copie [12] sur 2", page)
    assert "autre version" not in page
    other = person.run.participants.last()
    assert other is not None
    assert grade(other) in page


def test_a_text_that_nobody_chose_is_shown_beside(person: Participant, teacher: Client) -> None:
    late(write(person, 1, "reponse", "Le premier"), "Le second", SetAside.Reason.UNSEEN)
    page = teacher.get(grade(person)).content.decode()
    assert "1\xa0autre version gardée" in page
    assert "Le second" in page
    assert "rendu en retard" not in page


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_shown_as_text(name: str, person: Participant, teacher: Client) -> None:
    write(person, 1, "reponse", HOSTILE[name])
    actions.set_observations(
        participant=person, criterion=criterion(person.run), observations=HOSTILE[name][:500], now=NOW
    )
    actions.set_remark(participant=person, text=HOSTILE[name][:2000], now=NOW)
    response = teacher.get(grade(person))
    page = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\x00" not in page


# --- the list and publication -----------------------------------------------------------------------


def test_an_empty_list_says_what_to_wait_for() -> None:
    run = make.class_run()
    page = make.teacher_client(run.owner).get(url("sheets-list", run.public_id)).content.decode()
    assert "Aucune copie pour l’instant" in page
    assert "Publier les évaluations" not in page


def test_the_confirmation_says_who_will_see_what(person: Participant, teacher: Client) -> None:
    actions.set_level(participant=person, criterion=criterion(person.run), level=3, now=NOW)
    page = teacher.get(url("sheets-list", person.run.public_id)).content.decode()
    assert "Les 2 élèves verront chacun leur propre fiche" in page
    assert "Personne ne voit celle d’un autre." in page
    assert "3\xa0lignes sont encore «\xa0non évalué\xa0»" in page
    assert ">1/2<" in page


def test_publish_then_hide(run: ClassRun, teacher: Client) -> None:
    listed = url("sheets-list", run.public_id)
    published = teacher.post(url("results-publish", run.public_id), follow=True)
    assert published.redirect_chain == [(listed, 302)]
    assert "chaque élève lit sa propre fiche" in published.content.decode()
    run.refresh_from_db()
    assert run.results_published_at is not None
    hidden = teacher.post(url("results-hide", run.public_id), follow=True)
    assert "Personne d’autre que vous ne les voit" in hidden.content.decode()
    run.refresh_from_db()
    assert run.results_published_at is None


def test_publishing_reaches_the_open_pages(
    run: ClassRun, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def publish(channel: str, name: str, text: str) -> None:
        assert (channel, name) == (f"run:{run.pk}", "etat")
        told.append(json.loads(text)["published"])

    monkeypatch.setattr("lessons.live.telling.hub.publish", publish)
    teacher.post(url("results-publish", run.public_id))
    teacher.post(url("results-hide", run.public_id))
    assert told == [True, False]


@pytest.mark.parametrize("count", [1, 35])
def test_a_page_costs_the_same_for_one_and_for_35(
    count: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    run = started_run(participants=count)
    client = make.teacher_client(run.owner)
    person = run.participants.first()
    assert person is not None
    client.get(grade(person))  # the lesson's content is kept from here on
    with django_assert_num_queries(19):  # type: ignore[operator]
        client.get(grade(person))
    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get(url("sheets-list", run.public_id))
    with django_assert_num_queries(12):  # type: ignore[operator]
        press(client, person, "niveau-1", "3")
    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get(url("missing-list", run.public_id))
