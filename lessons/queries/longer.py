"""« Un texte plus long était enregistré »: what was taken away of a field, and which of it is offered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from lessons.models import Answer, SetAside
from lessons.rules import forgiving
from lessons.rules.forgiving import Kept
from lessons.rules.texts import count_words


@dataclass(frozen=True)
class Offer:
    """What is asked of the student below a field; None: nothing is, any more."""

    kept: Kept | None


def kept_of(rows: Iterable[SetAside]) -> tuple[Kept, ...]:
    """Those of them that were taken away."""
    return tuple(
        Kept(
            pk=row.pk,
            text=row.text,
            words=count_words(row.text),
            at=row.received_at,
            decided=row.accepted_at is not None or row.dismissed_at is not None,
        )
        for row in rows
        if row.reason == SetAside.Reason.LONGER
    )


def offer_of(answers: QuerySet[Answer], text: str, words: int) -> Offer:
    """Beside this text of this answer. One query."""
    rows = SetAside.objects.filter(
        answer__in=answers, reason=SetAside.Reason.LONGER, accepted_at=None, dismissed_at=None
    )
    return Offer(forgiving.offered(kept_of(rows), text, words))
