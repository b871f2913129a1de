"""The levels of a whole class, grid by grid: what tables and pictures are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluations.models import Assessment
from evaluations.queries.report import Level, Row, graded_posters, grid_of, levels_of, poster_rows
from lessons.models import ClassRun, Criterion, Participant

POSTER = "Affiche du groupe"


@dataclass(frozen=True)
class GridLevels:
    """One grid; `given` are its rows by participant, in the order of `criteria`."""

    title: str
    criteria: tuple[Criterion, ...]
    levels: tuple[Level, ...]
    given: Mapping[int, tuple[Row, ...]]


def class_levels(run: ClassRun, people: Sequence[Participant]) -> tuple[GridLevels, ...]:
    """The grid of the lesson, then the posters' if they are graded. Two queries, five with posters."""
    grids = (_grid(grid_of(run), people), _poster(graded_posters(run), people))
    return tuple(grid for grid in grids if grid.criteria)


def _grid(criteria: Sequence[Criterion], people: Sequence[Participant]) -> GridLevels:
    levels = levels_of(criteria)
    found = Assessment.objects.filter(participant__in=people, criterion__in=criteria)
    given = {(one.participant_id, one.criterion_id): one for one in found}
    return GridLevels(
        title=criteria[0].grid.title if criteria else "",
        criteria=tuple(criteria),
        levels=levels,
        given={
            person.pk: tuple(Row.of(row, levels, given.get((person.pk, row.pk))) for row in criteria)
            for person in people
        },
    )


def _poster(criteria: Sequence[Criterion], people: Sequence[Participant]) -> GridLevels:
    return GridLevels(POSTER, tuple(criteria), levels_of(criteria), poster_rows(people, criteria))
