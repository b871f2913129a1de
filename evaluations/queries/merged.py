"""What stays with a place that was merged into another, where both had one: the teacher reads both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from evaluations.models import Assessment, GeneralRemark, SelfAssessment
from evaluations.queries.report import Level, levels_of
from evaluations.rules.longer import waiting
from lessons.models import Criterion, Part, Participant


@dataclass(frozen=True)
class OtherMark:
    """`row`: what it is about. `level` is None where there are words alone. `own`: the student's own level."""

    row: str
    level: Level | None
    words: str
    own: bool = False


def left_behind(participant: Participant) -> tuple[OtherMark, ...]:
    """What differs from the kept place's. Three queries."""
    both = Q(participant=participant) | Q(participant__merged_into=participant)
    levels = Assessment.objects.filter(both).select_related("criterion__grid__part")
    said = SelfAssessment.objects.filter(both).select_related("criterion__grid__part")
    rows = ("criterion__grid__part__number", "criterion__number", "pk")
    return (
        *_levels(levels.order_by(*rows), participant),
        *_levels(said.order_by(*rows), participant),
        *_remarks(GeneralRemark.objects.filter(both).order_by("pk"), participant),
    )


def _levels(found: Iterable[Assessment | SelfAssessment], participant: Participant) -> Iterator[OtherMark]:
    given = list(found)
    kept = {one.criterion_id: _said(one) for one in given if one.participant_id == participant.pk}
    for one in given:
        level, words = _said(one)
        mine = kept.get(one.criterion_id, (None, ""))
        rank, words = (level if level != mine[0] else None), (words if words != mine[1] else "")
        if one.participant_id != participant.pk and (rank or words):
            shown = levels_of([one.criterion])[rank - 1] if rank else None
            yield OtherMark(_name(one.criterion), shown, words, own=isinstance(one, SelfAssessment))
        if one.participant_id != participant.pk and isinstance(one, Assessment):
            yield from (
                OtherMark(_name(one.criterion), None, k.text) for k in waiting(one.longer, one.observations)
            )


def _said(one: Assessment | SelfAssessment) -> tuple[int | None, str]:
    return one.level, one.observations if isinstance(one, Assessment) else ""


def _name(criterion: Criterion) -> str:
    of_poster = criterion.grid.part.kind == Part.Kind.GROUP
    return f"{criterion.label} (affiche)" if of_poster else criterion.label


def _remarks(found: Iterable[GeneralRemark], participant: Participant) -> Iterator[OtherMark]:
    texts = list(found)
    kept = {one.text for one in texts if one.participant_id == participant.pk}
    for one in texts:
        if one.participant_id == participant.pk:
            continue
        for text in (one.text, *(k.text for k in waiting(one.longer, one.text))):
            if text and text not in kept:
                yield OtherMark("Appréciation générale", None, text)
