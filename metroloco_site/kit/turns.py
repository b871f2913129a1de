"""The loop of every long-lived thread: one turn after another, whatever becomes of one of them.

A turn that fails is written down, the next one comes a little later: nobody restarts a server in the middle of a
lesson because a disk was full for ten seconds.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

FIRST_S = 0.1  # of rest after a failure, doubled by each that follows
MOST_S = 5.0

Turn = Callable[[], float]  # gives the seconds to rest before the next one

log = logging.getLogger(__name__)


def take_turns(turn: Turn, rest: Callable[[float], bool], *, most_s: float = MOST_S) -> None:
    """Until `rest`, which waits for so many seconds, says that it is the end by False."""
    failures, pause = 0, 0.0
    while rest(pause):
        try:
            pause, failures = turn(), 0
        except Exception:  # whatever it is: nobody else would do the work
            failures += 1
            pause = min(most_s, FIRST_S * 2 ** min(failures - 1, 16))
            if failures & (failures - 1) == 0:  # the 1st, 2nd, 4th, 8th…: a fault that lasts fills no log
                log.exception("Un travail de fond a échoué\u202f; nouvel essai dans un moment.")


class Turns:
    """A thread of its own that takes turns until it is told to stop; one that ends by itself is replaced."""

    def __init__(self, name: str, turn: Turn, *, first_s: float = 0.0, most_s: float = MOST_S) -> None:
        self._name, self._turn, self._first_s, self._most_s = name, turn, first_s, most_s
        self._woken, self._stopped = Event(), Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Nothing where it runs already. Raises RuntimeError if the machine gives no thread."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._stopped.clear()
                self._begin()

    def _begin(self) -> None:
        thread = Thread(target=self._run, name=self._name, daemon=True)
        thread.start()
        self._thread = thread

    def wake(self) -> None:
        """The next turn comes at once."""
        self._woken.set()

    @property
    def stopping(self) -> bool:
        return self._stopped.is_set()

    def stop(self, within_s: float) -> None:
        """After the turn that it is in."""
        self._stopped.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(within_s)

    def _run(self) -> None:
        try:
            self._rest(self._first_s)
            take_turns(self._turn, self._rest, most_s=self._most_s)
        except BaseException:  # what no turn may catch: SystemExit, a library that panics
            log.exception("Un fil d’exécution s’est arrêté\u202f; un autre le remplace.")
        self._replace()

    def _rest(self, seconds: float) -> bool:
        if seconds:
            self._woken.wait(seconds)
        self._woken.clear()
        return not self._stopped.is_set()

    def _replace(self) -> None:
        """Another thread goes on, unless this one was told to stop."""
        while not self._stopped.wait(FIRST_S):
            with suppress(RuntimeError, MemoryError):  # the machine gives none: asked again
                self._begin()
                break
