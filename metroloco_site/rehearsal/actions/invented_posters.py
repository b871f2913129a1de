"""The demonstration's groups write: what their readers pass on, the blocks of the poster, its images, its sources."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any

from lessons.actions import group_work
from lessons.actions.citing import cite
from lessons.actions.documents import write_texts
from lessons.actions.images import add_image
from lessons.actions.joining import Token
from lessons.models import Group, Participant
from lessons.queries.cases import cases_of
from lessons.rules.poster import SOURCE, TITLE, alt_key, caption_key, essential_key
from metroloco_site.kit.images import clean
from metroloco_site.rehearsal.rules import drawings, invented_texts

At = Callable[[float], datetime]
READING, WRITING, DRESSING, CITING = 29.0, 39.0, 56.0, 61.0  # minutes of the lesson at which each begins
UNSAID = {4: 1, 7: 2}  # group → how many essentials were never passed on: not every group has time for all


@dataclass
class _Pen:
    """Who writes, in turn. Each edit is one more minute or so of work."""

    group: Group
    members: list[Participant]
    at: At
    minute: float = 26.0
    _turns: Any = field(init=False)

    def __post_init__(self) -> None:
        self._turns = cycle(self.members)

    def write(self, texts: dict[str, tuple[str, str]], *, by: Participant | None = None, **more: Any) -> None:
        person = by or next(self._turns)
        write_texts(token=_token(person), texts=texts, now=self.at(self.minute), **more)
        self.minute += 1.3

    def turn(self) -> Participant:
        person: Participant = next(self._turns)
        return person


def write(*, group: Group, sample: dict[str, Any], lesson: int, at: At) -> None:
    """The whole work of a group, by those who are there."""
    seats = group.memberships.filter(participant__absent=False).select_related("participant")
    members = [seat.participant for seat in seats]
    pen = _Pen(group, members, at, 26 + group.number * 0.1)
    pen.write({TITLE: ("", sample[TITLE])}, look=sample["look"])
    _pass_on(pen)
    if group.number % 2:
        group_work.rotate_roles(group=group, seen=group.rotation)
    _blocks(pen, sample)
    _images(pen, sample)
    _sources(pen, sample, lesson)


def _pass_on(pen: _Pen) -> None:
    """Each reader says what the others need of their annexes."""
    pen.minute = READING
    shares = list(pen.group.shares.select_related("annexe", "participant"))
    said = len(shares) - UNSAID.get(pen.group.number, 0)
    for share in shares[:said]:
        number = share.annexe.number
        versions = invented_texts.essentials(essential_key(number))
        text = versions[(pen.group.number + number) % len(versions)]
        pen.write({essential_key(number): ("", text)}, by=share.participant, passed={str(number): True})


def _blocks(pen: _Pen, sample: dict[str, Any]) -> None:
    """One begins, another goes on: the group sees who wrote what."""
    pen.minute = max(pen.minute, WRITING)
    for key in (key for key in sample if key.startswith("q")):
        whole = sample[key]
        begun = whole[: whole.rfind("\n", 0, 2 * len(whole) // 3)] if "\n" in whole else ""
        if begun:
            pen.write({key: ("", begun)})
        pen.write({key: (begun, whole)})


def _images(pen: _Pen, sample: dict[str, Any]) -> None:
    pen.minute = max(pen.minute, DRESSING)
    for picture in sample["images"]:
        person = pen.turn()
        kept = clean(drawings.png(invented_texts.drawing(picture["drawing"])))
        image = add_image(token=_token(person), block=picture["block"], picture=kept, now=pen.at(pen.minute))
        words = {caption_key(image.public_id): picture["caption"], alt_key(image.public_id): picture["alt"]}
        pen.write({key: ("", text) for key, text in words.items()}, by=person)


def _sources(pen: _Pen, sample: dict[str, Any], lesson: int) -> None:
    """A line of their own, then the card of « Ils font autrement » that supports a recommendation."""
    pen.minute = CITING + pen.group.number * 0.3
    pen.write({SOURCE: ("", sample[SOURCE])})
    for card in (card for card in cases_of(lesson) if card.name in sample["cite"]):
        cite(token=_token(pen.turn()), line=card.line, now=pen.at(pen.minute))


def _token(person: Participant) -> Token:
    return Token(person.pk, person.token_version)
