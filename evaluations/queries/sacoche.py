"""Who and what a file of SACoche may be filled in with."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluations.queries.copies_to_grade import gradable
from evaluations.queries.levels import POSTER, class_levels
from evaluations.rules.roster import Seat
from lessons.models import ClassRun


@dataclass(frozen=True)
class Copy:
    """One who has a sheet; `label` is how the teacher finds them in a list."""

    pk: int
    public_id: str
    label: str
    seat: Seat


@dataclass(frozen=True)
class Scores:
    """`levels`: ranks by participant and criterion; what is « non évalué » is not there."""

    run: ClassRun
    copies: tuple[Copy, ...]
    rows: Mapping[int, str]  # labels by criterion, in order
    first: int  # how many of them are not the posters'
    levels: Mapping[tuple[int, int], int]


def scores(run: ClassRun, *, discreet: bool = False) -> Scores:
    """As many queries for 35 participants as for one. `discreet`: no pseudonym."""
    people = list(gradable(run))
    grids = class_levels(run, people)
    given = ((pk, row) for grid in grids for pk, rows in grid.given.items() for row in rows)
    return Scores(
        run=run,
        copies=tuple(
            Copy(
                person.pk,
                person.public_id,
                _label(person.ticket_number, person.name_on_board(discreet=discreet)),
                Seat(person.pk, person.ticket_number, person.shown_name),
            )
            for person in people
        ),
        rows={
            criterion.pk: f"{POSTER}\u00a0: {criterion.label}" if grid.title == POSTER else criterion.label
            for grid in grids
            for criterion in grid.criteria
        },
        first=sum(len(grid.criteria) for grid in grids if grid.title != POSTER),
        levels={(pk, row.criterion): row.level.rank for pk, row in given if row.level},
    )


def _label(ticket: int | None, name: str) -> str:
    return f"Billet\u00a0{ticket} · {name}" if ticket else name
