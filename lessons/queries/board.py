"""The teacher's board."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from lessons.models import Answer, ClassRun, Participant, Phase, SetAside, Sitting
from lessons.queries.clock import clock_of, current_phase, milliseconds, stage_of
from lessons.queries.content import AnnexeContent, LessonContent, PartContent, lesson_content
from lessons.queries.student import annexes_for
from lessons.rules import clock as rules
from lessons.rules.codes import shown_access_code

FULL_BAR = 60  # words for which a question's bar on the board is full


@dataclass(frozen=True)
class Tile:
    """One student on the board. `words`: one a question; `bars_path`: the same drawn."""

    public_id: str
    pseudonym: str
    present: bool
    writing: bool
    words: tuple[int, ...]
    bars_path: str
    asks_help: bool
    done: bool
    on_paper: bool
    extra_minutes: int
    late: int

    @property
    def total_words(self) -> int:
        return sum(self.words)

    @property
    def state(self) -> str:
        """What the tile looks like; the words beside say the same."""
        if self.asks_help:
            return "help"
        if self.done:
            return "done"
        if not self.present and not self.on_paper:
            return "offline"
        return "writing" if self.writing else "silent"


@dataclass(frozen=True)
class PhaseControl:
    """One part on the board, with what the teacher may do now."""

    number: int
    title: str
    minutes: int
    status: str
    possible: frozenset[str]
    ends_at: int | None
    remaining: int | None
    total: int
    left: int
    still_writing: int  # students whose extra time is not over though everybody else's is


@dataclass(frozen=True)
class Board:
    run: ClassRun
    lesson: LessonContent
    stage: str
    shown_code: str
    phases: tuple[PhaseControl, ...]
    current: PhaseControl | None
    tiles: tuple[Tile, ...]
    present_count: int
    free_tickets: int
    late_count: int
    part: PartContent
    annexes: tuple[AnnexeContent, ...]
    correction_open: bool


@dataclass(frozen=True)
class Here:
    """Participants with a page open now, and those whose text was saved a moment ago."""

    present: Collection[int]
    writing: Collection[int]


@dataclass(frozen=True)
class Work:
    """Words by (participant, question), and texts in retard that wait for a decision, by participant."""

    words: Counter[tuple[int, int]]
    late: Counter[int]


def board(run: ClassRun, now: datetime, here: Here) -> Board:
    """Everything on the board; the same number of queries for 1 student and for 35."""
    lesson = lesson_content(run.lesson_id)
    phase = current_phase(run)
    part = lesson.part(phase.part.number) if phase else lesson.parts[0]
    tiles = _tiles(run, phase, part, here)
    controls = tuple(_control(p, now) for p in run.phases.all())
    current = next((c for c in controls if phase and c.number == phase.part.number), None)
    return Board(
        run=run,
        lesson=lesson,
        stage=stage_of(run, phase),
        shown_code=shown_access_code(run.access_code or ""),
        phases=controls,
        current=current,
        tiles=tiles,
        present_count=sum(tile.present for tile in tiles),
        free_tickets=run.participants.filter(joined_at=None, left_at=None).count(),
        late_count=sum(tile.late for tile in tiles),
        part=part,
        annexes=annexes_for(run, part),
        correction_open=correction_is_open(run, phase, now),
    )


def correction_is_open(run: ClassRun, phase: Phase | None, now: datetime) -> bool:
    """The éléments attendus may be projected once nobody writes any more."""
    if run.closed_at:
        return True
    if phase is None or phase.status == Phase.Status.PAUSED:
        return False
    deadlines = Sitting.objects.filter(phase=phase, participant__left_at=None, ends_at__gt=now)
    return not deadlines.exists() and not clock_of(phase).is_open(now)


def _tiles(run: ClassRun, phase: Phase | None, part: PartContent, here: Here) -> tuple[Tile, ...]:
    sittings = {s.participant_id: s for s in Sitting.objects.filter(phase=phase)} if phase else {}
    work = _work(phase)
    return tuple(
        _tile(participant, sittings.get(participant.pk), part, work, here)
        for participant in run.participants.filter(left_at=None).exclude(joined_at=None)
    )


def _work(phase: Phase | None) -> Work:
    work = Work(Counter(), Counter())
    if phase is None:
        return work
    answers = Answer.objects.filter(sitting__phase=phase)
    for participant, question, count in answers.values_list(
        "sitting__participant_id", "question_id", "words"
    ):
        work.words[participant, question] += count
    late = SetAside.objects.filter(
        answer__sitting__phase=phase, reason=SetAside.Reason.LATE, accepted_at=None, dismissed_at=None
    )
    work.late.update(late.values_list("answer__sitting__participant_id", flat=True))
    return work


def _tile(
    participant: Participant, sitting: Sitting | None, part: PartContent, work: Work, here: Here
) -> Tile:
    counts = tuple(work.words[participant.pk, question.pk] for question in part.questions)
    return Tile(
        public_id=participant.public_id,
        pseudonym=participant.pseudonym,
        present=participant.pk in here.present,
        writing=participant.pk in here.writing,
        words=counts,
        bars_path=_bars_path(counts),
        asks_help=participant.help_at is not None,
        done=bool(sitting and sitting.done_at),
        on_paper=participant.on_paper,
        extra_minutes=-(-sitting.extra_seconds // 60) if sitting else 0,
        late=work.late[participant.pk],
    )


def _bars_path(counts: tuple[int, ...]) -> str:
    """One stroke a question, 11 apart, from the foot (24) upwards; an empty one keeps its foot."""
    return "".join(
        f"M{5 + 11 * i} 24V{24 - max(2, min(23, 23 * count // FULL_BAR))}" for i, count in enumerate(counts)
    )


def _control(phase: Phase, now: datetime) -> PhaseControl:
    clock = clock_of(phase)
    extras = [s.extra_seconds for s in phase.sittings.all() if s.extra_seconds]
    longest = max(extras, default=0)
    return PhaseControl(
        number=phase.part.number,
        title=phase.part.title,
        minutes=phase.seconds // 60,
        status=clock.status,
        possible=frozenset(str(kind) for kind in clock.possible(now, longest)),
        ends_at=milliseconds(clock.ends_at) if clock.ends_at else None,
        remaining=int(clock.remaining.total_seconds() * 1000) if clock.remaining is not None else None,
        total=phase.seconds * 1000,
        left=left_for_all(clock, now),
        still_writing=sum(clock.is_open(now, extra) for extra in extras) if clock.counts_extra else 0,
    )


def left_for_all(clock: rules.Clock, now: datetime) -> int:
    """Milliseconds left for those without extra time."""
    left = clock.remaining if clock.remaining is not None else (clock.ends_at or now) - now
    return max(0, int(left.total_seconds() * 1000))
