"""The teacher's groups: each button's effect, what cannot be done, the repeat; nothing of a poster is lost."""

import re
from collections.abc import Sequence
from datetime import datetime
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pycrdt import Doc, Map, Text

from lessons.actions import groups, joining, merging, participants, runs
from lessons.actions.clock import act, set_extra_time
from lessons.actions.groups import CannotGroup
from lessons.models import (
    AnnexeShare,
    ClassRun,
    Group,
    Membership,
    Participant,
    Poster,
    PosterUpdate,
    Separation,
)
from lessons.queries.grouping import snapshot
from lessons.queries.groups import groups_page
from lessons.rules.clock import Kind
from tests import builders as make
from tests.builders import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return make.class_run(participants=7)


@pytest.fixture
def teacher(run: ClassRun) -> Client:
    return make.teacher_client(run.owner)


def address(run: ClassRun, rest: str = "") -> str:
    return f"/prof/activites/{run.public_id}/groupes/{rest}"


def draw(run: ClassRun, seed: int = 1, *, sure: bool = False, seen: str | None = None) -> None:
    seen = snapshot(run).digest if seen is None else seen
    with transaction.atomic():
        groups.draw(run=run, rng=Random(seed), now=NOW, seen=seen, sure=sure)


def seats(run: ClassRun) -> dict[int, list[int]]:
    """Numbers of the students in each group, by its number, in the order of seats."""
    found: dict[int, list[int]] = {}
    active = Membership.objects.filter(group__run=run, group__dissolved_at=None)
    for seat in active.order_by("group__number", "seat"):
        found.setdefault(seat.group.number, []).append(seat.participant.number)
    return found


def reads(run: ClassRun) -> dict[tuple[int, int], int]:
    """Number of the reader by (group, annexe)."""
    return {
        (share.group.number, share.annexe.number): share.participant.number
        for share in AnnexeShare.objects.filter(group__run=run)
    }


def student(run: ClassRun, number: int) -> Participant:
    return run.participants.select_related("run").get(number=number)


def write(run: ClassRun, number: int, *, passed: Sequence[int] = ()) -> None:
    """Something is on this group's poster, and these annexes are passed on."""
    replica = Doc[Text | Map[bool]]()
    replica["titre"] = Text("Un titre")
    replica["transmis"] = Map(dict.fromkeys(map(str, passed), True))
    poster = Poster.objects.get(group__run=run, group__number=number)
    PosterUpdate.objects.create(poster=poster, number=1, data=replica.get_update(), at=NOW)
    Poster.objects.filter(pk=poster.pk).update(last_number=1, saved_at=NOW)


def start_groups(run: ClassRun, now: datetime = NOW) -> None:
    make.start(run, now)
    act(phase=make.phase(run), kind=Kind.END, now=now, keeps_extra=False)
    act(phase=make.phase(run, 2), kind=Kind.START, now=now)


def page_of(client: Client, run: ClassRun, query: str = "") -> str:
    return client.get(address(run) + query).content.decode()


def seen_in(html: str, action: str) -> str:
    """The digest that the form to this address carries."""
    found = re.search(rf'action="[^"]*{action}/".*?name="vu" value="(\w+)"', html, re.DOTALL)
    assert found, action
    return found[1]


def said(client: Client, run: ClassRun, rest: str, body: dict[str, object]) -> str:
    """What the page says after a button."""
    answer = client.post(address(run, rest), body, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


# --- drawing -------------------------------------------------------------------------------------


def test_a_draw_makes_groups_posters_and_shares(run: ClassRun, teacher: Client) -> None:
    html = page_of(teacher, run)
    assert "7\u00a0élèves présents. Un groupe de quatre et un groupe de trois." in html
    done = said(teacher, run, "tirer/", {"vu": seen_in(html, "tirer")})
    assert "Les groupes sont tirés au sort" in done
    assert sorted(len(members) for members in seats(run).values()) == [3, 4]
    assert sorted(n for members in seats(run).values() for n in members) == [1, 2, 3, 4, 5, 6, 7]
    assert Poster.objects.filter(group__run=run).count() == 2
    assert {key[1] for key in reads(run) if key[0] == 1} == {1, 2, 3, 4, 5}
    for (number, _), reader in reads(run).items():
        assert reader in seats(run)[number]


def test_lots_of_the_pack_are_followed_and_common_annexes_are_nobodys(run: ClassRun) -> None:
    lots = [{"title": "A", "annexes": [1, 5]}, {"title": "B", "annexes": [2]}, {"title": "C", "annexes": [3]}]
    part = make.phase(run, 2).part
    part.common, part.lots = [4], [{"members": 3, "lots": lots}]
    part.save()
    draw(run)
    three = next(number for number, members in seats(run).items() if len(members) == 3)
    mine = {annexe: reader for (number, annexe), reader in reads(run).items() if number == three}
    first, second, third = seats(run)[three]
    assert mine == {1: first, 5: first, 2: second, 3: third}
    assert {annexe for number, annexe in reads(run) if number != three} == {1, 2, 3, 5}


def test_those_present_are_drawn_whoever_they_are(run: ClassRun) -> None:
    """Late writers of part 1, latecomers and copies on paper; neither absent, removed nor unused billets."""
    make.start(run)
    set_extra_time(participant=student(run, 1), unit="minutes", amount=20)
    act(phase=make.phase(run), kind=Kind.END, now=at(5), keeps_extra=True)
    participants.set_on_paper(participant=student(run, 2), on_paper=True, now=at(5))
    participants.mark_absent(participant=student(run, 3), absent=True)
    participants.remove(participant=student(run, 4), now=at(5))
    late = make.participant(run, now=at(6))
    joining.make_tickets(run=run, count=2, rng=Random(1))
    draw(run)
    assert sorted(n for members in seats(run).values() for n in members) == [1, 2, 5, 6, 7, late.number]
    page = groups_page(run, at(7))
    writing = [member.public_id for group in page.groups for member in group.members if member.writing]
    assert writing == [student(run, 1).public_id]
    assert [row.public_id for row in page.away] == [student(run, 3).public_id]
    assert not [m for g in groups_page(run, at(7), discreet=True).groups for m in g.members if m.writing]


@pytest.mark.parametrize(
    ("people", "sizes", "sentence"),
    [
        (0, [], "Personne n’est encore là"),
        (1, [], "Une seule personne est présente"),
        (2, [2], "Deux personnes seulement"),
        (5, [2, 3], "jamais un groupe de cinq"),
    ],
)
def test_classes_too_small_are_told(people: int, sizes: list[int], sentence: str) -> None:
    run = make.class_run(participants=people)
    teacher = make.teacher_client(run.owner)
    if people > 1:
        draw(run)
    else:
        with pytest.raises(CannotGroup, match="au moins deux"):
            draw(run)
    assert sorted(len(members) for members in seats(run).values()) == sizes
    assert sentence in page_of(teacher, run)


def test_a_second_tab_draws_nothing(run: ClassRun, teacher: Client) -> None:
    both = seen_in(page_of(teacher, run), "tirer")
    said(teacher, run, "tirer/", {"vu": both})
    before = seats(run)
    assert "avaient changé entre-temps" in said(teacher, run, "tirer/", {"vu": both})
    assert seats(run) == before
    assert Group.objects.filter(run=run).count() == 2


def test_a_participant_is_in_one_group_whatever_happens(run: ClassRun) -> None:
    draw(run)
    seat = Membership.objects.filter(group__number=1).first()
    assert seat is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(group=Group.objects.get(number=2), participant=seat.participant)


def test_a_draw_before_anything_is_written_leaves_no_trace_of_the_first(run: ClassRun) -> None:
    draw(run, 1)
    first = seats(run)
    draw(run, 2)
    assert seats(run) != first
    assert sorted(seats(run)) == [1, 2]
    assert Group.objects.filter(run=run).count() == 2


def test_posters_that_are_begun_are_not_given_up_by_one_click(run: ClassRun, teacher: Client) -> None:
    draw(run)
    write(run, 1)
    before = seats(run)
    seen = seen_in(page_of(teacher, run), "tirer")
    assert "confirmez le tirage" in said(teacher, run, "tirer/", {"vu": seen})
    assert seats(run) == before
    assert "Des affiches sont commencées" in page_of(teacher, run)
    said(teacher, run, "tirer/", {"vu": seen, "sur": "1"})
    assert Poster.objects.get(group__number=1).last_number == 1, "kept"
    assert Group.objects.get(run=run, number=1).dissolved_at is not None
    assert 1 not in seats(run)
    assert "Groupe\u00a01, dissous" in page_of(teacher, run)


def test_pins_and_separations_hold_at_the_next_draw(run: ClassRun, teacher: Client) -> None:
    draw(run)
    stays = seats(run)[1][0]
    said(teacher, run, "fixer/", {"participant": student(run, stays).public_id, "pinned": "1"})
    one, other = (student(run, n) for n in seats(run)[2][:2])
    said(teacher, run, "separer/", {"one": other.public_id, "other": one.public_id, "separated": "1"})
    for seed in range(8):
        draw(run, seed)
        where = {n: number for number, members in seats(run).items() for n in members}
        assert where[stays] == 1
        assert where[one.number] != where[other.number]
        assert sorted(where) == [1, 2, 3, 4, 5, 6, 7]
    assert {key[1] for key in reads(run) if key[0] == 1} == {1, 2, 3, 4, 5}


def test_a_separation_is_stored_once_and_undone(run: ClassRun, teacher: Client) -> None:
    one, other = student(run, 1), student(run, 2)
    for pair in ((one, other), (other, one), (one, other)):
        body = {
            "one": pair[0].public_id,
            "other": pair[1].public_id,
            "separated": "1",
            "eleve": one.public_id,
        }
        assert "Ne plus séparer" in said(teacher, run, "separer/", body)
    assert Separation.objects.count() == 1
    himself = {"one": one.public_id, "other": one.public_id, "separated": "1"}
    assert "Choisissez deux élèves différents" in said(teacher, run, "separer/", himself)
    said(teacher, run, "separer/", {"one": other.public_id, "other": one.public_id, "separated": "0"})
    assert Separation.objects.count() == 0


def test_a_separation_that_could_not_be_kept_is_named() -> None:
    run = make.class_run(participants=4)
    groups.separate(one=student(run, 1), other=student(run, 2), separated=True)
    draw(run)
    html = page_of(make.teacher_client(run.owner), run)
    names = [student(run, n).pseudonym for n in (1, 2)]
    assert f"<bdi>{names[0]}</bdi> et <bdi>{names[1]}</bdi> sont dans le même groupe" in html


# --- by hand -------------------------------------------------------------------------------------


def test_a_move_hands_over_what_was_read_and_nothing_else(run: ClassRun, teacher: Client) -> None:
    draw(run)
    four = next(number for number, members in seats(run).items() if len(members) == 4)
    three = 3 - four
    who = seats(run)[four][1]
    before = reads(run)
    said(teacher, run, "deplacer/", {"participant": student(run, who).public_id, "group": str(three)})
    assert who in seats(run)[three]
    assert who not in seats(run)[four]
    after = reads(run)
    assert set(after) == set(before), "every annexe has a reader"
    assert all(after[key] == reader for key, reader in before.items() if key[0] == four and reader != who)
    assert all(after[key] in seats(run)[key[0]] for key in after)
    assert who in {reader for (number, _), reader in after.items() if number == three}
    said(teacher, run, "deplacer/", {"participant": student(run, who).public_id, "group": str(three)})
    assert reads(run) == after, "the repeat changes nothing"


def test_never_five(run: ClassRun, teacher: Client) -> None:
    draw(run)
    four = next(number for number, members in seats(run).items() if len(members) == 4)
    before = seats(run)
    who = student(run, before[3 - four][0])
    html = said(teacher, run, "deplacer/", {"participant": who.public_id, "group": str(four)})
    assert f"Le groupe\u00a0{four} compte déjà quatre membres" in html
    assert seats(run) == before


def test_out_of_a_group_and_into_a_new_one(run: ClassRun, teacher: Client) -> None:
    draw(run)
    who = student(run, seats(run)[1][0])
    said(teacher, run, "deplacer/", {"participant": who.public_id, "group": "0"})
    assert who.number not in [n for members in seats(run).values() for n in members]
    assert not AnnexeShare.objects.filter(participant=who).exists()
    assert "Sans groupe" in page_of(teacher, run)
    said(teacher, run, "deplacer/", {"participant": who.public_id, "group": "nouveau"})
    assert seats(run)[3] == [who.number]
    assert "Un groupe ne compte qu’une personne" in page_of(teacher, run)
    assert Poster.objects.filter(group__number=3).exists()
    said(teacher, run, "deplacer/", {"participant": who.public_id, "group": "1"})
    assert not Group.objects.filter(run=run, number=3).exists(), "empty, and nothing was written"


def test_the_last_member_leaves_a_poster_that_stays_readable(run: ClassRun) -> None:
    draw(run)
    number = groups.form(run=run, participants=[student(run, 1)], now=NOW)
    write(run, number)
    groups.move(run=run, participant=student(run, 1), number=0, now=at(3))
    assert Group.objects.get(run=run, number=number).dissolved_at == at(3)


def test_those_without_a_group_make_one(run: ClassRun, teacher: Client) -> None:
    draw(run)
    late = [make.participant(run) for _ in range(3)]
    html = page_of(teacher, run)
    assert "Former un groupe avec eux" in html
    said(teacher, run, "nouveau/", {"participant": [person.public_id for person in late]})
    assert sorted(seats(run)[3]) == [8, 9, 10]
    everybody = [person.public_id for person in run.participants.all()]
    assert "de un à quatre" in said(teacher, run, "nouveau/", {"participant": everybody})
    assert "de un à quatre" in said(teacher, run, "nouveau/", {})


def test_an_absent_student_enters_no_group_but_makes_room(run: ClassRun, teacher: Client) -> None:
    draw(run)
    four = next(number for number, members in seats(run).items() if len(members) == 4)
    gone, moved = student(run, seats(run)[four][0]), student(run, seats(run)[3 - four][0])
    participants.mark_absent(participant=gone, absent=True)
    said(teacher, run, "deplacer/", {"participant": moved.public_id, "group": str(four)})
    assert moved.number in seats(run)[four]
    assert gone.number not in seats(run)[four], "no fifth seat"
    refused = said(teacher, run, "deplacer/", {"participant": gone.public_id, "group": str(3 - four)})
    assert "n’entre dans un groupe qu’à son retour" in refused


def test_dissolving_keeps_the_poster(run: ClassRun, teacher: Client) -> None:
    draw(run)
    write(run, 2)
    said(teacher, run, "2/agir/", {"act": "dissolve"})
    assert list(seats(run)) == [1]
    assert Poster.objects.get(group__number=2).last_number == 1
    assert "Ce groupe n’existe plus" in said(teacher, run, "2/agir/", {"act": "dissolve"})
    assert not AnnexeShare.objects.filter(group__number=2).exists()


def test_a_group_dissolved_while_the_part_runs_is_kept_even_blank(run: ClassRun) -> None:
    """A page may be writing at this very moment."""
    draw(run)
    start_groups(run)
    groups.dissolve(run=run, number=1, now=at(1))
    assert Group.objects.get(run=run, number=1).dissolved_at == at(1)


def test_roles_turn_once_a_click_and_one_device_is_noted(run: ClassRun, teacher: Client) -> None:
    draw(run)
    html = page_of(teacher, run, "?groupe=1")
    assert "Surveille le temps restant" in html
    for _ in range(2):  # the same page pressed twice
        said(teacher, run, "1/agir/", {"act": "rotate", "tour": "0", "groupe": "1"})
    assert Group.objects.get(run=run, number=1).rotation == 1
    said(teacher, run, "1/agir/", {"act": "one_device"})
    assert "un appareil pour tous" in page_of(teacher, run)
    said(teacher, run, "1/agir/", {"act": "own_devices"})
    assert not Group.objects.get(run=run, number=1).one_device


def test_the_teacher_says_who_reads_what(run: ClassRun, teacher: Client) -> None:
    draw(run)
    reader = seats(run)[1][2]
    chosen = {f"annexe-{n}": student(run, reader).public_id for n in (1, 2, 3, 4, 5)}
    said(teacher, run, "1/annexes/", {**chosen, "annexe-99": student(run, reader).public_id})
    assert {r for (number, _), r in reads(run).items() if number == 1} == {reader}
    other = student(run, seats(run)[2][0])
    refused = said(teacher, run, "1/annexes/", {"annexe-1": other.public_id})
    assert "avaient changé entre-temps" in refused
    assert reads(run)[1, 1] == reader
    said(teacher, run, "1/agir/", {"act": "share"})
    assert len({r for (number, _), r in reads(run).items() if number == 1}) == len(seats(run)[1])


# --- the repair that is proposed -----------------------------------------------------------------


def test_the_repair_that_is_shown_is_the_one_applied(run: ClassRun, teacher: Client) -> None:
    draw(run)
    start_groups(run)
    late = make.participant(run, now=at(2))
    html = page_of(teacher, run)
    assert "Réparation proposée" in html
    three = next(number for number, members in seats(run).items() if len(members) == 3)
    assert f"<bdi>{late.pseudonym}</bdi>, sans groupe, entre dans le groupe {three}" in html
    said(teacher, run, "reparer/", {"vu": seen_in(html, "reparer")})
    assert seats(run)[three][-1] == late.number
    assert "Réparation proposée" not in page_of(teacher, run)
    assert all(reader in seats(run)[number] for (number, _), reader in reads(run).items())


def test_what_has_changed_meanwhile_is_proposed_anew(run: ClassRun, teacher: Client) -> None:
    draw(run)
    make.participant(run)
    old = seen_in(page_of(teacher, run), "reparer")
    before = seats(run)
    make.participant(run)
    assert "avaient changé entre-temps" in said(teacher, run, "reparer/", {"vu": old})
    assert seats(run) == before
    assert seen_in(page_of(teacher, run), "reparer") != old


def test_an_absence_only_moves_the_annexes_of_the_absent(run: ClassRun, teacher: Client) -> None:
    draw(run)
    four = next(number for number, members in seats(run).items() if len(members) == 4)
    gone = student(run, seats(run)[four][0])
    participants.mark_absent(participant=gone, absent=True)
    before, seated = reads(run), seats(run)
    said(teacher, run, "reparer/", {"vu": seen_in(page_of(teacher, run), "reparer")})
    assert seats(run) == seated, "the seat is kept for another day"
    after = reads(run)
    assert gone.number not in after.values()
    assert all(after[key] == reader for key, reader in before.items() if reader != gone.number)


def test_who_was_removed_is_in_no_group_and_their_annexes_are_given_out(
    run: ClassRun, teacher: Client
) -> None:
    draw(run)
    start_groups(run)
    write(run, 1)
    four = next(number for number, members in seats(run).items() if len(members) == 4)
    gone = student(run, seats(run)[four][0])
    participants.remove(participant=gone, now=at(3))
    assert gone.number not in seats(run)[four]
    html = page_of(teacher, run)
    assert "Sans lecteur" in html
    said(teacher, run, "reparer/", {"vu": seen_in(html, "reparer")})
    assert {annexe for number, annexe in reads(run) if number == four} == {1, 2, 3, 4, 5}
    participants.readmit(participant=gone)
    assert "sans groupe, entre dans le groupe" in page_of(teacher, run)


# --- a student who was there twice ---------------------------------------------------------------


def merge(run: ClassRun, duplicate: int, into: int) -> None:
    merging.merge(duplicate=student(run, duplicate), into=student(run, into), now=at(4))


def test_merging_keeps_one_seat_in_the_same_group(run: ClassRun) -> None:
    draw(run)
    one, other = seats(run)[1][:2]
    before = reads(run)
    merge(run, one, other)
    assert one not in seats(run)[1]
    assert other in seats(run)[1]
    expected = {key: other if reader == one else reader for key, reader in before.items()}
    assert reads(run) == expected


def test_merging_keeps_one_seat_across_groups(run: ClassRun, teacher: Client) -> None:
    draw(run)
    one, other = seats(run)[1][0], seats(run)[2][0]
    merge(run, one, other)
    assert one not in seats(run)[1]
    assert other in seats(run)[2]
    assert all(reader in seats(run)[number] for (number, _), reader in reads(run).items())
    assert "Réparation proposée" in page_of(teacher, run)


def test_merging_brings_the_seat_to_who_has_none(run: ClassRun) -> None:
    draw(run)
    one = seats(run)[1][0]
    Membership.objects.filter(participant=student(run, one)).update(pinned=True)
    before = reads(run)
    late = make.participant(run)
    merge(run, one, late.number)
    seat = Membership.objects.get(participant=late)
    assert (seat.group.number, seat.seat, seat.pinned) == (1, 0, True)
    assert reads(run) == {key: late.number if reader == one else reader for key, reader in before.items()}


def test_merging_keeps_separations_once_each(run: ClassRun) -> None:
    def apart(one: int, other: int) -> None:
        groups.separate(one=student(run, one), other=student(run, other), separated=True)

    apart(1, 2)
    apart(3, 1)
    apart(2, 3)
    merge(run, 3, 2)
    pairs = [sorted((s.one.number, s.other.number)) for s in Separation.objects.all()]
    assert pairs == [[1, 2]]


# --- another day, closed, other people -----------------------------------------------------------


def test_the_same_groups_on_another_day(run: ClassRun, teacher: Client) -> None:
    draw(run)
    start_groups(run)
    write(run, 1)
    before, read = seats(run), reads(run)
    runs.suspend(run=run, now=at(10))
    run.refresh_from_db()
    runs.unsuspend(run=run)
    assert (seats(run), reads(run)) == (before, read)
    away = [student(run, n) for n in before[1][:1]]
    for person in away:
        participants.mark_absent(participant=person, absent=True)
    assert seats(run) == before
    joining.come_back(personal_code=away[0].personal_code, now=at(2000))
    assert "Réparation proposée" not in page_of(teacher, run)


def test_a_closed_activity_keeps_its_groups(run: ClassRun, teacher: Client) -> None:
    draw(run)
    before = seats(run)
    runs.close(run=run, now=at(50))
    for rest, body in (
        ("tirer/", {"vu": snapshot(run).digest, "sur": "1"}),
        ("deplacer/", {"participant": student(run, before[1][0]).public_id, "group": "2"}),
        ("1/agir/", {"act": "dissolve"}),
    ):
        assert "L’activité est close" in said(teacher, run, rest, body)
    assert seats(run) == before


def test_a_lesson_without_groups_says_so(run: ClassRun, teacher: Client) -> None:
    make.phase(run, 2).part.__class__.objects.filter(number=2).update(kind="individual")
    assert "Pas de partie en groupes" in page_of(teacher, run)
    with pytest.raises(CannotGroup, match="pas de partie en groupes"):
        groups.draw(run=run, rng=Random(1), now=NOW, seen="", sure=True)


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        ("deplacer/", {"participant": "x", "group": "cinq"}),
        ("deplacer/", {"group": "1"}),
        ("fixer/", {"participant": "x", "pinned": "peut-être"}),
        ("separer/", {"one": "x"}),
        ("1/agir/", {"act": "autre"}),
    ],
)
def test_what_no_button_of_ours_sends_is_refused(
    run: ClassRun, teacher: Client, rest: str, body: dict[str, str]
) -> None:
    draw(run)
    before = seats(run)
    assert teacher.post(address(run, rest), body).status_code == 400
    assert seats(run) == before


@pytest.mark.parametrize("rest", ["deplacer/", "fixer/", "nouveau/"])
def test_somebody_of_another_class_is_unknown_here(run: ClassRun, teacher: Client, rest: str) -> None:
    draw(run)
    stranger = make.participant(make.class_run())
    body = {"participant": stranger.public_id, "group": "1", "pinned": "1"}
    assert teacher.post(address(run, rest), body).status_code == 404
    assert not Membership.objects.filter(participant=stranger).exists()


def test_the_group_of_another_class_is_out_of_reach(run: ClassRun, teacher: Client) -> None:
    draw(run)
    elsewhere = make.class_run()
    make.groups(elsewhere, (3, 3, 3))
    assert "Ce groupe n’existe plus" in said(teacher, run, "3/agir/", {"act": "one_device"})
    assert not Group.objects.get(run=elsewhere, number=3).one_device


# --- what the page shows -------------------------------------------------------------------------


def test_mode_discret_hides_names_and_separations(run: ClassRun, teacher: Client) -> None:
    draw(run)
    groups.separate(one=student(run, 1), other=student(run, 2), separated=True)
    make.participant(run, "Loutre calme")
    names = [person.pseudonym for person in run.participants.all()]
    open_html = page_of(teacher, run)
    assert all(name in open_html for name in names)
    assert "séparé de" in open_html
    teacher.post("/prof/mode-discret/", {"discret": "1"})
    for query in ("", "?eleve=" + student(run, 1).public_id, "?groupe=1"):
        html = page_of(teacher, run, query)
        assert not any(name in html for name in names)
        assert "Élève\u00a01" in html
        assert "séparé de" not in html


def test_a_hidden_pseudonym_is_hidden_here_too(run: ClassRun, teacher: Client) -> None:
    draw(run)
    participants.hide(participant=student(run, 4), hidden=True)
    html = page_of(teacher, run)
    assert student(run, 4).pseudonym not in html
    assert "Élève\u00a04" in html


def test_what_is_not_passed_on_is_shown(run: ClassRun, teacher: Client) -> None:
    draw(run)
    write(run, 1, passed=[1, 2, 4])
    write(run, 2, passed=[1, 2, 3, 4, 5])
    html = page_of(teacher, run)
    assert "Pas encore transmis : 3, 5<" in html
    assert html.count("Pas encore transmis") == 1
    assert "Tout est transmis" in html


@pytest.mark.parametrize("people", [3, 35])
def test_the_page_costs_the_same_whatever_the_class(people: int, django_assert_num_queries: object) -> None:
    run = make.class_run(participants=people)
    teacher = make.teacher_client(run.owner)
    draw(run)
    start_groups(run)
    make.participant(run, now=at(1))
    page_of(teacher, run)  # the lesson is remembered from now on
    with django_assert_num_queries(14):  # type: ignore[operator]
        page_of(teacher, run)
