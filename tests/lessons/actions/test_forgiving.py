"""A save that takes much away keeps what was there: it is offered, taken back or refused, bounded, and gone in time."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lessons.actions import forgiving, merging, paper_copies, participants
from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import Saved, save_answers
from lessons.models import Answer, Participant, Phase, SetAside
from lessons.queries.student import FieldState, student_page
from lessons.rules import texts
from lessons.rules.clock import GRACE, Kind
from lessons.rules.forgiving import MOST_KEPT, Kept, takes_much, together, too_many
from lessons.rules.saving import Draft, Outcome
from tests.harness import builders as make
from tests.harness.builders import at
from tests.lessons.actions.test_saving import answer, save

pytestmark = pytest.mark.django_db
LINE = "Un texte plus long était enregistré à"


@pytest.fixture
def person() -> Participant:
    run = make.class_run(participants=1)
    make.start(run)
    return run.participants.select_related("run").get()


@pytest.fixture
def here() -> Participant:
    """The same in a part that runs now: views read the real clock."""
    run = make.class_run(participants=1)
    make.start(run, timezone.now())
    return run.participants.select_related("run").get()


def words(count: int, stem: str = "mot") -> str:
    return " ".join(f"{stem}{number}" for number in range(count))


def write(person: Participant, *written: str, first: int = 1, minute: float = 1) -> Saved:
    """One page's saves, one a second; what became of the last."""
    results = []
    for number, text in enumerate(written):
        now = at(minute) + timedelta(seconds=number)
        results.append(save(person, text, seq=first + number, base=answer(person).revision, now=now))
    return results[-1]


def waiting(person: Participant) -> list[SetAside]:
    kept = SetAside.objects.filter(answer__sitting__participant=person, reason="longer")
    return list(kept.filter(accepted_at=None, dismissed_at=None).order_by("received_at", "pk"))


def field_of(person: Participant) -> FieldState:
    return student_page(Participant.objects.get(pk=person.pk), at(2)).questions[0].fields[0]


# --- the rule ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [(20, 3, True), (20, 4, False), (19, 0, False), (100, 20, False), (100, 19, True)],
)
def test_more_than_80_percent_of_twenty_words_or_more(
    person: Participant, before: int, after: int, kept: bool
) -> None:
    result = write(person, words(before), words(after))
    assert result.outcome is Outcome.SAVED
    assert answer(person).text == words(after)
    assert [aside.text for aside in waiting(person)] == ([words(before)] if kept else [])
    assert takes_much(before, after) is kept
    if kept:
        assert result.longer is not None
        assert result.longer.kept is not None
        assert (result.longer.kept.text, result.longer.kept.at) == (words(before), at(1))
    else:
        assert result.longer is None


def test_what_goes_piece_by_piece_is_held_against_the_best_moment(person: Participant) -> None:
    result = write(person, words(100), words(21), words(5))  # 79 %, then 76 %
    assert [aside.text for aside in waiting(person)] == [words(100)]
    assert result.longer is not None
    write(person, words(4), words(0), first=10)
    assert [aside.text for aside in waiting(person)] == [words(100)]


def test_letter_by_letter_too(person: Participant) -> None:
    """As whoever holds the backspace key, one save a second."""
    text = words(24)
    write(person, *(text[:end] for end in range(len(text), -1, -9)))
    assert [aside.text for aside in waiting(person)] == [text]


def test_what_the_student_saw_last_is_offered_before_what_was_longer_once(person: Participant) -> None:
    write(person, words(100, "long"), words(95, "mieux"), "")
    assert {aside.text for aside in waiting(person)} == {words(100, "long"), words(95, "mieux")}
    shown = field_of(person).longer
    assert shown is not None
    assert shown.text == words(95, "mieux")
    write(person, words(95, "mieux"), first=10)
    assert field_of(person).longer is None  # nearly as long: no question; it waits all the same
    write(person, words(50, "autre"), first=20)
    assert field_of(person).longer is not None


def test_what_was_typed_again_or_undone_asks_nothing(person: Participant) -> None:
    write(person, words(30), "", words(30))
    assert field_of(person).longer is None
    write(person, "", words(30), "", first=10)
    assert len(waiting(person)) == 1  # once, however often it was emptied


def test_another_tab_that_has_not_seen_the_text_empties_nothing(person: Participant) -> None:
    write(person, words(30))
    assert save(person, "", writer="page-b", base=0, now=at(2)).outcome is Outcome.UNSEEN
    assert answer(person).text == words(30)
    assert waiting(person) == []


def test_after_the_bell_an_emptied_field_is_late_and_keeps_nothing_else(person: Participant) -> None:
    write(person, words(30))
    late = save(person, "", seq=9, now=at(15) + GRACE + timedelta(seconds=1))
    assert late.outcome is Outcome.LATE
    assert (answer(person).text, waiting(person)) == (words(30), [])


def test_a_repeat_of_the_request_keeps_it_once(person: Participant) -> None:
    write(person, words(30), "")
    assert save(person, "", seq=2, base=1).outcome is Outcome.SAVED
    assert len(waiting(person)) == 1


def price(person: Participant, phase: Phase, seq: int, *written: str) -> int:
    token = Token(person.pk, person.token_version)
    with CaptureQueriesContext(connection) as queries:
        for number, text in enumerate(written):
            draft = Draft(1, "reponse", text, 0, seq + number)
            save_answers(token=token, phase=phase, writer="page-a", drafts=[draft], now=at(1))
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in queries)


def test_it_costs_an_ordinary_save_nothing(person: Participant) -> None:
    """Nor one that goes piece by piece, until much is gone."""
    phase = Phase.objects.select_related("part").get(pk=make.phase(person.run).pk)
    assert price(person, phase, 1, words(40), words(39), words(9), words(60), words(12)) == 5
    # The write that does not take place, why, does the token hold, the lock, the write; of each of the two texts
    # whether it waits already, and the row; how many there are; what is offered.
    assert price(person, phase, 10, words(2)) == 9
    assert price(person, phase, 11, words(3), "") == 2


# --- bounded ----------------------------------------------------------------------------------------------------


def test_the_longest_and_the_newest_stay(person: Participant) -> None:
    for number, count in enumerate((90, 25, 60, 30, 40, 22)):
        write(person, words(count, f"t{number}x"), "", first=10 * number + 1, minute=1 + number)
    kept = [len(aside.text.split()) for aside in waiting(person)]
    assert kept == [90, 60, 40, 22]
    assert len(kept) == MOST_KEPT


def test_what_was_decided_goes_first() -> None:
    rows = [Kept(n, words(99), 99 - n, at(n), decided=n == 2) for n in range(MOST_KEPT + 1)]
    assert [one.pk for one in too_many(rows)] == [2]
    everything = [Kept(n, "", n, at(n), decided=True) for n in range(MOST_KEPT + 2)]
    assert [one.pk for one in too_many(everything)] == [0, 1]


def test_emptying_without_end_fills_nothing(person: Participant) -> None:
    for number in range(20):
        write(person, words(30, f"t{number}x"), "", first=10 * number + 1)
        aside = waiting(person)[-1]
        save(
            person, "", base=answer(person).revision, seq=10 * number + 5, settles=True, versions=(aside.pk,)
        )
    assert SetAside.objects.count() <= MOST_KEPT


# --- taking it back ---------------------------------------------------------------------------------------------


def test_taking_it_back_loses_nothing_of_what_stands_there() -> None:
    assert together("Un deux trois", "Un deux") == "Un deux trois"
    assert together("Un deux trois", " ") == "Un deux trois"
    assert together("Un deux trois", "Autre") == "Un deux trois\n\nAutre"
    assert together("a" * texts.MAX_KEPT, "b") is None


@pytest.mark.parametrize("takes", [True, False])
def test_an_open_page_takes_it_back_or_refuses_it_with_a_save_like_any_other(
    person: Participant, takes: bool
) -> None:
    result = write(person, words(30), "autre")
    assert result.longer is not None
    kept = result.longer.kept
    assert kept is not None
    text = f"{words(30)}\n\nautre" if takes else "autre"
    done = save(person, text, base=result.revision, seq=9, settles=True, versions=(kept.pk,))
    assert done.longer is not None
    assert done.longer.kept is None
    assert (answer(person).text, waiting(person)) == (text, [])
    assert field_of(person).longer is None


def test_settling_two_texts_says_nothing_about_what_was_taken_away(person: Participant) -> None:
    write(person, words(30), "")
    save(person, "autre", writer="page-b", base=0)
    save(person, "autre", writer="page-b", base=answer(person).revision, seq=2, settles=True)
    assert [aside.text for aside in waiting(person)] == [words(30)]


def post(person: Participant, **sent: str) -> object:
    client = make.student_client(person)
    found = answer(person)
    form = {
        "part": "1",
        "writer": "page-form",
        "q1-reponse": found.text,
        "base-q1-reponse": str(found.revision),
        "was-q1-reponse": texts.digest(found.text),
    }
    return client.post(f"/s/{person.public_id}/enregistrer/", form | sent)


def test_a_form_without_javascript_shows_it_takes_it_back_and_loses_nothing(here: Participant) -> None:
    person = here
    write(person, words(30), "rest")
    page = make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert page.count(LINE) == 2  # the field's, and the one for the page's script
    (aside,) = waiting(person)
    assert f'name="reprendre" value="{aside.pk}"' in page
    post(person, **{"reprendre": str(aside.pk), "q1-reponse": "neuf"})
    assert answer(person).text == f"{words(30)}\n\nneuf"
    assert waiting(person) == []
    page = make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert page.count(LINE) == 1


def test_a_form_without_javascript_refuses_it(here: Participant) -> None:
    person = here
    write(person, words(30), "rest")
    (aside,) = waiting(person)
    for number in (str(aside.pk), str(aside.pk), "9" * 40, "x", "-1"):  # twice, and what no page sends
        assert post(person, ecarter=number).status_code == 302  # type: ignore[attr-defined]
    assert (answer(person).text, waiting(person)) == ("rest", [])


def test_two_texts_that_are_too_long_together_are_said_and_both_stay(here: Participant) -> None:
    person = here
    long = ("mot " * 10_000).strip()
    write(person, long, "x" * 15_000)
    (aside,) = waiting(person)
    response = post(person, reprendre=str(aside.pk))
    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "ensemble sont trop longs" in response.content.decode()  # type: ignore[attr-defined]
    assert (answer(person).text, len(waiting(person))) == ("x" * 15_000, 1)


def test_nobody_takes_back_what_another_wrote(person: Participant) -> None:
    other = make.participant(person.run)
    write(other, words(30), "")
    (aside,) = waiting(other)
    assert forgiving.choice(participant=person, kept=aside.pk, takes=True, seq=9) is None
    save(person, "à moi", seq=1, settles=True, versions=(aside.pk,))
    assert len(waiting(other)) == 1


def test_after_the_end_the_student_is_not_asked_and_a_form_takes_nothing() -> None:
    run = make.class_run(participants=1)
    phase = make.start(run, at(-10))
    person = run.participants.select_related("run").get()
    write(person, words(30), "", minute=-9)
    act(phase=phase, kind=Kind.END, now=at(-5), keeps_extra=False)
    (aside,) = waiting(person)
    page = make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    assert LINE not in page
    post(person, reprendre=str(aside.pk))
    assert answer(person).text == ""
    assert len(waiting(person)) == 1


# --- the teacher ------------------------------------------------------------------------------------------------


@pytest.fixture
def teacher(person: Participant) -> Client:
    return make.teacher_client(person.run.owner)


def test_the_teacher_reads_it_folded_with_the_reason_and_takes_it(
    person: Participant, teacher: Client
) -> None:
    write(person, words(30), "rest")
    act(phase=make.phase(person.run), kind=Kind.END, now=at(3), keeps_extra=False)
    (aside,) = waiting(person)
    names = [person.run.public_id, person.public_id]
    own = teacher.get(reverse("lessons:participant-edit", args=names)).content.decode()
    assert "puis raccourci de plus de 80\u00a0%" in own
    copy = reverse("evaluations:sheet-grade", args=names)
    page = teacher.get(copy).content.decode()
    assert f"<summary>{LINE}" in page
    assert "raccourci ensuite de plus de 80\u00a0%" in page
    address = reverse("lessons:version-choose", args=[*names, aside.pk])
    assert teacher.post(address, {"accept": "1", "retour": copy}).headers["location"] == copy
    assert answer(person).text == words(30)
    assert waiting(person) == []
    assert SetAside.objects.filter(text="rest").exists()  # nothing is dropped
    assert LINE not in teacher.get(copy).content.decode()


def test_a_copy_typed_empty_by_the_teacher_keeps_what_was_there(person: Participant) -> None:
    write(person, words(100), words(60))
    draft = Draft(1, "reponse", "", answer(person).revision, 1)
    with transaction.atomic():
        left = paper_copies.type_copy(
            participant=person, phase=make.phase(person.run), writer="copie-1", drafts=[draft], now=at(3)
        )
    assert left == []
    assert [aside.text for aside in waiting(person)] == [words(100), words(60)]
    assert (answer(person).text, answer(person).longest) == ("", "")


# --- places that are made one, rights, the end --------------------------------------------------------------------


def test_two_places_made_one_keep_both(person: Participant) -> None:
    double = make.participant(person.run)
    write(person, words(30, "un"), "")
    write(double, words(40, "deux"), "", words(50, "fin"), words(45, "fin"))
    with transaction.atomic():
        merging.merge(duplicate=double, into=person, now=at(4))
    assert {aside.text for aside in waiting(person)} == {words(30, "un"), words(40, "deux")}
    assert answer(person).text == words(45, "fin")
    write(person, "", first=50)
    assert words(50, "fin") in {aside.text for aside in waiting(person)}


def test_a_late_text_accepted_in_between_confuses_nothing(person: Participant) -> None:
    write(person, words(50), words(45))
    late = save(person, words(50, "tard"), seq=9, now=at(20))
    assert late.outcome is Outcome.LATE
    participants.decide_late(late=SetAside.objects.get(), accept=True, now=at(21))
    act(phase=make.phase(person.run), kind=Kind.REOPEN, now=at(22), seconds=300)
    save(person, "", seq=10, base=answer(person).revision, now=at(23))
    assert {aside.text for aside in waiting(person)} == {words(50), words(50, "tard")}


def test_it_is_told_on_the_students_own_page_and_goes_with_them(person: Participant) -> None:
    write(person, words(100), words(60), "", words(40, "suite"), words(30, "suite"))
    client = make.student_client(person)
    page = client.get("/vos-donnees/").content.decode()
    assert "presque entièrement effacé" in page
    for text in (words(100), words(60), words(40, "suite")):
        assert text in page
    file = client.get(f"/s/{person.public_id}/donnees.json").content.decode()
    assert words(40, "suite") in file
    person.delete()
    assert not SetAside.objects.exists()
    assert not Answer.objects.exists()
