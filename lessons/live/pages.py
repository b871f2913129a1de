"""What a student's page is rendered from; and the pages that differ by little in a class, rendered once for it.

When a part begins or ends, a whole class asks for its page in the same second: it is filled in for each
(docs/decisions/0009-student-pages.md). Every other page is the view's, in the ordinary way.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from django.template.loader import get_template

from lessons.actions.joining import Token
from lessons.live.tokens import Listener, sign
from lessons.models import Participant, Phase
from lessons.queries.alike import SOON, Own, own
from lessons.queries.clock import milliseconds
from lessons.queries.group_page import GroupDesk
from lessons.queries.student import StudentPage, student_page, with_clock
from metroloco_site.kit import steady
from metroloco_site.kit.pages_with_gaps import Gap, Mould, mould
from metroloco_site.kit.templatetags.common import collected
from metroloco_site.kit.templatetags.french import figure, seconds, tide

TEMPLATE = "lessons/student.html"
MOST = 200  # activités whose page is kept
_RUNNING = Phase.Status.RUNNING


def context(
    page: StudentPage,
    values: Mapping[str, str],
    *,
    desk: GroupDesk | None = None,
    seat: str = "",
    **said: object,
) -> dict[str, object]:
    """All that the template reads. `said`: what became of texts that were sent, where that needs to be said."""
    nothing = {"late": False, "unseen": False, "long": False, "refused": ""}
    return {**nothing, **said, **values, "page": page, "desk": desk, "seat": seat}


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

    def of(self, place: str, found: Own) -> Kept | None:
        """Made by the first who asks; the others of the class wait for it. None: something has changed since."""
        kept = self._kept.get(found.run)
        if kept is not None and kept.alike == found.alike:
            return kept
        with self._lock:
            kept = self._kept.get(found.run)
            if kept is None or kept.alike != found.alike:
                kept = _make(place, found)
                if kept is not None:
                    self._keep(found.run, kept)
            return kept

    def _keep(self, run_id: int, kept: Kept) -> None:
        if len(self._kept) >= MOST and run_id not in self._kept:
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


def _make(place: str, found: Own) -> Kept | None:
    now = steady.now()
    person = with_clock().filter(pk=found.participant).first()
    page = student_page(person, now) if person else None
    if page is None or own(place, now) != found:
        return None  # this student, or the teacher, was faster: nobody's text gets into what all are shown
    deadline = page.time.deadline if page.time else None
    names = (*PERSONAL, *OF_A_LOAD, *found.texts)
    return Kept(found.alike, mould(names, lambda gaps: _render(page, gaps)), deadline or 0)


def _render(page: StudentPage, gaps: Mapping[str, Gap]) -> str:
    """The page with gaps in the place of all that is this student's own."""
    nobody = Participant(public_id=gaps["place"], pseudonym=gaps["pseudonym"], personal_code=gaps["code"])
    questions = tuple(
        replace(question, fields=tuple(replace(f, text=gaps.get(f.name, "")) for f in question.fields))
        for question in page.questions
    )
    load = {name: gaps[name] for name in OF_A_LOAD}
    shown = context(replace(page, participant=nobody, questions=questions), load)
    return get_template(TEMPLATE).render(shown)


@dataclass(frozen=True)
class Asked:
    """A student's page: at this address, by who holds this token, as gzip if `packed`."""

    place: str
    token: Token
    packed: bool


def page_alike(asked: Asked) -> bytes | None:
    """The page; None where the view has to make it."""
    found = own(asked.place, steady.now())
    if found is None or asked.token != Token(found.participant, found.version):
        return None
    kept = moulds.of(asked.place, found)
    now = steady.now()  # the page's own clock is set by it: not before what may have waited for the database
    if kept is None or (found.runs and kept.deadline <= milliseconds(now + SOON)):
        return None
    listener = Listener(found.run, "eleve", found.participant, found.version)
    values = own_values(listener, now, max(0, kept.deadline - milliseconds(now)), _RUNNING)
    values |= {"place": asked.place, "pseudonym": found.pseudonym, "code": found.personal_code}
    values |= {name: collected(text) for name, text in found.texts.items()}
    return kept.mould.pack(values) if asked.packed else kept.mould.fill(values)
