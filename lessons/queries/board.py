"""The teacher's board."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q, prefetch_related_objects

from lessons.models import Answer, ClassRun, Membership, Part, Participant, Phase, SetAside, Sitting
from lessons.queries.board_groups import GroupsBoard, groups_board
from lessons.queries.board_tiles import Tile, bars_path
from lessons.queries.cases import CaseContent
from lessons.queries.clock import clock_of, milliseconds, stage_of
from lessons.queries.content import AnnexeContent, LessonContent, PartContent
from lessons.queries.projector import left_for_all
from lessons.queries.screens import Shown, Stage, shown, stage_now
from lessons.queries.votes import Vote, newest_vote
from lessons.rules import clock as rules
from lessons.rules.codes import shown_access_code

FULL_BAR = 60  # words for which a question's bar on the board is full
SILENT_AFTER = 2  # minutes without a word
_STARTS = (rules.Kind.START, rules.Kind.RESUME, rules.Kind.REOPEN)


@dataclass(frozen=True)
class Summary:
    """The class in one line."""

    present: int
    writing: int
    asking: int
    offline: int
    done: int
    absent: int
    silent: int
    free_tickets: int


@dataclass(frozen=True)
class PhaseControl:
    """One part on the board, with what the teacher may do now. `extra`: who still has extra time.

    `awaited`: those among them who have not said that they are done.
    """

    number: int
    title: str
    minutes: int
    status: str
    possible: frozenset[str]
    ends_at: int | None
    remaining: int | None
    total: int
    left: int
    extra: tuple[str, ...]
    awaited: tuple[str, ...]

    @property
    def still_writing(self) -> int:
        return len(self.extra)


@dataclass(frozen=True)
class Board:
    run: ClassRun
    lesson: LessonContent
    stage: str
    discreet: bool
    shown: Shown
    shown_code: str
    current: PhaseControl | None
    control: PhaseControl | None  # the part whose buttons are shown: the current one, or the first
    next_part: PhaseControl | None  # may start, beside the buttons of the current one
    tiles: tuple[Tile, ...]
    chosen: Tile | None
    help_queue: tuple[Tile, ...]
    summary: Summary
    late_count: int
    part: PartContent
    annexes: tuple[AnnexeContent, ...]
    correction_open: bool
    groups: GroupsBoard | None  # in a part done in groups
    has_groups: bool
    posters: tuple[int, ...]
    vote: Vote | None
    cases: tuple[CaseContent, ...]


@dataclass(frozen=True)
class Here:
    """What memory knows of participants: a page open, a save within seconds, seconds since last seen."""

    present: Collection[int] = ()
    writing: Collection[int] = ()
    gone: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Work:
    """Words by (participant, question), last save by participant, late texts that wait, by participant."""

    words: Counter[tuple[int, int]]
    saved: dict[int, datetime]
    late: Counter[int]


@dataclass(frozen=True)
class _Frame:
    """What every tile is made from."""

    now: datetime
    part: PartContent
    here: Here
    work: _Work
    since: datetime | None  # when the clock was last set going; None while it does not run, and in groups
    discreet: bool
    before: Collection[int]


def board(run: ClassRun, now: datetime, here: Here, *, discreet: bool = False, chosen: str = "") -> Board:
    """Everything on the board; the same number of queries for 1 student and for 35."""
    phases = list(run.phases.all())
    prefetch_related_objects(phases, "events")
    stage = stage_now(run, now)
    people = list(run.participants.filter(left_at=None).exclude(joined_at=None, absent=False))
    sittings = _sittings(phases, people)
    frame = _frame(
        stage, now, here, discreet=discreet, before=_still_before(stage.phase, phases, sittings, now)
    )
    tiles = tuple(
        _tile(frame, number, person, sittings.get((stage.phase.pk if stage.phase else 0, person.pk)))
        for number, person in enumerate(people, start=1)
    )
    controls = [_control(phase, now, sittings, people) for phase in phases]
    current = next((c for c, p in zip(controls, phases, strict=True) if p == stage.phase), None)
    return Board(
        run=run,
        lesson=stage.lesson,
        stage=stage_of(run, stage.phase),
        discreet=discreet,
        shown=shown(stage),
        shown_code=shown_access_code(run.access_code or ""),
        current=current,
        control=current or (controls[0] if controls else None),
        next_part=_next_part(controls, current, phases),
        tiles=tiles,
        chosen=next((tile for tile in tiles if tile.public_id == chosen), None),
        help_queue=_queue(tiles, people),
        summary=_summary(tiles, run),
        late_count=sum(tile.late for tile in tiles),
        part=stage.part,
        annexes=stage.annexes,
        correction_open=stage.correction_open,
        groups=_groups(stage, now, people, tiles),
        has_groups=bool(stage.groups),
        posters=stage.posters,
        vote=newest_vote(run) if stage.posters else None,
        cases=stage.cases,
    )


def _in_groups(phase: Phase | None) -> bool:
    return phase is not None and phase.part.kind == Part.Kind.GROUP


def _groups(
    stage: Stage, now: datetime, people: Iterable[Participant], tiles: Iterable[Tile]
) -> GroupsBoard | None:
    if not _in_groups(stage.phase):
        return None
    by_person = {person.pk: tile for person, tile in zip(people, tiles, strict=True)}
    return groups_board(stage.run, now, stage.part, by_person)


def _frame(stage: Stage, now: datetime, here: Here, *, discreet: bool, before: Collection[int]) -> _Frame:
    # In groups one writes for all: a member's silence says nothing.
    since = None if _in_groups(stage.phase) else _running_since(stage.phase, now)
    return _Frame(now, stage.part, here, _work(stage.phase), since, discreet, before)


def _still_before(
    current: Phase | None,
    phases: Iterable[Phase],
    sittings: "Mapping[tuple[int, int], Sitting]",
    now: datetime,
) -> frozenset[int]:
    """Who still has their own time in a part before this one, which is done in groups."""
    if current is None or not _in_groups(current):
        return frozenset()
    earlier = {phase.pk: clock_of(phase) for phase in phases if phase.part.number < current.part.number}
    return frozenset(
        person
        for (phase, person), sitting in sittings.items()
        if phase in earlier and not sitting.done_at and earlier[phase].is_open(now, sitting.extra_seconds)
    )


def _next_part(
    controls: Iterable[PhaseControl], current: PhaseControl | None, phases: Iterable[Phase]
) -> PhaseControl | None:
    """The part that may start once this one is over.

    One in groups may start while some still have their own time; without « start » among what is
    possible, its groups are to be formed first.
    """
    if current is None or current.left or current.status in (Phase.Status.PAUSED, Phase.Status.PENDING):
        return None
    ahead = next((control for control in controls if control.number > current.number), None)
    if ahead is None or "start" not in ahead.possible:
        return None
    phase = next(p for p in phases if p.part.number == ahead.number)
    if phase.part.kind == Part.Kind.GROUP:
        return ahead if _has_groups(phase) else replace(ahead, possible=frozenset())
    over = current.status == Phase.Status.ENDED and not current.still_writing
    return ahead if over else None


def _has_groups(phase: Phase) -> bool:
    members = Membership.objects.filter(group__run_id=phase.run_id, group__dissolved_at=None)
    return members.filter(participant__left_at=None).exists()


def _sittings(phases: Iterable[Phase], people: Iterable[Participant]) -> dict[tuple[int, int], Sitting]:
    known = {person.pk for person in people}
    found = Sitting.objects.filter(phase__in=list(phases)).order_by("pk")
    return {(s.phase_id, s.participant_id): s for s in found if s.participant_id in known}


def _running_since(phase: Phase | None, now: datetime) -> datetime | None:
    if phase is None or phase.status != Phase.Status.RUNNING or not clock_of(phase).is_open(now):
        return None
    return max(event.at for event in phase.events.all() if event.kind in _STARTS)


def _work(phase: Phase | None) -> _Work:
    work = _Work(Counter(), {}, Counter())
    if phase is None:
        return work
    answers = Answer.objects.filter(sitting__phase=phase, revision__gt=0)
    for participant, question, count, saved_at in answers.values_list(
        "sitting__participant_id", "question_id", "words", "saved_at"
    ):
        work.words[participant, question] += count
        if saved_at:
            work.saved[participant] = max(saved_at, work.saved.get(participant, saved_at))
    late = SetAside.objects.filter(
        answer__sitting__phase=phase, reason=SetAside.Reason.LATE, accepted_at=None, dismissed_at=None
    )
    work.late.update(late.values_list("answer__sitting__participant_id", flat=True))
    return work


def _tile(frame: _Frame, number: int, person: Participant, sitting: Sitting | None) -> Tile:
    counts = tuple(frame.work.words[person.pk, question.pk] for question in frame.part.questions)
    silent = _silent(frame, person, sitting)
    extra = 0 if frame.discreet or not sitting else -(-sitting.extra_seconds // 60)
    return Tile(
        public_id=person.public_id,
        name=person.name_on_board(discreet=frame.discreet),
        state=_state(frame, person, sitting, silent),
        present=person.pk in frame.here.present,
        words=counts,
        bars_path=bars_path(counts, FULL_BAR),
        help_minutes=_minutes(frame.now, person.help_at) if person.help_at else None,
        silent=silent,
        offline=int(frame.here.gone.get(person.pk, 0) // 60),
        extra_minutes=extra,
        late=frame.work.late[person.pk],
        before=person.pk in frame.before,
    )


def _state(frame: _Frame, person: Participant, sitting: Sitting | None, silent: int) -> str:
    """What the tile looks like; a word and a shape beside it say the same. The first that holds."""
    present, writing = person.pk in frame.here.present, person.pk in frame.here.writing
    states = (
        ("help", person.help_at is not None),
        ("absent", person.absent),
        ("done", bool(sitting and sitting.done_at)),
        ("paper", person.on_paper),
        ("offline", not present),
        ("writing", writing),
        ("silent", silent >= SILENT_AFTER),
    )
    return next((name for name, holds in states if holds), "here")


def _silent(frame: _Frame, person: Participant, sitting: Sitting | None) -> int:
    """Minutes without a save while the clock runs; 0 where that says nothing."""
    if frame.since is None or sitting is None:
        return 0
    since = max(frame.since, person.joined_at or frame.since)
    return _minutes(frame.now, max(since, frame.work.saved.get(person.pk, since)))


def _minutes(now: datetime, since: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))


def _queue(tiles: Iterable[Tile], people: Iterable[Participant]) -> tuple[Tile, ...]:
    asked = [(person.help_at, tile) for tile, person in zip(tiles, people, strict=True) if person.help_at]
    return tuple(tile for _, tile in sorted(asked, key=lambda pair: pair[0]))


def _summary(tiles: Collection[Tile], run: ClassRun) -> Summary:
    states = Counter(tile.state for tile in tiles)
    unused = Q(joined_at=None, absent=False, left_at=None)
    return Summary(
        present=sum(tile.present for tile in tiles),
        writing=states["writing"],
        asking=states["help"],
        offline=states["offline"],
        done=states["done"],
        absent=states["absent"],
        silent=states["silent"],
        free_tickets=run.participants.filter(unused).count(),
    )


def _control(
    phase: Phase,
    now: datetime,
    sittings: Mapping[tuple[int, int], Sitting],
    people: Iterable[Participant],
) -> PhaseControl:
    clock = clock_of(phase)
    extras = [
        (person.shown_name, sitting)
        for person in people
        if (sitting := sittings.get((phase.pk, person.pk))) and sitting.extra_seconds and not person.absent
    ]
    longest = max((sitting.extra_seconds for _, sitting in extras), default=0)
    still = [
        (name, sitting)
        for name, sitting in extras
        if clock.counts_extra and clock.is_open(now, sitting.extra_seconds)
    ]
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
        extra=tuple(name for name, _ in still),
        awaited=tuple(name for name, sitting in still if not sitting.done_at),
    )
