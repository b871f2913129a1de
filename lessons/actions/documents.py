"""The only writer of the groups' common documents: what is written is checked, stored, and only then counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from lessons.actions.document_store import (
    COMPACT_EVERY,
    LEFT,
    MUCH_DELETED,
    STATE_AT_MOST_EVERY,
    STATE_EVERY,
    Door,
    Held,
    NoPoster,
    Shelf,
    append,
    compact,
    door_of,
    keep_late,
    keep_peaks,
    keep_state,
    page_door,
    sign,
)
from lessons.actions.joining import Token
from lessons.models import Poster, PosterLate, PosterState
from lessons.queries.documents import replica
from lessons.rules import document_updates
from lessons.rules.document import Replica
from lessons.rules.document_states import revive
from lessons.rules.poster import LOOK, MAX_UPDATE, PASSED
from lessons.rules.texts import clean

__all__ = [
    "NoPoster",
    "Shelf",
    "TooMuch",
    "TooOld",
    "Written",
    "accept_late",
    "apply_update",
    "bring_back",
    "dismiss_late",
    "door_of",
    "write_texts",
]


class TooMuch(Exception):
    """With what it said then, the document would no longer hold; the transaction is to be undone."""


class TooOld(Exception):
    """What came late builds upon something that the document does not have; nothing is changed."""


@dataclass(frozen=True)
class Written:
    """What became of an update. `data`: what it changed, for the others' pages; None if nothing."""

    group: int
    run: int
    number: int
    data: bytes | None = None
    refused: str = ""
    author: tuple[str, str] = ("", "")  # public id and shown name
    signs: bool = False  # the first of this page: whose it is is told with it
    vector: bytes = b""  # where the page is behind: what the server has


def apply_update(
    *, token: Token, client: int, data: bytes, now: datetime, shelf: Shelf, group: int = 0
) -> Written:
    """Stores what a page wrote. Raises NoPoster. What is refused says why and changes nothing.

    « closed »: after the bell and its grace it is kept apart, and the teacher decides.
    « left »: the same of a page made for a `group` in which they are no longer.
    """
    door = page_door(token, group)
    held = shelf.take(door.poster, door.last, now)
    try:
        take = _apply if door.is_open(now) else _set_apart
        return take(door, held, participant=token.participant, client=client, data=data, now=now)
    except document_updates.Refused as refused:
        vector = held.replica.vector if isinstance(refused, document_updates.Behind) else b""
        return Written(door.group, door.run, door.last, refused=refused.reason, vector=vector)
    except ValueError:
        shelf.drop(door.poster)
        return Written(door.group, door.run, door.last, refused="format")


def _apply(door: Door, held: Held, *, participant: int, client: int, data: bytes, now: datetime) -> Written:
    if held.writers.get(client, participant) != participant:
        raise document_updates.Refused("client")
    if held.is_full_for(client, participant):
        raise document_updates.Refused("pages")
    taken = document_updates.read(data).deleted
    before = _before(door, held, now)
    texts = held.replica.texts() if taken or before else {}
    changed = held.replica.apply(data, client)
    if changed is None:  # sent again, because the first answer was lost
        return Written(door.group, door.run, door.last)
    held.deleted += taken
    if taken and _is_much_deleted(held, now):  # the store does not have this update yet
        before = before or replica(Poster.objects.get(pk=door.poster)).whole()
    _keep_what_goes(door, held, before, texts, now)
    signs = client not in held.writers
    _store(door, held, participant=participant, client=client, data=changed, now=now)
    author = door.public_id, door.name
    return Written(door.group, door.run, held.number, changed, author=author, signs=signs)


def _before(door: Door, held: Held, now: datetime) -> bytes:
    """The document as it is, where it is time to keep a state of it; else nothing."""
    return held.replica.whole() if door.last and now - held.state_at >= STATE_EVERY else b""


def _is_much_deleted(held: Held, now: datetime) -> bool:
    """In whichever texts; one that goes nearly wholly leaves a state whatever this says."""
    return held.deleted >= MUCH_DELETED and now - held.state_at >= STATE_AT_MOST_EVERY


def _keep_what_goes(door: Door, held: Held, before: bytes, texts: Mapping[str, str], now: datetime) -> None:
    """The document `before` this edit, where that is a state, then its texts that are nearly gone.

    `texts`: what it said before; none where the edit takes nothing away.
    """
    if before:
        keep_state(door.poster, door.last, before, now)
        held.state_at, held.deleted = now, 0
        held.peaks.keep(texts)
    if texts:
        after = held.replica.texts()
        held.peaks.note(texts, after, door.last, now)
        keep_peaks(held, door.poster, held.peaks.fallen(after))


def _store(door: Door, held: Held, *, participant: int, client: int, data: bytes, now: datetime) -> None:
    sign(held, door.poster, client, participant)
    append(held, door.poster, data, participant, now)
    if held.number - door.snapshot >= COMPACT_EVERY:
        compact(held, door.poster)


def _set_apart(
    door: Door, held: Held, *, participant: int, client: int, data: bytes, now: datetime
) -> Written:
    """Keeps what came too late; what had come in time and is sent again is acknowledged as such."""
    read = document_updates.read(data)
    read.check_place(held.replica.state)
    if read.writers(held.replica.state) - {client}:
        raise document_updates.Refused("client")
    if not held.replica.has(data):
        if door.status != "pending":
            keep_late(door.poster, participant, data, now)
        raise document_updates.Refused(_why(door))
    return Written(door.group, door.run, door.last)


def _why(door: Door) -> str:
    return "left" if door.status == LEFT else "closed"


def write_texts(
    *,
    token: Token,
    texts: Mapping[str, tuple[str, str]],
    passed: Mapping[str, bool] = MappingProxyType({}),
    look: Mapping[str, str] = MappingProxyType({}),
    now: datetime,
    group: int = 0,
) -> Written:
    """What a form without JavaScript sends: of each text what its page showed, and what it says now.

    Merged with what others wrote since. « closed », « left »: kept apart, as in apply_update. « long »:
    more than a document holds, « pages »: one form too many (MOST_PAGES), nothing is changed. Raises NoPoster.
    """
    door = page_door(token, group)
    held = Shelf().take(door.poster, door.last, now)
    cleaned = {key: (clean(base), clean(text)) for key, (base, text) in texts.items()}
    held.deleted = sum(max(0, len(base) - len(text)) for base, text in cleaned.values())
    before = held.replica.whole() if _is_much_deleted(held, now) else _before(door, held, now)
    said = held.replica.texts()
    data = held.replica.write_all(cleaned, {PASSED: dict(passed), LOOK: dict(look)})
    if data is None:
        return Written(door.group, door.run, door.last)
    if len(data) > MAX_UPDATE or not held.replica.fits():
        return Written(door.group, door.run, door.last, refused="long")
    if not door.is_open(now):
        keep_late(door.poster, token.participant, data, now)
        return Written(door.group, door.run, door.last, refused=_why(door))
    client = held.replica.client
    if held.is_full_for(client, token.participant):
        return Written(door.group, door.run, door.last, refused="pages")
    _keep_what_goes(door, held, before, said, now)
    _store(door, held, participant=token.participant, client=client, data=data, now=now)
    return Written(door.group, door.run, held.number, data, signs=True)


def bring_back(*, state: PosterState, now: datetime) -> None:
    """Makes the document say again what it said then; how it was until now is kept as a state, too.

    Raises TooMuch.
    """
    poster, held = _hold(state.poster_id, now)
    keep_state(poster.pk, poster.last_number, held.replica.whole(), now)
    old = Replica([bytes(state.data)])
    try:
        for edit in revive(held.replica, old, lambda client: held.writers.get(client or 0)):
            held.replica.apply(edit.data)
            sign(held, poster.pk, edit.client, edit.owner)
            append(held, poster.pk, edit.data, edit.owner, now)
    except document_updates.Refused as refused:
        raise TooMuch(refused.reason) from refused


def accept_late(*, late: PosterLate, now: datetime) -> None:
    """What came after the bell becomes part of the document. Raises TooOld."""
    poster, held = _hold(late.poster_id, now)
    data = bytes(late.data)
    writers = document_updates.read(data).writers(held.replica.state)
    try:
        changed = held.replica.apply(data)
    except document_updates.Refused as refused:
        raise TooOld(refused.reason) from refused
    PosterLate.objects.filter(pk=late.pk).update(accepted_at=now, dismissed_at=None)
    if changed is not None:
        for client in writers:
            sign(held, poster.pk, client, late.participant_id)
        append(held, poster.pk, changed, late.participant_id, now)


def dismiss_late(*, late: PosterLate, now: datetime) -> None:
    """It stays out; it may still be accepted later."""
    PosterLate.objects.filter(pk=late.pk, accepted_at=None).update(dismissed_at=now)


def _hold(pk: int, now: datetime) -> tuple[Poster, Held]:
    poster = Poster.objects.select_for_update(of=("self",)).get(pk=pk)
    return poster, Shelf().take(pk, poster.last_number, now)
