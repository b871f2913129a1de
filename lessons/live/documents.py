"""The groups' common documents in the light part: what a page writes, what it still lacks, who is told."""

import base64
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from urllib.parse import parse_qs

from lessons.actions.documents import NoPoster, Shelf, Written, apply_update, door_of
from lessons.actions.joining import Token
from lessons.live.here import presence
from lessons.live.telling import board_changed
from lessons.live.tokens import read_seat
from lessons.models import Membership
from lessons.queries.documents import Changes, changes
from lessons.rules.document_updates import MAX_CLIENT
from lessons.rules.poster import is_text
from metroloco_site.kit import asgi_answers
from metroloco_site.kit.hub import OVERFLOW, Mailbox, hub

SAY_AGAIN_S = 4.0  # that somebody still writes in the same text
FORGET_S = 60.0
MOST_NUMBER = 2**31 - 1  # what the column holds
_DIGITS = re.compile(r"[0-9]{1,16}")
_shelf = Shelf()  # the writer thread's; another one may only empty it
_STATUS = {"behind": 409, "closed": 409, "left": 409, "long": 413, "pages": 429}


def held() -> set[int]:
    """Ids of the posters whose document the writer has in memory."""
    return _shelf.posters()


def forget_held() -> None:
    """The writer reads them again from the store."""
    _shelf.clear()


@dataclass(frozen=True)
class Edit:
    """What a page wrote, as it waits for the writer thread."""

    token: Token
    client: int
    data: bytes
    at: datetime
    group: int = 0  # of which the page is, 0 where it does not say

    def write(self) -> Written | None:
        try:
            return apply_update(
                token=self.token,
                client=self.client,
                data=self.data,
                now=self.at,
                shelf=_shelf,
                group=self.group,
            )
        except NoPoster:
            return None

    def undo(self) -> None:
        _shelf.clear()


def read_edit(token: Token, query: bytes, data: bytes, at: datetime) -> tuple[Edit, str] | None:
    """What is asked for, and the text in which it is written; None where it makes no sense."""
    asked = {name: values[-1] for name, values in parse_qs(query.decode("latin1")).items()}
    client, text = asked.get("client", ""), asked.get("bloc", "")
    if not 0 < _number(client) <= MAX_CLIENT:
        return None
    group = read_seat(asked.get("groupe", ""), token.participant)
    return Edit(token, _number(client), data, at, group), text if is_text(text) else ""


def _number(text: str) -> int:
    """A plain number of at most 16 digits, 0 for anything else."""
    return int(text) if _DIGITS.fullmatch(text) else 0


def since(query: bytes, participant: int) -> tuple[int, int]:
    """The number that the page has seen, 0 for the whole; the group of which it is, 0 where it does not say."""
    asked = parse_qs(query.decode("latin1"))
    group = read_seat(asked.get("groupe", [""])[-1], participant)
    return min(_number(asked.get("depuis", ["0"])[-1]), MOST_NUMBER), group


async def answer_edit(send: asgi_answers.Send, written: Written) -> None:
    """Says what became of an edit."""
    if not written.refused:
        answer = {"number": written.number, "again": written.data is None}
        return await asgi_answers.answer(send, 200, json.dumps(answer).encode())
    said = {"reason": written.refused} | ({"vector": _text(written.vector)} if written.vector else {})
    return await asgi_answers.answer(send, _STATUS.get(written.refused, 422), json.dumps(said).encode())


def lacking(token: Token, number: int, group: int = 0) -> bytes | None:
    """What a page that has seen `number` lacks, as its answer; None if its student is not in its group."""
    try:
        door = door_of(token)
    except NoPoster:
        return None
    if group not in (0, door.group):  # one document's edits never come into another
        return None
    return json.dumps(_as_answer(changes(door.poster, number))).encode()


def _as_answer(found: Changes) -> dict[str, object]:
    return {"n": found.number, "u": [_text(data) for data in found.updates], "a": found.writers}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- who is told --------------------------------------------------------------------------------------


def channel(group_id: int) -> str:
    """What the pages of a group's members listen to."""
    return f"groupe:{group_id}"


def tell(participant: int, client: int, written: Written, text: str) -> None:
    """Sends the others what was written and, now and then, who writes and where; the board, that somebody does.

    Nothing is asked of the database: a reader makes the writer wait (docs/decisions/0008-save-path.md).
    """
    if written.data is None:
        return
    event: dict[str, object] = {"n": written.number, "u": _text(written.data)}
    if written.signs:
        event["a"] = {client: written.author}
    hub.publish(channel(written.group), "maj", json.dumps(event), each=True)
    if writing.is_news(participant, text):
        public_id, name = written.author
        here = {"p": public_id, "nom": name, "bloc": text}
        hub.publish(channel(written.group), "ici", json.dumps(here), each=True)
        presence.wrote(written.run, participant)
        board_changed(written.run)


def poster_changed(group_id: int) -> None:
    """The document was written by the server itself: its pages ask for what they lack."""
    hub.publish(channel(group_id), OVERFLOW, "{}")


class Seats:
    """Which group each open page of a student listens to."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seats: dict[Mailbox, tuple[int, int]] = {}  # participant, group (0: none)

    @contextmanager
    def taken(self, box: Mailbox, participant: int, group: int) -> Iterator[None]:
        """While the page is open; `participant` is 0 for the board and the projector, `group` where there is none."""
        with self._lock:
            self._seats[box] = participant, group
            hub.move(box, "", channel(group) if group else "")
        try:
            yield
        finally:
            with self._lock:
                _, group = self._seats.pop(box)
                hub.move(box, channel(group) if group else "", "")

    def group(self, box: Mailbox) -> int:
        """The group that this page listens to now, 0 if none."""
        return self._seats.get(box, (0, 0))[1]

    def regroup(self, group: int, members: frozenset[int]) -> None:
        """These are its members now: their pages hear it, nobody else's does."""
        with self._lock:
            for box, (participant, now) in list(self._seats.items()):
                is_to = group if participant in members else 0 if now == group else now
                if is_to != now:
                    hub.move(box, channel(now) if now else "", channel(is_to) if is_to else "")
                    self._seats[box] = participant, is_to


seats = Seats()


def group_of(participant: int) -> int:
    """The participant's group now, 0 if none."""
    found = Membership.objects.filter(participant=participant, group__dissolved_at=None)
    return found.values_list("group_id", flat=True).first() or 0


def tell_group(group_id: int) -> None:
    """The group's members changed, or what they share: their pages read their panel again.

    Who joined hears the group's document from now on, who left it no longer does.
    """
    members = Membership.objects.filter(group=group_id, group__dissolved_at=None)
    leaving = channel(group_id)
    hub.publish(leaving, "groupe", json.dumps({"at": time.time()}))  # those who leave are told, too
    seats.regroup(group_id, frozenset(members.values_list("participant_id", flat=True)))
    hub.publish(leaving, "groupe", json.dumps({"at": time.time()}))


def tell_here(run: int, participant: int, group: int) -> None:
    """A member's page has opened or gone: the others' pages say so, without asking for anything."""
    if group:
        here = participant in presence.present(run)
        hub.publish(channel(group), "la", json.dumps({"qui": participant, "la": here}), each=True)


class Writing:
    """Who writes in which text just now, said once and then every few seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._said: dict[int, tuple[str, float]] = {}

    def is_news(self, participant: int, text: str) -> bool:
        now = time.monotonic()
        with self._lock:
            where, at = self._said.get(participant, ("", 0.0))
            if where == text and now - at < SAY_AGAIN_S:
                return False
            self._said = {who: said for who, said in self._said.items() if now - said[1] < FORGET_S}
            self._said[participant] = text, now
        return True


writing = Writing()
