"""The save: one conditional write a field. The deadline is tested in the write itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from lessons.actions.joining import Token
from lessons.models import Answer, Participant, Phase, SetAside
from lessons.rules import texts
from lessons.rules.clock import GRACE
from lessons.rules.saving import Draft, Outcome, Stored, may_replace

# By hand, because the ORM has no RETURNING on an update and takes four statements and 3 ms for the same
# (docs/decisions/0013-save-path.md). The subquery is the door: this participant, whose token holds, in a
# part whose time is not over, or stands still. The last line is rules.saving.may_replace.
# CROSS JOIN keeps this order in SQLite, which else looked through every answer of the installation with a field
# of this name: 0.9 → 7.7 ms a save beside 1,000 past activités (`python -m bench wide past`).
_WRITE = """
UPDATE lessons_answer
SET text = %(text)s, words = %(words)s, revision = revision + 1, writer = %(writer)s, seq = %(seq)s,
    saved_at = %(now)s
WHERE id = (
    SELECT answer.id
    FROM lessons_participant participant
    CROSS JOIN lessons_sitting sitting
    CROSS JOIN lessons_phase phase
    CROSS JOIN lessons_part part
    CROSS JOIN lessons_question question
    CROSS JOIN lessons_answer answer
    WHERE participant.id = %(participant)s AND participant.token_version = %(version)s
      AND participant.left_at IS NULL
      AND sitting.participant_id = participant.id AND phase.id = sitting.phase_id AND part.id = phase.part_id
      AND question.part_id = part.id
      AND answer.sitting_id = sitting.id AND answer.question_id = question.id
      AND part.number = %(part)s AND question.number = %(question)s AND answer.field = %(field)s
      AND (sitting.ends_at >= %(earliest_end)s OR phase.status = 'paused')
)
AND (revision = %(base)s OR (writer = %(writer)s AND seq < %(seq)s))
RETURNING revision
"""


Values = dict[str, int | str | None]


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
    return save_part(token=token, part=phase.part.number, writer=writer, drafts=drafts, now=now)


def save_part(*, token: Token, part: int, writer: str, drafts: Sequence[Draft], now: datetime) -> list[Saved]:
    """The same by the number of the part: one statement a field, where nothing stands in the way."""
    return [_save(token, part, writer, draft, now) for draft in drafts]


def holds(token: Token) -> bool:
    """Nobody came back elsewhere with a new personal code, nobody was removed."""
    return Participant.objects.filter(
        pk=token.participant, token_version=token.version, left_at=None
    ).exists()


def _save(token: Token, part: int, writer: str, draft: Draft, now: datetime) -> Saved:
    text = texts.clean(draft.text)
    words = texts.count_words(text)
    values: Values = {"text": text, "words": words, "writer": writer, "part": part}
    revision = _write(token, draft, now, values)
    if revision is None:
        return _not_written(token=token, part=part, writer=writer, draft=draft, text=text, now=now)
    if draft.settles:
        _settle(_answers(token, part, draft), writer, draft, now)
    return Saved(draft.question, draft.field, Outcome.SAVED, revision, words)


def _settle(answers: QuerySet[Answer], writer: str, draft: Draft, now: datetime) -> None:
    """Nothing is asked again of what the student was shown; what another page set aside meanwhile still is."""
    SetAside.objects.filter(
        Q(writer=writer) | Q(pk__in=draft.versions),
        answer__in=answers,
        reason=SetAside.Reason.UNSEEN,
        accepted_at=None,
        dismissed_at=None,
    ).update(dismissed_at=now)


def _write(token: Token, draft: Draft, now: datetime, values: Values) -> int | None:
    """The new revision; None if the write did not take place."""
    instant = connection.ops.adapt_datetimefield_value
    values |= {
        "seq": draft.seq,
        "base": draft.base,
        "question": draft.question,
        "field": draft.field,
        "participant": token.participant,
        "version": token.version,
        "now": instant(now),
        "earliest_end": instant(now - GRACE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _answers(token: Token, part: int, draft: Draft) -> QuerySet[Answer]:
    """The one answer that a draft is for, or none."""
    return Answer.objects.filter(
        sitting__participant_id=token.participant,
        sitting__phase__part__number=part,
        question__number=draft.question,
        field=draft.field,
    )


def _not_written(*, token: Token, part: int, writer: str, draft: Draft, text: str, now: datetime) -> Saved:
    """Says why the write did not take place, and keeps the text beside the answer."""
    answer = _answers(token, part, draft).first()
    if answer is None:
        return Saved(draft.question, draft.field, Outcome.GONE, 0, texts.count_words(text))
    if not holds(token):
        return Saved(draft.question, draft.field, Outcome.GONE, answer.revision, answer.words)
    stale = answer.writer == writer and draft.seq <= answer.seq  # an older request, arrived after a newer one
    if stale or text == answer.text:  # or the very text is stored already: a repeat of the request
        if draft.settles:
            _settle(_answers(token, part, draft), writer, draft, now)
        return Saved(draft.question, draft.field, Outcome.SAVED, answer.revision, answer.words)
    stored = Stored(answer.revision, answer.writer, answer.seq)
    outcome = Outcome.LATE if may_replace(stored, draft, writer) else Outcome.UNSEEN
    _set_aside(
        answer=answer, reason=SetAside.Reason(outcome.value), writer=writer, seq=draft.seq, text=text, now=now
    )
    return Saved(draft.question, draft.field, outcome, answer.revision, answer.words, answer.text)


def _set_aside(
    *, answer: Answer, reason: SetAside.Reason, writer: str, seq: int, text: str, now: datetime
) -> None:
    """One text a page and reason: its newest, whatever the order in which they arrive."""
    undecided = SetAside.objects.filter(answer=answer, reason=reason, accepted_at=None, dismissed_at=None)
    if reason == SetAside.Reason.LATE and undecided.filter(text=text).exclude(writer=writer).exists():
        return  # sent by the page before its reload and again after: the teacher decides once
    kept, made = SetAside.objects.get_or_create(
        answer=answer, reason=reason, writer=writer, defaults={"text": text, "seq": seq, "received_at": now}
    )
    if not made:
        SetAside.objects.filter(pk=kept.pk, seq__lt=seq).update(
            text=text, seq=seq, received_at=now, accepted_at=None, dismissed_at=None
        )
