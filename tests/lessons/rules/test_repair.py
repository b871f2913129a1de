"""The repair that is proposed when somebody is absent, late or gone: little moves, nothing is lost. Pure."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.rules import shares
from lessons.rules.grouping import draw
from lessons.rules.repair import ClassNow, GroupNow, Plan, members_after, repair

WORDS = {number: 100 * number for number in range(1, 12)}


def class_of(*sizes: int, away: frozenset[int] = frozenset(), late: int = 0, worked: bool = True) -> ClassNow:
    """Groups 1, 2… of these sizes; people are 1, 2… in the order of groups and seats, then those in none."""
    groups, first = [], 1
    for number, size in enumerate(sizes, start=1):
        members = tuple(range(first, first + size))
        groups.append(GroupNow(number, members, shares.share_out(members, WORDS), worked=worked))
        first += size
    here = frozenset(range(1, first + late)) - away
    return ClassNow(tuple(groups), here, words=WORDS, next_number=len(sizes) + 1)


def moved(plan: Plan) -> list[tuple[int, int, int]]:
    return sorted((move.person, move.source, move.target) for move in plan.moves)


def test_whole_groups_need_nothing() -> None:
    assert not repair(class_of(3, 4, 3))


def test_who_is_absent_keeps_the_seat_and_the_others_read_their_annexes() -> None:
    now = class_of(4, 3, away=frozenset({2}))
    plan = repair(now)
    assert moved(plan) == []
    theirs = {annexe for annexe, reader in now.groups[0].shares.items() if reader == 2}
    assert {handed.annexe for handed in plan.handed} == theirs
    assert {handed.source for handed in plan.handed} == {2}
    assert members_after(now, plan)[1] == (1, 2, 3, 4)


def test_a_pair_that_has_begun_goes_on_unless_somebody_can_join_it() -> None:
    assert moved(repair(class_of(3, 3, 3, away=frozenset({1})))) == []
    assert moved(repair(class_of(3, 3, 4, away=frozenset({1})))) == [(10, 3, 1)]
    assert moved(repair(class_of(3, 3, 3, away=frozenset({1}), late=1))) == [(10, 0, 1)]


def test_a_pair_that_has_not_begun_is_shared_out() -> None:
    plan = repair(class_of(3, 3, 3, away=frozenset({1}), worked=False))
    assert plan.dissolved == (1,)
    assert sorted(move.person for move in plan.moves) == [2, 3]
    assert plan.dropped == ((1, 1),)


def test_who_is_alone_joins_a_group_and_the_absent_lose_their_seat() -> None:
    plan = repair(class_of(3, 3, 3, away=frozenset({1, 2})))
    assert [(move.person, move.source) for move in plan.moves] == [(3, 1)]
    assert plan.dissolved == (1,)
    assert sorted(plan.dropped) == [(1, 1), (2, 1)]


def test_latecomers_join_and_three_of_them_make_a_group() -> None:
    assert len(repair(class_of(3, 3, late=1)).moves) == 1
    plan = repair(class_of(3, 3, late=3))
    assert plan.formed == (3,)
    assert {move.target for move in plan.moves} == {3}
    assert {handed.annexe for handed in plan.handed} == set(WORDS)


def test_one_too_many_for_groups_of_four() -> None:
    """4 + 4 and a latecomer: three groups of three, by two moves."""
    plan = repair(class_of(4, 4, late=1))
    assert plan.formed == (3,)
    assert len(plan.moves) == 3
    assert sorted(len(members) for members in members_after(class_of(4, 4), plan).values()) == [3, 3, 3]


def test_five_people_are_three_and_two() -> None:
    now = class_of(4, late=1)
    after = members_after(now, repair(now))
    assert sorted(map(len, after.values())) == [2, 3]
    assert not repair(class_of(3, 2))


def test_one_person_in_all_is_left_where_they_are() -> None:
    assert not repair(class_of(3, away=frozenset({1, 2}))).moves
    assert not repair(class_of(late=1)).moves


def test_a_group_that_nobody_is_in_any_more_is_dissolved_but_not_one_of_absent_members() -> None:
    now = class_of(3, 3, 3, away=frozenset({1, 2, 3}))
    assert not repair(now)
    emptied = replace(now, groups=(GroupNow(1, (), {}, worked=True), *now.groups[1:]))
    assert repair(emptied).dissolved == (1,)


def test_the_pinned_do_not_move_and_the_separated_do_not_meet() -> None:
    now = replace(class_of(3, 3, 4, away=frozenset({1})), pinned=frozenset({10}))
    assert moved(repair(now)) == [(9, 3, 1)]
    apart = replace(class_of(3, 3, late=1), separated=((1, 7),))
    assert moved(repair(apart)) == [(7, 0, 2)]


def test_a_separation_that_cannot_be_kept_is_named() -> None:
    now = replace(class_of(3, late=1), separated=((2, 4),))
    assert repair(now).broken == ((2, 4),)


def test_a_newcomer_gets_something_to_read_but_nothing_that_is_begun() -> None:
    now = class_of(3, late=1)
    begun = frozenset(range(4, 12))
    now = replace(now, groups=(replace(now.groups[0], begun=begun),))
    handed = repair(now).handed
    assert handed
    assert {line.target for line in handed} == {4}
    assert not {line.annexe for line in handed} & begun


def test_an_annexe_that_nobody_reads_is_given_out() -> None:
    now = class_of(3)
    orphan = {a: reader for a, reader in now.groups[0].shares.items() if a != 5}
    plan = repair(replace(now, groups=(replace(now.groups[0], shares=orphan),)))
    assert [(line.annexe, line.source) for line in plan.handed] == [(5, 0)]


# --- whatever happens ----------------------------------------------------------------------------


@st.composite
def mornings(draw_: st.DrawFn) -> ClassNow:
    """Groups drawn some day, and who is there today."""
    people = draw_(st.integers(2, 34))
    drawn = draw(range(1, people + 1), rng=Random(draw_(st.integers(0, 99)))).groups
    groups = tuple(
        GroupNow(number, members, shares.share_out(members, WORDS), draw_(st.booleans()))
        for number, (_, members) in enumerate(drawn, start=1)
    )
    away = draw_(st.frozensets(st.integers(1, people), max_size=people // 2))
    late = draw_(st.integers(0, 6))
    here = frozenset(range(1, people + late + 1)) - away
    pinned = draw_(st.frozensets(st.integers(1, people), max_size=3))
    pairs = st.tuples(st.integers(1, people), st.integers(1, people)).filter(lambda p: p[0] < p[1])
    apart = tuple(draw_(st.lists(pairs, max_size=3, unique=True)))
    return ClassNow(groups, here, pinned, apart, WORDS, (), len(groups) + 1)


@given(now=mornings())
def test_everybody_has_one_place_and_no_group_has_five(now: ClassNow) -> None:
    plan = repair(now)
    after = members_after(now, plan)
    seated = [person for members in after.values() for person in members]
    assert len(seated) == len(set(seated))
    assert all(len(members) <= 4 for members in after.values())
    if len(now.here) > 1:
        assert now.here <= set(seated)
    if len(now.here) > 5 and not now.pinned and not any(group.worked for group in now.groups):
        sizes = {sum(person in now.here for person in members) for members in after.values()}
        assert sizes <= {0, 3, 4}


@given(now=mornings())
def test_only_who_has_to_moves(now: ClassNow) -> None:
    plan = repair(now)
    known = {group.number: group for group in now.groups}
    for move in plan.moves:
        assert move.person in now.here
        assert not (move.source and move.person in now.pinned)
        if move.source and move.source not in plan.dissolved:
            here = [person for person in known[move.source].members if person in now.here]
            assert len(here) == 4, "only a group of four gives somebody away"
    for number in plan.dissolved:
        group = known[number]
        left = sum(person in now.here for person in group.members)
        assert left < 3, "no whole group is broken up"
        assert left < 2 or not group.worked, "nor a pair that has begun its poster"
    assert {person for person, _ in plan.dropped}.isdisjoint(now.here)


@given(now=mornings())
def test_every_annexe_has_one_reader_who_is_there_and_nothing_else_changes_hands(now: ClassNow) -> None:
    plan = repair(now)
    known = {group.number: group for group in now.groups}
    for number, members in members_after(now, plan).items():
        here = {person for person in members if person in now.here}
        before = known[number].shares if number in known else {}
        after = {**before, **{h.annexe: h.target for h in plan.handed if h.group == number}}
        if here:
            assert set(after) == set(WORDS)
            assert set(after.values()) <= here
        for annexe, reader in before.items():
            if after[annexe] != reader and reader in here:
                assert after[annexe] not in before.values(), "only to somebody who had nothing"


@given(now=mornings())
def test_once_repaired_there_is_nothing_more_to_repair(now: ClassNow) -> None:
    plan = repair(now)
    after = members_after(now, plan)
    known = {group.number: group for group in now.groups}
    groups = tuple(
        GroupNow(
            number,
            members,
            {
                **(known[number].shares if number in known else {}),
                **{handed.annexe: handed.target for handed in plan.handed if handed.group == number},
            },
            known[number].worked if number in known else False,
        )
        for number, members in after.items()
    )
    assert not repair(replace(now, groups=groups, next_number=now.next_number + len(plan.formed)))


@pytest.mark.parametrize("late", [0, 1, 5])
def test_the_same_class_gives_the_same_plan(late: int) -> None:
    now = class_of(3, 3, 4, away=frozenset({1, 4, 5}), late=late)
    assert repair(now).digest == repair(now).digest
    assert repair(now).digest != repair(replace(now, here=now.here - {8})).digest
