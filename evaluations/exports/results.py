"""The results of the class as a table: one student a row."""

from collections.abc import Iterator

from evaluations.models import GeneralRemark
from evaluations.queries.copies_to_grade import gradable
from evaluations.queries.levels import POSTER, class_levels
from evaluations.queries.report import Row
from evaluations.queries.sheets import words_of
from lessons.models import ClassRun
from metroloco_site.kit.tables import Cell, Table

NBSP = "\u00a0"


def class_results(run: ClassRun) -> Table:
    """« Non évalué » is an empty cell. As many queries for 35 participants as for one."""
    people = list(gradable(run))
    grids = class_levels(run, people)
    remarks = dict(GeneralRemark.objects.filter(participant__run=run).values_list("participant_id", "text"))
    words = words_of(run, grids[0].criteria if grids else ())
    header = ["Pseudonyme", "Billet", "Mots", "À savoir"]
    for grid in grids:
        for criterion in grid.criteria:
            label = f"{POSTER}, {criterion.label}" if grid.title == POSTER else criterion.label
            header += [label, f"{label}{NBSP}: observations"]
    rows = [
        [
            person.shown_name,
            person.ticket_number,
            words.get(person.pk, 0),
            "copie papier" if person.on_paper else None,
            *(cell for grid in grids for row in grid.given[person.pk] for cell in _cells(row)),
            remarks.get(person.pk) or None,
        ]
        for person in people
    ]
    return Table(run.label, [*header, "Appréciation générale"], rows)


def _cells(row: Row) -> Iterator[Cell]:
    yield row.level.code if row.level else None
    yield row.observations or None
