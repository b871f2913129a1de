"""« Groupes »: drawing lots, pins, separations; what the page shows, to whom."""

from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from lessons.actions import groups, joining, participants, runs
from lessons.actions.clock import act, set_extra_time
from lessons.actions.groups import CannotGroup
from lessons.models import ClassRun, Group, Membership, Poster, Separation
from lessons.queries.grouping import snapshot
from lessons.queries.groups import groups_page
from lessons.rules.clock import Kind
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.class_in_groups import (
    address,
    draw,
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
    assert "Groupe\u00a01</a>, dissous" in page_of(teacher, run)


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
    assert "Pas encore transmis\u00a0: 3, 5<" in html
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
    # One of them: who still has their own extra time, now that part 1 is over.
    with django_assert_num_queries(15):  # type: ignore[operator]
        page_of(teacher, run)
