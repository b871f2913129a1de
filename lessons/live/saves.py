"""Saves from open pages: one thread writes, and one commit serves all that came in the same moment.

Nothing is acknowledged before its commit (docs/decisions/0013-save-path.md).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol

from django.db import OperationalError, close_old_connections, connection, transaction

from lessons.actions.joining import Token
from lessons.actions.saving import Saved, holds, save_part
from lessons.forms.drafts import Sent
from lessons.rules.saving import Outcome

# What comes within this time shares a commit, which costs more than the writing: one who types alone waits
# for it, a bell goes with what came during the commit before. Between two commits, readers have their turn.
GATHER_S = 0.06
TURN_S = 0.012
ENOUGH = 6
MOST_AT_ONCE = 100  # requests a transaction: nobody waits long for another's

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
        return [Done(failed=True)] * len(items)
    except Exception:  # whatever it is: the thread that writes for every class must outlive it
        _undo(items)
        if len(items) == 1:
            log.exception("Un texte n’a pas pu être enregistré.")
            return [Done(failed=True)]
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
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._forget()

    def _forget(self) -> None:
        self._waiting: list[Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing = False  # a batch is with the thread
        self._turn_at = 0.0  # on the loop's clock: readers had their turn

    async def write(self, item: Item) -> Done:
        """From the event loop; returns after the commit."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the first, or that of the next test
            self._loop = loop
            self._forget()
        future: asyncio.Future[Done] = loop.create_future()
        self._waiting.append((item, future))
        self._plan(loop)
        return await future

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        """When what waits goes to the thread: as soon as it is enough for a commit, in a moment else."""
        if self._writing or (self._timer is not None and len(self._waiting) != ENOUGH):
            return
        if self._timer is not None:
            self._timer.cancel()
        enough = len(self._waiting) >= ENOUGH
        self._timer = loop.call_at(self._turn_at if enough else loop.time() + GATHER_S, self._hand_over)

    def _hand_over(self) -> None:
        batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        self._timer = None
        self._writing = True
        if self._thread is None:
            self._thread = Thread(target=self._run, name="saves", daemon=True)
            self._thread.start()
        self._batches.put(batch)

    def _run(self) -> None:
        while True:
            batch = self._batches.get()
            done = commit([item for item, _ in batch])
            answers = [(future, one) for (_, future), one in zip(batch, done, strict=True)]
            loop = answers[0][0].get_loop()
            with suppress(RuntimeError):  # it has closed, the server is stopping
                loop.call_soon_threadsafe(self._answer, loop, answers)

    def _answer(
        self, loop: asyncio.AbstractEventLoop, answers: list[tuple["asyncio.Future[Done]", Done]]
    ) -> None:
        self._writing = False
        self._turn_at = loop.time() + TURN_S
        for future, done in answers:
            if not future.done():  # the browser may have gone in the meantime
                future.set_result(done)
        if self._waiting:
            self._plan(loop)


writer = Writer()
