"""« Groupes »: changes by hand, the repair that is proposed, a student who was there twice. No poster is lost."""

import pytest
from django.test import Client

from lessons.actions import groups, merging, participants
from lessons.models import AnnexeShare, ClassRun, Group, Membership, Poster, Separation
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.class_in_groups import (
    draw,
    four_and_three,
    page_of,
    reads,
    said,
    seats,
    seen_in,
    start_groups,
    student,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return make.class_run(participants=7)


# --- by hand -------------------------------------------------------------------------------------


def test_a_move_hands_over_what_was_read_and_nothing_else(run: ClassRun, teacher: Client) -> None:
    draw(run)
    four, three = four_and_three(run)
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
    four, three = four_and_three(run)
    before = seats(run)
    who = student(run, before[three][0])
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
    four, three = four_and_three(run)
    gone, moved = student(run, seats(run)[four][0]), student(run, seats(run)[three][0])
    participants.mark_absent(participant=gone, absent=True)
    said(teacher, run, "deplacer/", {"participant": moved.public_id, "group": str(four)})
    assert moved.number in seats(run)[four]
    assert gone.number not in seats(run)[four], "no fifth seat"
    refused = said(teacher, run, "deplacer/", {"participant": gone.public_id, "group": str(three)})
    assert "n’entre dans un groupe qu’à son retour" in refused


def test_dissolving_keeps_the_poster(run: ClassRun, teacher: Client) -> None:
    draw(run)
    write(run, 2)
    said(teacher, run, "2/agir/", {"act": "dissolve"})
    assert list(seats(run)) == [1]
    assert Poster.objects.get(group__number=2).last_number == 1
    assert "Ce groupe n’existe plus" in said(teacher, run, "2/agir/", {"act": "dissolve"})
    assert not AnnexeShare.objects.filter(group__number=2).exists()


def test_a_group_dissolved_while_the_part_runs_is_kept_even_blank(run: ClassRun, teacher: Client) -> None:
    """A page may be writing at this very moment; its poster is offered once something is on it."""
    draw(run)
    start_groups(run)
    groups.dissolve(run=run, number=1, now=at(1))
    group = Group.objects.get(run=run, number=1)
    assert group.dissolved_at == at(1)
    address = f"/prof/activites/{run.public_id}/affiches/1/"
    assert f'href="{address}"' not in page_of(teacher, run)
    assert teacher.get(address).status_code == 404
    make.image(group.poster)
    assert f'href="{address}"' in page_of(teacher, run)
    assert teacher.get(address).status_code == 200


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
    _, three = four_and_three(run)
    assert f"<bdi>{late.pseudonym}</bdi>, sans groupe, entre dans le groupe\u00a0{three}" in html
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
    four, _ = four_and_three(run)
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
    four, _ = four_and_three(run)
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
