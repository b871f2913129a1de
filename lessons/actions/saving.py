"""The save: one conditional write a field. The deadline is tested in the write itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lessons.actions.joining import Token
from lessons.models import Answer, Participant, Phase, SetAside, Sitting
from lessons.rules import texts
from lessons.rules.clock import GRACE
from lessons.rules.saving import Draft, Outcome, Stored, may_replace


@dataclass(frozen=True)
class Saved:
    """What became of one draft. `stored` is the text in the database where it differs from the draft."""

    question: int
    field: str
    outcome: Outcome
    revision: int
    words: int
    stored: str | None = None


def save_answers(
    *, token: Token, phase: Phase, writer: str, drafts: Sequence[Draft], now: datetime
) -> list[Saved]:
    """Saves the changed fields of one page. Every text that is not saved is kept apart, never dropped."""
    return [_save(token, phase, writer, draft, now) for draft in drafts]


def _save(token: Token, phase: Phase, writer: str, draft: Draft, now: datetime) -> Saved:
    text = texts.clean(draft.text)
    words = texts.count_words(text)
    answers = Answer.objects.filter(
        sitting__phase=phase,
        sitting__participant_id=token.participant,
        question__number=draft.question,
        field=draft.field,
    )
    answer_id = answers.values_list("pk", flat=True).first()
    if answer_id is None:
        return Saved(draft.question, draft.field, Outcome.GONE, 0, words)
    written = (
        Answer.objects.filter(pk=answer_id)
        .filter(Q(revision=draft.base) | Q(writer=writer, seq__lt=draft.seq))
        .filter(_holder(token), _in_time(now))
        .update(
            text=text, words=words, revision=F("revision") + 1, writer=writer, seq=draft.seq, saved_at=now
        )
    )
    answer = Answer.objects.get(pk=answer_id)
    if written:
        if draft.settles:
            _unseen_of(answer).update(dismissed_at=now)
        return Saved(draft.question, draft.field, Outcome.SAVED, answer.revision, words)
    return _set_aside(token=token, answer=answer, writer=writer, draft=draft, text=text, now=now)


def _unseen_of(answer: Answer) -> QuerySet[SetAside]:
    return answer.set_aside.filter(reason=SetAside.Reason.UNSEEN, accepted_at=None, dismissed_at=None)


def _holder(token: Token) -> Exists:
    """The token still holds: nobody came back elsewhere with the personal code, nobody was removed."""
    return Exists(
        Participant.objects.filter(
            sittings=OuterRef("sitting_id"), pk=token.participant, token_version=token.version, left_at=None
        )
    )


def _in_time(now: datetime) -> Exists:
    """Before this student's own deadline and the grace, or while the clock is paused."""
    return Exists(
        Sitting.objects.filter(pk=OuterRef("sitting_id")).filter(
            Q(ends_at__gte=now - GRACE) | Q(phase__status=Phase.Status.PAUSED)
        )
    )


def _set_aside(*, token: Token, answer: Answer, writer: str, draft: Draft, text: str, now: datetime) -> Saved:
    """Says why the write did not take place, and keeps the text beside the answer."""
    held = Participant.objects.filter(pk=token.participant, token_version=token.version, left_at=None)
    if not held.exists():
        return Saved(draft.question, draft.field, Outcome.GONE, answer.revision, answer.words)
    if text == answer.text:  # nothing to keep: the very text is stored already (a repeat of the request)
        return Saved(draft.question, draft.field, Outcome.SAVED, answer.revision, answer.words)
    stored = Stored(answer.revision, answer.writer, answer.seq)
    outcome = Outcome.LATE if may_replace(stored, draft, writer) else Outcome.UNSEEN
    if answer.writer == writer and draft.seq <= answer.seq:  # an older request that arrived after a newer one
        return Saved(draft.question, draft.field, Outcome.SAVED, answer.revision, answer.words)
    kept, made = SetAside.objects.get_or_create(
        answer=answer,
        reason=SetAside.Reason(outcome.value),
        writer=writer,
        defaults={"text": text, "seq": draft.seq, "received_at": now},
    )
    if not made and kept.seq < draft.seq:
        kept.text, kept.seq, kept.received_at = text, draft.seq, now
        kept.accepted_at = kept.dismissed_at = None
        kept.save()
    return Saved(draft.question, draft.field, outcome, answer.revision, answer.words, answer.text)
