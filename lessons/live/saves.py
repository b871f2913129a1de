"""Saves from open pages: one thread writes, and one commit serves all that came in the same moment.

Nothing is acknowledged before its commit (docs/decisions/0008-save-path.md).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any, Protocol

from django.db import OperationalError, close_old_connections, connection, transaction

from lessons.actions.joining import Token
from lessons.actions.saving import Saved, holds, save_part
from lessons.forms.drafts import Sent
from lessons.rules.saving import Outcome
from metroloco_site.kit.turns import Turns

# What comes within this time shares a commit, which costs more than the writing: one who types alone waits
# for it, a bell goes with what came during the commit before. Between two commits, readers have their turn.
GATHER_S = 0.06
TURN_S = 0.012
ENOUGH = 6
MOST_AT_ONCE = 100  # requests a transaction: nobody waits long for another's
# Longer than a writer waits for a lock (20 s). The page sends again, and `seq` keeps it from counting twice.
LIMIT_S = 25.0
AGAIN_S = 1.0  # at most, before the thread tries again after a fault

log = logging.getLogger(__name__)


class Item(Protocol):
    """What waits to be written: it knows how to write itself in the open transaction."""

    def write(self) -> Any:  # noqa: ANN401 - what it gives is between it and whoever sent it
        """Returns what became of it; None if whoever sent it may no longer write."""

    def undo(self) -> None:
        """The transaction did not take place: what memory holds of it is to be forgotten."""


@dataclass(frozen=True)
class Done:
    """What became of an item: what it gave, None if the token no longer holds, or `failed`."""

    results: Any = None
    failed: bool = False


FAILED = Done(failed=True)


@dataclass(frozen=True)
class Save:
    """One request, with its instant of arrival: waiting for others takes no time from a student."""

    token: Token
    sent: Sent
    at: datetime

    def write(self) -> list[Saved] | None:
        sent = self.sent
        results = save_part(
            token=self.token, part=sent.part, writer=sent.writer, drafts=sent.drafts, now=self.at
        )
        if any(r.outcome is Outcome.GONE for r in results) and not holds(self.token):
            return None
        return results

    def undo(self) -> None:
        """Memory holds nothing of it."""


def check_connection() -> None:
    """What Django does at the start of a request, for threads that serve none: drops a broken connection."""
    if not connection.in_atomic_block:
        close_old_connections()


def commit(items: Sequence[Item]) -> list[Done]:
    """One transaction for all; should one of them fail, each gets its own."""
    try:
        check_connection()
        with transaction.atomic():
            return [Done(item.write()) for item in items]
    except OperationalError:  # locked, full, gone: the next would only wait for the same
        log.exception("Des textes n’ont pas pu être enregistrés\u202f; les pages les renverront.")
        _undo(items)
        return [FAILED] * len(items)
    except Exception:  # whatever it is: the thread that writes for every class must outlive it
        _undo(items)
        if len(items) == 1:
            log.exception("Un texte n’a pas pu être enregistré.")
            return [FAILED]
    return [done for item in items for done in commit([item])]


def _undo(items: Sequence[Item]) -> None:
    for item in items:
        item.undo()


Waiting = tuple[Item, "asyncio.Future[Done]"]


class Writer:
    """The one thread that writes what open pages send, started by the first of it.

    The event loop gathers and hands over: the thread sleeps until there is a batch, however many ask.
    """

    def __init__(self) -> None:
        self._batches: SimpleQueue[list[Waiting]] = SimpleQueue()
        self._thread = Turns("saves", self._turn, most_s=AGAIN_S)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._forget()

    def _forget(self) -> None:
        self._waiting: list[Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing = False  # a batch is with the thread
        self._turn_at = 0.0  # on the loop's clock: readers had their turn

    async def write(self, item: Item) -> Done:
        """From the event loop; returns after the commit, or after LIMIT_S: whoever sent it sends it again."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the first, or that of the next test
            self._loop = loop
            self._forget()
        future: asyncio.Future[Done] = loop.create_future()
        self._waiting.append((item, future))
        self._plan(loop)
        limit = loop.call_later(LIMIT_S, _settle, future, FAILED)
        try:
            return await future
        finally:
            limit.cancel()

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        """When what waits goes to the thread: as soon as it is enough for a commit, in a moment else."""
        if self._writing or (self._timer is not None and len(self._waiting) != ENOUGH):
            return
        if self._timer is not None:
            self._timer.cancel()
        enough = len(self._waiting) >= ENOUGH
        when = self._turn_at if enough else loop.time() + GATHER_S
        self._timer = loop.call_at(when, self._hand_over, loop)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        still = [waiting for waiting in self._waiting if not waiting[1].done()]  # nobody awaits the others
        batch, self._waiting = still[:MOST_AT_ONCE], still[MOST_AT_ONCE:]
        self._timer = None
        if not batch:
            return
        self._writing = True
        try:
            self._thread.start()
        except RuntimeError:  # the machine gives none
            log.exception("Les textes n’ont pas de fil qui les enregistre\u202f; les pages les renverront.")
            self._answer(loop, [(future, FAILED) for _, future in batch])
        else:
            self._batches.put(batch)

    def _turn(self) -> float:
        batch = self._batches.get()
        items, done = [item for item, _ in batch], [FAILED] * len(batch)
        try:
            done = commit(items)
        except BaseException:
            _undo(items)
            raise
        finally:
            answers = [(future, one) for (_, future), one in zip(batch, done, strict=True)]
            loop = answers[0][0].get_loop()
            with suppress(RuntimeError):  # it has closed, the server is stopping
                loop.call_soon_threadsafe(self._answer, loop, answers)
        return 0.0

    def _answer(
        self, loop: asyncio.AbstractEventLoop, answers: list[tuple["asyncio.Future[Done]", Done]]
    ) -> None:
        self._writing = False
        self._turn_at = loop.time() + TURN_S
        for future, done in answers:
            _settle(future, done)
        if self._waiting:
            self._plan(loop)


def _settle(future: "asyncio.Future[Done]", done: Done) -> None:
    if not future.done():  # it was answered at its limit
        future.set_result(done)


writer = Writer()
