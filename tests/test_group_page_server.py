"""Part 2 as the server gives it to the members of a group, without a browser."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.actions.clock import act
from lessons.models import AnnexeShare, ClassRun, Group, Membership, Participant, Phase, PosterWriter
from lessons.rules.clock import Kind
from tests import builders as make

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
    assert asked == [12, 12]


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
