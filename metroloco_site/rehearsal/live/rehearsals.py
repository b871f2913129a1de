"""The one thread behind all rehearsals: a look a second while there are some, none while there are not."""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread

from django.db import connection

from lessons import live
from lessons.live import saves
from lessons.models import ClassRun
from metroloco_site.kit import steady
from metroloco_site.rehearsal.live.troupe import Troupe
from metroloco_site.rehearsal.queries import going_on

LOOK_S = 1.0
IDLE_S = 60.0  # nobody rehearses: one query a minute, for a rehearsal made by another process
PATIENCE = timedelta(seconds=10)  # after a fault

log = logging.getLogger(__name__)


class Rehearsals:
    """Started with the server; on a start again it finds in the database what goes on."""

    def __init__(self) -> None:
        self._troupes: dict[int, Troupe] = {}
        self._rests: dict[int, datetime] = {}  # until when, after a fault
        self._woken = Event()
        self._stopped = False
        self._thread: Thread | None = None

    def start(self) -> None:
        self._stopped = False
        self._thread = Thread(target=self._run, name="rehearsals", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """A rehearsal was made, or one was ended."""
        self._woken.set()

    def stop(self, within_s: float = 3.0) -> None:
        """After the look that it is in; what was written stays."""
        self._stopped = True
        self.wake()
        if self._thread is not None:
            self._thread.join(within_s)

    def look(self) -> bool:
        """All rehearsals once. Whether there are any."""
        now = steady.now()
        found = dict(going_on(now))
        for run_id in self._troupes.keys() - found.keys():
            self._dismiss(run_id)
        for run_id, revision in found.items():
            if self._rests.get(run_id, now) <= now:
                self._look_at(run_id, revision, now)
        return bool(found)

    def _look_at(self, run_id: int, revision: int, now: datetime) -> None:
        """A rehearsal in which something fails begins again from the database, a moment later."""
        try:
            self._troupes.setdefault(run_id, Troupe(run_id)).look(revision, now)
        except Exception:  # whatever it is: it never takes the other rehearsals with it
            log.exception("Une répétition s’interrompt un moment.")
            self._rests[run_id] = now + PATIENCE
            self._troupes.pop(run_id).leave()

    def _dismiss(self, run_id: int) -> None:
        self._troupes.pop(run_id).leave()
        self._rests.pop(run_id, None)
        if not ClassRun.objects.filter(pk=run_id).exists():
            live.presence.forget(run_id)

    def _run(self) -> None:
        pause = 0.0
        while True:
            self._woken.wait(pause)
            self._woken.clear()
            if self._stopped:
                break
            try:
                saves.check_connection()
                pause = LOOK_S if self.look() else IDLE_S
            except Exception:  # the database is gone, or busy with a restoration
                log.exception("Les répétitions s’interrompent un moment.")
                pause = PATIENCE.total_seconds()
            if pause == IDLE_S:
                connection.close()
        connection.close()


rehearsals = Rehearsals()
