"""What a student's page is rendered from; and the pages on which nothing of one student stands yet, made at once.

When a part begins, a whole class asks for its page in the same second: it is rendered once and filled in for
each (docs/decisions/0014-student-pages.md). Every other page is the view's, in the ordinary way.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from django.db.models import Prefetch
from django.template.loader import get_template

from lessons.actions.joining import Token
from lessons.live.tokens import Listener, sign
from lessons.models import Participant, Phase
from lessons.queries.clock import milliseconds
from lessons.queries.group_page import GroupDesk
from lessons.queries.student import StudentPage, student_page
from lessons.queries.untouched import Untouched, is_untouched, untouched
from metroloco_site.kit.mould import Mould, mould
from metroloco_site.kit.templatetags.french import figure, seconds, tide

TEMPLATE = "lessons/student.html"
MOST = 200  # activités whose page is kept
_RUNNING = Phase.Status.RUNNING


def context(
    page: StudentPage,
    own: Mapping[str, str],
    *,
    desk: GroupDesk | None = None,
    seat: str = "",
    **said: object,
) -> dict[str, object]:
    """All that the template reads. `said`: what became of texts that were sent, where that needs to be said."""
    nothing = {"late": False, "unseen": False, "refused": ""}
    return {**nothing, **said, **own, "page": page, "desk": desk, "seat": seat}


def own_values(listener: Listener, now: datetime, left: int, status: str) -> dict[str, str]:
    """What is another at each load. `left`: milliseconds of the student's time."""
    return {
        "token": sign(listener),
        "writer": secrets.token_urlsafe(12),
        "now": str(milliseconds(now)),
        "left": str(seconds(left)),
        "tide": tide(left, status),
        "figure": figure(left),
    }


PERSONAL = ("place", "pseudonym", "code")
OF_A_LOAD = ("token", "writer", "now", "left", "tide", "figure")


@dataclass(frozen=True)
class Kept:
    """The page of one activité, and what it follows from; `deadline` in milliseconds since 1970, 0 for none."""

    alike: tuple[Any, ...]
    mould: Mould
    deadline: int


class Moulds:
    """The newest page of each activité."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[int, Kept] = {}

    def of(self, found: Untouched, now: datetime) -> Kept | None:
        """Made by the first who asks; the others of the class wait for it. None: made of what has changed since."""
        kept = self._kept.get(found.run)
        if kept is not None and kept.alike == found.alike:
            return kept
        with self._lock:
            kept = self._kept.get(found.run)
            if kept is None or kept.alike != found.alike:
                kept = _make(found, now)
                if kept is not None:
                    self._keep(found.run, kept)
            return kept

    def _keep(self, run_id: int, kept: Kept) -> None:
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[run_id] = kept

    def runs(self) -> set[int]:
        """The activités of which it holds a page."""
        with self._lock:
            return set(self._kept)

    def drop(self, run_id: int) -> None:
        with self._lock:
            self._kept.pop(run_id, None)


moulds = Moulds()


def _make(found: Untouched, now: datetime) -> Kept | None:
    phases = Prefetch("run__phases", Phase.objects.select_related("part"))
    people = Participant.objects.select_related("run").prefetch_related(phases)
    page = student_page(people.get(pk=found.participant), now)
    if not is_untouched(page) or page.run.revision != found.revision:
        return None  # this student, or the teacher, was faster: nobody's text gets into what all are shown

    def render(marks: dict[str, str]) -> str:
        nobody = Participant(
            public_id=marks["place"], pseudonym=marks["pseudonym"], personal_code=marks["code"]
        )
        own = {name: marks[name] for name in OF_A_LOAD}
        return get_template(TEMPLATE).render(context(replace(page, participant=nobody), own))

    deadline = page.time.deadline if page.time else None
    return Kept(found.alike, mould((*PERSONAL, *OF_A_LOAD), render), deadline or 0)


def untouched_page(place: str, token: Token, now: datetime, packed: bool) -> bytes | None:  # noqa: FBT001 - through a thread
    """The page at this address for who holds this token, as gzip if `packed`; None where the view has to make it.

    One query, unless it is the first of its kind.
    """
    found = untouched(place, now)
    if found is None or token != Token(found.participant, found.version):
        return None
    kept = moulds.of(found, now)
    if kept is None:
        return None
    left = max(0, kept.deadline - milliseconds(now)) if kept.deadline else 0
    listener = Listener(found.run, "eleve", found.participant, found.version)
    values = own_values(listener, now, left, _RUNNING)
    values |= {"place": place, "pseudonym": found.pseudonym, "code": found.personal_code}
    return kept.mould.pack(values) if packed else kept.mould.fill(values)
