"""« Copie papier »: what the teacher types of one student's paper, beside what is stored."""

from collections.abc import Collection
from dataclasses import dataclass

from lessons.models import Answer, Participant, Phase
from lessons.queries.content import FieldContent, PartContent, lesson_content
from lessons.queries.student import field_name
from lessons.rules.saving import Draft


@dataclass(frozen=True)
class CopyField:
    """`other`: what is stored now, where it is not what was typed and the form had not shown it."""

    name: str
    label: str
    text: str
    revision: int
    other: str | None


@dataclass(frozen=True)
class CopyQuestion:
    number: int
    statement: str
    fields: tuple[CopyField, ...]


@dataclass(frozen=True)
class Copy:
    """« Copie papier »: one student's fields of one part, to be typed."""

    part: PartContent
    questions: tuple[CopyQuestion, ...]
    unseen: bool


def copy_of(person: Participant, phase: Phase, typed: Collection[Draft] = ()) -> Copy:
    """The form; `typed` is what was sent and not stored, since something else is there."""
    part = lesson_content(person.run.lesson_id).part(phase.part.number)
    stored = {
        (answer.question_id, answer.field): answer
        for answer in Answer.objects.filter(sitting__phase=phase, sitting__participant=person)
    }
    sent = {(draft.question, draft.field): draft.text for draft in typed}
    return Copy(
        part=part,
        questions=tuple(
            CopyQuestion(
                question.number,
                question.statement,
                tuple(
                    _copy_field(
                        question.number,
                        field,
                        stored.get((question.pk, field.key)),
                        sent.get((question.number, field.key)),
                    )
                    for field in question.fields
                ),
            )
            for question in part.questions
        ),
        unseen=bool(sent),
    )


def _copy_field(number: int, field: FieldContent, answer: Answer | None, typed: str | None) -> CopyField:
    text = answer.text if answer else ""
    return CopyField(
        name=field_name(number, field.key),
        label=field.label,
        text=text if typed is None else typed,
        revision=answer.revision if answer else 0,
        other=None if typed is None else text,
    )
