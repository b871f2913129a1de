"""A group's common document in the store: who may write in it, its log of updates, its earlier states.

All of it in an open transaction, under the poster's lock: numbers follow each other without a gap.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from django.db import connection
from django.db.models import Min
from django.db.models.functions import Length

from lessons.actions.joining import Token
from lessons.models import Participant, Poster, PosterLate, PosterState, PosterUpdate, PosterWriter
from lessons.queries.documents import peaks, replica_at
from lessons.rules import document_updates
from lessons.rules.clock import GRACE
from lessons.rules.document import Replica, thinned
from lessons.rules.peaks import Peak, Peaks

COMPACT_EVERY = 200  # updates
STATE_EVERY = timedelta(minutes=2)
MUCH_DELETED = 200  # characters: who takes that much away leaves a state behind, whatever the clock says
STATE_AT_MOST_EVERY = timedelta(seconds=10)  # or one member could crowd out the states of the whole group
MOST_STATES = 30  # a poster
MOST_STATE_BYTES = 8_000_000  # of all of them: some three times what a hard-working group leaves
FEWEST_STATES = 12
MOST_HELD = 256  # documents in memory
MOST_LATE = 20  # of one member
MOST_PAGES = 500  # client ids of one member: each load of the page is one, and each form without JavaScript
LEFT = "left"  # the status of a door that leads into a group no longer theirs

# By hand for the same reason as actions.saving (docs/decisions/0008-save-path.md): the door, the clock and the
# document's numbers in one statement, and two for the log. Through the ORM an update took 1.6 ms more.
_DOOR = """
SELECT poster.id, poster.group_id, poster.last_number, poster.snapshot_number, grp.run_id,
       phase.status, phase.ends_at, participant.public_id, participant.pseudonym, participant.hidden,
       participant.number
FROM lessons_participant participant
JOIN lessons_membership membership ON membership.participant_id = participant.id
JOIN lessons_group grp ON grp.id = membership.group_id AND grp.run_id = participant.run_id
JOIN lessons_classrun run ON run.id = grp.run_id AND NOT run.due
JOIN lessons_poster poster ON poster.group_id = grp.id
JOIN lessons_phase phase ON phase.run_id = grp.run_id
JOIN lessons_part part ON part.id = phase.part_id AND part.kind = 'group'
WHERE participant.id = %s AND participant.token_version = %s AND participant.left_at IS NULL
  AND grp.dissolved_at IS NULL
ORDER BY CASE phase.status WHEN 'running' THEN 0 WHEN 'paused' THEN 1 WHEN 'ended' THEN 2 ELSE 3 END,
         part.number DESC
LIMIT 1
"""

_APPEND = """
INSERT INTO lessons_posterupdate (poster_id, number, data, participant_id, at) VALUES (%s, %s, %s, %s, %s)
"""
_COUNT = "UPDATE lessons_poster SET last_number = %s, saved_at = %s WHERE id = %s"


class NoPoster(Exception):
    """The token no longer holds, or its participant is in no group."""


@dataclass(frozen=True)
class Door:
    """The document of whoever writes, and whether the time is still theirs."""

    poster: int
    group: int
    last: int
    snapshot: int
    run: int
    status: str
    ends_at: datetime | None
    public_id: str
    name: str

    def is_open(self, at: datetime) -> bool:
        if self.status == LEFT:
            return False
        if self.status == "paused":  # what was typed before the pause still counts
            return True
        return self.status in ("running", "ended") and self.ends_at is not None and at <= self.ends_at + GRACE


@dataclass
class Held:
    """A document in memory, as it was at update `number`."""

    replica: Replica
    number: int
    writers: dict[int, int | None]
    state_at: datetime  # of the newest state that can be brought back, or since when it is held
    peaks: Peaks
    deleted: int = 0  # characters since then

    def is_full_for(self, client: int, participant: int) -> bool:
        """Whether this new client id would be one too many: who takes one for each update is stopped."""
        if client in self.writers:
            return False
        return sum(owner == participant for owner in self.writers.values()) >= MOST_PAGES


@dataclass
class Shelf:
    """Documents that are written just now, by one thread; the store's number says whether one is fresh.

    Another thread may empty it, hence the lock.
    """

    most: int = MOST_HELD
    _held: OrderedDict[int, Held] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, poster: int, last: int, now: datetime) -> Held:
        """The document as it is at update `last`."""
        held = self._held.get(poster)
        if held is None or held.number != last:
            held = _hold(poster, now)
        with self._lock:
            self._held[poster] = held
            self._held.move_to_end(poster)
            while len(self._held) > self.most:
                self._held.popitem(last=False)
        return held

    def posters(self) -> set[int]:
        with self._lock:
            return set(self._held)

    def drop(self, poster: int) -> None:
        with self._lock:
            self._held.pop(poster, None)

    def clear(self) -> None:
        """After a transaction that did not take place; or what it holds was deleted."""
        with self._lock:
            self._held.clear()


def door_of(token: Token, *, lock: bool = False) -> Door:
    """Whose document this token opens, and how the others know them. Raises NoPoster."""
    locking = " FOR UPDATE OF poster" if lock and connection.features.has_select_for_update_of else ""
    with connection.cursor() as cursor:
        cursor.execute(_DOOR + locking, [token.participant, token.version])
        row = cursor.fetchone()
    if row is None:
        raise NoPoster
    poster, group, last, snapshot, run, status, ends_at, public_id, pseudonym, hidden, number = row
    if ends_at is not None and ends_at.tzinfo is None:  # SQLite stores UTC and does not say so
        ends_at = ends_at.replace(tzinfo=UTC)
    name = Participant(pseudonym=pseudonym, hidden=hidden, number=number).shown_name
    return Door(poster, group, last, snapshot, run, status, ends_at, public_id, name)


def page_door(token: Token, group: int) -> Door:
    """The same for a page that was made for this group (0: it does not say). Locked. Raises NoPoster.

    Whoever has been moved since writes in neither: what their page still sends is kept apart for the old group.
    """
    door = door_of(token, lock=True)
    if group in (0, door.group):
        return door
    left = Poster.objects.filter(group=group, group__run=door.run).first()
    if left is None:
        raise NoPoster
    door = replace(door, last=left.last_number, snapshot=left.snapshot_number)
    return replace(door, poster=left.pk, group=group, status=LEFT)


def _hold(pk: int, now: datetime) -> Held:
    poster = Poster.objects.get(pk=pk)
    newest = PosterState.objects.filter(poster=pk).first()
    at = newest.at if newest else None
    if at is None:  # none yet: two minutes count from the first change that is still in the log
        at = PosterUpdate.objects.filter(poster=pk).aggregate(at=Min("at"))["at"]
    document, best = peaks(poster, newest)
    writers: dict[int, int | None] = {}
    writers.update(PosterWriter.objects.filter(poster=pk).values_list("client", "participant_id"))
    return Held(document, poster.last_number, writers, at or now, best)


def sign(held: Held, poster: int, client: int, participant: int | None) -> None:
    """Notes once whose page this client id is."""
    if client not in held.writers:
        PosterWriter.objects.create(poster_id=poster, client=client, participant_id=participant)
        held.writers[client] = participant


def append(held: Held, poster: int, data: bytes, participant: int | None, now: datetime) -> None:
    """Adds an update to the log; nothing that is acknowledged is anywhere else."""
    held.number += 1
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, [poster, held.number, data, participant, at])
        cursor.execute(_COUNT, [held.number, at, poster])


def keep_peaks(held: Held, poster: int, peaks: Iterable[Peak]) -> None:
    """A state of each that is in none: the document as the store has it, before the edit that is on its way."""
    for peak in peaks:
        if not held.peaks.is_kept(peak):
            old = replica_at(Poster.objects.get(pk=poster), peak.number)
            keep_state(poster, peak.number, old.whole(), peak.at)
            held.peaks.keep(old.texts())
            if peak.number == held.number:
                held.state_at, held.deleted = peak.at, 0


def compact(held: Held, poster: int) -> None:
    """The updates become one state; who wrote what stays in the ids of its characters.

    The log was the memory of the texts' best moments: those that fall just now are kept as states.
    """
    keep_peaks(held, poster, held.peaks.lacking(held.replica.texts(), held.number))
    Poster.objects.filter(pk=poster).update(snapshot=held.replica.whole(), snapshot_number=held.number)
    PosterUpdate.objects.filter(poster=poster, number__lte=held.number).delete()


def keep_state(poster: int, number: int, data: bytes, now: datetime) -> None:
    """What the document was before this change, for the teacher to bring back."""
    kept, _ = PosterState.objects.get_or_create(
        poster_id=poster,
        number=number,
        defaults={"data": data, "words": Replica([data]).read().words, "at": now},
    )
    states = PosterState.objects.filter(poster=poster).order_by("number")
    crowd = {pk: (at, size) for pk, at, size in states.values_list("pk", "at", Length("data"))}
    while len(crowd) > _most_states(sum(size for _, size in crowd.values())):
        gone = thinned([(pk, at) for pk, (at, _) in crowd.items() if pk != kept.pk])
        PosterState.objects.filter(pk=gone).delete()
        del crowd[gone]


def _most_states(size: int) -> int:
    """So many states; fewer of a document that has been blown up, which no group's own work is."""
    return MOST_STATES if size <= MOST_STATE_BYTES else FEWEST_STATES


def keep_late(poster: int, participant: int, data: bytes, now: datetime) -> None:
    """Once a page: what it sends again, or with more in it, takes the place of what it sent before."""
    waiting = PosterLate.objects.filter(
        poster=poster, participant=participant, accepted_at=None, dismissed_at=None
    )
    spans = document_updates.read(data).spans
    for late in waiting.order_by("pk"):
        before = document_updates.read(bytes(late.data)).spans
        if before and _covers(spans, before):
            PosterLate.objects.filter(pk=late.pk).update(data=data, received_at=now)
            return
        if bytes(late.data) == data or (spans and _covers(before, spans)):
            return
    if len(waiting) < MOST_LATE:
        PosterLate.objects.create(poster_id=poster, participant_id=participant, data=data, received_at=now)


def _covers(spans: dict[int, tuple[int, int]], others: dict[int, tuple[int, int]]) -> bool:
    """Whether all that the others write is in these."""
    return all(client in spans and spans[client][1] >= end for client, (_, end) in others.items())
