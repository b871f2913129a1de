"""Who reads which annexe for the group: from the pack's thematic lots, else by reading length.

Annexes are known by number, their length in words; those for all to consult are left out by the caller.
"""

from collections.abc import Mapping, Sequence

WORDS_A_MINUTE = 180  # a lycéen who reads to understand, not to race


def reading_minutes(words: int) -> int:
    """Whole minutes, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))


def lots_for(members: int, stored: Sequence[Mapping[str, object]]) -> tuple[tuple[int, ...], ...]:
    """The thematic lots for a group of this size, as models.Part.lots holds them; none for another size."""
    for choice in stored:
        if choice["members"] == members:
            lots = choice["lots"]
            assert isinstance(lots, list)
            return tuple(tuple(lot["annexes"]) for lot in lots)
    return ()


def loads(shares: Mapping[int, int], members: Sequence[int], words: Mapping[int, int]) -> dict[int, int]:
    """Words that each member reads."""
    load = dict.fromkeys(members, 0)
    for annexe, member in shares.items():
        if member in load:
            load[member] += words[annexe]
    return load


def share_out(
    members: Sequence[int], words: Mapping[int, int], lots: Sequence[Sequence[int]] = ()
) -> dict[int, int]:
    """Every annexe to exactly one member: a lot each in the order of the seats, else the longest first.

    By length, the most and the least loaded differ by the longest annexe at most.
    """
    if not members:
        return {}
    by_lot = len(lots) == len(members)
    shares = {
        annexe: member
        for member, lot in zip(members, lots if by_lot else (), strict=False)
        for annexe in lot
        if annexe in words
    }
    return _give(shares, [annexe for annexe in words if annexe not in shares], members, words)


def hand_over(shares: Mapping[int, int], members: Sequence[int], words: Mapping[int, int]) -> dict[int, int]:
    """`members` are those who stay: what nobody of them reads goes to the least loaded, nothing else moves."""
    if not members:
        return {}
    kept = {a: m for a, m in shares.items() if m in members and a in words}
    return _give(kept, [annexe for annexe in words if annexe not in kept], members, words)


def welcome(
    shares: Mapping[int, int],
    members: Sequence[int],
    newcomer: int,
    words: Mapping[int, int],
    begun: frozenset[int] = frozenset(),
) -> dict[int, int]:
    """A member who reads nothing takes annexes from the most loaded, as long as that evens things out.

    What somebody has already written about (`begun`) stays with them; no other annexe moves.
    """
    after = dict(shares)
    while True:
        load = loads(after, members, words)
        found = [
            (load[member], words[annexe], -annexe)
            for annexe, member in after.items()
            if member in load and annexe not in begun and words[annexe] < load[member] - load[newcomer]
        ]
        if not found:
            return after
        after[-max(found)[2]] = newcomer


def _give(
    shares: dict[int, int], annexes: Sequence[int], members: Sequence[int], words: Mapping[int, int]
) -> dict[int, int]:
    load = loads(shares, members, words)
    for annexe in sorted(annexes, key=lambda number: (-words[number], number)):
        least = min(members, key=lambda member: (load[member], members.index(member)))
        shares[annexe] = least
        load[least] += words[annexe]
    return shares
