"""What open pages are told: the run's newest state, that something of their own changed, nothing personal."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from lessons.live.here import presence
from lessons.live.pages import moulds
from lessons.live.tokens import Listener, admissions
from lessons.models import ClassRun, Participant
from lessons.queries.clock import LiveState, live_state
from metroloco_site.kit import asgi_answers, steady, storage
from metroloco_site.kit.hub import hub


class Newest:
    """The newest state of each run, so that a poll costs no query."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._states: dict[int, LiveState] = {}

    def put(self, run_id: int, state: LiveState) -> LiveState:
        """Keeps the state unless a newer one is there: two actions may announce out of order."""
        with self._lock:
            known = self._states.get(run_id)
            if known is None or known.revision <= state.revision:
                self._states[run_id] = known = state
            return known

    def get(self, run_id: int) -> LiveState | None:
        return self._states.get(run_id)

    def runs(self) -> set[int]:
        """The activités of which it holds a state."""
        with self._lock:
            return set(self._states)

    def drop(self, run_id: int) -> None:
        with self._lock:
            self._states.pop(run_id, None)

    def clear(self) -> None:
        with self._lock:
            self._states.clear()


newest = Newest()
DELETED = "-"  # no token's version


def announce(run: ClassRun) -> None:
    """Tells every page of the run what has changed. To be called once the transaction is committed."""
    admissions.forget(run.pk)
    state = newest.put(run.pk, live_state(ClassRun.objects.get(pk=run.pk)))
    hub.publish(f"run:{run.pk}", "etat", as_text(state, steady.now()))


@contextmanager
def announcing(run: ClassRun) -> Iterator[None]:
    """One transaction on this run and the files stored in it, told to every page once it is committed, never before."""
    with storage.atomic():
        yield
    announce(run)


def tell_participant(participant: Participant) -> None:
    """Tells this participant's pages alone to read their own state again (extra time, a new name).

    Streams opened with a token that no longer holds end: who was removed, or left behind on another device.
    """
    admissions.forget(participant.run_id)
    channel = f"participant:{participant.pk}"
    hub.publish(channel, "moi", json.dumps({"at": time.time()}))
    hub.publish(channel, asgi_answers.END, str(0 if participant.left_at else participant.token_version))


def run_deleted(run_id: int) -> None:
    """The activité is no more: its pages are told, and memory keeps nothing of it."""
    admissions.forget(run_id)
    newest.drop(run_id)
    moulds.drop(run_id)
    presence.forget(run_id)
    hub.publish(f"run:{run_id}", asgi_answers.END, DELETED)


def board_changed(run_id: int) -> None:
    """Tells the board that presence, words, help or « J’ai terminé » changed; it asks for its tiles again."""
    hub.publish(f"board:{run_id}", "tuiles", "{}")


def arrived(run_id: int) -> None:
    """Tells the teacher's pages that a student has joined: nothing changes for the others of the class."""
    board_changed(run_id)
    hub.publish(f"board:{run_id}", "arrivee", "{}")


def screen_command(run_id: int, command: str) -> None:
    """Tells the projector to « lire », « pause » or « debut » its video. Kept nowhere: it is said once."""
    hub.publish(f"screen:{run_id}", "video", command)


def voted(run_id: int, turnout: str) -> None:
    """How many have voted, for board and projector: never who, nor what."""
    board_changed(run_id)
    hub.publish(f"screen:{run_id}", "votants", turnout)


def came_or_went(run_id: int) -> None:
    """The board shows who is present; the projector how many: a number, never who."""
    board_changed(run_id)
    hub.publish(f"screen:{run_id}", "presents", str(len(presence.present(run_id))))


def channels_of(listener: Listener) -> list[str]:
    """What this page is told."""
    channels = [f"run:{listener.run}"]
    if listener.participant:
        channels.append(f"participant:{listener.participant}")
    if listener.role == "tableau":
        channels.append(f"board:{listener.run}")
    if listener.role == "ecran":
        channels.append(f"screen:{listener.run}")
    return channels


def read_state(run_id: int) -> LiveState:
    """From the database: three queries."""
    return newest.put(run_id, live_state(ClassRun.objects.get(pk=run_id)))


def as_text(state: LiveState, now: datetime) -> str:
    """The state as an event's data."""
    return json.dumps(state.as_event(now))
