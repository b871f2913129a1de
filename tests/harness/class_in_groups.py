"""A class of seven and its two groups, for the tests of the teacher's page « Groupes »."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random

from django.db import transaction
from django.test import Client
from pycrdt import Doc, Map, Text

from lessons.actions import groups
from lessons.actions.clock import act
from lessons.models import AnnexeShare, ClassRun, Membership, Participant, Poster, PosterUpdate
from lessons.queries.grouping import snapshot
from lessons.rules.clock import Kind
from tests.harness import builders as make
from tests.harness.builders import NOW


def address(run: ClassRun, rest: str = "") -> str:
    return f"/prof/activites/{run.public_id}/groupes/{rest}"


def draw(run: ClassRun, seed: int = 1, *, sure: bool = False, seen: str | None = None) -> None:
    seen = snapshot(run).digest if seen is None else seen
    with transaction.atomic():
        groups.draw(run=run, rng=Random(seed), now=NOW, seen=seen, sure=sure)


def seats(run: ClassRun) -> dict[int, list[int]]:
    """Numbers of the students in each group, by its number, in the order of seats."""
    found: dict[int, list[int]] = {}
    active = Membership.objects.filter(group__run=run, group__dissolved_at=None)
    for seat in active.order_by("group__number", "seat"):
        found.setdefault(seat.group.number, []).append(seat.participant.number)
    return found


def reads(run: ClassRun) -> dict[tuple[int, int], int]:
    """Number of the reader by (group, annexe)."""
    return {
        (share.group.number, share.annexe.number): share.participant.number
        for share in AnnexeShare.objects.filter(group__run=run)
    }


def student(run: ClassRun, number: int) -> Participant:
    return run.participants.select_related("run").get(number=number)


def write(run: ClassRun, number: int, *, passed: Sequence[int] = ()) -> None:
    """Something is on this group's poster, and these annexes are passed on."""
    replica = Doc[Text | Map[bool]]()
    replica["titre"] = Text("Un titre")
    replica["transmis"] = Map(dict.fromkeys(map(str, passed), True))
    poster = Poster.objects.get(group__run=run, group__number=number)
    PosterUpdate.objects.create(poster=poster, number=1, data=replica.get_update(), at=NOW)
    Poster.objects.filter(pk=poster.pk).update(last_number=1, saved_at=NOW)


def start_groups(run: ClassRun, now: datetime = NOW) -> None:
    make.start(run, now)
    act(phase=make.phase(run), kind=Kind.END, now=now, keeps_extra=False)
    act(phase=make.phase(run, 2), kind=Kind.START, now=now)


def page_of(client: Client, run: ClassRun, query: str = "") -> str:
    return client.get(address(run) + query).content.decode()


def seen_in(html: str, action: str) -> str:
    """The digest that the form to this address carries."""
    found = re.search(rf'action="[^"]*{action}/".*?name="vu" value="(\w+)"', html, re.DOTALL)
    assert found, action
    return found[1]


def said(client: Client, run: ClassRun, rest: str, body: Mapping[str, object]) -> str:
    """What the page says after a button."""
    answer = client.post(address(run, rest), dict(body), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def four_and_three(run: ClassRun) -> tuple[int, int]:
    """The numbers of the group of four and of the group of three."""
    four = next(number for number, members in seats(run).items() if len(members) == 4)
    return four, 3 - four
