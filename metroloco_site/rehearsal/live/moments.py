"""Where each simulated student stands in the parts that have started."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from metroloco_site.rehearsal.queries import Actor, PartNow, Scene
from metroloco_site.rehearsal.rules import behaviour as rules


@dataclass(frozen=True)
class Moment:
    """Where a student stands in a part. `at`: seconds of class worked; `over`: real time since their bell."""

    actor: Actor
    part: PartNow
    plan: rules.Plan
    at: float
    over: timedelta | None
    done: bool

    @property
    def is_online(self) -> bool:
        return self.plan.is_online(self.at, self.over)


def moments_of(scene: Scene, actor: Actor, now: datetime) -> Iterator[Moment]:
    """In each part where this student has a place, in their order."""
    for part in scene.parts:
        place = scene.places.get((part.pk, actor.pk))
        if place is None or not actor.here:
            continue
        bell = part.state.deadline(place.extra_seconds)
        trait = scene.trait(actor.number)
        yield Moment(
            actor=actor,
            part=part,
            plan=rules.plan(scene.seed, actor.number, trait, part.content.number, part.seconds),
            at=worked(part, place.extra_seconds, now) * scene.speed,
            over=now - bell if bell is not None and now >= bell else None,
            done=place.done_at is not None,
        )


def standing(moments: Iterable[Moment]) -> dict[int, Moment]:
    """The part that each is in now: an earlier one while their own time goes on there."""
    found: dict[int, Moment] = {}
    for moment in moments:
        before = found.get(moment.actor.pk)
        if before is None or before.over is not None or before.done:
            found[moment.actor.pk] = moment
    return found


def worked(part: PartNow, extra_seconds: int, now: datetime) -> float:
    """Real seconds in which this student could write."""
    return rules.worked(part.events, part.duration, extra_seconds, now).total_seconds()
