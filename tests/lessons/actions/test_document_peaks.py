"""A poster's text that goes, at once or piece by piece, is in a state as it was at its best moment."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.actions.document_store import MOST_STATES, Shelf
from lessons.actions.documents import bring_back, write_texts
from lessons.models import PosterState, PosterWriter
from lessons.queries.documents import authors, document, replica
from lessons.rules.document import Replica
from lessons.rules.forgiving import takes_much
from lessons.rules.texts import count_words
from tests.harness.documents import Member, open_group, poster_of
from tests.lessons.actions.test_document_states import SHORT

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> list[Member]:
    return open_group((4,))[0]


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize(("scripts", "compacted"), [(True, 200), (False, 200), (True, 5)])
def test_twenty_words_held_down_with_backspace_are_in_a_state(
    group: list[Member], monkeypatch: pytest.MonkeyPatch, every: int, scripts: bool, compacted: int
) -> None:
    """Between two states, letter by letter, never 200 characters; the document is compacted meanwhile or not."""
    monkeypatch.setattr("lessons.actions.documents.COMPACT_EVERY", compacted)
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    text = " ".join(f"m{number:02}" for number in range(22))
    ada.save(ada.types(text), shelf, now=start)
    said = text
    for count, end in enumerate((*range(len(text) - every, 0, -every), 0), start=1):
        now = start + timedelta(milliseconds=100 * count)
        if scripts:
            ada.save(ada.types(text[:end]), shelf, now=now)
        else:
            write_texts(token=ada.token, texts={"titre": (said, text[:end])}, now=now)
        said = text[:end]
    assert document(poster_of(ada)).texts == {}
    kept = [Replica([bytes(state.data)]).text("titre") for state in PosterState.objects.order_by("number")]
    whole = 4 * count_words(text) / 5 if compacted == 5 else count_words(text)
    assert count_words(kept[0]) >= whole
    assert len(kept) <= (1 if compacted == 200 else 2)
    bring_back(state=PosterState.objects.earliest("number"), now=start + timedelta(minutes=1))
    assert said_at_best(ada, kept[0])


def said_at_best(member: Member, text: str) -> bool:
    """It says so, and whose it is."""
    poster = poster_of(member)
    return authors(poster)["titre"] == ((member.person.pk, text),)


WORDS = st.integers(0, 40)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["titre", "q1-mecanismes", "source"]), WORDS, st.integers(1, 70), st.booleans()
    ),
    min_size=3,
    max_size=12,
)


@pytest.mark.parametrize(("scripts", "compacted"), [(True, 200), (False, 200), (True, 4)])
@given(edits=EDITS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_a_text_that_goes_is_in_a_state(
    group: list[Member], *, scripts: bool, compacted: int, edits: list[tuple[str, int, int, bool]]
) -> None:
    """At once or in pieces, by pages or forms, two members in turn: at its best moment, or nearly where compacted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lessons.actions.documents.COMPACT_EVERY", compacted)
        writers, poster, shelf, now = blank(group[:2]), poster_of(group[0]), Shelf(), timezone.now()
        best: dict[str, int] = {}
        for key, words, seconds, first in edits:
            now += timedelta(seconds=seconds)
            before, text = replica(poster), " ".join(f"w{number:02}" for number in range(words))
            if before.text(key) == text:
                continue
            if scripts:
                writer = writers[0] if first else writers[1]
                writer.replica.apply(before.whole())
                writer.save(writer.types(text, key), shelf, now=now)
            else:
                write_texts(token=writers[0].token, texts={key: (before.text(key), text)}, now=now)
            poster.refresh_from_db()
            longest = best.get(key, 0)
            best[key] = words if takes_much(longest, words) else max(longest, words)
            if best[key] < longest:
                held = [count_words(Replica([bytes(state.data)]).text(key)) for state in poster.states.all()]
                assert max(held, default=0) >= (longest if compacted == 200 else 4 * longest / 5)


def blank(group: list[Member]) -> list[Member]:
    """The same members of a document that begins."""
    poster = poster_of(group[0])
    for rows in (poster.updates, poster.states, PosterWriter.objects.filter(poster=poster)):
        rows.all().delete()
    type(poster).objects.filter(pk=poster.pk).update(snapshot=b"", snapshot_number=0, last_number=0)
    return [Member(member.person) for member in group]


def test_who_pastes_other_texts_without_rest_leaves_the_group_its_states(group: list[Member]) -> None:
    """However many texts of one member come and go, none of half an hour's states goes for them."""
    ada, *_ = group
    start, shelf = timezone.now(), Shelf()
    for number in range(16):
        ada.save(
            ada.types("mot " * number + "fin", "source"), shelf, now=start + timedelta(minutes=2 * number)
        )
    earlier = set(PosterState.objects.values_list("pk", flat=True))
    for second in range(80):
        text = f"{second} {SHORT}" if second % 2 == 0 else ""
        ada.save(ada.types(text), shelf, now=start + timedelta(minutes=31, seconds=second))
    now = set(PosterState.objects.values_list("pk", flat=True))
    assert len(earlier) >= 15
    assert earlier <= now
    assert len(now) == MOST_STATES
