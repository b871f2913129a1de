"""« Copie papier »: the teacher types what a student wrote by hand. No deadline: paper is collected."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from lessons.actions import forgiving
from lessons.actions.clock import seat
from lessons.actions.revision import touch
from lessons.models import Answer, Participant, Phase
from lessons.rules import texts
from lessons.rules.saving import Draft


def type_copy(
    *, participant: Participant, phase: Phase, writer: str, drafts: Sequence[Draft], now: datetime
) -> list[Draft]:
    """Stores what was typed. Returns what was not stored, because a text that the form had not shown is there."""
    seat(phase=phase, participants=[participant])
    unseen = [draft for draft in drafts if not _type(participant, phase, writer, draft, now)]
    touch(participant.run)
    return unseen


def _type(participant: Participant, phase: Phase, writer: str, draft: Draft, now: datetime) -> bool:
    text = texts.clean(draft.text)
    answers = Answer.objects.filter(
        sitting__phase=phase,
        sitting__participant=participant,
        question__number=draft.question,
        field=draft.field,
    )
    if answers.filter(text=text).exists():
        return True  # no new revision: an open page of the student need not ask
    words = texts.count_words(text)
    before = answers.select_for_update(of=("self",)).filter(revision=draft.base).first()
    if before is None:
        return False
    forgiving.keep(before, words, now)
    answers.update(
        text=text,
        words=words,
        revision=F("revision") + 1,
        writer=writer,
        seq=draft.seq,
        saved_at=now,
        **forgiving.longest_of(before, words),
    )
    return True
