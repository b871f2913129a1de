"""One student on the teacher's board, alone or in a group's tile."""

from collections.abc import Iterable
from dataclasses import dataclass

from lessons.rules.pseudonyms import SIMULATED


@dataclass(frozen=True)
class Tile:
    """One student on the board. `words`: one a question; `bars_path`: the same drawn.

    `before`: their own time in an earlier part still goes on. Minutes are whole and set where they mean
    something: `silent` while the clock runs, `offline`
    where memory knows since when. In mode discret `name` is a number and no extra time is told.
    """

    public_id: str
    name: str
    state: str
    present: bool
    words: tuple[int, ...]
    bars_path: str
    help_minutes: int | None
    silent: int
    offline: int
    extra_minutes: int
    late: int
    before: bool

    @property
    def total_words(self) -> int:
        return sum(self.words)

    @property
    def short_name(self) -> str:
        """For the tiles of a rehearsal, where every page says that its students are simulated."""
        return self.name.removesuffix(SIMULATED).rstrip() or self.name


def bars_path(counts: Iterable[int], full: int) -> str:
    """One stroke a question, 11 apart, from the foot (24) upwards; an empty one keeps its foot."""
    return "".join(
        f"M{5 + 11 * i} 24V{24 - max(2, min(23, 23 * count // full))}" for i, count in enumerate(counts)
    )
