"""What the teacher does for one participant, and what a participant says: done, help."""

from datetime import datetime

from django.db import IntegrityError, transaction

from lessons.actions import groups
from lessons.actions.joining import CannotJoin, enter
from lessons.actions.revision import touch
from lessons.models import Answer, Participant, Phase, SetAside, Sitting
from lessons.rules import codes, pseudonyms, texts


def say_done(*, participant: Participant, phase: Phase, now: datetime, done: bool) -> None:
    """« J’ai terminé » only tells the teacher; it can be taken back."""
    Sitting.objects.filter(participant=participant, phase=phase).update(done_at=now if done else None)


def ask_help(*, participant: Participant, now: datetime, asked: bool) -> None:
    """« Demander de l’aide », or taking it back; the teacher answers it by the same action."""
    participant.help_at = now if asked else None
    participant.save(update_fields=["help_at"])


def leave_device(*, participant: Participant) -> None:
    """« Quitter ce poste »: the page on which this place was taken does not give it to the next student."""
    Participant.objects.filter(pk=participant.pk).update(once=None)


def rename(*, participant: Participant, pseudonym: str) -> None:
    """The new pseudonym is shown, even if the old one was hidden. Raises CannotJoin if it is empty or taken."""
    name = pseudonyms.clean(pseudonym)
    if not name:
        raise CannotJoin("Écrivez un pseudonyme.")
    try:
        with transaction.atomic():
            participant.pseudonym, participant.hidden = name, False
            participant.save(update_fields=["pseudonym", "hidden"])
    except IntegrityError as error:
        participant.refresh_from_db(fields=["pseudonym", "hidden"])
        raise CannotJoin(f"« {name} » est déjà pris.") from error
    touch(participant.run)


def hide(*, participant: Participant, hidden: bool) -> None:
    """The pseudonym disappears from every screen but its owner's, or comes back."""
    participant.hidden = hidden
    participant.save(update_fields=["hidden"])
    touch(participant.run)


def renew_personal_code(*, participant: Participant) -> None:
    """A new code: the old one, those of merged duplicates and every device that used them stop working."""
    _renew(participant)
    for duplicate in Participant.objects.filter(merged_into=participant):
        _renew(duplicate)
    touch(participant.run)


def remove(*, participant: Participant, now: datetime) -> None:
    """Takes the participant out, of their group too; the work is kept."""
    participant.left_at = now
    participant.token_version += 1
    participant.once = None
    participant.save(update_fields=["left_at", "token_version", "once"])
    groups.leave(participant=participant)
    touch(participant.run)


def readmit(*, participant: Participant) -> None:
    """Takes back who was removed: their personal code works again, on a device that enters it."""
    if participant.merged_into_id is not None:
        raise CannotJoin("Cette place a été réunie avec une autre : elle ne peut pas être reprise.")
    participant.left_at = None
    participant.save(update_fields=["left_at"])
    _seat_again(participant)


def mark_absent(*, participant: Participant, absent: bool) -> None:
    """An absent student gets no place in a part that starts, and nobody waits for their extra time.

    What they had written stays; coming back with the personal code undoes the mark.
    """
    participant.absent = absent
    participant.save(update_fields=["absent"])
    _seat_again(participant)


def set_on_paper(*, participant: Participant, on_paper: bool, now: datetime) -> None:
    """« Copie papier », for who has no device, or none any more; an unused billet is used from now on."""
    participant.on_paper = on_paper
    if on_paper and participant.joined_at is None:
        participant.joined_at = now
    participant.save(update_fields=["on_paper", "joined_at"])
    _seat_again(participant)


def decide(*, aside: SetAside, accept: bool, now: datetime) -> None:
    """The teacher takes a text kept apart as the answer, or not; both texts stay readable either way."""
    if accept:
        answer = Answer.objects.select_for_update().get(pk=aside.answer_id)
        _keep_former(answer, aside, now)
        answer.text, answer.words = aside.text, texts.count_words(aside.text)
        answer.revision += 1
        answer.saved_at = aside.received_at
        answer.writer = ""  # no page has seen this text yet: none may replace it as its own
        answer.save(update_fields=["text", "words", "revision", "saved_at", "writer"])
    aside.accepted_at = now if accept else None
    aside.dismissed_at = None if accept else now
    aside.save(update_fields=["accepted_at", "dismissed_at"])
    touch(aside.answer.sitting.participant.run)


def decide_late(*, late: SetAside, accept: bool, now: datetime) -> None:
    """The same for a text that came late."""
    decide(aside=late, accept=accept, now=now)


def _keep_former(answer: Answer, aside: SetAside, now: datetime) -> None:
    """What the answer was before: no longer a question to anybody, but never dropped."""
    if answer.text.strip() and answer.text != aside.text:
        SetAside.objects.create(
            answer=answer,
            reason=SetAside.Reason.UNSEEN,
            text=answer.text,
            writer=f"avant-{aside.pk}-{answer.revision}",
            seq=answer.seq,
            received_at=answer.saved_at or now,
            dismissed_at=now,
        )


def _renew(participant: Participant) -> None:
    participant.personal_code = codes.new_personal_code()
    participant.token_version += 1
    participant.once = None  # the press that made it opens it no more
    participant.save(update_fields=["personal_code", "token_version", "once"])


def _seat_again(participant: Participant) -> None:
    """A place in the part that is going on, for who is there now."""
    here = participant.left_at is None and participant.joined_at is not None and not participant.absent
    if here:
        enter(participant)
    else:
        touch(participant.run)
