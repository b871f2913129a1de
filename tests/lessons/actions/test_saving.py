"""One answer: never overwritten unseen, never late unnoticed, never dropped."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import BadRequest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lessons.actions import participants
from lessons.actions.clock import act, set_extra_time
from lessons.actions.joining import Token
from lessons.actions.saving import Saved, save_answers
from lessons.forms.drafts import read_json
from lessons.models import Answer, ClassRun, Participant, SetAside
from lessons.rules import texts
from lessons.rules.clock import GRACE, Kind
from lessons.rules.saving import Draft, Outcome
from tests.harness import builders as make
from tests.harness.builders import at

pytestmark = pytest.mark.django_db


def save(
    person: Participant, text: str, *, base: int = 0, seq: int = 1, writer: str = "page-a", **more: object
) -> Saved:
    now = more.pop("now", at(1))
    draft = Draft(1, "reponse", text, base, seq, **more)  # type: ignore[arg-type]
    token = Token(person.pk, person.token_version)
    (result,) = save_answers(
        token=token,
        phase=make.phase(person.run),
        writer=writer,
        drafts=[draft],
        now=now,  # type: ignore[arg-type]
    )
    return result


def answer(person: Participant) -> Answer:
    return Answer.objects.get(sitting__participant=person, question__number=1, field="reponse")


@pytest.fixture
def person() -> Participant:
    run = make.class_run(participants=1)
    make.start(run)
    return run.participants.select_related("run").get()


def test_what_is_saved_is_there_with_its_words(person: Participant) -> None:
    assert save(person, "Deux mots").outcome is Outcome.SAVED
    stored = answer(person)
    assert (stored.text, stored.words, stored.revision) == ("Deux mots", 2, 1)


def test_the_same_page_goes_on_without_waiting_for_the_answer(person: Participant) -> None:
    save(person, "a", seq=1)
    assert save(person, "ab", seq=2, base=0).outcome is Outcome.SAVED
    assert answer(person).text == "ab"


def test_an_older_request_that_arrives_late_changes_nothing(person: Participant) -> None:
    save(person, "ab", seq=2)
    assert save(person, "a", seq=1).outcome is Outcome.SAVED
    assert answer(person).text == "ab"
    assert not SetAside.objects.exists()


def test_the_same_request_twice_counts_once(person: Participant) -> None:
    save(person, "a", seq=1)
    assert save(person, "a", seq=1).outcome is Outcome.SAVED
    assert answer(person).revision == 1


def test_another_page_that_has_not_seen_the_text_keeps_both(person: Participant) -> None:
    save(person, "le premier", writer="page-a")
    result = save(person, "le second", writer="page-b", base=0)
    assert result.outcome is Outcome.UNSEEN
    assert result.stored == "le premier"
    assert answer(person).text == "le premier"
    assert SetAside.objects.get().text == "le second"


def test_choosing_settles_the_two_texts(person: Participant) -> None:
    save(person, "le premier", writer="page-a")
    save(person, "le second", writer="page-b", base=0)
    assert save(person, "les deux", writer="page-b", base=1, seq=2, settles=True).outcome is Outcome.SAVED
    assert SetAside.objects.get().dismissed_at is not None
    assert answer(person).text == "les deux"


def test_within_the_grace_it_counts_after_it_is_kept_apart(person: Participant) -> None:
    end = at(15)
    assert save(person, "juste à temps", now=end + GRACE).outcome is Outcome.SAVED
    late = save(person, "trop tard", seq=2, now=end + GRACE + timedelta(seconds=1))
    assert late.outcome is Outcome.LATE
    assert answer(person).text == "juste à temps"
    assert SetAside.objects.get(reason="late").text == "trop tard"


def test_a_late_text_accepted_becomes_the_answer(person: Participant) -> None:
    save(person, "trop tard", now=at(20))
    participants.decide_late(late=SetAside.objects.get(), accept=True, now=at(30))
    assert answer(person).text == "trop tard"
    assert answer(person).words == 2


def test_a_late_text_refused_stays_readable(person: Participant) -> None:
    save(person, "trop tard", now=at(20))
    participants.decide_late(late=SetAside.objects.get(), accept=False, now=at(30))
    assert answer(person).text == ""
    assert SetAside.objects.get().text == "trop tard"


def test_extra_time_is_the_students_own_deadline(person: Participant) -> None:
    set_extra_time(participant=person, unit="minutes", amount=5)
    assert save(person, "encore", now=at(19)).outcome is Outcome.SAVED


def test_while_paused_nothing_is_lost(person: Participant) -> None:
    act(phase=make.phase(person.run), kind=Kind.PAUSE, now=at(2))
    assert save(person, "tapé juste avant", now=at(40)).outcome is Outcome.SAVED


def test_a_removed_participant_no_longer_writes(person: Participant) -> None:
    token_before = Participant.objects.get(pk=person.pk)
    participants.remove(participant=person, now=at(2))
    assert save(token_before, "encore moi").outcome is Outcome.GONE
    assert answer(person).text == ""


def test_an_unknown_field_is_refused_without_harm(person: Participant) -> None:
    token = Token(person.pk, person.token_version)
    draft = Draft(9, "rien", "x", 0, 1)
    (result,) = save_answers(
        token=token, phase=make.phase(person.run), writer="page-a", drafts=[draft], now=at(1)
    )
    assert result.outcome is Outcome.GONE


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\x1bb"])
def test_signs_that_no_database_takes_are_left_out(person: Participant, text: str) -> None:
    save(person, text)
    assert answer(person).text == "ab"


def test_a_very_long_text_is_kept_whole(person: Participant) -> None:
    """A full field and its draft of before a reload, one below the other: longer than the page lets one write."""
    both = f"{'a' * texts.MAX_LENGTH}\n\n{'b' * texts.MAX_LENGTH}"
    save(person, both)
    assert answer(person).text == both


def test_what_no_page_sends_is_refused_whole_never_cut() -> None:
    def body(length: int) -> bytes:
        field = {"name": "q1-reponse", "text": "x" * length, "base": 0, "seq": 1}
        return json.dumps({"part": 1, "writer": "page-abcd", "fields": [field]}).encode()

    assert len(read_json(body(texts.MAX_KEPT)).drafts[0].text) == texts.MAX_KEPT
    with pytest.raises(BadRequest):
        read_json(body(texts.MAX_KEPT + 1))


WRITE = st.tuples(st.sampled_from("abc"), st.booleans())  # who writes; did they look first?


class Interleavings(TestCase):
    """Whatever the order of three pages, what each last wrote is stored or kept apart."""

    @given(writes=st.lists(WRITE, min_size=1, max_size=12))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_no_text_is_lost_silently(self, writes: list[tuple[str, bool]]) -> None:
        run = make.class_run(participants=1)
        make.start(run)
        person = run.participants.select_related("run").get()
        seen = dict.fromkeys("abc", 0)
        last: dict[str, str] = {}
        for index, (page, looks) in enumerate(writes, start=1):
            before = answer(person)
            if looks:
                seen[page] = before.revision
            text = f"{page} écrit {index}"
            result = save(person, text, writer=f"page-{page}", base=seen[page], seq=index)
            after = answer(person)
            if result.outcome is Outcome.SAVED:
                seen[page] = after.revision
                last[page] = text
                assert before.writer in ("", f"page-{page}") or looks or before.revision == seen[page] - 1
            else:
                assert after.text == before.text
                assert SetAside.objects.filter(answer=after, text=text).exists()


def test_the_page_sends_json_and_gets_an_answer_for_each_field(person: Participant) -> None:
    client = make.student_client(person)
    make_now_running(person.run)
    fields = [
        {"name": "q1-reponse", "text": "Un deux trois", "base": 0, "seq": 1},
        {"name": "q2-differences", "text": "Quatre", "base": 0, "seq": 2},
    ]
    body = json.dumps({"part": 1, "writer": "page-1234", "fields": fields})
    response = client.post(f"/s/{person.public_id}/enregistrer/", body, content_type="application/json")
    assert response.status_code == 200
    saved = response.json()["fields"]
    assert [f["outcome"] for f in saved] == ["saved", "saved"]
    assert saved[0]["words"] == 3
    assert answer(person).text == "Un deux trois"


def make_now_running(run: ClassRun) -> None:
    """The view reads the real clock: the part runs until long after it."""
    phase = make.phase(run)
    phase.sittings.update(ends_at=timezone.now() + timedelta(hours=1))


@pytest.mark.parametrize(
    "body",
    [" ", "[]", "{}", '{"part": 1}', '{"part": 9, "writer": "page-1234", "fields": []}',
     '{"part": 1, "writer": "é", "fields": []}',
     '{"part": 1, "writer": "page-1234", "fields": [{"name": "x", "text": "", "base": 0, "seq": 1}]}',
     '{"part": 1, "writer": "page-1234", "fields": [{"name": "q1-reponse", "text": "", "base": -1, "seq": 1}]}'],
)  # fmt: skip
def test_garbage_is_refused_clearly(person: Participant, body: str) -> None:
    client = make.student_client(person)
    response = client.post(f"/s/{person.public_id}/enregistrer/", body, content_type="application/json")
    assert response.status_code == 400
    assert "n’a pas été comprise" in response.content.decode()


def test_without_javascript_the_form_saves_and_comes_back(person: Participant) -> None:
    make_now_running(person.run)
    client = make.student_client(person)
    page = client.get(f"/s/{person.public_id}/").content.decode()
    assert 'name="base-q1-reponse" value="0"' in page
    form = {"part": "1", "writer": "sansscript1", "base-q1-reponse": "0", "q1-reponse": "Une réponse"}
    response = client.post(f"/s/{person.public_id}/enregistrer/", form)
    assert response.status_code == 302
    assert answer(person).text == "Une réponse"


def test_without_javascript_two_texts_are_shown_and_one_is_chosen(person: Participant) -> None:
    make_now_running(person.run)
    save(person, "depuis le téléphone", now=timezone.now())
    client = make.student_client(person)
    form = {"part": "1", "writer": "sansscript1", "base-q1-reponse": "0", "q1-reponse": "depuis le PC"}
    response = client.post(f"/s/{person.public_id}/enregistrer/", form)
    page = response.content.decode()
    assert response.status_code == 409
    assert "depuis le téléphone" in page
    assert "depuis le PC" in page
    form |= {"base-q1-reponse": "1", "settle-q1-reponse": "1", "writer": "sansscript2"}
    assert client.post(f"/s/{person.public_id}/enregistrer/", form).status_code == 302
    assert answer(person).text == "depuis le PC"
    assert "Une autre version" not in client.get(f"/s/{person.public_id}/").content.decode()


@pytest.mark.parametrize("path", ["termine", "aide", "quitter"])
def test_every_button_of_the_desk_keeps_the_text(person: Participant, path: str) -> None:
    make_now_running(person.run)
    client = make.student_client(person)
    form = {"part": "1", "writer": "sansscript1", "base-q1-reponse": "0", "q1-reponse": "Avant le bouton"}
    client.post(f"/s/{person.public_id}/{path}/", form)
    assert answer(person).text == "Avant le bouton"
