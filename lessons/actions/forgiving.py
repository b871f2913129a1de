"""A save that takes much away keeps what was there; the student, and the teacher, may take it back."""

from datetime import datetime
from typing import Any

from lessons.models import Answer, Participant, SetAside
from lessons.queries.longer import kept_of
from lessons.rules.forgiving import Best, Kept, best_after, takes_much, together, too_many
from lessons.rules.saving import Draft


class TooLong(Exception):
    """What stands in the field and what is taken back make more than a field holds; nothing was changed."""


def choice(*, participant: Participant, kept: int, takes: bool, seq: int) -> Draft | None:
    """The draft by which the participant takes back, or refuses, what is kept under this number. Raises TooLong.

    What the answer says now stays in it. None if they have decided already.
    """
    waiting = SetAside.objects.filter(accepted_at=None, dismissed_at=None, reason=SetAside.Reason.LONGER)
    aside = (
        waiting.filter(pk=kept, answer__sitting__participant=participant)
        .select_related("answer__question")
        .first()
    )
    if aside is None:
        return None
    answer = aside.answer
    text = together(aside.text, answer.text) if takes else answer.text
    if text is None:
        raise TooLong
    number, field = answer.question.number, answer.field
    return Draft(number, field, text, answer.revision, seq, settles=True, versions=(aside.pk,))


def is_much(answer: Answer, words: int) -> bool:
    """Whether a text of so many words takes much away, of what the answer says or said at its longest."""
    return takes_much(answer.words, words) or takes_much(answer.longest_words, words)


def longest_of(before: Answer, words: int) -> dict[str, Any]:
    """The columns `longest…` once a text of so many words replaces what `before` said, as _WRITE in actions.saving."""
    best = best_after(before.longest_words, before.words, words)
    if best is Best.ANEW:
        return {"longest": "", "longest_words": 0, "longest_at": None}
    if best is Best.SAME:
        return {}
    return {"longest": before.text, "longest_words": before.words, "longest_at": before.saved_at}


def keep(before: Answer, words: int, now: datetime) -> None:
    """Keeps what `before` said, which a text of so many `words` replaces. Its row is locked."""
    longest = Kept(0, before.longest, before.longest_words, before.longest_at or now)
    newest = Kept(0, before.text, before.words, before.saved_at or now)
    for name, one in (("long", longest), ("avant", newest)):  # one text a writer and answer
        if takes_much(one.words, words):
            _keep(before, one, f"{name}-{before.revision}")
    rows = SetAside.objects.filter(answer=before, reason=SetAside.Reason.LONGER)
    SetAside.objects.filter(pk__in=[one.pk for one in too_many(kept_of(rows))]).delete()


def _keep(before: Answer, one: Kept, name: str) -> None:
    waiting = SetAside.objects.filter(
        answer=before, reason=SetAside.Reason.LONGER, text=one.text, accepted_at=None, dismissed_at=None
    )
    if waiting.update(received_at=one.at):
        return  # taken away once more: it is asked once
    SetAside.objects.create(
        answer=before,
        reason=SetAside.Reason.LONGER,
        text=one.text,
        writer=name,
        seq=before.seq,
        received_at=one.at,
    )
