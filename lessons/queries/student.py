"""What a participant's page shows."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from lessons.models import (
    Answer,
    ClassRun,
    Group,
    Membership,
    Part,
    Participant,
    Phase,
    SetAside,
    Sitting,
)
from lessons.queries.clock import clock_of, current_phase, milliseconds, place_of, stage_of
from lessons.queries.content import (
    AnnexeContent,
    FieldContent,
    LessonContent,
    PartContent,
    QuestionContent,
    lesson_content,
)
from lessons.queries.longer import kept_of
from lessons.queries.newest_vote import ballot_word, newest_ballot
from lessons.rules.clock import Status
from lessons.rules.forgiving import Kept, offered
from lessons.rules.texts import digest


@dataclass(frozen=True)
class FieldState:
    """One field as it stands.

    `versions` wait for the student's choice; `late` came after the bell and waits for the teacher's decision;
    `longer` was taken away and may be taken back.
    """

    content: FieldContent
    name: str
    text: str
    words: int
    revision: int
    saved_at: datetime | None
    versions: tuple[SetAside, ...]
    late: SetAside | None
    longer: Kept | None

    @property
    def fresh(self) -> bool:
        """Nothing of anybody's is in it: the same for all who open the part."""
        return not (self.text or self.revision or self.versions or self.late or self.longer)

    @property
    def digest(self) -> str:
        """By which a form without JavaScript tells what its student has left as it was."""
        return digest(self.text)


@dataclass(frozen=True)
class QuestionState:
    content: QuestionContent
    fields: tuple[FieldState, ...]

    @property
    def words(self) -> int:
        return sum(field.words for field in self.fields)

    @property
    def saved_at(self) -> datetime | None:
        return max((field.saved_at for field in self.fields if field.saved_at), default=None)


@dataclass(frozen=True)
class TimeState:
    """Instants in milliseconds since 1970, durations in milliseconds; `deadline` is the student's own."""

    status: str
    deadline: int | None
    total: int
    left: int
    remaining: int | None
    extra_seconds: int
    is_open: bool
    ends_at: datetime | None


@dataclass(frozen=True)
class StudentPage:
    run: ClassRun
    participant: Participant
    lesson: LessonContent
    stage: str
    part: PartContent | None
    annexes: tuple[AnnexeContent, ...]
    questions: tuple[QuestionState, ...]
    time: TimeState | None
    done: bool
    saved_at: datetime | None
    published: bool
    group: Group | None  # theirs, in a part in groups
    ballot: str  # queries.ballots
    followed: bool  # the class is in the next part already; this student still has their own time here

    @property
    def votes(self) -> bool:
        """A vote on the posters is open."""
        return self.ballot.endswith("open")

    @property
    def in_groups(self) -> bool:
        """The part that is going on is done in groups (queries.group_page)."""
        return self.part is not None and self.part.kind == Part.Kind.GROUP

    @property
    def writes(self) -> bool:
        """The desk is shown: the student has a place in a part that is going on.

        A group's stays after the end, read-only: its poster is what the class goes on with.
        """
        if self.in_groups:
            return self.stage in ("writing", "ended") and self.group is not None
        return self.stage == "writing" and bool(self.questions)

    @property
    def types(self) -> bool:
        """The fields take what is typed: the time is running."""
        return (
            self.writes and self.time is not None and self.time.is_open and self.time.status != Status.PAUSED
        )


def with_clock() -> QuerySet[Participant]:
    """Participants with their activité and its phases, as their pages need them."""
    phases = Prefetch("run__phases", Phase.objects.select_related("part"))
    return Participant.objects.shown().select_related("run").prefetch_related(phases)


def student_page(participant: Participant, now: datetime) -> StudentPage:
    """The page of this participant; four queries whatever the class and the number of questions."""
    run = participant.run
    lesson = lesson_content(run.lesson_id)
    place = place_of(participant, now)
    phase, sitting = place.phase, place.sitting
    part = lesson.part(phase.part.number) if phase else None
    alone = part is not None and part.kind == Part.Kind.INDIVIDUAL
    questions = _questions(part, sitting) if part and sitting and alone else ()
    time = _time(phase, sitting, now) if phase else None
    stage = stage_of(run, phase)
    if stage == "ended" and time and time.is_open:
        stage = "writing"  # this student's extra time goes on after the others' end
    return StudentPage(
        run=run,
        participant=participant,
        lesson=lesson,
        stage=stage,
        part=part,
        annexes=annexes_for(run, part),
        questions=questions,
        time=time,
        done=bool(sitting and sitting.done_at),
        saved_at=max((f.saved_at for q in questions for f in q.fields if f.saved_at), default=None),
        published=run.results_published_at is not None,
        group=group_of(participant) if part and not alone else None,
        ballot=ballot_word(newest_ballot(run)),
        followed=phase != current_phase(run),
    )


def group_of(participant: Participant) -> Group | None:
    """The group in which this participant is now. One query."""
    found = Membership.objects.select_related("group__poster")
    membership = found.filter(participant=participant, group__dissolved_at=None).first()
    return membership.group if membership else None


def annexes_for(run: ClassRun, part: PartContent | None) -> tuple[AnnexeContent, ...]:
    """The annexes of a part; the video has the address that the teacher gave for it."""
    return tuple(
        replace(annexe, link=run.video_link) if annexe.kind == "video" and run.video_link else annexe
        for annexe in (part.annexes if part else ())
    )


def field_name(question: int, field: str) -> str:
    """The name of a field in forms and requests: « q4-ressemblances »."""
    return f"q{question}-{field}"


def _questions(part: PartContent, sitting: Sitting) -> tuple[QuestionState, ...]:
    answers = {(a.question_id, a.field): a for a in Answer.objects.filter(sitting=sitting)}
    waiting: dict[int, list[SetAside]] = defaultdict(list)
    undecided = SetAside.objects.filter(answer__sitting=sitting, accepted_at=None, dismissed_at=None)
    for aside in undecided.order_by("received_at", "pk"):
        waiting[aside.answer_id].append(aside)
    return tuple(
        QuestionState(
            question,
            tuple(
                _field(field, field_name(question.number, field.key), answer, waiting[answer.pk])
                for field in question.fields
                if (answer := answers.get((question.pk, field.key)))
            ),
        )
        for question in part.questions
    )


def _field(content: FieldContent, name: str, answer: Answer, waiting: list[SetAside]) -> FieldState:
    differing = [aside for aside in waiting if aside.text != answer.text]
    late = [
        aside
        for aside in differing
        if aside.reason == SetAside.Reason.LATE
        and (answer.saved_at is None or answer.saved_at <= aside.received_at)
    ]
    return FieldState(
        content=content,
        name=name,
        text=answer.text,
        words=answer.words,
        revision=answer.revision,
        saved_at=answer.saved_at,
        versions=tuple(aside for aside in differing if aside.reason == SetAside.Reason.UNSEEN),
        late=late[-1] if late else None,
        longer=offered(kept_of(waiting), answer.text, answer.words),
    )


def _time(phase: Phase, sitting: Sitting | None, now: datetime) -> TimeState:
    clock = clock_of(phase)
    extra = sitting.extra_seconds if sitting else 0
    deadline = clock.deadline(extra)
    remaining = None
    if clock.remaining is not None:
        remaining = int(clock.remaining.total_seconds() * 1000) + extra * 1000
    left = remaining if remaining is not None else milliseconds(deadline or now) - milliseconds(now)
    return TimeState(
        left=max(0, left),
        status=clock.status,
        deadline=milliseconds(deadline) if deadline else None,
        total=(phase.seconds + extra) * 1000,
        remaining=remaining,
        extra_seconds=extra,
        is_open=sitting is not None and clock.is_open(now, extra),
        ends_at=deadline,
    )
