"""What students ask about their data: their own page's, and the teacher's list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from lessons.models import ClassRun, Participant
from metroloco_site.accounts.models import User
from metroloco_site.privacy.models import DataRequest

DELAY = timedelta(days=30)  # « un mois », RGPD art. 12.3


@dataclass(frozen=True)
class Asked:
    """One request as the teacher reads it. `name`: « Élève 7 » where it is hidden."""

    pk: int
    participant: Participant
    erasure: bool
    text: str
    asked_at: datetime
    answer_by: datetime
    state: str
    waiting: bool
    refused: bool
    answer: str
    answered_at: datetime | None


def requests_of(run: ClassRun) -> tuple[Asked, ...]:
    """Those that wait first, the oldest of them at the top; one query."""
    rows = DataRequest.objects.filter(participant__run=run).select_related("participant")
    asked = [_asked(row) for row in rows]
    return tuple(sorted(asked, key=lambda one: (not one.waiting, one.asked_at)))


def own_requests(person: Participant) -> tuple[Asked, ...]:
    """A student's, the newest first."""
    rows = DataRequest.objects.filter(participant=person).select_related("participant")
    return tuple(_asked(row) for row in rows.order_by("-asked_at", "-pk"))


def waiting_of(run: ClassRun) -> int:
    """How many of this activité wait for an answer."""
    return DataRequest.objects.filter(participant__run=run, state=DataRequest.State.WAITING).count()


def runs_waiting(teacher: User | AnonymousUser) -> list[ClassRun]:
    """This teacher's activités in which somebody waits for an answer."""
    waits = {"participants__data_requests__state": DataRequest.State.WAITING}
    return list(ClassRun.objects.owned_by(teacher).filter(**waits).distinct())


def _asked(row: DataRequest) -> Asked:
    return Asked(
        pk=row.pk,
        participant=row.participant,
        erasure=row.kind == DataRequest.Kind.ERASURE,
        text=row.text,
        asked_at=row.asked_at,
        answer_by=row.asked_at + DELAY,
        state=row.get_state_display(),
        waiting=row.state == DataRequest.State.WAITING,
        refused=row.state == DataRequest.State.REFUSED,
        answer=row.answer,
        answered_at=row.answered_at,
    )
