"""Two signed tokens: the one in a page, which opens the light part, and the participant's one cookie."""

import time
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from django.core import signing

from lessons.actions.joining import Token
from lessons.models import ClassRun, Participant

SALT = "lessons.live"
MAX_AGE_S = 24 * 3600
COOKIE = "participant"
COOKIE_SALT = "lessons.participant"
SEAT_SALT = "lessons.seat"
COOKIE_AGE_S = 12 * 3600
ADMITTED_S = 10.0  # a withdrawal made by another process than the server is known after so long
MOST_ADMITTED = 5000
LONGEST = 200  # characters; ours have some 70, and what is longer would fill the cache


@dataclass(frozen=True)
class Listener:
    """Who holds a page's token. `participant` is 0 for the board and the projector."""

    run: int
    role: str
    participant: int = 0
    version: int = 0


def token_for(run: ClassRun, role: str, participant: Participant | None = None) -> str:
    """A token for a page; role is « tableau », « ecran » or « eleve »."""
    return sign(listener_of(participant) if participant else Listener(run.pk, role))


def listener_of(participant: Participant) -> Listener:
    """Their own page."""
    return Listener(participant.run_id, "eleve", participant.pk, participant.token_version)


def sign(listener: Listener) -> str:
    """The token that says so."""
    return signing.dumps([listener.run, listener.role, listener.participant, listener.version], salt=SALT)


def read_token(token: str) -> Listener | None:
    """The listener, or None if the token is not ours or too old."""
    match _opened(token, SALT, MAX_AGE_S):
        case (int(run), str(role), int(participant), int(version)):
            return Listener(run, role, participant, version)
    return None


def seat_for(group: int, participant: int) -> str:
    """Signed into a group's page: in which group its student was when it was made. The same at each load."""
    return signing.Signer(salt=SEAT_SALT).sign_object([group, participant])


def read_seat(value: str, participant: int) -> int:
    """The group of a page, 0 where it does not say."""
    try:
        group, holder = signing.Signer(salt=SEAT_SALT).unsign_object(value)
    except (signing.BadSignature, ValueError, TypeError):
        return 0
    return int(group) if holder == participant else 0


def read_cookie(value: str) -> Token | None:
    """What the participant's cookie says; whether it still holds is tested against the database."""
    match _opened(value, COOKIE_SALT, COOKIE_AGE_S):
        case (int(participant), int(version)):
            return Token(participant, version)
    return None


def _opened(token: str, salt: str, max_age: int) -> tuple[object, ...]:
    return _signed(token, salt, max_age, int(time.time() // 60)) if len(token) <= LONGEST else ()


@lru_cache(maxsize=4096)
def _signed(token: str, salt: str, max_age: int, minute: int) -> tuple[object, ...]:
    """What was signed, or nothing. A signature is computed once a minute, not at each request."""
    try:
        return tuple(signing.loads(token, salt=salt, max_age=max_age))
    except (signing.BadSignature, ValueError):
        return ()


class Admissions:
    """Tokens that the database was asked about a moment ago, so that a poll costs no query.

    A teacher's action that withdraws a token forgets it here at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._until: dict[Listener, float] = {}
        self._forgotten = 0

    def knows(self, listener: Listener) -> bool:
        return self._until.get(listener, 0.0) > time.monotonic()

    def ask(self, listener: Listener) -> bool:
        """One query: the run is there and, for a student, nobody withdrew the token."""
        forgotten = self._forgotten
        holds = _still_holds(listener)
        with self._lock:
            if holds and forgotten == self._forgotten:  # else a withdrawal may have come in between
                if len(self._until) >= MOST_ADMITTED:
                    self._until.clear()
                self._until[listener] = time.monotonic() + ADMITTED_S
        return holds

    def runs(self) -> set[int]:
        """The activités whose tokens it knows."""
        with self._lock:
            return {listener.run for listener in self._until}

    def forget(self, run_id: int) -> None:
        """Everybody of this run is asked about again."""
        with self._lock:
            self._forgotten += 1
            self._until = {who: until for who, until in self._until.items() if who.run != run_id}


def _still_holds(listener: Listener) -> bool:
    if listener.role == "eleve":
        return (
            Participant.objects.shown()
            .filter(pk=listener.participant, run=listener.run, token_version=listener.version, left_at=None)
            .exists()
        )
    return ClassRun.objects.shown().filter(pk=listener.run).exists()


admissions = Admissions()
