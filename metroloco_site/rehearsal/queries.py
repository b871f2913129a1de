"""A rehearsal as its simulated students meet it: read when something has changed, in a dozen queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lessons.models import AnnexeShare, Answer, ClassRun, Membership, Part, Participant, Phase, Sitting
from lessons.queries.content import LessonContent, PartContent, lesson_content
from lessons.rules import clock
from metroloco_site.accounts.models import User
from metroloco_site.rehearsal.rules import behaviour as rules


@dataclass(frozen=True)
class PartNow:
    """A part that has started. `seconds`: its duration in seconds of class; `duration`: in real time."""

    pk: int
    content: PartContent
    in_groups: bool
    duration: timedelta
    seconds: float
    state: clock.Clock
    events: tuple[clock.Event, ...]


@dataclass(frozen=True)
class Table:
    """A simulated student's group: its pk and number, their rank among `members` simulated ones, what they read."""

    group: int
    number: int
    rank: int
    members: int
    reads: tuple[int, ...]


@dataclass(frozen=True)
class Actor:
    """A simulated student who has joined. `here`: not removed, absent or on paper."""

    pk: int
    number: int
    version: int
    here: bool
    asking: bool
    table: Table | None


@dataclass(frozen=True)
class OpenBallot:
    """`candidates`: numbers of the groups whose posters may be chosen. `voters`: who has voted."""

    pk: int
    number: int
    opened_at: datetime
    candidates: frozenset[int]
    voters: frozenset[int]


@dataclass(frozen=True)
class Scene:
    """`actors` by their number, `places` by (phase, participant)."""

    run: ClassRun
    lesson: LessonContent
    cast: tuple[rules.Trait, ...]
    parts: tuple[PartNow, ...]
    actors: dict[int, Actor]
    places: dict[tuple[int, int], Sitting]
    ballot: OpenBallot | None

    @property
    def seed(self) -> str:
        return self.run.public_id

    @property
    def speed(self) -> int:
        return self.run.rehearsal_speed

    def trait(self, number: int) -> rules.Trait:
        return self.cast[number - 1]


def going_on(now: datetime) -> list[tuple[int, int]]:
    """(id, revision) of the rehearsals whose students are at work, the oldest first. One query."""
    open_ones = ClassRun.objects.rehearsals().filter(closed_at=None, created_at__gte=now - rules.LONGEST)
    return list(open_ones.order_by("pk").values_list("pk", "revision")[: rules.MOST_AT_ONCE])


def rehearsals_now(now: datetime) -> int:
    """How many of the installation's are at work."""
    return len(going_on(now))


def rehearsal_of(user: User) -> ClassRun | None:
    """The one that this teacher has not ended yet."""
    return ClassRun.objects.owned_by(user).rehearsals().first()


def scene(run_id: int) -> Scene | None:
    """Everything that the students of this rehearsal have to know; None once it is deleted."""
    run = ClassRun.objects.shown().filter(pk=run_id).first()
    if run is None:
        return None
    phases = list(run.phases.exclude(status=Phase.Status.PENDING).select_related("part"))
    lesson = lesson_content(run.lesson_id)
    people = list(run.participants.exclude(simulated=None).exclude(joined_at=None).order_by("simulated"))
    tables = _tables(run, people)
    sittings = Sitting.objects.filter(phase__in=phases, participant__in=people)
    return Scene(
        run=run,
        lesson=lesson,
        cast=rules.cast(run.public_id, run.rehearsal_students),
        parts=tuple(_part(phase, lesson, run.rehearsal_speed) for phase in phases),
        actors={person.simulated or 0: _actor(person, tables.get(person.pk)) for person in people},
        places={(sitting.phase_id, sitting.participant_id): sitting for sitting in sittings},
        ballot=_ballot(run),
    )


def stored_answers(phase_id: int) -> dict[tuple[int, int, str], tuple[int, str]]:
    """(revision, text) of what is written in this part, by (participant, question, field). One query."""
    rows = Answer.objects.filter(sitting__phase=phase_id, revision__gt=0).values_list(
        "sitting__participant_id", "question__number", "field", "revision", "text"
    )
    return {(person, question, field): (revision, text) for person, question, field, revision, text in rows}


def _part(phase: Phase, lesson: LessonContent, speed: int) -> PartNow:
    events = [
        clock.Event(clock.Kind(event.kind), event.at, event.seconds, event.keeps_extra)
        for event in phase.events.all()
    ]
    duration = timedelta(seconds=phase.seconds)
    return PartNow(
        pk=phase.pk,
        content=lesson.part(phase.part.number),
        in_groups=phase.part.kind == Part.Kind.GROUP,
        duration=duration,
        seconds=float(phase.seconds * speed),
        state=clock.derive(events, duration),
        events=tuple(events),
    )


def _actor(person: Participant, table: Table | None) -> Actor:
    return Actor(
        pk=person.pk,
        number=person.simulated or 0,
        version=person.token_version,
        here=person.left_at is None and not person.absent and not person.on_paper,
        asking=person.help_at is not None,
        table=table,
    )


def _tables(run: ClassRun, people: Iterable[Participant]) -> dict[int, Table]:
    """By participant; who is not here any more counts for nobody's share of the work."""
    here = {p.pk for p in people if p.left_at is None and not p.absent and not p.on_paper}
    seats = Membership.objects.filter(group__run=run, group__dissolved_at=None, participant__in=here)
    members: dict[int, list[int]] = defaultdict(list)
    numbers: dict[int, int] = {}
    for group, number, person in seats.order_by("group", "seat", "pk").values_list(
        "group_id", "group__number", "participant_id"
    ):
        members[group].append(person)
        numbers[group] = number
    reads: dict[int, list[int]] = defaultdict(list)
    shares = AnnexeShare.objects.filter(group__in=members).order_by("annexe__number")
    for person, annexe in shares.values_list("participant_id", "annexe__number"):
        reads[person].append(annexe)
    return {
        person: Table(group, numbers[group], rank, len(mates), tuple(reads[person]))
        for group, mates in members.items()
        for rank, person in enumerate(mates)
    }


def _ballot(run: ClassRun) -> OpenBallot | None:
    ballot = run.ballots.filter(closed_at=None).first()
    if ballot is None:
        return None
    chosen = ballot.tallies.filter(poster__group__dissolved_at=None, poster__hidden_at=None)
    return OpenBallot(
        pk=ballot.pk,
        number=ballot.number,
        opened_at=ballot.opened_at,
        candidates=frozenset(chosen.values_list("poster__group__number", flat=True)),
        voters=frozenset(ballot.voters.values_list("participant_id", flat=True)),
    )
