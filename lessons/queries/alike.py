"""Pages that are the same for a whole class but for a name, a few figures and the texts that were collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from lessons.queries.content import lesson_content
from lessons.queries.student import field_name
from lessons.rules.clock import Status

# By hand, because a class asks for it in the same second and the ORM takes four times as long for the six queries
# of the page as for all the rest (docs/decisions/0009-student-pages.md). Whatever could stand on the page and does
# not follow from what is selected makes the row disappear; then the page is made in the ordinary way. Before the
# first part; in a part that runs, as long as nothing was done; after its end, but for what is kept apart.
_READ = """
SELECT participant.id, participant.token_version, participant.pseudonym, participant.personal_code, sitting.id,
    (SELECT COUNT(*) FROM lessons_answer answer WHERE answer.sitting_id = sitting.id), part.number,
    phase.status, run.id, run.lesson_id, run.revision, run.label, run.video_link, phase.id, phase.seconds,
    phase.ends_at
FROM lessons_participant participant
JOIN lessons_classrun run ON run.id = participant.run_id
LEFT JOIN lessons_phase phase ON phase.run_id = run.id AND phase.status <> 'pending'
LEFT JOIN lessons_part part ON part.id = phase.part_id
LEFT JOIN lessons_sitting sitting ON sitting.phase_id = phase.id AND sitting.participant_id = participant.id
WHERE participant.public_id = %(place)s AND participant.left_at IS NULL
  AND NOT run.due AND run.closed_at IS NULL AND run.suspended_at IS NULL AND run.results_published_at IS NULL
  AND run.self_assessment_at IS NULL AND run.gallery_opened_at IS NULL AND run.rehearsal_speed = 0
  AND (phase.id IS NULL OR (
    part.kind = 'individual' AND sitting.extra_seconds = 0
    AND NOT EXISTS (
      SELECT 1 FROM lessons_phase other
      WHERE other.run_id = run.id AND other.status <> 'pending' AND other.id <> phase.id
    )
    AND NOT EXISTS (
      SELECT 1 FROM lessons_answer answer LEFT JOIN lessons_setaside aside ON aside.answer_id = answer.id
      WHERE answer.sitting_id = sitting.id
        AND (aside.id IS NOT NULL OR (phase.status <> 'ended' AND (answer.revision > 0 OR answer.text <> '')))
    )
    AND (phase.status = 'ended' OR (
      phase.status = 'running' AND phase.ends_at > %(soon)s AND sitting.done_at IS NULL
      AND participant.help_at IS NULL
    ))
  ))
"""
_TEXTS = """
SELECT question.number, answer.field, answer.text
FROM lessons_answer answer JOIN lessons_question question ON question.id = answer.question_id
WHERE answer.sitting_id = %s
"""
# The page says that the time is over from the bell on: the ordinary way knows when.
SOON = timedelta(seconds=2)


@dataclass(frozen=True)
class Own:
    """What differs from one student of a class to the next, and `alike`: all that the rest of the page follows from.

    `runs`: the time of a part is running. `texts`: those that were collected, by the name of their field.
    """

    participant: int
    version: int
    pseudonym: str
    personal_code: str
    run: int
    runs: bool
    texts: Mapping[str, str]
    alike: tuple[Any, ...]


def own(place: str, now: datetime) -> Own | None:
    """Of the participant at this address, if their page is such a one. One query, and one for collected texts."""
    soon = connection.ops.adapt_datetimefield_value(now + SOON)
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"place": place, "soon": soon})
        rows = cursor.fetchall()
    if len(rows) != 1:
        return None
    participant, version, pseudonym, code, sitting, fields, part, status, run, lesson, *others = rows[0]
    content = lesson_content(lesson)
    if part and fields != sum(len(question.fields) for question in content.part(part).questions):
        return None  # a field that this student has not
    texts = _collected(sitting) if status == Status.ENDED else {}
    alike = (content, status, *others)
    return Own(participant, version, pseudonym, code, run, status == Status.RUNNING, texts, alike)


def _collected(sitting: int) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [sitting])
        return {field_name(number, key): text for number, key, text in cursor.fetchall()}
