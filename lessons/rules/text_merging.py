"""Three texts into one: what somebody made of the text that they saw, on top of what others made of it."""

import re
from bisect import bisect_right
from difflib import SequenceMatcher

Edit = tuple[int, int, str]  # from, up to, what stands there instead
_TOKEN = re.compile(r"\w+\s*|\s+|[^\w\s]\s*")


def edits(before: str, after: str) -> list[Edit]:
    """What turns `before` into `after`, by words, as (from, up to, new) in `before`, in order."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    left, right = (_TOKEN.findall(text[start : len(text) - end]) for text in (before, after))
    offsets = [start]
    for token in left:
        offsets.append(offsets[-1] + len(token))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [
        (offsets[i1], offsets[i2], "".join(right[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def merge(base: str, now: str, mine: str) -> list[Edit]:
    """The edits of `now` by which my changes of `base` come on top of those of others.

    What I took away goes, where it still stands; what others wrote in its middle stays.
    """
    own = edits(base, mine)
    if base == now:
        return own
    kept = _kept(len(base), edits(base, now))
    found: list[Edit] = []
    for start, end, new in own:
        pieces = [
            (at + max(start, a) - a, at + min(end, b) - a, "") for a, b, at in kept if a < end and b > start
        ]
        if new:
            first = pieces.pop(0) if pieces else (_place(kept, start), _place(kept, start), "")
            pieces.insert(0, (first[0], first[1], new))
        found += pieces
    return found


def _kept(length: int, changes: list[Edit]) -> list[tuple[int, int, int]]:
    """The stretches that others left alone: (from, up to, where it begins now)."""
    found, at, moved = [], 0, 0
    for start, end, new in [*changes, (length, length, "")]:
        if start > at or start == length:
            found.append((at, start, at + moved))
        moved += len(new) - (end - start)
        at = end
    return found


def _place(kept: list[tuple[int, int, int]], offset: int) -> int:
    """Where an offset is now: after what stood before it."""
    index = bisect_right(kept, offset, key=lambda stretch: stretch[0]) - 1
    if index < 0:
        return kept[0][2] if kept else 0
    start, end, at = kept[index]
    return at + min(offset, end) - start


def _common(one: str, other: str) -> int:
    """How many characters are the same at the start."""
    length = min(len(one), len(other))
    low, high = 0, length
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
