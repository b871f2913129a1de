"""The live part: who may listen, what they are told, who is present.

A page holds a signed token (run, role, participant) that opens the stream or, where no stream gets
through, a cheap poll. The token is checked against the database once, when it is first shown.
"""

import asyncio
import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.core import signing
from django.utils import timezone

from lessons.models import ClassRun, Participant
from lessons.queries.clock import LiveState, live_state
from metroloco_site.kit import asgi
from metroloco_site.kit.hub import hub

SALT = "lessons.live"
MAX_AGE_S = 24 * 3600
POLL_PRESENT_S = 20.0  # a page that polls counts as present for so long after its last question
ROUTES = {  # name: (pattern, who); read by the access matrix, the header test and the router
    "live-stream": (re.compile(r"^/live/(?P<token>[\w:=-]+)/flux$"), "holder of a signed token"),
    "live-poll": (re.compile(r"^/live/(?P<token>[\w:=-]+)/etat$"), "holder of a signed token"),
}


@dataclass(frozen=True)
class Listener:
    """Who holds a token. `participant` is 0 for the board and the projector."""

    run: int
    role: str
    participant: int = 0
    version: int = 0


def token_for(run: ClassRun, role: str, participant: Participant | None = None) -> str:
    """A token for a page; role is « tableau », « ecran » or « eleve »."""
    held = (participant.pk, participant.token_version) if participant else (0, 0)
    return signing.dumps([run.pk, role, *held], salt=SALT)


def read_token(token: str) -> Listener | None:
    """The listener, or None if the token is not ours or too old."""
    try:
        run, role, participant, version = signing.loads(token, salt=SALT, max_age=MAX_AGE_S)
    except (signing.BadSignature, ValueError):
        return None
    return Listener(run, role, participant, version)


# --- what is told -------------------------------------------------------------------------------


class Newest:
    """The newest state of each run, so that a poll costs no query."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._states: dict[int, LiveState] = {}

    def put(self, run_id: int, state: LiveState) -> None:
        """Keeps the state unless a newer one is there: two actions may announce out of order."""
        with self._lock:
            known = self._states.get(run_id)
            if known is None or known.revision <= state.revision:
                self._states[run_id] = state

    def get(self, run_id: int) -> LiveState | None:
        with self._lock:
            return self._states.get(run_id)


newest = Newest()


def announce(run: ClassRun) -> None:
    """Tells every page of the run what has changed. To be called once the transaction is committed."""
    state = live_state(ClassRun.objects.get(pk=run.pk))
    newest.put(run.pk, state)
    hub.publish(_run_channel(run.pk), "etat", _text(state, timezone.now()))


def tell_participant(participant: Participant) -> None:
    """Tells this participant's pages alone to read their own state again (extra time, a new name)."""
    hub.publish(_participant_channel(participant.pk), "moi", json.dumps({"at": time.time()}))


def _text(state: LiveState, now: datetime) -> str:
    return json.dumps(state.as_event(now))


def _run_channel(run_id: int) -> str:
    return f"run:{run_id}"


def _participant_channel(participant_id: int) -> str:
    return f"participant:{participant_id}"


# --- presence -----------------------------------------------------------------------------------


class Presence:
    """Who has a page open, in memory alone: streams counted, polls remembered for a moment."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._streams: Counter[tuple[int, int]] = Counter()
        self._polls: dict[tuple[int, int], float] = {}
        self._writing: dict[tuple[int, int], float] = {}

    def opened(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._streams[run_id, participant_id] += 1

    def closed(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._streams[run_id, participant_id] -= 1
            if self._streams[run_id, participant_id] <= 0:
                del self._streams[run_id, participant_id]

    def polled(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._polls[run_id, participant_id] = time.monotonic()

    def wrote(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._writing[run_id, participant_id] = time.monotonic()

    def present(self, run_id: int) -> frozenset[int]:
        """Participants with a page open now."""
        since = time.monotonic() - POLL_PRESENT_S
        with self._lock:
            polling = {who for (run, who), at in self._polls.items() if run == run_id and at >= since}
            return frozenset(polling | {who for run, who in self._streams if run == run_id})

    def writing(self, run_id: int, within_s: float = 10.0) -> frozenset[int]:
        """Participants whose text was saved within the last seconds."""
        since = time.monotonic() - within_s
        with self._lock:
            return frozenset(who for (run, who), at in self._writing.items() if run == run_id and at >= since)


presence = Presence()


def board_changed(run_id: int) -> None:
    """Tells the board that presence, words, help or « J’ai terminé » changed; it asks for its tiles again."""
    hub.publish(f"board:{run_id}", "tuiles", "{}")


# --- the light ASGI part ------------------------------------------------------------------------

_database = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live-db")


async def application(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
    """Answers everything under /live/."""
    for name, (pattern, _) in ROUTES.items():
        match = pattern.match(scope["path"])
        if match:
            if scope["method"] != "GET":
                return await asgi.answer(send, 405, b"{}")
            listener = await _admit(match["token"])
            if listener is None:
                break
            serve = _serve_stream if name == "live-stream" else _serve_poll
            return await serve(listener, receive, send)
    return await asgi.answer(send, 404, b"{}")


async def _admit(token: str) -> Listener | None:
    listener = read_token(token)
    if listener is None:
        return None
    loop = asyncio.get_running_loop()
    return listener if await loop.run_in_executor(_database, _still_holds, listener) else None


def _still_holds(listener: Listener) -> bool:
    """One query: the run is there and, for a student, nobody withdrew the token."""
    if listener.role == "eleve":
        return Participant.objects.filter(
            pk=listener.participant, run=listener.run, token_version=listener.version, left_at=None
        ).exists()
    return ClassRun.objects.filter(pk=listener.run).exists()


def _state_text(run_id: int) -> str:
    state = newest.get(run_id)
    if state is None:
        state = live_state(ClassRun.objects.get(pk=run_id))
        newest.put(run_id, state)
    return _text(state, timezone.now())


async def _serve_poll(listener: Listener, receive: asgi.Receive, send: asgi.Send) -> None:
    if listener.participant:
        presence.polled(listener.run, listener.participant)
    loop = asyncio.get_running_loop()
    text = await loop.run_in_executor(_database, _state_text, listener.run)
    await asgi.answer(send, 200, text.encode())


async def _serve_stream(listener: Listener, receive: asgi.Receive, send: asgi.Send) -> None:
    channels = [_run_channel(listener.run)]
    if listener.participant:
        channels.append(_participant_channel(listener.participant))
    if listener.role == "tableau":
        channels.append(f"board:{listener.run}")
    with hub.subscribed(*channels) as box:  # before the state is read, so that no change is missed
        text = await asyncio.get_running_loop().run_in_executor(_database, _state_text, listener.run)
        if not listener.participant:
            return await asgi.stream(receive, send, [("etat", text)], box)
        presence.opened(listener.run, listener.participant)
        board_changed(listener.run)
        try:
            await asgi.stream(receive, send, [("etat", text)], box)
        finally:
            presence.closed(listener.run, listener.participant)
            board_changed(listener.run)
