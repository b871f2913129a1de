"""Making and ending a rehearsal, and what its simulated students do: through the actions of real ones."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import SystemRandom

from django.db import transaction

from evaluations.actions import exports
from lessons import live
from lessons.actions import clock as clock_actions
from lessons.actions import joining, runs
from lessons.models import ClassRun, Lesson, Participant
from lessons.rules.pseudonyms import propose
from metroloco_site.accounts.models import User
from metroloco_site.kit.once import Press, made_by
from metroloco_site.rehearsal.queries import rehearsal_of, rehearsals_now
from metroloco_site.rehearsal.rules import behaviour as rules

ONE_EACH = "Vous avez déjà une répétition\u00a0: terminez-la d’abord."
TOO_MANY = (
    f"{rules.MOST_AT_ONCE}\u00a0répétitions sont déjà en cours sur cette installation, et le serveur est là "
    "d’abord pour les classes. Réessayez quand l’une d’elles sera terminée."
)


class CannotRehearse(Exception):
    """Carries the French sentence that says why; nothing is made."""


@dataclass(frozen=True)
class Setting:
    """What the teacher chose. `minutes`: of class, by part number."""

    lesson: Lesson
    label: str
    students: int
    speed: int
    minutes: dict[int, int]


def create(
    *, owner: User, chosen: Setting, today: date, now: datetime, once: Press | None = None
) -> ClassRun:
    """A new activité, marked for good; pressed twice, the same one. Raises CannotRehearse.

    It goes the next day if it is forgotten.
    """
    User.objects.select_for_update().get(pk=owner.pk)  # one at a time for this teacher
    if first := made_by(ClassRun, once):
        return first
    if rehearsal_of(owner):
        raise CannotRehearse(ONE_EACH)
    if rehearsals_now(now) >= rules.MOST_AT_ONCE:
        raise CannotRehearse(TOO_MANY)
    run = runs.create_run(
        owner=owner,
        lesson=chosen.lesson,
        label=chosen.label,
        minutes=chosen.minutes,
        delete_on=today + timedelta(days=1),
        now=now,
        once=once,
    )
    run.rehearsal_speed, run.rehearsal_students = chosen.speed, chosen.students
    run.save(update_fields=["rehearsal_speed", "rehearsal_students"])
    for phase in run.phases.all():
        phase.seconds = rules.real_seconds(phase.seconds // 60, chosen.speed)
        phase.save(update_fields=["seconds"])
    return run


def end(*, run: ClassRun) -> None:
    """« Terminer la répétition »: rows, files, pages and memory, at once. One transaction of its own.

    No receipt: nothing of a person was kept.
    """
    pk = run.pk
    with transaction.atomic():
        exports.drop(run=run)
        runs.delete(run=run)
    live.run_deleted(pk)
    live.forget_deleted()


def enter(*, run: ClassRun, number: int, trait: rules.Trait, now: datetime) -> Participant:
    """Simulated student `number` joins as the others do, with the code on the screen. Raises joining.CannotJoin."""
    taken = list(run.participants.values_list("pseudonym", flat=True))
    (name,) = propose(1, [name.removesuffix(f" {rules.SIGN}") for name in taken], SystemRandom())
    person = joining.join(run=run, pseudonym=f"{name} {rules.SIGN}", now=now)
    person.simulated = number
    person.save(update_fields=["simulated"])
    if trait is rules.Trait.EXTRA_TIME:
        clock_actions.set_extra_time(participant=person, unit=Participant.ExtraUnit.THIRD, amount=0)
    return person
