"""The rules of groups: drawing lots, pins, separations, roles, shares. Pure: no database."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lessons.rules import shares
from lessons.rules.grouping import Pair, broken_in, draw, forecast, remark
from lessons.rules.roles import ROLES, roles_of

SEEDS = st.integers(0, 2**32)


def sizes(drawn: Sequence[tuple[int, tuple[int, ...]]]) -> list[int]:
    return sorted(len(members) for _, members in drawn)


@given(people=st.integers(3, 40), seed=SEEDS)
def test_any_class_makes_groups_of_three_and_as_few_of_four_as_can_be(people: int, seed: int) -> None:
    drawn = draw(range(people), rng=Random(seed)).groups
    assert Counter(person for _, members in drawn for person in members) == Counter(range(people))
    if people == 5:
        assert sizes(drawn) == [2, 3]
    else:
        assert set(sizes(drawn)) <= {3, 4}
        assert sizes(drawn).count(4) == people % 3


def test_what_happens_with_one_two_and_five_is_said() -> None:
    assert draw([7], rng=Random(1)).groups == ()
    assert "Une seule personne est présente" in remark([], alone=1)
    assert sizes(draw(range(2), rng=Random(1)).groups) == [2]
    assert remark([2]) == "Deux personnes seulement\u00a0: elles forment un groupe de deux."
    assert "jamais un groupe de cinq" in remark([3, 2])
    assert forecast(5) == "Un groupe de trois et un groupe de deux."
    assert forecast(26) == "Deux groupes de quatre et six groupes de trois."
    assert forecast(1).startswith("Il faut au moins deux élèves")
    assert remark([3, 4, 3]) == remark([], alone=12) == ""
    assert remark([3, 2, 2]) == "Deux groupes ne comptent que deux personnes."
    assert "elle peut en rejoindre un autre" in remark([3, 1])


@given(people=st.integers(2, 40), seed=SEEDS)
def test_the_same_lots_give_the_same_groups(people: int, seed: int) -> None:
    assert draw(range(people), rng=Random(seed)) == draw(range(people), rng=Random(seed))


def test_other_lots_give_other_groups_and_other_seats() -> None:
    drawn = [draw(range(12), rng=Random(seed)).groups for seed in range(20)]
    together = {frozenset(frozenset(members) for _, members in groups) for groups in drawn}
    assert len(together) > 15
    first = {next(m[0] for _, m in groups if 0 in m) == 0 for groups in drawn}
    assert first == {True, False}, "the order of the seats is drawn too: it gives the roles"


# --- pins and separations ------------------------------------------------------------------------


@st.composite
def wishes(draw_: st.DrawFn, most: int = 40) -> tuple[int, dict[int, int], list[Pair]]:
    """A class, who is pinned in which group (never more than four in one), who is separated from whom."""
    people = draw_(st.integers(3, most))
    pinned: dict[int, int] = {}
    for person, group in draw_(
        st.dictionaries(st.integers(0, people - 1), st.integers(1, 6), max_size=8)
    ).items():
        if list(pinned.values()).count(group) < 4:
            pinned[person] = group
    pairs = st.tuples(st.integers(0, people - 1), st.integers(0, people - 1)).filter(lambda p: p[0] < p[1])
    return people, pinned, draw_(st.lists(pairs, max_size=8, unique=True))


@given(wished=wishes(), seed=SEEDS)
def test_pinned_students_stay_and_nobody_is_lost_or_fifth(
    wished: tuple[int, dict[int, int], list[Pair]], seed: int
) -> None:
    people, pinned, apart = wished
    drawn = draw(range(people), rng=Random(seed), pinned=pinned, separated=apart)
    where = {person: number for number, members in drawn.groups for person in members}
    assert sorted(where) == list(range(people))
    assert all(where[person] == number for person, number in pinned.items())
    assert max(sizes(drawn.groups)) <= 4
    assert set(drawn.broken) == set(broken_in([members for _, members in drawn.groups], apart))


@example(wished=(6, {}, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)]), seed=0)
@given(wished=wishes(most=8), seed=SEEDS)
def test_a_separation_is_broken_only_if_there_is_no_other_way(
    wished: tuple[int, dict[int, int], list[Pair]], seed: int
) -> None:
    people, pinned, apart = wished
    drawn = draw(range(people), rng=Random(seed), pinned=pinned, separated=apart)
    ways = partitions(list(range(people)), sizes(drawn.groups))
    least = min(len(broken_in(way, apart)) for way in ways if respects(way, pinned))
    assert len(drawn.broken) == least


def partitions(people: list[int], wanted: list[int]) -> list[list[set[int]]]:
    """Every way to make groups of these sizes."""
    if not wanted:
        return [[]]
    found = []
    for size in sorted(set(wanted)):
        rest = list(wanted)
        rest.remove(size)
        for others in combinations(people[1:], size - 1):
            group = {people[0], *others}
            found += [[group, *way] for way in partitions([p for p in people if p not in group], rest)]
    return found


def respects(way: Collection[set[int]], pinned: dict[int, int]) -> bool:
    """Those pinned together are together, those pinned elsewhere are not."""
    return all(
        (pinned[one] == pinned[other]) == any({one, other} <= group for group in way)
        for one, other in combinations(pinned, 2)
    )


def test_what_cannot_be_kept_is_named() -> None:
    everybody = list(combinations(range(4), 2))
    drawn = draw(range(7), rng=Random(3), separated=everybody)
    assert 0 < len(drawn.broken) < 4  # four people who avoid each other, two groups: two pairs at least
    assert set(drawn.broken) <= set(everybody)


def test_two_pinned_together_stay_together_though_they_are_separated() -> None:
    drawn = draw(range(9), rng=Random(3), pinned={0: 1, 1: 1}, separated=[(0, 1)])
    assert drawn.broken == ((0, 1),)


def test_separations_do_not_bring_others_together() -> None:
    """Whoever is looked at first is not always put in the same place."""
    met = {
        any({0, 2} <= set(members) for _, members in groups)
        for seed in range(40)
        for groups in [draw(range(12), rng=Random(seed), separated=[(0, 1), (2, 3)]).groups]
    }
    assert met == {True, False}


def test_a_class_of_forty_where_all_are_separated_is_drawn_all_the_same() -> None:
    everybody = list(combinations(range(40), 2))
    drawn = draw(range(40), rng=Random(3), separated=everybody)
    assert set(sizes(drawn.groups)) == {3, 4}
    assert len(drawn.broken) == 12 * 3 + 6


# --- roles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "each"), [(1, {4}), (2, {2}), (3, {1, 2}), (4, {1})])
def test_every_role_is_held_once_whatever_the_group(members: int, each: set[int]) -> None:
    held = roles_of(list(range(members)))
    assert Counter(role for roles in held.values() for role in roles) == Counter(ROLES)
    assert {len(roles) for roles in held.values()} == each
    assert roles_of([]) == {}


@pytest.mark.parametrize("members", [2, 3, 4])
def test_roles_turn_until_everybody_has_had_each(members: int) -> None:
    people = list(range(members))
    turns = [roles_of(people, rotation) for rotation in range(members)]
    for person in people:
        assert {role for turn in turns for role in turn[person]} == set(ROLES)
    assert roles_of(people, members) == turns[0]


def test_each_role_is_explained() -> None:
    assert [role.label for role in ROLES] == [
        "animation", "gardien du temps", "secrétaire", "répartition de la parole",
    ]  # fmt: skip
    assert all(role.sentence.endswith(".") for role in ROLES)


# --- shares --------------------------------------------------------------------------------------

WORDS = st.dictionaries(st.integers(1, 30), st.integers(0, 4000), min_size=1, max_size=15)
MEMBERS = st.lists(st.integers(100, 200), min_size=1, max_size=4, unique=True)


@given(members=MEMBERS, words=WORDS)
def test_by_reading_length_the_difference_is_at_most_the_longest_annexe(
    members: list[int], words: dict[int, int]
) -> None:
    given_ = shares.share_out(members, words)
    assert set(given_) == set(words)
    load = shares.loads(given_, members, words).values()
    assert max(load) - min(load) <= max(words.values())


def test_lots_are_given_whole_in_the_order_of_the_seats() -> None:
    stored: list[dict[str, object]] = [
        {"members": 3, "lots": [{"title": "", "annexes": [1, 2]}, {"annexes": [4]}, {"annexes": [5]}]}
    ]
    words = {1: 900, 2: 900, 3: 50, 4: 10, 5: 10}
    lots = shares.lots_for(3, stored)
    assert shares.share_out([7, 8, 9], words, lots) == {1: 7, 2: 7, 4: 8, 5: 9, 3: 8}, "3 is in no lot"
    assert shares.lots_for(2, stored) == ()
    assert shares.lots_for(2, []) == ()


@given(members=MEMBERS, words=WORDS, data=st.data())
def test_after_a_departure_only_the_annexes_of_who_left_move(
    members: list[int], words: dict[int, int], data: st.DataObject
) -> None:
    before = shares.share_out(members, words)
    gone = data.draw(st.sampled_from(members))
    stay = [member for member in members if member != gone]
    after = shares.hand_over(before, stay, words)
    assert set(after) == (set(words) if stay else set())
    assert all(after[a] == before[a] for a in after if before[a] != gone)
    assert set(after.values()) <= set(stay)


@given(members=MEMBERS, words=WORDS, begun=st.frozensets(st.integers(1, 30)))
def test_a_newcomer_takes_from_the_most_loaded_what_nobody_has_begun(
    members: list[int], words: dict[int, int], begun: frozenset[int]
) -> None:
    before = shares.share_out(members, words)
    after = shares.welcome(before, [*members, 1], 1, words, begun)
    moved = {annexe for annexe in words if after[annexe] != before[annexe]}
    assert all(after[annexe] == 1 for annexe in moved)
    assert not moved & begun
    loads = [shares.loads(given_, [*members, 1], words).values() for given_ in (before, after)]
    assert max(loads[1]) <= max(loads[0])


def test_reading_minutes() -> None:
    assert [shares.reading_minutes(words) for words in (0, 90, 180, 900)] == [1, 1, 1, 5]
