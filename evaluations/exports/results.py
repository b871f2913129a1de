"""The results of the class as a table: one student a row."""

from evaluations.models import Assessment, GeneralRemark
from evaluations.queries.copies import gradable
from evaluations.queries.report import grid_of
from evaluations.queries.sheets import words_of
from lessons.models import ClassRun
from metroloco_site.kit.tables import Table


def class_results(run: ClassRun) -> Table:
    """« Non évalué » is an empty cell. Five queries whatever the class, besides the lesson's content."""
    criteria = grid_of(run)
    codes = [level["code"] for level in criteria[0].grid.levels] if criteria else []
    given = {
        (one.participant_id, one.criterion_id): one
        for one in Assessment.objects.filter(participant__run=run, criterion__in=criteria)
    }
    remarks = dict(GeneralRemark.objects.filter(participant__run=run).values_list("participant_id", "text"))
    words = words_of(run, criteria)
    rows: list[list[str | int | None]] = []
    for person in gradable(run):
        row: list[str | int | None] = [person.shown_name, person.ticket_number, words.get(person.pk, 0)]
        row.append("copie papier" if person.on_paper else None)
        for criterion in criteria:
            one = given.get((person.pk, criterion.pk))
            row += [
                codes[one.level - 1] if one and one.level else None,
                (one.observations if one else "") or None,
            ]
        rows.append([*row, remarks.get(person.pk) or None])
    header = ["Pseudonyme", "Billet", "Mots", "À savoir"]
    for criterion in criteria:
        header += [criterion.label, f"{criterion.label}\u00a0: observations"]
    return Table(run.label, [*header, "Appréciation générale"], rows)
