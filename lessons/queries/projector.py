"""The projector, for everyone's eyes."""

from dataclasses import dataclass
from datetime import datetime

from lessons.models import ClassRun
from lessons.queries.board import correction_is_open, left_for_all
from lessons.queries.clock import clock_of, current_phase, live_state
from lessons.queries.content import AnnexeContent, LessonContent, PartContent, QuestionContent, lesson_content
from lessons.queries.student import annexes_for
from lessons.rules.codes import shown_access_code


@dataclass(frozen=True)
class Projector:
    """For everyone's eyes: never an answer, a level, a name or anybody's extra time."""

    run: ClassRun
    lesson: LessonContent
    screen: str
    shown_code: str
    present_count: int
    part: PartContent
    annexe: AnnexeContent | None
    question: QuestionContent | None
    state: dict[str, object]
    total: int
    left: int
    minutes: int


def projector(run: ClassRun, now: datetime, present_count: int) -> Projector:
    """What the teacher chose to show; the correction only once nobody writes any more."""
    lesson = lesson_content(run.lesson_id)
    phase = current_phase(run)
    part = lesson.part(phase.part.number) if phase else lesson.parts[0]
    screen = run.screen
    if screen == ClassRun.Screen.EXPECTED and not correction_is_open(run, phase, now):
        screen = ClassRun.Screen.INSTRUCTION
    annexe = next((a for a in annexes_for(run, part) if a.number == run.screen_ref), None)
    question = part.question(run.screen_ref)
    return Projector(
        run=run,
        lesson=lesson,
        screen=screen,
        shown_code=shown_access_code(run.access_code or ""),
        present_count=present_count,
        part=part,
        annexe=annexe if screen == ClassRun.Screen.ANNEXE else None,
        question=question if screen == ClassRun.Screen.EXPECTED else None,
        state=live_state(run).as_event(now),
        total=phase.seconds * 1000 if phase else 0,
        left=left_for_all(clock_of(phase), now) if phase else 0,
        minutes=_minutes(run, part),
    )


def _minutes(run: ClassRun, part: PartContent) -> int:
    """What this activité gives to a part, before it starts."""
    return next((p.seconds // 60 for p in run.phases.all() if p.part.number == part.number), part.minutes)
