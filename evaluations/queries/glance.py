"""The class at a glance: how many at each level, and who."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.models import Assessment
from evaluations.queries.copies import Look, copies, label_of
from evaluations.queries.report import Level, grid_of, levels_of
from lessons.models import ClassRun, Criterion

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
class CopyLevels:
    """One copy, with its level on each row."""

    public_id: str
    label: str
    levels: tuple[Level | None, ...]


@dataclass(frozen=True)
class Glance:
    run: ClassRun
    levels: tuple[Level, ...]
    rows: tuple[RowShares, ...]
    copies: tuple[CopyLevels, ...]


def glance(run: ClassRun, look: Look) -> Glance:
    """Three queries whatever the class. Who was removed is not of the class any more."""
    criteria = grid_of(run)
    levels = levels_of(criteria)
    given = {
        (participant, criterion): levels[rank - 1]
        for participant, criterion, rank in Assessment.objects.filter(
            participant__run=run, criterion__in=criteria, level__isnull=False
        ).values_list("participant_id", "criterion_id", "level")
        if rank
    }
    people = [(n, p) for n, p in enumerate(copies(run, look), start=1) if p.left_at is None]
    return Glance(
        run=run,
        levels=levels,
        rows=tuple(
            _shares(row, levels, [given.get((person.pk, row.pk)) for _, person in people]) for row in criteria
        ),
        copies=tuple(
            CopyLevels(
                person.public_id,
                label_of(person, number, look),
                tuple(given.get((person.pk, row.pk)) for row in criteria),
            )
            for number, person in people
        ),
    )


def _shares(criterion: Criterion, levels: Sequence[Level], found: Sequence[Level | None]) -> RowShares:
    counts = Counter(found)
    shares, left = [], 0.0
    for level in [*reversed(levels), None]:
        width = round(WIDTH * counts[level] / len(found), 2) if found else 0.0
        shares.append(Share(level, counts[level], round(left, 2), width))
        left += width
    return RowShares(criterion.label, tuple(shares))
