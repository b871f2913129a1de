"""The save: one conditional write a field. The deadline is tested in the write itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from lessons.actions import forgiving
from lessons.actions.joining import Token
from lessons.models import Answer, Participant, Phase, SetAside
from lessons.queries.longer import Offer, offer_of
from lessons.rules import texts
from lessons.rules.clock import GRACE
from lessons.rules.forgiving import FEWEST_WORDS, PARTS
from lessons.rules.saving import Draft, Outcome, Stored, may_replace

# By hand, because the ORM has no RETURNING on an update and takes four statements and 3 ms for the same
# (docs/decisions/0008-save-path.md). The subquery is the door: this participant, whose token holds, in a
# part whose time is not over, or stands still. Then rules.saving.may_replace and, unless it is known to
# take much away (`cuts`), rules.forgiving.takes_much: such a text is written by _write_shorter, which keeps what was
# there. `longest` is the best moment since then: against it a text that goes piece by piece is held.
# CROSS JOIN keeps this order in SQLite, which else looked through every answer of the installation with a field
# of this name: 0.9 → 7.7 ms a save beside 1,000 past activités (`python -m bench wide past`).
_WRITE = """
UPDATE lessons_answer
SET text = %(text)s, words = %(words)s, revision = revision + 1, writer = %(writer)s, seq = %(seq)s,
    saved_at = %(now)s,
    longest = CASE WHEN %(cuts)s OR (%(words)s >= words AND %(words)s >= longest_words) THEN ''
        WHEN words >= longest_words AND words >= %(fewest)s THEN text ELSE longest END,
    longest_words = CASE WHEN %(cuts)s OR (%(words)s >= words AND %(words)s >= longest_words) THEN 0
        WHEN words >= longest_words AND words >= %(fewest)s THEN words ELSE longest_words END,
    longest_at = CASE WHEN %(cuts)s OR (%(words)s >= words AND %(words)s >= longest_words) THEN NULL
        WHEN words >= longest_words AND words >= %(fewest)s THEN saved_at ELSE longest_at END
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
      AND NOT EXISTS (SELECT 1 FROM lessons_classrun run WHERE run.id = participant.run_id AND run.due)
      AND sitting.participant_id = participant.id AND phase.id = sitting.phase_id AND part.id = phase.part_id
      AND question.part_id = part.id
      AND answer.sitting_id = sitting.id AND answer.question_id = question.id
      AND part.number = %(part)s AND question.number = %(question)s AND answer.field = %(field)s
      AND (sitting.ends_at >= %(earliest_end)s OR phase.status = 'paused')
)
AND (revision = %(base)s OR (writer = %(writer)s AND seq < %(seq)s))
AND (%(cuts)s OR NOT ((words >= %(fewest)s AND words > %(enough)s)
  OR (longest_words >= %(fewest)s AND longest_words > %(enough)s)))
RETURNING revision
"""


@dataclass(frozen=True)
class Saved:
    """What became of one draft. `stored` is the text in the database where it differs from the draft.

    `longer`: the text taken away that is offered now, if any; None where this save has changed nothing of that.
    """

    question: int
    field: str
    outcome: Outcome
    revision: int
    words: int
    stored: str | None = None
    longer: Offer | None = None


@dataclass(frozen=True)
class _Asked:
    """A draft as it is to be written."""

    token: Token
    part: int
    writer: str
    draft: Draft
    text: str
    words: int
    now: datetime

    @property
    def answers(self) -> QuerySet[Answer]:
        """The one answer that it is for, or none."""
        return Answer.objects.filter(
            sitting__participant_id=self.token.participant,
            sitting__phase__part__number=self.part,
            question__number=self.draft.question,
            field=self.draft.field,
        )

    def became(self, outcome: Outcome, revision: int, words: int, stored: str | None = None) -> Saved:
        return Saved(self.draft.question, self.draft.field, outcome, revision, words, stored)


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
    return (
        Participant.objects.shown()
        .filter(pk=token.participant, token_version=token.version, left_at=None)
        .exists()
    )


def _save(token: Token, part: int, writer: str, draft: Draft, now: datetime) -> Saved:
    text = texts.clean(draft.text)
    asked = _Asked(token, part, writer, draft, text, texts.count_words(text), now)
    revision = _write(asked)
    if revision is None:
        return _not_written(asked)
    return _written(asked, revision)


def _written(asked: _Asked, revision: int, *, shorter: bool = False) -> Saved:
    saved = asked.became(Outcome.SAVED, revision, asked.words)
    if asked.draft.settles:
        _settle(asked)
    if shorter or asked.draft.versions:
        return replace(saved, longer=offer_of(asked.answers, asked.text, asked.words))
    return saved


def _settle(asked: _Asked) -> None:
    """Nothing is asked again of what the student was shown; what another page set aside meanwhile still is."""
    mine = Q(writer=asked.writer, reason=SetAside.Reason.UNSEEN)
    shown = Q(pk__in=asked.draft.versions, reason__in=(SetAside.Reason.UNSEEN, SetAside.Reason.LONGER))
    SetAside.objects.filter(
        mine | shown, answer__in=asked.answers, accepted_at=None, dismissed_at=None
    ).update(dismissed_at=asked.now)


def _write(asked: _Asked, *, cuts: bool = False) -> int | None:
    """The new revision; None if the write did not take place."""
    instant = connection.ops.adapt_datetimefield_value
    values: dict[str, str | int | bool | None] = {
        "text": asked.text,
        "words": asked.words,
        "writer": asked.writer,
        "part": asked.part,
        "seq": asked.draft.seq,
        "base": asked.draft.base,
        "question": asked.draft.question,
        "field": asked.draft.field,
        "participant": asked.token.participant,
        "version": asked.token.version,
        "now": instant(asked.now),
        "earliest_end": instant(asked.now - GRACE),
        "cuts": cuts,
        "fewest": FEWEST_WORDS,
        "enough": PARTS * asked.words,  # here: PostgreSQL would multiply two small integers into a small one
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _not_written(asked: _Asked) -> Saved:
    """Says why the write did not take place, and keeps the text beside the answer."""
    answer = asked.answers.first()
    if answer is None:
        return asked.became(Outcome.GONE, 0, asked.words)
    if not holds(asked.token):
        return asked.became(Outcome.GONE, answer.revision, answer.words)
    draft = asked.draft
    may = may_replace(Stored(answer.revision, answer.writer, answer.seq), draft, asked.writer)
    if may and forgiving.is_much(answer, asked.words) and (shorter := _write_shorter(asked)):
        return shorter
    stale = answer.writer == asked.writer and draft.seq <= answer.seq  # an older request, after a newer one
    if stale or asked.text == answer.text:  # or the very text is stored already: a repeat of the request
        if draft.settles:
            _settle(asked)
        return asked.became(Outcome.SAVED, answer.revision, answer.words)
    outcome = Outcome.LATE if may else Outcome.UNSEEN
    _set_aside(answer, SetAside.Reason(outcome.value), asked)
    return asked.became(outcome, answer.revision, answer.words, answer.text)


def _write_shorter(asked: _Asked) -> Saved | None:
    """The same write of a text that takes much away: what was there is kept beside it."""
    before = asked.answers.select_for_update(of=("self",)).first()
    revision = _write(asked, cuts=True)
    if before is None or revision is None:
        return None
    forgiving.keep(before, asked.words, asked.now)
    return _written(asked, revision, shorter=True)


def _set_aside(answer: Answer, reason: SetAside.Reason, asked: _Asked) -> None:
    """One text a page and reason: its newest, whatever the order in which they arrive."""
    writer, seq, text = asked.writer, asked.draft.seq, asked.text
    undecided = SetAside.objects.filter(answer=answer, reason=reason, accepted_at=None, dismissed_at=None)
    if reason == SetAside.Reason.LATE and undecided.filter(text=text).exclude(writer=writer).exists():
        return  # sent by the page before its reload and again after: the teacher decides once
    kept, made = SetAside.objects.get_or_create(
        answer=answer,
        reason=reason,
        writer=writer,
        defaults={"text": text, "seq": seq, "received_at": asked.now},
    )
    if not made:
        SetAside.objects.filter(pk=kept.pk, seq__lt=seq).update(
            text=text, seq=seq, received_at=asked.now, accepted_at=None, dismissed_at=None
        )
