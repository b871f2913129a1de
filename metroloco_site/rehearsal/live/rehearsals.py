"""The one thread behind all rehearsals: a look a second while there are some, none while there are not."""

import logging
from datetime import datetime, timedelta

from django.db import connection

from lessons import live
from lessons.live import saves
from lessons.models import ClassRun
from metroloco_site.kit import steady
from metroloco_site.kit.turns import Turns
from metroloco_site.rehearsal.live.simulated_students import Troupe
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
        self._thread = Turns("rehearsals", self._turn, most_s=PATIENCE.total_seconds())

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """A rehearsal was made, or one was ended."""
        self._thread.wake()

    def stop(self, within_s: float = 3.0) -> None:
        """After the look that it is in; what was written stays."""
        self._thread.stop(within_s)

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

    def _turn(self) -> float:
        idle = True
        try:
            saves.check_connection()
            idle = not self.look()
        finally:
            if idle:
                connection.close()
        return IDLE_S if idle else LOOK_S


rehearsals = Rehearsals()
