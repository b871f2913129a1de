"""What a student asks about their own data, and the teacher's answer."""

from datetime import datetime

from lessons.models import Participant
from lessons.rules.texts import clean
from metroloco_site.privacy.models import DataRequest

MOST_TEXT = 1_000  # characters
WHICH = "Choisissez une correction ou un effacement."
MOST_REQUESTS = 20  # of one student, answered ones included


class CannotAsk(Exception):
    """Carries the French sentence that says why; nothing was kept."""


class CannotAnswer(Exception):
    """The same for the teacher's answer."""


def ask(*, participant: Participant, kind: str, text: str, now: datetime) -> DataRequest:
    """Asked again while it waits, the new text takes the place of the first one's. Raises CannotAsk."""
    said = clean(text).strip()
    if kind not in DataRequest.Kind.values:
        raise CannotAsk(WHICH)
    if kind == DataRequest.Kind.CORRECTION and not said:
        raise CannotAsk("Écrivez ce qu’il faut corriger.")
    if len(said) > MOST_TEXT:
        raise CannotAsk(f"Une demande compte au plus {MOST_TEXT} signes. La vôtre n’est pas partie.")
    if DataRequest.objects.filter(participant=participant).count() >= MOST_REQUESTS:
        raise CannotAsk("Vous avez déjà fait beaucoup de demandes : parlez-en à votre enseignant.")
    made, _ = DataRequest.objects.update_or_create(
        participant=participant,
        kind=kind,
        state=DataRequest.State.WAITING,
        defaults={"text": said, "asked_at": now},
    )
    return made


def withdraw(*, participant: Participant, kind: str) -> None:
    """Takes back what has no answer yet; nothing is kept of it. Raises CannotAsk."""
    if kind not in DataRequest.Kind.values:
        raise CannotAsk(WHICH)
    DataRequest.objects.filter(participant=participant, kind=kind, state=DataRequest.State.WAITING).delete()


def answer(*, asked: DataRequest, done: bool, text: str, now: datetime) -> None:
    """« Faite », or « refusée » with its reason (RGPD art. 12.4). Raises CannotAnswer."""
    said = clean(text).strip()
    if asked.state != DataRequest.State.WAITING:
        raise CannotAnswer("Cette demande a déjà sa réponse.")
    if not done and not said:
        raise CannotAnswer("Dites pourquoi vous refusez : l’élève a le droit de le savoir.")
    if len(said) > MOST_TEXT:
        raise CannotAnswer(f"Une réponse compte au plus {MOST_TEXT} signes. La vôtre n’est pas partie.")
    if done and asked.kind == DataRequest.Kind.ERASURE:
        raise CannotAnswer("Un effacement se fait avec le bouton « Effacer cet élève ».")
    asked.state = DataRequest.State.DONE if done else DataRequest.State.REFUSED
    asked.answer, asked.answered_at = said, now
    asked.save(update_fields=["state", "answer", "answered_at"])
