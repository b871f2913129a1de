"""What arrived after the deadline and its grace, for the teacher who decides."""

from dataclasses import dataclass
from datetime import datetime

from lessons.models import ClassRun, SetAside


@dataclass(frozen=True)
class LateText:
    pk: int
    pseudonym: str
    question: str
    text: str
    answer_text: str
    received_at: datetime
    decision: str  # "", « accepté » or « écarté »


def late_texts(run: ClassRun) -> tuple[LateText, ...]:
    """What arrived after the deadline and its grace, beside what was collected."""
    rows = (
        SetAside.objects.filter(answer__sitting__phase__run=run, reason=SetAside.Reason.LATE)
        .select_related("answer__sitting__participant", "answer__question")
        .order_by("received_at")
    )
    return tuple(
        LateText(
            pk=row.pk,
            pseudonym=row.answer.sitting.participant.shown_name,
            question=str(row.answer.question),
            text=row.text,
            answer_text=row.answer.text,
            received_at=row.received_at,
            decision="accepté" if row.accepted_at else "écarté" if row.dismissed_at else "",
        )
        for row in rows
    )
