"""The board in part 2: a tile a group, who has none, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annexes.models import Annexe
from lessons.actions import participants
from lessons.actions.clock import act, set_extra_time
from lessons.models import AnnexeShare, ClassRun, Group, Participant, Poster, PosterLate
from lessons.queries.board import Board, Here, board
from lessons.queries.board_groups import GroupsBoard
from lessons.rules.clock import Kind
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.part_two import part_two, people, write

pytestmark = pytest.mark.django_db


def see(run: ClassRun, minutes: float = 0, *, discreet: bool = False, **here: object) -> Board:
    fresh = ClassRun.objects.prefetch_related("phases__part").get(pk=run.pk)
    return board(fresh, at(minutes), Here(**here), discreet=discreet)  # type: ignore[arg-type]


def groups(run: ClassRun, minutes: float = 0, **here: object) -> GroupsBoard:
    seen = see(run, minutes, **here).groups  # type: ignore[arg-type]
    assert seen is not None
    return seen


def share(run: ClassRun, group: int, *numbers: int) -> None:
    reader = Participant.objects.filter(membership__group__run=run, membership__group__number=group).first()
    assert reader is not None
    AnnexeShare.objects.bulk_create(
        AnnexeShare(group=reader.membership.group, annexe=annexe, participant=reader)
        for annexe in Annexe.objects.filter(collection=run.lesson.collection, part=2, number__in=numbers)
    )


def page(run: ClassRun) -> str:
    return make.teacher_client(run.owner).get(f"/prof/activites/{run.public_id}/fragment/").content.decode()


def test_words_last_change_and_what_is_not_passed_on() -> None:
    run = part_two(ended=False)
    poster = Poster.objects.get(group__run=run, group__number=2)
    write(poster, {"q1-reponse": " quatre mots de plus ", "q2-reponse": "deux mots"}, passed=[3], now=at(-6))
    share(run, 2, 1, 3, 4)
    tile = groups(run).tiles[1]
    assert (tile.number, tile.words, tile.total_words) == (2, (7, 2), 9)
    assert (tile.shared, tile.kept, tile.passed) == (3, (1, 4), 1)
    assert tile.quiet == 6
    assert groups(run).tiles[0].quiet == 20
    assert "À transmettre" in page(run)


def test_a_group_that_has_written_nothing_is_not_said_to_be_quiet() -> None:
    run = make.class_run()
    make.start(run)
    act(phase=make.phase(run), kind=Kind.END, now=at(5), keeps_extra=False)
    make.groups(run, sizes=(2, 2))
    act(phase=make.phase(run, 2), kind=Kind.START, now=at(6))
    tile = groups(run, 12).tiles[0]
    assert (tile.quiet, tile.total_words, tile.shared) == (None, 0, 0)


def test_members_are_present_offline_absent_or_asking() -> None:
    run = part_two(ended=False)
    first, second, third, fourth, *_ = people(run)
    participants.ask_help(participant=third, now=at(-2), asked=True)
    participants.mark_absent(participant=fourth, absent=True)
    seen = groups(run, present={first.pk, third.pk}, gone={second.pk: 130.0})
    assert [[m.state for m in tile.members] for tile in seen.tiles] == [
        ["here", "offline"], ["help", "absent"], ["offline", "offline"],
    ]  # fmt: skip
    assert [tile.state for tile in seen.tiles] == ["here", "help", "offline"]
    assert [t.public_id for t in see(run).help_queue] == [third.public_id]


def test_nobody_is_silent_in_a_group() -> None:
    run = part_two(ended=False)
    everybody = {person.pk for person in people(run)}
    assert see(run, 9, present=everybody).summary.silent == 0


def test_on_one_device_one_open_page_is_enough() -> None:
    run = part_two(ended=False)
    Group.objects.filter(run=run, number=1).update(one_device=True)
    first, *_ = people(run)
    tile = groups(run, present={first.pk}).tiles[0]
    assert (tile.state, tile.one_device) == ("here", True)
    html = page(run).split('id="groupe-1"')[1].split('id="groupe-2"')[0]
    assert "un appareil" in html
    assert "hors ligne" not in html


def test_who_has_no_group_comes_first_and_who_is_absent_is_not_waited_for() -> None:
    run = part_two(ended=False)
    late = make.participant(run)
    away = make.participant(run)
    participants.mark_absent(participant=away, absent=True)
    assert [tile.public_id for tile in groups(run).alone] == [late.public_id]
    html = page(run)
    assert html.index("Sans groupe") < html.index('id="groupe-1"')
    assert f"/prof/activites/{run.public_id}/groupes/" in html
    Group.objects.filter(run=run, number=3).update(dissolved_at=NOW)
    assert len(groups(run).alone) == 3
    assert [tile.number for tile in groups(run).tiles] == [1, 2]


def test_late_updates_that_wait_are_marked() -> None:
    run = part_two()
    poster = Poster.objects.get(group__run=run, group__number=3)
    for decided in (None, NOW):
        PosterLate.objects.create(poster=poster, data=b"x", received_at=NOW, dismissed_at=decided)
    assert [tile.late for tile in groups(run).tiles] == [0, 0, 1]
    assert groups(run).late == 1
    assert "en retard" in page(run)


def test_who_still_has_their_own_time_in_part_one_is_said_so() -> None:
    run = make.class_run(participants=4)
    slow = people(run)[0]
    set_extra_time(participant=slow, unit="minutes", amount=10)
    make.start(run)
    act(phase=make.phase(run), kind=Kind.END, now=at(5), keeps_extra=True)
    make.groups(run, sizes=(2, 2))
    act(phase=make.phase(run, 2), kind=Kind.START, now=at(6))
    assert [m.before for m in groups(run, 8).tiles[0].members] == [True, False]
    participants.say_done(participant=slow, phase=make.phase(run), now=at(9), done=True)
    assert [m.before for m in groups(run, 10).tiles[0].members] == [False, False]


def test_mode_discret_names_nobody_in_the_groups() -> None:
    run = part_two(ended=False)
    make.participant(run)
    client = make.teacher_client(run.owner)
    client.post("/prof/mode-discret/", {"discret": "1"})
    html = client.get(f"/prof/activites/{run.public_id}/").content.decode()
    for person in people(run):
        assert person.pseudonym not in html
    assert "Élève\u00a02" in html
    assert "Des données à nous" not in html  # nor what they write


def test_a_part_done_alone_has_no_groups_on_its_board() -> None:
    run = make.class_run(participants=2)
    make.start(run)
    assert see(run).groups is None
    assert 'class="tiles"' in page(run)


@pytest.mark.parametrize("sizes", [(1,), (3,) * 12])
def test_the_board_costs_the_same_for_one_group_and_for_twelve(sizes: tuple[int, ...]) -> None:
    run = part_two(sizes, ended=False)
    share(run, 1, 1, 2)
    client = make.teacher_client(run.owner)
    address = f"/prof/activites/{run.public_id}/fragment/"
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    assert len(seen) == 18, "\n".join(q["sql"][:120] for q in seen.captured_queries)
