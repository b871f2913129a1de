"""Part 2 as the server gives it to the members of a group, without a browser."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.actions import runs
from lessons.actions.clock import act
from lessons.models import (
    AnnexeShare,
    ClassRun,
    Group,
    Membership,
    Participant,
    Phase,
    Poster,
    PosterLate,
    PosterState,
    PosterUpdate,
    PosterWriter,
)
from lessons.queries.documents import document
from lessons.rules.clock import Kind
from lessons.rules.document import MOST_TEXT, Document
from tests.harness import builders as make

pytestmark = pytest.mark.django_db


def in_groups(participants: int = 6, sizes: tuple[int, ...] = (3, 3), minutes_ago: float = 0) -> ClassRun:
    """Part 2 under way."""
    run = make.class_run(participants=participants)
    make.groups(run, sizes=sizes)
    make.share_out(run)
    start = timezone.now() - timedelta(minutes=minutes_ago)
    act(phase=make.phase(run, 2), kind=Kind.START, now=start)
    return run


@pytest.fixture
def run() -> ClassRun:
    return in_groups()


def people(run: ClassRun) -> list[Participant]:
    return list(run.participants.select_related("run").order_by("pk"))


def address(person: Participant, path: str = "") -> str:
    return f"/s/{person.public_id}/{path}"


def page_of(person: Participant) -> str:
    answer = make.student_client(person).get(address(person))
    assert answer.status_code == 200
    return answer.content.decode()


def post(person: Participant, path: str, **data: object) -> int:
    return make.student_client(person).post(address(person, path), data).status_code


def readers(group: Group) -> dict[int, int]:
    return dict(AnnexeShare.objects.filter(group=group).values_list("annexe__number", "participant_id"))


def first_group(run: ClassRun) -> Group:
    return run.groups.get(number=1)


# --- what is shown ----------------------------------------------------------------------------------


def test_a_member_sees_the_group_and_who_reads_what(run: ClassRun) -> None:
    me, second, third, stranger, *_ = people(run)
    page = page_of(me)
    assert "Groupe\u00a01" in page
    for member in (me, second, third):
        assert member.pseudonym in page
    assert stranger.pseudonym not in page
    assert page.index('id="annexe-1"') < page.index('id="annexe-4"') < page.index('id="annexe-2"')
    assert "Pour tous" in page[page.index('id="annexe-5"') :]
    assert "Pas encore transmis" in page
    for role in ("Animation", "Gardien du temps", "Secrétaire", "Répartition de la parole"):
        assert role in page


def test_a_hidden_pseudonym_is_shown_to_its_owner_alone(run: ClassRun) -> None:
    me, second, *_ = people(run)
    Participant.objects.filter(pk=second.pk).update(hidden=True)
    assert second.pseudonym not in page_of(me)
    assert second.pseudonym in page_of(people(run)[1])


def test_a_latecomer_waits_for_a_place_and_then_has_one(run: ClassRun) -> None:
    late = make.participant(run, now=timezone.now())
    assert "va vous placer dans un groupe" in page_of(late)
    Membership.objects.create(group=first_group(run), participant=late, seat=3)
    assert "Groupe\u00a01" in page_of(late)


def test_whoever_is_moved_reads_what_they_had_begun(run: ClassRun) -> None:
    me, *_ = people(run)
    PosterWriter.objects.create(poster=first_group(run).poster, client=7, participant=me)
    Membership.objects.filter(participant=me).update(group=run.groups.get(number=2), seat=3)
    page = page_of(me)
    assert "Groupe\u00a02" in page
    assert "Votre travail dans le groupe\u00a01" in page


def test_without_a_group_there_is_no_panel_to_ask_for(run: ClassRun) -> None:
    late = make.participant(run, now=timezone.now())
    client = make.student_client(late)
    for path in ("groupe/", "affiche/auteurs/"):
        assert client.get(address(late, path)).status_code == 404
    for path in ("groupe/roles/", "groupe/annexe/", "groupe/echange/", "groupe/appareil/"):
        assert post(late, path, seen=0, annexe=1, to=late.public_id, one=1, other=2) == 404


def test_the_page_after_the_bell_and_after_the_end_keeps_the_texts_readable_and_closed() -> None:
    run = in_groups(minutes_ago=41)
    me, *_ = people(run)
    page = page_of(me)
    assert "Votre affiche est relevée" in page
    assert page.count(" readonly") == page.count('<textarea class="answer"')
    ended = in_groups()
    act(phase=make.phase(ended, 2), kind=Kind.END, now=timezone.now())
    assert "Votre affiche est relevée" in page_of(people(ended)[0])


def test_a_pause_closes_the_fields(run: ClassRun) -> None:
    me, *_ = people(run)
    assert " readonly" not in page_of(me)
    act(phase=make.phase(run, 2), kind=Kind.PAUSE, now=timezone.now())
    page = page_of(me)
    assert page.count(" readonly") == page.count('<textarea class="answer"')
    assert "Le temps est arrêté" in page


@pytest.mark.parametrize("count", [3, 35])
def test_the_page_costs_the_same_in_a_full_class(count: int) -> None:
    run = in_groups(participants=count, sizes=(3,) * (count // 3))
    me, *_ = people(run)
    client = make.student_client(me)
    asked = []
    for path in ("", "groupe/"):
        client.get(address(me, path))  # the lesson's content is read once for all
        with CaptureQueriesContext(connection) as seen:
            client.get(address(me, path))
        asked.append(len([q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]))
    assert asked == [11, 11]


# --- what its members decide ------------------------------------------------------------------------


def roles(person: Participant) -> str:
    page = page_of(person)
    start = page.index(f'id="membre-{person.public_id}"')
    return page[start : page.index("</li>", start)]


def test_roles_move_on_once_even_if_two_press_together(run: ClassRun) -> None:
    me, second, *_ = people(run)
    assert "Animation" in roles(me)
    assert post(me, "groupe/roles/", seen=0) == 302
    assert post(second, "groupe/roles/", seen=0) == 302  # their page showed the same
    assert first_group(run).rotation == 1
    assert "Animation" in roles(second)
    assert "Animation" not in roles(me)
    assert run.groups.get(number=2).rotation == 0


def test_an_annexe_is_taken_and_two_are_swapped(run: ClassRun) -> None:
    me, second, *_ = people(run)
    assert readers(first_group(run)) == {1: me.pk, 2: second.pk, 3: people(run)[2].pk, 4: me.pk}
    assert post(me, "groupe/annexe/", annexe=2, to=me.public_id) == 302
    assert readers(first_group(run))[2] == me.pk
    assert post(me, "groupe/echange/", one=1, other=3) == 302
    assert readers(first_group(run)) == {1: people(run)[2].pk, 2: me.pk, 3: me.pk, 4: me.pk}
    assert readers(run.groups.get(number=2))[2] == people(run)[4].pk


def test_nothing_goes_to_a_stranger_nor_comes_from_what_is_for_all(run: ClassRun) -> None:
    me, _, _, stranger, *_ = people(run)
    before = readers(first_group(run))
    assert post(me, "groupe/annexe/", annexe=1, to=stranger.public_id) == 404
    assert post(me, "groupe/annexe/", annexe=5, to=me.public_id) == 404
    assert post(me, "groupe/echange/", one=1, other=5) == 404
    assert post(me, "groupe/echange/", one=1, other=1) == 404
    assert post(me, "groupe/annexe/", annexe="x", to=me.public_id) == 400
    assert readers(first_group(run)) == before


def test_one_device_for_the_group(run: ClassRun) -> None:
    me, second, *_ = people(run)
    post(me, "groupe/appareil/", shared="1")
    assert "Votre groupe partage un appareil" in page_of(second)
    post(me, "groupe/appareil/", shared="0")
    assert not first_group(run).one_device


def test_after_the_bell_nothing_is_decided_any_more() -> None:
    run = in_groups(minutes_ago=41)
    me, *_ = people(run)
    before = readers(first_group(run))
    assert post(me, "groupe/annexe/", annexe=2, to=me.public_id) == 302
    assert post(me, "groupe/roles/", seen=0) == 302
    assert readers(first_group(run)) == before
    assert first_group(run).rotation == 0


@pytest.mark.parametrize("path", ["groupe/roles/", "groupe/appareil/", "groupe/annexe/", "groupe/echange/"])
def test_decisions_are_posted(run: ClassRun, path: str) -> None:
    me, *_ = people(run)
    assert make.student_client(me).get(address(me, path)).status_code == 405
    elsewhere = {"origin": "http://ailleurs.example"}
    assert make.student_client(me).post(address(me, path), {}, headers=elsewhere).status_code == 403


def test_who_still_writes_in_part_1_has_no_group_page_yet() -> None:
    run = make.class_run(participants=3)
    slow = people(run)[0]
    make.start(run, timezone.now() - timedelta(minutes=16))
    slow.sittings.update(extra_seconds=600, ends_at=timezone.now() + timedelta(minutes=9))
    make.groups(run, sizes=(3,))
    act(phase=make.phase(run, 2), kind=Kind.START, now=timezone.now())
    page = page_of(slow)
    assert 'id="q1-reponse"' in page
    assert 'data-followed="1"' in page
    assert "Groupe\u00a01" not in page
    assert post(slow, "groupe/roles/", seen=0) == 404
    assert post(slow, "termine/") == 302
    assert "Groupe\u00a01" in page_of(slow)
    assert make.phase(run).status == Phase.Status.RUNNING


# --- without JavaScript -----------------------------------------------------------------------------


def fields(person: Participant) -> dict[str, str]:
    """What a browser without scripts would send of the page as it stands."""
    page = page_of(person)
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input type=\"hidden\"[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        sent[attributes["name"]] = html.unescape(attributes["value"])
    pattern = r'<textarea class="answer" id="([^"]+)"[^>]*>\n(.*?)</textarea>'
    for key, text in re.findall(pattern, page, re.DOTALL):
        sent[key] = html.unescape(text)
    return sent


def write(person: Participant, form: Mapping[str, object], path: str = "affiche/enregistrer/") -> int:
    return make.student_client(person).post(address(person, path), form).status_code


def said(run: ClassRun) -> Document:
    return document(Poster.objects.get(group=first_group(run)))


def test_the_form_writes_and_two_old_pages_lose_nothing(run: ClassRun) -> None:
    me, second, *_ = people(run)
    mine, theirs = fields(me), fields(second)
    assert write(me, {**mine, "q1-reponse": "Une ligne.\r\nDeux."}) == 302
    assert write(second, {**theirs, "titre": "Notre affiche", "q1-reponse": "Autre chose."}) == 302
    now = said(run).texts
    assert now["titre"] == "Notre affiche"
    assert "Une ligne.\nDeux." in now["q1-reponse"]
    assert "Autre chose." in now["q1-reponse"]
    # Sent again as it stands, nothing changes; one word changed in the middle, the rest stays.
    again = fields(me)
    write(me, again)
    assert said(run).texts == now
    write(me, {**again, "titre": "Notre belle affiche"})
    assert said(run).texts == {**now, "titre": "Notre belle affiche"}
    page = make.student_client(second).get(address(second, "affiche/auteurs/")).content.decode()
    assert me.pseudonym in page
    assert "Autre chose." in page


def test_ticks_and_look_by_form_undo_nobody_elses(run: ClassRun) -> None:
    me, second, *_ = people(run)
    old = fields(second)
    write(me, {**fields(me), "transmis": ["1", "4"], "forme-layout": "bandes"})
    assert said(run).passed == {1, 4}
    assert said(run).look["layout"] == "bandes"
    write(second, {**old, "transmis": ["2"]})  # its page showed no tick, and the first layout
    assert said(run).passed == {1, 2, 4}
    assert said(run).look["layout"] == "bandes"
    write(me, {**fields(me), "was-transmis": ["1", "2", "4"], "transmis": ["2", "4"]})
    assert said(run).passed == {2, 4}
    write(me, {**fields(me), "forme-layout": "spirale", "transmis": ["2", "4", "x", "99999"]})
    assert said(run).look["layout"] == "bandes"


def test_the_buttons_of_the_form_keep_what_was_typed(run: ClassRun) -> None:
    me, *_ = people(run)
    assert write(me, {**fields(me), "titre": "Avec l’aide"}, "aide/") == 302
    assert said(run).texts["titre"] == "Avec l’aide"
    assert people(run)[0].help_at is not None
    assert write(me, {**fields(me), "titre": "Avec l’aide, fini"}, "termine/") == 302
    assert said(run).texts["titre"] == "Avec l’aide, fini"
    assert write(me, {**fields(me), "source": "Annexe 1"}, "quitter/") == 200
    assert said(run).texts["source"] == "Annexe 1"


def test_a_form_after_the_bell_is_kept_apart_and_says_so() -> None:
    run = in_groups(minutes_ago=39)
    me, *_ = people(run)
    form = {**fields(me), "titre": "Trop tard"}
    Phase.objects.filter(run=run).update(ends_at=timezone.now() - timedelta(seconds=31))
    answer = make.student_client(me).post(address(me, "affiche/enregistrer/"), form)
    assert answer.status_code == 409
    assert "gardé à part" in answer.content.decode()
    assert said(run).texts == {}
    assert PosterLate.objects.get().participant == me


def test_forms_cannot_fill_the_document_nor_the_disk(run: ClassRun) -> None:
    me = people(run)[0]
    form = fields(me)
    sent = {f"legende-{number}": "z" * 15_000 for number in range(30)}
    bases = {f"base-{key}": "" for key in sent}
    answer = make.student_client(me).post(address(me, "affiche/enregistrer/"), {**form, **sent, **bases})
    assert answer.status_code == 409
    assert "trop long" in answer.content.decode()
    for _ in range(4):
        write(me, {**form, "base-titre": "", "titre": "z" * 15_000})
    assert len(said(run).texts["titre"]) <= MOST_TEXT
    assert PosterUpdate.objects.count() < 4


def test_a_state_is_kept_before_a_form_changes_what_stands(run: ClassRun) -> None:
    me = people(run)[0]
    write(me, {**fields(me), "titre": "Le bon titre"})
    PosterUpdate.objects.update(at=timezone.now() - timedelta(minutes=3))
    write(me, {**fields(me), "titre": ""})
    (state,) = PosterState.objects.all()
    assert state.words == 3


def test_a_form_of_the_group_one_has_left_writes_in_neither(run: ClassRun) -> None:
    me, second, *_, other = people(run)
    write(second, {**fields(second), "titre": "Le premier groupe"})
    write(other, {**fields(other), "titre": "Le second groupe"})
    old = fields(me)
    Membership.objects.filter(participant=me).update(group=other.membership.group, seat=9)
    answer = make.student_client(me).post(address(me, "affiche/enregistrer/"), {**old, "titre": "Trop tard"})
    assert answer.status_code == 409
    assert "Vous avez changé de groupe" in answer.content.decode()
    titles = [document(poster).texts["titre"] for poster in Poster.objects.order_by("group__number")]
    assert titles == ["Le premier groupe", "Le second groupe"]
    late = PosterLate.objects.get()
    assert (late.poster.group, late.participant) == (first_group(run), me)


def test_a_form_of_nobody_and_garbage_write_nothing(run: ClassRun) -> None:
    me, _, _, stranger, *_ = people(run)
    form = {**fields(me), "titre": "À nous"}
    assert make.student_client(stranger).post(address(me, "affiche/enregistrer/"), form).status_code == 404
    late = make.participant(run, now=timezone.now())
    assert write(late, form) == 404
    assert write(me, {"affiche": "1", "titre": "sans base", "inconnu": "x", "base-inconnu": ""}) == 302
    assert write(me, {"affiche": "1", "base-titre": "", "titre": "x" * 20_000}) == 400
    assert said(run).texts == {}
    assert make.student_client(me).get(address(me, "affiche/enregistrer/")).status_code == 405


@pytest.mark.parametrize("stop", [runs.suspend, runs.close])
def test_suspended_or_closed_the_poster_stays_readable(run: ClassRun, stop: Callable[..., None]) -> None:
    me, *_ = people(run)
    write(me, {**fields(me), "titre": "Ce que nous savons"})
    stop(run=run, now=timezone.now())
    page = page_of(me)
    assert "Ce que nous savons" in page
    assert "<textarea" not in page
    ClassRun.objects.filter(pk=run.pk).update(results_published_at=timezone.now())
    assert "Voir ma fiche d’évaluation" in page_of(me)


def test_the_graded_sheet_is_reached_from_the_desk_of_a_part_that_has_ended(run: ClassRun) -> None:
    me, *_ = people(run)
    act(phase=make.phase(run, 2), kind=Kind.END, now=timezone.now())
    assert "Voir ma fiche d’évaluation" not in page_of(me)
    ClassRun.objects.filter(pk=run.pk).update(results_published_at=timezone.now())
    assert "Voir ma fiche d’évaluation" in page_of(me)
