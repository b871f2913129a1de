"""The class at a glance: how many at each level, and who."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.queries.copies_to_grade import Look, copies, label_of
from evaluations.queries.levels import GridLevels, class_levels
from evaluations.queries.report import Level
from lessons.models import ClassRun

WIDTH = 100  # of a bar, in the picture's own units


@dataclass(frozen=True)
class Share:
    """Those of one level on one row. `level` is None for « non évalué »; `left` and `width` place it in the bar."""

    level: Level | None
    count: int
    left: float
    width: float


@dataclass(frozen=True)
class RowShares:
    label: str
    shares: tuple[Share, ...]  # from the highest level down, then « non évalué »


@dataclass(frozen=True)
class GridShares:
    """One grid: part 1's, or the posters' where they are graded."""

    title: str
    levels: tuple[Level, ...]
    rows: tuple[RowShares, ...]


@dataclass(frozen=True)
class CopyLevels:
    """One copy, with its level on each row of all grids."""

    public_id: str
    label: str
    levels: tuple[Level | None, ...]


@dataclass(frozen=True)
class Glance:
    run: ClassRun
    look: Look
    grids: tuple[GridShares, ...]
    copies: tuple[CopyLevels, ...]

    @property
    def rows(self) -> tuple[RowShares, ...]:
        return tuple(row for grid in self.grids for row in grid.rows)


def glance(run: ClassRun, look: Look) -> Glance:
    """Three queries whatever the class, six with posters. Who was removed is not of the class any more."""
    people = [(n, p) for n, p in enumerate(copies(run, look), start=1) if p.left_at is None]
    grids = class_levels(run, [person for _, person in people])
    return Glance(
        run=run,
        look=look,
        grids=tuple(_grid(grid) for grid in grids),
        copies=tuple(
            CopyLevels(
                person.public_id,
                label_of(person, number, look),
                tuple(row.level for grid in grids for row in grid.given[person.pk]),
            )
            for number, person in people
        ),
    )


def _grid(grid: GridLevels) -> GridShares:
    rows = tuple(
        _shares(criterion.label, grid.levels, [given[place].level for given in grid.given.values()])
        for place, criterion in enumerate(grid.criteria)
    )
    return GridShares(grid.title, grid.levels, rows)


def _shares(label: str, levels: Sequence[Level], found: Sequence[Level | None]) -> RowShares:
    counts = Counter(found)
    shares, left = [], 0.0
    for level in [*reversed(levels), None]:
        width = round(WIDTH * counts[level] / len(found), 2) if found else 0.0
        shares.append(Share(level, counts[level], round(left, 2), width))
        left += width
    return RowShares(label, tuple(shares))
