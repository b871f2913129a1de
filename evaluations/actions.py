"""The only writers of what is judged. Keyword arguments, `now` passed in; the caller opens the transaction."""

from collections.abc import Mapping
from datetime import datetime

from evaluations.models import Assessment, GeneralRemark
from evaluations.queries.report import grid_of
from lessons.actions.revision import touch
from lessons.models import ClassRun, Criterion, Participant
from lessons.rules import texts


class NotInGrid(Exception):
    """Carries the French sentence: this criterion or level is not in the activité's grid."""


def set_level(*, participant: Participant, criterion: Criterion, level: int | None, now: datetime) -> None:
    """One click. None takes the level back: « non évalué », which is not TI. Raises NotInGrid."""
    _check(participant, criterion, level)
    _write(Assessment(participant=participant, criterion=criterion, level=level, updated_at=now), "level")


def set_observations(
    *, participant: Participant, criterion: Criterion, observations: str, now: datetime
) -> None:
    """The words beside one row. Raises NotInGrid."""
    _check(participant, criterion, None)
    text = texts.clean(observations)
    assessment = Assessment(participant=participant, criterion=criterion, observations=text, updated_at=now)
    _write(assessment, "observations")


def set_remark(*, participant: Participant, text: str, now: datetime) -> None:
    """The general remark at the foot of the sheet."""
    GeneralRemark.objects.bulk_create(
        [GeneralRemark(participant=participant, text=texts.clean(text), updated_at=now)],
        update_conflicts=True,
        unique_fields=["participant"],
        update_fields=["text", "updated_at"],
    )


def fill_sheet(
    *,
    participant: Participant,
    levels: Mapping[int, int | None],
    observations: Mapping[int, str],
    remark: str | None,
    now: datetime,
) -> None:
    """What a page sends, one field or the whole sheet, by criterion number. Writes what differs.

    `remark` None leaves the remark as it is. Raises NotInGrid.
    """
    criteria = {criterion.number: criterion for criterion in grid_of(participant.run)}
    if not criteria.keys() >= levels.keys() | observations.keys():
        raise NotInGrid(_NO_CRITERION)
    given = {a.criterion_id: a for a in Assessment.objects.filter(participant=participant)}
    for number, level in levels.items():
        row = given.get(criteria[number].pk)
        if level != (row.level if row else None):
            set_level(participant=participant, criterion=criteria[number], level=level, now=now)
    for number, words in observations.items():
        row = given.get(criteria[number].pk)
        if words != (row.observations if row else ""):
            set_observations(participant=participant, criterion=criteria[number], observations=words, now=now)
    if remark is not None:
        set_remark(participant=participant, text=remark, now=now)


def publish(*, run: ClassRun, now: datetime) -> None:
    """« Publier les évaluations »: each student may read their own sheet. A repeat keeps the first date."""
    ClassRun.objects.filter(pk=run.pk, results_published_at=None).update(results_published_at=now)
    run.refresh_from_db(fields=["results_published_at"])
    touch(run)


def hide(*, run: ClassRun) -> None:
    """« Masquer aux élèves »: the teacher alone reads the sheets."""
    run.results_published_at = None
    run.save(update_fields=["results_published_at"])
    touch(run)


_NO_CRITERION = "Ce critère n’est pas dans la fiche d’évaluation de cette activité."
_NO_LEVEL = "Ce niveau de maîtrise n’est pas dans la fiche d’évaluation de cette activité."


def _check(participant: Participant, criterion: Criterion, level: int | None) -> None:
    if criterion.grid.part.lesson_id != participant.run.lesson_id:
        raise NotInGrid(_NO_CRITERION)
    if level is not None and level not in range(1, len(criterion.grid.levels) + 1):
        raise NotInGrid(_NO_LEVEL)


def _write(assessment: Assessment, field: str) -> None:
    """One upsert: two quick clicks make one row, and neither field erases the other."""
    Assessment.objects.bulk_create(
        [assessment],
        update_conflicts=True,
        unique_fields=["participant", "criterion"],
        update_fields=[field, "updated_at"],
    )
