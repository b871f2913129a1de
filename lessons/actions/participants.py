"""What the teacher does for one participant, and what a participant says: done, help."""

from datetime import datetime

from django.db import IntegrityError, transaction

from lessons.actions.joining import CannotJoin
from lessons.actions.revision import touch
from lessons.models import Participant, Phase, SetAside, Sitting
from lessons.rules import codes, pseudonyms, texts


def say_done(*, participant: Participant, phase: Phase, now: datetime, done: bool) -> None:
    """« J’ai terminé » only tells the teacher; it can be taken back."""
    Sitting.objects.filter(participant=participant, phase=phase).update(done_at=now if done else None)


def ask_help(*, participant: Participant, now: datetime, asked: bool) -> None:
    """« Demander de l’aide », or taking it back; the teacher answers it by the same action."""
    participant.help_at = now if asked else None
    participant.save(update_fields=["help_at"])


def rename(*, participant: Participant, pseudonym: str) -> None:
    """Raises CannotJoin if the name is empty or taken."""
    name = pseudonyms.clean(pseudonym)
    if not name:
        raise CannotJoin("Écrivez un pseudonyme.")
    try:
        with transaction.atomic():
            participant.pseudonym = name
            participant.save(update_fields=["pseudonym"])
    except IntegrityError as error:
        raise CannotJoin(f"« {name} » est déjà pris.") from error
    touch(participant.run)


def renew_personal_code(*, participant: Participant) -> None:
    """A new code: the old one and every device that used it stop working."""
    participant.personal_code = codes.new_personal_code()
    participant.token_version += 1
    participant.save(update_fields=["personal_code", "token_version"])
    touch(participant.run)


def remove(*, participant: Participant, now: datetime) -> None:
    """Takes the participant out; the work is kept."""
    participant.left_at = now
    participant.token_version += 1
    participant.save(update_fields=["left_at", "token_version"])
    touch(participant.run)


def decide_late(*, late: SetAside, accept: bool, now: datetime) -> None:
    """The teacher takes a late text as the answer, or not; either way it stays readable."""
    if accept:
        answer = late.answer
        answer.text, answer.words = late.text, texts.count_words(late.text)
        answer.revision += 1
        answer.saved_at = late.received_at
        answer.save(update_fields=["text", "words", "revision", "saved_at"])
    late.accepted_at = now if accept else None
    late.dismissed_at = None if accept else now
    late.save(update_fields=["accepted_at", "dismissed_at"])
    touch(late.answer.sitting.participant.run)
