"""The common document in the store: its log, compaction, earlier states, what comes late, who wrote what."""

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.actions.document_store import Shelf
from lessons.actions.documents import NoPoster, accept_late, write_texts
from lessons.models import Membership, Poster, PosterLate, PosterUpdate, PosterWriter
from lessons.queries.documents import authors, changes, document, documents, replica
from lessons.rules.document import Replica
from lessons.rules.document_updates import Behind
from tests.harness import builders as make
from tests.harness.documents import Member, members, open_group, poster_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> list[Member]:
    return open_group((4,))[0]


def said(member: Member, key: str = "titre") -> str:
    return document(poster_of(member)).texts.get(key, "")


def told(member: Member, *others: Member) -> None:
    """Gives these pages all that the server has."""
    for other in others:
        other.replica.apply(replica(poster_of(member)).whole())


# --- the log --------------------------------------------------------------------------------------------


def test_an_update_is_a_row_signed_by_its_page(group: list[Member]) -> None:
    ada, ben, *_ = group
    assert ada.save(ada.types("Bonjour")).number == 1
    told(ada, ben)
    assert ben.save(ben.types("Bonjour à tous")).number == 2
    poster = poster_of(ada)
    assert (poster.last_number, poster.snapshot_number) == (2, 0)
    assert [u.participant for u in poster.updates.all()] == [ada.person, ben.person]
    assert authors(poster) == {"titre": ((ada.person.pk, "Bonjour"), (ben.person.pk, " à tous"))}


def test_what_is_sent_again_is_acknowledged_without_a_second_row(group: list[Member]) -> None:
    ada = group[0]
    edit, shelf = ada.types("Bonjour"), Shelf()
    assert ada.save(edit, shelf).data is not None
    again = ada.save(edit, shelf)
    assert (again.refused, again.number, again.data) == ("", 1, None)
    assert PosterUpdate.objects.count() == 1


def test_an_edit_after_one_that_never_came_is_behind_until_the_whole_difference(group: list[Member]) -> None:
    ada = group[0]
    shelf = Shelf()
    ada.types("perdu en route")
    later = ada.save(ada.types("perdu en route, puis là"), shelf)
    assert later.refused == "behind"
    assert later.vector
    assert not PosterUpdate.objects.exists()
    assert ada.save(ada.replica.whole(), shelf).number == 1
    assert said(ada) == "perdu en route, puis là"


def test_the_documents_of_groups_do_not_mix() -> None:
    first, second = open_group((3, 3))
    first[0].save(first[0].types("le premier"))
    second[0].save(second[0].types("le second"))
    assert (said(first[1]), said(second[1])) == ("le premier", "le second")


def test_who_is_in_no_group_or_has_left_it_writes_nowhere(group: list[Member]) -> None:
    ada, ben, cleo, _ = group
    alone = Member(make.participant(ada.person.run))
    with pytest.raises(NoPoster):
        alone.save(alone.types("seul"))
    Membership.objects.filter(participant=ben.person).delete()
    with pytest.raises(NoPoster):
        ben.save(ben.types("parti"))
    group_ = cleo.person.membership.group
    group_.dissolved_at = timezone.now()
    group_.save()
    with pytest.raises(NoPoster):
        cleo.save(cleo.types("dissous"))
    assert not PosterUpdate.objects.exists()


def test_a_page_of_somebody_else_is_not_taken_over(group: list[Member]) -> None:
    ada, ben, *_ = group
    shelf = Shelf()
    ada.save(ada.types("d’Ada"), shelf)
    forged = Replica([ada.replica.whole()], client=ada.replica.client)
    edit = forged.write("titre", "d’Ada", "d’Ada, vraiment ?")
    assert edit is not None
    for client in (ada.replica.client, ben.replica.client):
        assert ben.save(edit, shelf, client=client).refused == "client"
    assert said(ada) == "d’Ada"


def test_a_member_takes_only_so_many_client_ids(group: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben, *_ = group
    monkeypatch.setattr("lessons.actions.document_store.MOST_PAGES", 2)
    shelf = Shelf()
    pages = [Member(ada.person) for _ in range(3)]
    assert [page.save(page.types("un"), shelf).refused for page in pages] == ["", "", "pages"]
    with transaction.atomic():
        form = write_texts(token=ada.token, texts={"source": ("", "par formulaire")}, now=timezone.now())
    assert form.refused == "pages"
    assert said(ada, "source") == ""
    assert pages[0].save(pages[0].types("un, deux"), shelf).refused == ""  # a page that is known goes on
    assert ben.save(ben.types("Ben"), shelf).refused == ""  # and so does anybody else
    assert PosterWriter.objects.filter(participant=ada.person).count() == 2


def test_the_log_becomes_one_state_and_nothing_is_lost(
    group: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lessons.actions.documents.COMPACT_EVERY", 10)
    ada, ben, *_ = group
    shelf = Shelf()
    for count in range(1, 25):
        ada.save(ada.types("x" * count), shelf)
    poster = poster_of(ada)
    assert (poster.last_number, poster.snapshot_number) == (24, 20)
    assert poster.updates.count() == 4
    assert said(ada) == "x" * 24
    assert authors(poster) == {"titre": ((ada.person.pk, "x" * 24),)}
    assert len(changes(poster.pk, 22).updates) == 2
    assert len(changes(poster.pk, 7).updates) == 1 + 4  # the state, and what came after it
    assert len(changes(poster.pk, 99).updates) == 1 + 4  # a page from before a backup was put back
    told(ada, ben)
    assert ben.replica.text("titre") == "x" * 24


def test_another_writer_than_the_thread_is_noticed(group: list[Member]) -> None:
    ada, ben, *_ = group
    shelf = Shelf()
    ada.save(ada.types("un", "q1-reponse"), shelf)
    write_texts(token=ben.token, texts={"titre": ("", "Titre")}, now=timezone.now())
    ada.save(ada.types("un deux", "q1-reponse"), shelf)
    assert document(poster_of(ada)).texts == {"titre": "Titre", "q1-reponse": "un deux"}


def test_a_transaction_that_does_not_take_place_leaves_nothing_in_memory(group: list[Member]) -> None:
    ada = group[0]
    shelf = Shelf()
    ada.save(ada.types("un"), shelf)
    with transaction.atomic():
        ada.save(ada.types("un deux"), shelf)
        transaction.set_rollback(True)
    shelf.clear()  # as live.saves does
    assert ada.save(ada.types("un deux trois"), shelf).refused == "behind"
    assert ada.save(ada.replica.whole(), shelf).number == 2
    assert said(ada) == "un deux trois"


# --- many at once: nothing is lost, all end equal ------------------------------------------------------------


class Table:
    """Four writers whose edits reach the server late, twice, or after others; and who hear of it as late."""

    def __init__(self, group: list[Member], seed: int) -> None:
        Poster.objects.update(snapshot=b"", snapshot_number=0, last_number=0, saved_at=None)
        PosterUpdate.objects.all().delete()
        PosterWriter.objects.all().delete()
        self.random = random.Random(seed)
        self.members = [Member(member.person) for member in group]
        self.shelf = Shelf(most=self.random.choice((1, 256)))
        self.unsent: list[list[bytes]] = [[] for _ in group]
        self.seen = [0 for _ in group]
        self.waiting: list[list[bytes]] = [[] for _ in group]
        self.signs = iter(range(0x1F300, 0x1F8FF))
        self.inserted: set[str] = set()
        self.deleted: set[str] = set()

    def type(self, who: int, where: float, length: int) -> None:
        """Writes an emoji of its own somewhere, and a letter beside it; or takes some away."""
        page = self.members[who]
        key = self.random.choice(("titre", "q1-reponse"))
        text = page.replica.text(key)
        at = int(where * len(text))
        gone = text[at : at + length] if self.random.random() < 0.3 else ""
        new = "" if gone else chr(next(self.signs)) + self.random.choice("aé \n")
        self.inserted |= set(new[:1])
        self.deleted |= set(gone)
        if edit := page.replica.replace(key, at, at + len(gone), new):
            self.unsent[who].append(edit)

    def send(self, who: int) -> None:
        """The oldest edit that waits; sometimes the answer is lost, and it is sent again."""
        page = self.members[who]
        if not self.unsent[who]:
            return
        written = page.save(self.unsent[who][0], self.shelf)
        assert written.refused == ""
        if self.random.random() < 0.8:
            self.unsent[who].pop(0)

    def hear(self, who: int) -> None:
        """What the server has above what this page has seen, in any order, some of it twice."""
        poster = poster_of(self.members[who])
        found = changes(poster.pk, self.seen[who])
        self.waiting[who] += self.random.sample(found.updates, len(found.updates))
        while came := [data for data in self.waiting[who] if self.places(who, data)]:
            self.waiting[who] = [data for data in self.waiting[who] if data not in came]
        self.seen[who] = self.random.choice((self.seen[who], found.number))

    def places(self, who: int, data: bytes) -> bool:
        """As yjs does: what lacks its beginning waits. (pycrdt 0.14.13 loses one of two that wait.)"""
        try:
            self.members[who].replica.apply(data)
        except Behind:
            return False
        return True

    def end(self) -> str:
        for who in range(len(self.members)):
            while self.unsent[who]:
                self.send(who)
        for who in range(len(self.members)):
            self.seen[who] = 0
            self.hear(who)
        stored = replica(poster_of(self.members[0]))
        for page in self.members:
            assert page.replica.state == stored.state
            assert page.replica.texts() == stored.texts()
        return "".join(stored.texts().values())


STEPS = st.tuples(
    st.sampled_from(["type", "type", "send", "hear"]), st.integers(0, 3), st.floats(0, 1), st.integers(1, 5)
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=10, max_size=50), st.integers(0, 10**6))
def test_four_writers_in_any_order_end_equal_and_lose_nothing(
    group: list[Member], steps: list[tuple[str, int, float, int]], seed: int
) -> None:
    monkey = pytest.MonkeyPatch()
    monkey.setattr("lessons.actions.documents.COMPACT_EVERY", 7)
    room = Table(group, seed)
    for what, who, where, length in steps:
        if what == "type":
            room.type(who, where, length)
        else:
            getattr(room, what)(who)
    text = room.end()
    monkey.undo()
    for sign in room.inserted:  # pairs of surrogates, whole
        assert text.count(sign) == (0 if sign in room.deleted else 1)
    assert "\ufffd" not in text


# --- without JavaScript ---------------------------------------------------------------------------------------


def test_a_form_is_merged_with_what_others_wrote_since_and_signed(group: list[Member]) -> None:
    ada, ben, *_ = group
    ada.save(ada.types("Un restaurant"))
    base = said(ada)
    ada.save(ada.types("Un restaurant 😀 coopératif"))
    sent = {"titre": (base, "Un petit restaurant"), "source": ("", "annexe 1\r\nannexe 2")}
    written = write_texts(token=ben.token, texts=sent, passed={"4": True}, now=timezone.now())
    assert (written.refused, written.number) == ("", 3)
    found = document(poster_of(ada))
    assert found.texts == {"titre": "Un petit restaurant 😀 coopératif", "source": "annexe 1\nannexe 2"}
    assert found.passed == {4}
    assert (ben.person.pk, "petit ") in authors(poster_of(ada))["titre"]


def test_the_same_form_twice_writes_once(group: list[Member]) -> None:
    ada = group[0]
    for _ in range(2):
        write_texts(token=ada.token, texts={"titre": ("", "Un titre")}, now=timezone.now())
    assert said(ada) == "Un titreUn titre" or said(ada) == "Un titre"
    written = write_texts(token=ada.token, texts={"titre": (said(ada), said(ada))}, now=timezone.now())
    assert written.data is None


def test_a_form_after_the_bell_is_kept_apart(group: list[Member]) -> None:
    ada = group[0]
    late = timezone.now() + timedelta(hours=2)
    assert write_texts(token=ada.token, texts={"titre": ("", "Tard")}, now=late).refused == "closed"
    assert said(ada) == ""
    accept_late(late=PosterLate.objects.get(), now=late)
    assert said(ada) == "Tard"


# --- the price ------------------------------------------------------------------------------------------------


def queries(action: object) -> int:
    with CaptureQueriesContext(connection) as found:
        action()  # type: ignore[operator]
    return sum("SAVEPOINT" not in query["sql"] for query in found)


@pytest.mark.parametrize("sizes", [(4,), (4, 4, 4, 4, 4, 4, 4, 4, 3)])
def test_an_update_costs_three_statements_whatever_the_class(sizes: tuple[int, ...]) -> None:
    ada = open_group(sizes)[0][0]
    shelf = Shelf()
    ada.save(ada.types("un"), shelf)
    edit = ada.types("un deux")
    assert queries(lambda: ada.save(edit, shelf)) == 3
    assert queries(lambda: ada.save(edit, shelf)) == 1  # a repeat


@pytest.mark.parametrize("count", [1, 9])
def test_documents_cost_one_query_whatever_the_class(count: int) -> None:
    groups = open_group((3,) * count)
    for group in groups:
        group[0].save(group[0].types("un titre"))
    posters = list(Poster.objects.order_by("pk"))
    assert queries(lambda: documents(posters)) == 1
    assert queries(lambda: documents(posters)) == 0  # known until something is written
    assert [found.texts for found in documents(posters).values()] == [{"titre": "un titre"}] * count
    assert queries(lambda: authors(posters[0])) == 2
    assert queries(lambda: changes(posters[0].pk, 0)) == 3


def test_a_reading_between_two_writes_is_whole(group: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    """The log was made one state after the poster's row was read."""
    monkeypatch.setattr("lessons.actions.documents.COMPACT_EVERY", 3)
    ada = group[0]
    shelf = Shelf()
    ada.save(ada.types("a"), shelf)
    ada.save(ada.types("ab"), shelf)
    old = poster_of(ada)
    ada.save(ada.types("abc"), shelf)
    assert not PosterUpdate.objects.exists()
    assert document(old).texts == {"titre": "abc"}
    assert members(ada.person.membership.group)[0].person == ada.person
