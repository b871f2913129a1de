"""Groups of three, four at most, never five: drawn from those present. People are known by a number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

SMALLEST, LARGEST = 3, 4  # members of a group
PLACES = 20_000  # tried before a separation that may be possible after all is given up

_COUNTS = (
    "aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
)  # fmt: skip

Pair = tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """`groups`: (number of the group that is kept, or 0 for a new one; its members in a drawn order).

    `broken`: separations that could not be kept.
    """

    groups: tuple[tuple[int, tuple[int, ...]], ...]
    broken: tuple[Pair, ...] = ()


def how_many(people: int, kept: int = 0) -> int:
    """Groups for so many people: of three where possible, of four where that leaves some over.

    Five people make a group of three and one of two, two people a pair, one person none at all. `kept`
    groups stay, because somebody is pinned there.
    """
    if people <= 1:
        return min(kept, people)
    return max(kept, people // SMALLEST, -(-people // LARGEST))


def forecast(people: int) -> str:
    """What a draw makes of so many people, in a sentence."""
    if people <= 1:
        return "Il faut au moins deux élèves présents pour tirer des groupes."
    sizes = [len(group) for _, group in draw(range(people), rng=Random(0)).groups]  # noqa: S311 - sizes alone
    words = {4: "quatre", 3: "trois", 2: "deux"}
    parts = [
        f"{_COUNTS[count]} groupe{'s' if count > 1 else ''} de {word}"
        for size, word in words.items()
        if (count := sizes.count(size))
    ]
    said = " et ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def remark(sizes: Iterable[int], alone: int = 0) -> str:
    """What is not as one would wish, in a sentence; `alone`: present and in no group. "" where all is well."""
    counts = list(sizes)
    said = []
    if alone == 1 and not counts:
        said.append(
            "Une seule personne est présente\u00a0: il n’y a pas de groupe à tirer, elle peut travailler avec vous."
        )
    if 1 in counts:
        said.append(
            "Un groupe ne compte qu’une personne : elle peut en rejoindre un autre ou travailler avec vous."
        )
    pairs = counts.count(2)
    if pairs == 1 and sorted(counts) == [2]:
        said.append("Deux personnes seulement : elles forment un groupe de deux.")
    elif pairs == 1 and sorted(counts) == [2, 3]:
        said.append(
            "Cinq personnes forment un groupe de trois et un groupe de deux : jamais un groupe de cinq."
        )
    elif pairs:
        many = f"{_COUNTS[pairs].capitalize()} groupes ne comptent"
        said.append(f"{'Un groupe ne compte' if pairs == 1 else many} que deux personnes.")
    return " ".join(said)


def draw(
    people: Collection[int],
    *,
    rng: Random,
    pinned: Mapping[int, int] | None = None,
    separated: Collection[Pair] = (),
) -> Drawn:
    """Draws lots; `pinned` gives the group number in which a person stays.

    The same `rng` state gives the same groups. Separations are kept if there is a way (tried up to
    PLACES times), else as many as possible.
    """
    order = sorted(people)
    rng.shuffle(order)
    stays = {person: number for person, number in (pinned or {}).items() if person in people}
    numbers = sorted(set(stays.values()))
    count = how_many(len(order), len(numbers))
    slots = [*numbers, *([0] * (count - len(numbers)))]
    start = [[person for person in order if number and stays.get(person) == number] for number in slots]
    free = [person for person in order if person not in stays]
    if not slots:
        return Drawn(())
    apart = [pair for pair in separated if pair[0] in people and pair[1] in people]
    placed = best(start, _sizes(start, len(free), rng), free, apart, rng)
    for members in placed:
        rng.shuffle(members)
    return Drawn(
        tuple((number, tuple(members)) for number, members in zip(slots, placed, strict=True)),
        broken_in(placed, apart),
    )


def broken_in(groups: Iterable[Collection[int]], separated: Collection[Pair]) -> tuple[Pair, ...]:
    """The separated pairs that are together all the same."""
    together = [set(group) for group in groups]
    return tuple(pair for pair in separated if any(set(pair) <= group for group in together))


def _sizes(start: Sequence[Collection[int]], free: int, rng: Random) -> list[tuple[int, ...]]:
    """Every way to fill up the groups as evenly as possible, in a drawn order."""
    sizes = [len(group) for group in start]
    while free:
        least = min(sizes)
        lowest = [index for index, size in enumerate(sizes) if size == least]
        if len(lowest) > free:
            ways = [
                tuple(size + (index in chosen) for index, size in enumerate(sizes))
                for chosen in combinations(lowest, free)
            ]
            rng.shuffle(ways)
            return ways
        for index in lowest:
            sizes[index] += 1
        free -= len(lowest)
    return [tuple(sizes)]


def best(
    start: Sequence[Sequence[int]],
    ways: Sequence[Sequence[int]],
    free: Sequence[int],
    apart: Collection[Pair],
    rng: Random,
) -> list[list[int]]:
    """The groups of `start` filled up with `free` to one of these ways' sizes, breaking fewest separations."""
    search = Search(apart, rng)
    for allowed in range(len(apart) + 1):
        for sizes in ways:
            placed = search.place(start, sizes, free, allowed)
            if placed is not None:
                return placed
        if search.spent:
            break
    return search.roughly(start, ways[0], free)


class Search:
    """Puts people into groups of given sizes without breaking more separations than allowed.

    Whoever is separated from most comes first, so that what cannot be is found out early.
    """

    def __init__(self, apart: Collection[Pair], rng: Random) -> None:
        self._foes: dict[int, set[int]] = {}
        for one, other in apart:
            self._foes.setdefault(one, set()).add(other)
            self._foes.setdefault(other, set()).add(one)
        self._rng = rng
        self._left = PLACES

    @property
    def spent(self) -> bool:
        return self._left <= 0

    def place(
        self, start: Sequence[Sequence[int]], sizes: Sequence[int], free: Sequence[int], allowed: int
    ) -> list[list[int]] | None:
        """`start` filled up with `free`; None if it takes more than `allowed` breaches, or too long."""
        groups = [list(group) for group in start]
        allowed -= sum(self._breaches(person, group) for group in groups for person in group) // 2
        found = allowed >= 0 and self._put(groups, sizes, self._order(free), allowed)
        return groups if found else None

    def roughly(
        self, start: Sequence[Sequence[int]], sizes: Sequence[int], free: Sequence[int]
    ) -> list[list[int]]:
        """One after the other, where each breaks least."""
        groups = [list(group) for group in start]
        for person in self._order(free):
            room = [group for group, size in zip(groups, sizes, strict=True) if len(group) < size]
            min(room, key=lambda group: self._breaches(person, group)).append(person)
        return groups

    def _order(self, free: Sequence[int]) -> list[int]:
        return sorted(free, key=lambda person: -len(self._foes.get(person, ())))

    def _breaches(self, person: int, group: Collection[int]) -> int:
        return len(self._foes.get(person, set()) & set(group))

    def _put(self, groups: list[list[int]], sizes: Sequence[int], order: Sequence[int], allowed: int) -> bool:
        if not order:
            return True
        self._left -= 1
        alike: set[int] = set()
        for index in self._rng.sample(range(len(groups)), len(groups)):
            group, size = groups[index], sizes[index]
            cost = self._breaches(order[0], group)
            if self.spent or len(group) >= size or cost > allowed or (not group and size in alike):
                continue
            if not group:
                alike.add(size)  # another empty group of this size would come to the same
            group.append(order[0])
            if self._put(groups, sizes, order[1:], allowed - cost):
                return True
            group.pop()
        return False
