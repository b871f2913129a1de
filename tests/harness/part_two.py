"""Part 2 as a class has lived it, for what comes after: its groups, and something on every poster."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pycrdt import Doc, Map, Text

from lessons.actions.clock import act
from lessons.models import ClassRun, Participant, Poster, PosterUpdate, Question
from lessons.rules.clock import Kind
from lessons.rules.poster import PASSED, field_key
from tests.harness import builders as make
from tests.harness.builders import NOW

TITLES = ("Des données à nous", "La mer sans <b>traceurs</b>", "Logiciels libres")


def write(poster: Poster, texts: dict[str, str], *, passed: Sequence[int] = (), now: datetime = NOW) -> None:
    """These texts as the group's own page would have sent them."""
    doc: Doc[Any] = Doc()
    for key, text in texts.items():
        doc.get(key, type=Text).insert(0, text)
    for number in passed:
        doc.get(PASSED, type=Map)[str(number)] = True
    poster.last_number += 1
    poster.saved_at = now
    poster.save(update_fields=["last_number", "saved_at"])
    PosterUpdate.objects.create(
        poster=poster, number=poster.last_number, data=doc.get_update(), at=poster.saved_at
    )


def part_two(sizes: Sequence[int] = (2, 2, 2), *, ended: bool = True, now: datetime = NOW) -> ClassRun:
    """Part 2, over five minutes before `now` unless it is not `ended`; a title and a few words on each poster."""
    return live(make.class_run(participants=sum(sizes)), sizes, ended=ended, now=now)


def live(
    run: ClassRun, sizes: Sequence[int], *, ended: bool = True, now: datetime = NOW, said: str = ""
) -> ClassRun:
    """The same of an activité that is there; `said` stands in every field but the first."""

    def at(minutes: float) -> datetime:
        return now + timedelta(minutes=minutes)

    make.start(run, at(-60))
    act(phase=make.phase(run), kind=Kind.END, now=at(-46), keeps_extra=False)
    make.groups(run, sizes=sizes)
    act(phase=make.phase(run, 2), kind=Kind.START, now=at(-44 if ended else -30))
    keys = [
        field_key(question.number, field["key"])
        for question in Question.objects.filter(part__lesson=run.lesson, part__number=2)
        for field in question.fields
    ]
    for number, poster in enumerate(Poster.objects.filter(group__run=run).order_by("group__number")):
        texts = {"titre": TITLES[number % 3], keys[0]: f"Mot {number + 1} dit"}
        write(poster, texts | dict.fromkeys(keys[1:], said) if said else texts, now=at(-20))
    if ended:
        act(phase=make.phase(run, 2), kind=Kind.END, now=at(-5), keeps_extra=False)
    return ClassRun.objects.get(pk=run.pk)


def people(run: ClassRun) -> list[Participant]:
    """In the order of their groups."""
    return list(run.participants.order_by("number"))
