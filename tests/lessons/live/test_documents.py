"""What a page writes in the document of its group, from the light part to the commit, and who is told."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from lessons import live
from lessons.actions import participants
from lessons.actions.documents import Shelf, accept_late, apply_update
from lessons.live import documents, saves
from lessons.models import (
    Membership,
    Participant,
    Phase,
    Poster,
    PosterLate,
    PosterUpdate,
    PosterWriter,
)
from lessons.queries.documents import replica
from lessons.rules.poster import MAX_UPDATE
from tests.harness import builders as make
from tests.harness.asgi import ask
from tests.harness.documents import Member, open_group, poster_of, texts
from tests.lessons.live.test_saves import Inline, a_save, answer, seated

pytestmark = pytest.mark.django_db


# --- the way of an edit ------------------------------------------------------------------------------------


def test_what_one_writes_is_stored_and_another_reads_it(group: list[Member], inline: Inline) -> None:
    ada, ben, _ = group
    reply = ada.post(ada.types("Bonjour 😀"))
    assert (reply.status, reply.json()) == (200, {"number": 1, "again": False})
    assert texts(ada) == {"titre": "Bonjour 😀"}
    ben.catch_up()
    assert ben.replica.text("titre") == "Bonjour 😀"
    assert ben.post(ben.types("Bonjour à tous 😀")).status == 200
    assert texts(ada) == {"titre": "Bonjour à tous 😀"}
    assert ada.lacks(1)["n"] == 2
    assert len(ada.lacks(1)["u"]) == 1
    assert ada.lacks()["a"] == {
        str(ada.replica.client): [ada.person.public_id, ada.person.shown_name],
        str(ben.replica.client): [ben.person.public_id, ben.person.shown_name],
    }


def test_a_repeat_says_so(group: list[Member], inline: Inline) -> None:
    ada = group[0]
    edit = ada.types("Bonjour")
    ada.post(edit)
    assert ada.post(edit).json() == {"number": 1, "again": True}


def test_a_page_that_is_behind_is_told_what_the_server_has(group: list[Member], inline: Inline) -> None:
    ada = group[0]
    ada.post(ada.types("un"))
    ada.types("un deux")
    reply = ada.post(ada.types("un deux trois"))
    assert (reply.status, reply.json()["reason"]) == (409, "behind")
    assert base64.b64decode(reply.json()["vector"]) == replica(poster_of(ada)).vector
    assert ada.post(ada.replica.whole()).status == 200
    assert texts(ada) == {"titre": "un deux trois"}


def test_after_the_bell_the_page_is_told(group: list[Member], inline: Inline) -> None:
    ada = group[0]
    Phase.objects.update(ends_at=timezone.now() - timedelta(seconds=31))
    reply = ada.post(ada.types("trop tard"))
    assert (reply.status, reply.json()) == (409, {"reason": "closed"})
    assert texts(ada) == {}
    assert PosterLate.objects.get().participant == ada.person


@pytest.mark.parametrize(
    ("edit", "status"),
    [
        (b"", 422),
        (b"garbage", 422),
        (bytes.fromhex("000002a50102060105746974726561000201010100000100"), 422),  # V2
        (bytes.fromhex("01010700040104706972650161") + b"\0", 422),  # a text that is none of ours
        (b"\0" * (MAX_UPDATE + 1), 413),
    ],
)
def test_garbage_is_refused_with_the_document_intact(
    group: list[Member], inline: Inline, edit: bytes, status: int
) -> None:
    ada = group[0]
    ada.post(ada.types("intact"))
    before = replica(poster_of(ada)).whole()
    assert ada.post(edit).status == status
    assert replica(poster_of(ada)).whole() == before
    assert ada.post(ada.types("intact, et la suite")).status == 200
    assert texts(ada) == {"titre": "intact, et la suite"}


def test_a_text_that_is_too_long_is_refused(group: list[Member], inline: Inline) -> None:
    ada = group[0]
    reply = ada.post(ada.types("x" * 32_001))
    assert (reply.status, reply.json()) == (413, {"reason": "long"})
    assert texts(ada) == {}


@pytest.mark.parametrize(
    "query", ["", "client=", "client=0", "client=-1", "client=" + "9" * 17, "client=%C2%B2"]
)
def test_without_a_client_number_nothing_is_taken(group: list[Member], inline: Inline, query: str) -> None:
    assert group[0].post(group[0].types("x"), query=query).status == 400
    assert texts(group[0]) == {}


# --- doors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["http://ailleurs.example", "null", "https://testserver", ""])
def test_an_edit_from_elsewhere_is_refused(group: list[Member], inline: Inline, origin: str) -> None:
    assert group[0].post(group[0].types("x"), headers={"origin": origin}).status == 403
    assert texts(group[0]) == {}


def test_the_cookie_of_the_next_student_does_not_write_in_this_page(
    group: list[Member], inline: Inline
) -> None:
    ada, ben, _ = group
    assert ada.post(ada.types("x"), cookie_of=ben.person).status == 404
    assert ada.post(ada.types("xy"), headers={"cookie": ""}).status == 404
    assert texts(ada) == {}


@pytest.mark.parametrize("role", ["tableau", "ecran"])
def test_a_token_of_the_teacher_neither_reads_nor_writes(
    group: list[Member], inline: Inline, role: str
) -> None:
    ada = group[0]
    token = live.token_for(ada.person.run, role)
    assert ada.post(ada.types("x"), path=f"/live/{token}/affiche").status == 404
    assert ask("GET", f"/live/{token}/affiche/suite").status == 404


def test_who_is_in_no_group_or_was_removed_gets_nothing(group: list[Member], inline: Inline) -> None:
    ada, ben, _ = group
    ada.post(ada.types("secret du groupe"))
    alone = Member(make.participant(ada.person.run))
    assert alone.post(alone.types("x")).status == 404
    assert ask("GET", f"/live/{alone.page}/affiche/suite").status == 404
    before = Member(Participant.objects.select_related("run").get(pk=ben.person.pk))
    participants.remove(participant=ben.person, now=timezone.now())
    assert before.post(before.types("x")).status == 404
    assert ask("GET", f"/live/{before.page}/affiche/suite").status == 404
    assert texts(ada) == {"titre": "secret du groupe"}


def test_another_group_reads_and_writes_its_own(inline: Inline) -> None:
    (ada, *_), (zoe, *_) = open_group((3, 3))
    ada.post(ada.types("le leur"))
    assert zoe.lacks()["u"] == []
    assert zoe.post(zoe.types("le nôtre")).status == 200
    assert (texts(ada), texts(zoe)) == ({"titre": "le leur"}, {"titre": "le nôtre"})


# --- one thread, one commit -----------------------------------------------------------------------------------


def an_edit(member: Member, text: str, **more: Any) -> documents.Edit:
    given = {"token": member.token, "client": member.replica.client, "at": timezone.now(), **more}
    return documents.Edit(data=member.types(text), **given)


def test_answers_and_posters_share_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_shelf", Shelf())
    first, second = (group[0] for group in open_group((3, 3)))
    pupil = seated()
    done = saves.commit(
        [an_edit(first, "un"), a_save(pupil), an_edit(second, "deux"), an_edit(first, "un deux")]
    )
    assert [bool(one.results) for one in done] == [True] * 4
    assert [one.results.number for one in (done[0], done[2], done[3])] == [1, 1, 2]
    assert answer(pupil).text == "Deux mots"
    assert (texts(first), texts(second)) == ({"titre": "un deux"}, {"titre": "deux"})


def test_one_that_breaks_takes_none_of_the_others_with_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(documents, "_shelf", Shelf())
    first, second = (group[0] for group in open_group((3, 3)))

    def breaks(**given: Any) -> object:
        if given["client"] == second.replica.client:
            raise RuntimeError("poison")
        return apply_update(**given)

    monkeypatch.setattr(documents, "apply_update", breaks)
    good, bad, more = saves.commit(
        [an_edit(first, "un"), an_edit(second, "poison"), an_edit(first, "un deux")]
    )
    assert bad.failed
    assert (good.results.number, more.results.number) == (1, 2)
    assert texts(first) == {"titre": "un deux"}
    assert PosterUpdate.objects.count() == 2


def test_a_database_that_refuses_is_said_and_nothing_stays_in_memory(
    group: list[Member], inline: Inline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = group[0]
    ada.post(ada.types("un"))

    def full(*given: object) -> None:
        raise OperationalError("database or disk is full")

    edit = ada.types("un deux")
    with monkeypatch.context() as broken:
        broken.setattr("lessons.actions.documents.append", full)
        assert ada.post(edit).status == 503
    assert texts(ada) == {"titre": "un"}
    assert ada.post(edit).json() == {"number": 2, "again": False}
    assert texts(ada) == {"titre": "un deux"}


def test_a_page_is_signed_once(group: list[Member], inline: Inline) -> None:
    ada = group[0]
    for text in ("un", "un deux", "un deux trois"):
        ada.post(ada.types(text))
    assert PosterWriter.objects.get().participant == ada.person
    assert Poster.objects.get().last_number == 3


# --- a page made for another group -------------------------------------------------------------------------


def moved(member: Member, group: list[Member]) -> str:
    """The teacher moves the member into that group while their page is open; what the page says of its own."""
    old = poster_of(member).group_id
    Membership.objects.filter(participant=member.person).update(group=poster_of(group[0]).group, seat=9)
    return live.seat_for(old, member.person.pk)


def test_a_page_of_the_group_one_has_left_writes_in_neither(inline: Inline) -> None:
    (ada, ben), (other, *_) = open_group((2, 3))
    assert ada.post(ada.types("Notre titre")).status == 200
    assert other.post(other.types("Le leur")).status == 200
    here = f"client={ada.replica.client}&bloc=titre&groupe="
    seat = moved(ada, [other])
    reply = ada.post(ada.types("Notre titre, suite"), query=here + seat)
    assert (reply.status, reply.json()) == (409, {"reason": "left"})
    assert texts(other) == {"titre": "Le leur"}
    assert texts(ben) == {"titre": "Notre titre"}
    # It is the teacher's to decide, as what comes after the bell; sent again, it is there once.
    ada.post(ada.replica.whole(), query=here + seat)
    late = PosterLate.objects.get()
    assert (late.poster, late.participant) == (poster_of(ben), ada.person)
    with transaction.atomic():
        accept_late(late=late, now=timezone.now())
    assert texts(ben) == {"titre": "Notre titre, suite"}
    assert texts(other) == {"titre": "Le leur"}


def test_what_had_come_in_time_is_acknowledged_after_the_move(inline: Inline) -> None:
    (ada, _), (other, *_) = open_group((2, 3))
    edit = ada.types("Notre titre")
    ada.post(edit)
    here = f"client={ada.replica.client}&bloc=titre&groupe={moved(ada, [other])}"
    assert ada.post(edit, query=here).status == 200
    assert not PosterLate.objects.exists()


def test_a_seat_is_of_one_person_and_of_this_run(inline: Inline) -> None:
    (ada, _), (other, *_) = open_group((2, 3))
    (stranger, *_) = open_group((3,))[0]
    here = f"client={ada.replica.client}&bloc=titre&groupe="
    borrowed = live.seat_for(poster_of(other).group_id, other.person.pk)
    assert ada.post(ada.types("À nous"), query=here + borrowed).status == 200  # as if it did not say
    assert texts(ada) == {"titre": "À nous"}
    elsewhere = live.seat_for(poster_of(stranger).group_id, ada.person.pk)
    assert ada.post(ada.types("À nous aussi"), query=here + elsewhere).status == 404
    assert (texts(other), texts(stranger)) == ({}, {})
    assert not PosterLate.objects.exists()


def test_a_page_of_another_group_is_given_nothing_of_this_one(inline: Inline) -> None:
    (ada, _), (other, *_) = open_group((2, 3))
    other.post(other.types("Le leur"))
    seat = moved(ada, [other])
    assert ask("GET", f"/live/{ada.page}/affiche/suite?depuis=0&groupe={seat}").status == 404
    seat = live.seat_for(poster_of(other).group_id, ada.person.pk)
    assert ask("GET", f"/live/{ada.page}/affiche/suite?depuis=0&groupe={seat}").json()["n"] == 1
