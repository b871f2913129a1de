"""A finished class, made through the actions that a real one goes through, at instants of the past.

The texts are invented (rules.invented_texts), and so is all that happens: a double lesson whose vote closed some
minutes ago. Nobody is connected, because nobody is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from secrets import token_urlsafe
from typing import Any

from evaluations.actions import marks, publication
from evaluations.queries.report import grid_of
from evaluations.rules.marks import Field, Mark
from lessons.actions import groups, joining, paper_copies, participants, runs, votes
from lessons.actions.clock import act, set_extra_time
from lessons.actions.joining import Token
from lessons.actions.saving import save_part
from lessons.models import ClassRun, Group, Lesson, Participant, Phase
from lessons.queries.grouping import plan_for, snapshot
from lessons.rules.clock import Kind
from lessons.rules.keeping import usual_deletion
from lessons.rules.saving import Draft
from metroloco_site.accounts.actions import create_first_account
from metroloco_site.accounts.models import User
from metroloco_site.rehearsal.actions import invented_posters
from metroloco_site.rehearsal.rules import invented_texts

LABEL = "Seconde 4, classe inventée"
SINCE_START = 73  # minutes: the lesson began so long ago
TABLES = 8  # the lot makes nine groups of 28; this teacher's room has eight tables
PREPARED = 20  # minutes before
THREE = 3  # members
GRADING_FROM, GRADING_EACH = 27, 2.4  # minutes of the lesson, minutes a copy


@dataclass
class Story:
    """The class as it goes on. `start`: when part 1 began; `people`: with their sample, in the order of arrival."""

    run: ClassRun
    start: datetime
    dice: Random = field(default_factory=lambda: Random(1901))  # noqa: S311 - the same story each time
    people: list[tuple[Participant, dict[str, Any]]] = field(default_factory=list)

    def at(self, minutes: float) -> datetime:
        return self.start + timedelta(minutes=minutes)

    def phase(self, number: int) -> Phase:
        return self.run.phases.get(part__number=number)

    def here(self) -> list[tuple[Participant, dict[str, Any]]]:
        """Those who were there to the end."""
        return [(person, sample) for person, sample in self.people if sample.get("role") != "absent"]


def make(*, lesson: Lesson, now: datetime, today: date) -> ClassRun:
    """The activité, its teacher and its class. Needs an open transaction and an installation without accounts."""
    owner = create_first_account(username="demonstration", password=token_urlsafe(24))
    start = now - timedelta(minutes=SINCE_START)
    story = Story(_opened(owner=owner, lesson=lesson, start=start, today=today), start)
    _arrive(story)
    _first_part(story)
    _self_assessment(story)
    _form_groups(story)
    _second_part(story)
    _vote(story)
    _grade(story)
    runs.show(run=story.run, screen=ClassRun.Screen.WALL)
    return story.run


def _opened(*, owner: User, lesson: Lesson, start: datetime, today: date) -> ClassRun:
    return runs.create_run(
        owner=owner,
        lesson=lesson,
        label=LABEL,
        minutes={},
        delete_on=usual_deletion(today),
        now=start - timedelta(minutes=PREPARED),
    )


def _arrive(story: Story) -> None:
    """All but the latecomer, one after the other in the five minutes before; one has no device."""
    for place, sample in enumerate(invented_texts.pupils()):
        if sample.get("role") == "late":
            continue
        enter = joining.add_on_paper if sample.get("role") == "paper" else joining.join
        person = enter(run=story.run, pseudonym=sample["name"], now=story.at(-5.5 + place * 0.19))
        story.people.append((person, sample))
        if sample.get("role") == "extra":
            set_extra_time(participant=person, unit=Participant.ExtraUnit.THIRD, amount=0)


def _first_part(story: Story) -> None:
    """15 minutes and one more; a third more for one student, and one whose last answer comes too late."""
    phase = story.phase(1)
    act(phase=phase, kind=Kind.START, now=story.start)
    late = next(sample for sample in invented_texts.pupils() if sample.get("role") == "late")
    person = joining.join(run=story.run, pseudonym=late["name"], now=story.at(6))
    asking = story.people[4][0]
    participants.ask_help(participant=asking, now=story.at(4), asked=True)
    participants.ask_help(participant=asking, now=story.at(5.5), asked=False)
    act(phase=phase, kind=Kind.EXTEND, now=story.at(13), seconds=60)
    _late_text(story, phase, person, late)
    for writer, sample in story.people:
        _write(story, phase, writer, sample)
    story.people.append((person, late))


def _late_text(story: Story, phase: Phase, person: Participant, sample: dict[str, Any]) -> None:
    _save(phase, person, _drafts(sample), [story.at(7 + place) for place in range(9)])
    question, key = _place(sample["late-key"])
    draft = Draft(question=question, field=key, text=sample["late-text"], base=0, seq=90)
    token = Token(person.pk, person.token_version)
    save_part(
        token=token, part=phase.part.number, writer=f"demo-{person.pk}", drafts=[draft], now=story.at(18)
    )


def _write(story: Story, phase: Phase, person: Participant, sample: dict[str, Any]) -> None:
    """Fields one after the other until shortly before the bell, as each goes at their own pace."""
    drafts = _drafts(sample)
    if sample.get("role") == "paper":
        paper_copies.type_copy(
            participant=person, phase=phase, writer="copie", drafts=drafts, now=story.at(24)
        )
        return
    last = 19.5 if sample.get("role") == "extra" else story.dice.uniform(11, 15.7)
    first = story.dice.uniform(2, 3.5)
    step = (last - first) / max(1, len(drafts) - 1)
    _save(phase, person, drafts, [story.at(first + step * place) for place in range(len(drafts))])
    if last < 14:  # noqa: PLR2004 - minutes
        participants.say_done(participant=person, phase=phase, now=story.at(last + 0.4), done=True)


def _save(phase: Phase, person: Participant, drafts: Sequence[Draft], instants: Sequence[datetime]) -> None:
    token = Token(person.pk, person.token_version)
    for draft, now in zip(drafts, instants, strict=False):
        save_part(token=token, part=phase.part.number, writer=f"demo-{person.pk}", drafts=[draft], now=now)


def _drafts(sample: dict[str, Any]) -> list[Draft]:
    texts = [(key, text) for key, text in sample.items() if key.startswith("q")]
    return [
        Draft(question=_place(key)[0], field=_place(key)[1], text=text, base=0, seq=place)
        for place, (key, text) in enumerate(texts, start=1)
    ]


def _place(key: str) -> tuple[int, str]:
    """« q2-critere-1 » → 2, « critere-1 »."""
    question, _, name = key.removeprefix("q").partition("-")
    return int(question), name


def _self_assessment(story: Story) -> None:
    """Some say where they stand, on the grid that their teacher will use."""
    publication.open_self_assessment(run=story.run, now=story.at(17.5))
    numbers = [criterion.number for criterion in grid_of(story.run)]
    for place, (person, sample) in enumerate(story.people):
        if "self" in sample:
            own = [_level(number, level) for number, level in zip(numbers, sample["self"], strict=True)]
            publication.assess_self(participant=person, marks=own, now=story.at(18 + place * 0.12))
    publication.close_self_assessment(run=story.run)


def _form_groups(story: Story) -> None:
    """The lot makes nine groups; the members of the last one go to where there are three."""
    now = story.at(22)
    groups.draw(run=story.run, rng=story.dice, now=now, seen=snapshot(story.run).digest, sure=False)
    for found in list(story.run.groups.filter(number__gt=TABLES)):
        alone = [seat.participant for seat in found.memberships.select_related("participant")]
        groups.dissolve(run=story.run, number=found.number, now=now)
        small = [group for group in story.run.groups.all() if group.memberships.count() == THREE]
        for person, group in zip(alone, small, strict=False):
            groups.move(run=story.run, participant=person, number=group.number, now=now)


def _second_part(story: Story) -> None:
    """40 minutes; one student has left meanwhile, keeps the seat, and the others read the annexes."""
    phase = story.phase(2)
    act(phase=phase, kind=Kind.START, now=story.at(25))
    gone = next(person for person, sample in story.people if sample.get("role") == "absent")
    participants.mark_absent(participant=gone, absent=True)
    repair = plan_for(snapshot(story.run))
    groups.apply_repair(run=story.run, seen=repair.digest, now=story.at(26))
    for group, sample in zip(story.run.groups.all(), invented_texts.groups(), strict=True):
        invented_posters.write(group=group, sample=sample, lesson=story.run.lesson_id, at=story.at)
    for place, (person, _) in enumerate(story.here()):
        participants.say_done(participant=person, phase=phase, now=story.at(63.5 + place * 0.05), done=True)


def _vote(story: Story) -> None:
    """One person, one vote, never for one's own group; two forgot."""
    ballot = votes.open_ballot(run=story.run, now=story.at(66))
    own = dict(Group.objects.filter(run=story.run).values_list("memberships__participant", "number"))
    liked = [1, 2, 3, 3, 4, 4, 5, 6, 6, 6, 6, 6, 6, 7, 8]
    for person, _ in story.here()[2:]:
        choice = story.dice.choice([number for number in liked if number != own[person.pk]])
        votes.cast(ballot=ballot, voter=person, number=choice)
    votes.close_ballot(run=story.run, now=story.at(70))


def _grade(story: Story) -> None:
    """Half of the copies, while the groups were at work."""
    criteria = list(grid_of(story.run))
    graded = [(person, sample) for person, sample in story.people if "levels" in sample]
    for place, (person, sample) in enumerate(graded):
        given = [_level(c.number, level) for c, level in zip(criteria, sample["levels"], strict=True)]
        given += [
            Mark("", Field.OBSERVATIONS, c.number, words, ("",))
            for c, words in zip(criteria, sample["observations"], strict=True)
            if words
        ]
        given.append(Mark("", Field.REMARK, 0, sample["remark"], ("",)))
        marks.put_marks(
            participant=person,
            marks=given,
            criteria=criteria,
            now=story.at(GRADING_FROM + place * GRADING_EACH),
        )


def _level(number: int, level: int) -> Mark:
    return Mark("", Field.LEVEL, number, level, (None,))
