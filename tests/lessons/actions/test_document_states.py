"""The common document in the store: what comes after the bell, earlier states, people who go."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from lessons.actions import document_store
from lessons.actions.document_store import MOST_STATES, Shelf
from lessons.actions.documents import TooOld, accept_late, bring_back, dismiss_late, write_texts
from lessons.models import PosterLate, PosterState
from lessons.queries.documents import authors, document, replica
from lessons.rules.document import Replica, thinned
from lessons.rules.forgiving import FEWEST_WORDS
from lessons.rules.texts import count_words
from tests.harness import builders as make
from tests.harness.documents import Member, open_group, poster_of
from tests.lessons.actions.test_documents import said, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> list[Member]:
    return open_group((4,))[0]


# --- the bell ---------------------------------------------------------------------------------------------------


def test_after_the_bell_and_its_grace_an_update_is_kept_apart_once_a_page(group: list[Member]) -> None:
    ada, ben, *_ = group
    phase = make.phase(ada.person.run, 2)
    assert phase.ends_at is not None
    ada.save(ada.types("à temps"), now=phase.ends_at)
    assert ada.save(ada.types("à temps, tout juste"), now=phase.ends_at + timedelta(seconds=30)).refused == ""
    told(ada, ben)
    late = phase.ends_at + timedelta(seconds=31)
    edit = ada.types("à temps, tout juste, trop tard")
    for _ in range(2):  # the answer was lost
        assert ada.save(edit, now=late).refused == "closed"
    assert ada.save(ada.types("à temps, tout juste, trop tard aussi"), now=late).refused == "behind"
    assert ada.save(ada.replica.whole(), now=late).refused == "closed"
    assert ben.save(ben.types("Ben : à temps, tout juste"), now=late).refused == "closed"
    assert said(ada) == "à temps, tout juste"
    of_ada, of_ben = PosterLate.objects.order_by("pk")
    assert (of_ada.participant, of_ben.participant) == (ada.person, ben.person)
    dismiss_late(late=of_ben, now=late)
    accept_late(late=of_ada, now=late)
    accept_late(late=of_ada, now=late)
    assert said(ada) == "à temps, tout juste, trop tard aussi"
    assert authors(poster_of(ada))["titre"] == ((ada.person.pk, "à temps, tout juste, trop tard aussi"),)


def test_what_came_in_time_and_is_sent_again_after_the_bell_was_saved(group: list[Member]) -> None:
    ada = group[0]
    edit = ada.types("à temps")
    ada.save(edit)
    assert ada.save(edit, now=timezone.now() + timedelta(hours=2)).refused == ""
    assert not PosterLate.objects.exists()


@pytest.mark.parametrize("status", ["paused", "pending"])
def test_a_pause_takes_what_was_typed_before_it_and_nothing_comes_before_the_start(
    group: list[Member], status: str
) -> None:
    ada = group[0]
    make.phase(ada.person.run, 2).__class__.objects.filter(part__number=2).update(status=status, ends_at=None)
    assert ada.save(ada.types("encore")).refused == ("" if status == "paused" else "closed")
    assert not PosterLate.objects.exists()


# --- earlier states ---------------------------------------------------------------------------------------------


def test_a_state_is_kept_every_two_minutes_of_change_and_comes_back_with_its_authors(
    group: list[Member],
) -> None:
    ada, ben, *_ = group
    start = timezone.now()
    shelf = Shelf()
    ada.save(ada.types("Un restaurant"), shelf, now=start)
    ada.save(ada.types("Un restaurant coopératif"), shelf, now=start + timedelta(seconds=119))
    assert not PosterState.objects.exists()
    told(ada, ben)
    ben.save(ben.types("rien"), shelf, now=start + timedelta(seconds=121))
    state = PosterState.objects.get()
    assert (state.number, state.words) == (2, 3)
    bring_back(state=state, now=start + timedelta(seconds=125))
    assert said(ada) == "Un restaurant coopératif"
    assert authors(poster_of(ada))["titre"] == ((ada.person.pk, "Un restaurant coopératif"),)
    undone = PosterState.objects.get(number=3)  # the teacher may think again
    bring_back(state=undone, now=start + timedelta(seconds=130))
    assert said(ada) == "rien"
    told(ada, ben)
    ben.save(ben.types("rien du tout"), shelf, now=start + timedelta(seconds=135))
    assert said(ada) == "rien du tout"


LONG = "Un restaurant coopératif où chacun compte pour une voix. " * 5


def test_who_empties_a_text_leaves_it_behind_whatever_the_clock_says(group: list[Member]) -> None:
    ada, ben, *_ = group
    start, shelf = timezone.now(), Shelf()
    ada.save(ada.types(LONG), shelf, now=start)
    told(ada, ben)
    ben.save(ben.types(""), shelf, now=start + timedelta(seconds=11))
    assert said(ada) == ""
    bring_back(state=PosterState.objects.get(), now=start + timedelta(seconds=20))
    assert said(ada) == LONG


def test_piece_by_piece_it_leaves_a_state_too_and_not_one_a_piece(group: list[Member]) -> None:
    """One member who writes and takes away without rest crowds out nobody's state: one in ten seconds at most."""
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    ada.save(ada.types(LONG), shelf, now=start)
    for second in range(1, 31):
        ada.save(ada.types(LONG[: -9 * second]), shelf, now=start + timedelta(seconds=second))
    states = PosterState.objects.order_by("number")
    assert [state.at - start for state in states] == [timedelta(seconds=1), timedelta(seconds=23)]
    assert document(poster_of(ada)).texts["titre"] == LONG[: -9 * 30]
    best, kept = states
    assert Replica([bytes(best.data)]).text("titre") == LONG  # more than 80 % of it is gone by now
    assert len(Replica([bytes(kept.data)]).text("titre")) == len(LONG) - 9 * 22


def test_a_form_without_javascript_that_empties_a_text_leaves_it_behind(group: list[Member]) -> None:
    ada, *_ = group
    start = timezone.now()
    ada.save(ada.types(LONG), now=start)
    write_texts(token=ada.token, texts={"titre": (LONG, "")}, now=start + timedelta(seconds=11))
    bring_back(state=PosterState.objects.get(), now=start + timedelta(seconds=20))
    assert said(ada) == LONG


SHORT = (
    "Chacun y compte pour une voix, et le surplus reste dans le restaurant, pour tous, d’une année à l’autre, "
    "sans fin."
)


@pytest.mark.parametrize("key", ["titre", "q1-mecanismes", "essentiel-4"])
@pytest.mark.parametrize("left", ["", "Chacun"])
@pytest.mark.parametrize("scripts", [True, False])
def test_twenty_words_that_go_at_once_leave_a_state_whenever_they_go(
    group: list[Member], key: str, left: str, scripts: bool
) -> None:
    """As the reset of a browser: in the first seconds of a document, and right after a state of another kind."""
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    assert count_words(SHORT) >= FEWEST_WORDS
    ada.save(ada.types(SHORT, key), shelf, now=start)
    if scripts:
        ada.save(ada.types(left, key), shelf, now=start + timedelta(seconds=2))
    else:
        write_texts(token=ada.token, texts={key: (SHORT, left)}, now=start + timedelta(seconds=2))
    bring_back(state=PosterState.objects.get(), now=start + timedelta(seconds=20))
    assert document(poster_of(ada)).texts[key] == SHORT


def test_what_was_pasted_right_after_a_state_is_in_the_next_when_it_goes(group: list[Member]) -> None:
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    ada.save(ada.types("Un début"), shelf, now=start)
    ada.save(ada.types(LONG), shelf, now=start + timedelta(seconds=121))
    assert PosterState.objects.count() == 1  # two minutes had passed: « Un début »
    ada.save(ada.types(""), shelf, now=start + timedelta(seconds=124))
    newest = PosterState.objects.order_by("number").last()
    assert newest is not None
    assert Replica([bytes(newest.data)]).text("titre") == LONG


def test_a_whole_document_that_is_reset_in_one_moment_is_in_one_state(group: list[Member]) -> None:
    """Each of its texts goes with an edit of its own, within a second."""
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    keys = ["q1-mecanismes", "q2-acteurs", "source", "essentiel-4"]
    for key in keys:
        ada.save(ada.types(f"{key} {SHORT}", key), shelf, now=start)
    for key in keys:
        ada.save(ada.types("", key), shelf, now=start + timedelta(seconds=5))
    assert document(poster_of(ada)).texts == {}
    bring_back(state=PosterState.objects.get(), now=start + timedelta(seconds=20))
    assert document(poster_of(ada)).texts == {key: f"{key} {SHORT}" for key in keys}


def test_who_pastes_and_empties_without_rest_crowds_out_nobodys_state(group: list[Member]) -> None:
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    for second in range(60):
        ada.save(ada.types(LONG if second % 2 == 0 else ""), shelf, now=start + timedelta(seconds=second))
    assert PosterState.objects.count() <= 6


def test_looks_and_what_was_passed_on_come_back_too(group: list[Member]) -> None:
    ada = group[0]
    start = timezone.now()
    first = ada.replica.write_all({}, {"forme": {"palette": "pin"}, "transmis": {"4": True}})
    ada.save(first or b"", now=start)
    keep = replica(poster_of(ada)).whole()
    state = PosterState.objects.create(poster=poster_of(ada), number=1, data=keep, at=start)
    ada.save(ada.replica.write_all({}, {"forme": {"palette": "corail"}, "transmis": {"4": False}}) or b"")
    bring_back(state=state, now=start)
    found = document(poster_of(ada))
    assert found.look["palette"] == "pin"
    assert found.passed == {4}


def test_states_are_thinned_out_evenly(group: list[Member]) -> None:
    ada = group[0]
    start = timezone.now() - timedelta(minutes=25)
    poster = poster_of(ada)
    for number in range(MOST_STATES + 20):
        document_store.keep_state(poster.pk, number + 1, b"\0\0", start + timedelta(minutes=2 * number))
    kept = list(PosterState.objects.order_by("number").values_list("number", flat=True))
    assert len(kept) == MOST_STATES
    assert kept[0] == 1
    assert kept[-10:] == list(range(MOST_STATES + 11, MOST_STATES + 21))
    assert max(b - a for a, b in pairwise(kept)) <= 4


def test_a_document_that_was_blown_up_keeps_fewer_states(group: list[Member]) -> None:
    """Else a hostile group would fill the disk: 30 states of two megabytes each."""
    poster, start = poster_of(group[0]), timezone.now() - timedelta(hours=1)
    blown = b"\0\0" + bytes(document_store.MOST_STATE_BYTES // 20)
    for number in range(1, MOST_STATES):
        PosterState.objects.create(
            poster=poster, number=number, data=blown, at=start + timedelta(minutes=number)
        )
    document_store.keep_state(poster.pk, MOST_STATES, b"\0\0", start + timedelta(minutes=MOST_STATES))
    kept = list(PosterState.objects.order_by("number").values_list("number", flat=True))
    assert document_store.FEWEST_STATES <= len(kept) < MOST_STATES
    assert (
        sum(len(bytes(state.data)) for state in PosterState.objects.all()) <= document_store.MOST_STATE_BYTES
    )
    assert (kept[0], kept[-1]) == (1, MOST_STATES)


def test_the_state_that_is_missed_least_goes() -> None:
    start = timezone.now()
    states = [(n, start + timedelta(minutes=m)) for n, m in enumerate((0, 10, 11, 20, *range(30, 50, 2)))]
    assert thinned(states) in (1, 2)


# --- people ---------------------------------------------------------------------------------------------------


def test_who_is_erased_leaves_the_text_without_its_author(group: list[Member]) -> None:
    ada, ben, *_ = group
    ada.save(ada.types("d’Ada"))
    told(ada, ben)
    ben.save(ben.types("d’Ada et de Ben"))
    poster = poster_of(ben)
    ada.person.delete()
    assert document(poster).texts == {"titre": "d’Ada et de Ben"}
    assert authors(poster) == {"titre": ((None, "d’Ada"), (ben.person.pk, " et de Ben"))}


def test_nobody_writes_under_the_number_of_who_was_erased(group: list[Member]) -> None:
    ada, ben, *_ = group
    ada.save(ada.types("d’Ada"))
    ada.person.delete()
    edit = ada.types("d’Ada, encore")
    assert ben.save(edit, client=ada.replica.client).refused == "client"


def test_what_builds_upon_nothing_that_is_here_is_not_accepted(group: list[Member]) -> None:
    """A backup was put back since: the text stays apart, and the teacher is told."""
    ada = group[0]
    ada.types("un")
    late = PosterLate.objects.create(
        poster=poster_of(ada), participant=ada.person, data=ada.types("un deux"), received_at=timezone.now()
    )
    with pytest.raises(TooOld):
        accept_late(late=late, now=timezone.now())
    late.refresh_from_db()
    assert late.accepted_at is None
    assert said(ada) == ""


def test_what_goes_makes_room_for_what_comes_back(
    group: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = group[0]
    ada.save(ada.types("a" * 3_000, key="source"))
    old = PosterState.objects.create(
        poster=poster_of(ada), number=99, data=ada.replica.whole(), words=1, at=timezone.now()
    )
    ada.save(ada.types("", key="source"))
    ada.save(ada.types("t" * 3_000))
    monkeypatch.setattr("lessons.rules.document.MAX_DOCUMENT", 5_000)
    with transaction.atomic():
        bring_back(state=old, now=timezone.now())
    assert document(poster_of(ada)).texts == {"source": "a" * 3_000}


def test_a_state_counts_the_posters_words_and_not_what_is_passed_on(group: list[Member]) -> None:
    ada = group[0]
    start = timezone.now()
    shelf = Shelf()
    for key in ("q1-mecanismes", "essentiel-4", "titre"):
        ada.save(ada.types("Deux mots", key), shelf, now=start)
    ada.save(ada.types("rien"), shelf, now=start + timedelta(seconds=121))
    assert PosterState.objects.get().words == 4
