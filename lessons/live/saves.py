"""Saves from open pages: one thread writes, and one commit serves all that came in the same moment.

Nothing is acknowledged before its commit (docs/decisions/0013-save-path.md).
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol

from django.db import OperationalError, close_old_connections, connection, transaction

from lessons.actions.joining import Token
from lessons.actions.saving import Saved, holds, save_part
from lessons.forms.drafts import Sent
from lessons.rules.saving import Outcome

# What comes within these pauses shares a commit, which costs more than the writing: a class that types
# waits for all three, a bell goes at once with what came during the commit before.
GATHER_S, PAUSES = 0.012, 3
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
        log.exception("Des textes n’ont pas pu être enregistrés ; les pages les renverront.")
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


class Writer:
    """The one thread that writes what open pages send, started by the first of it."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Item, asyncio.Future[Done]]] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None

    async def write(self, item: Item) -> Done:
        """From the event loop; returns after the commit."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="saves", daemon=True)
                self._thread.start()
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.put((item, future))
        return await future

    def _run(self) -> None:
        while True:
            batch = self._gather()
            done = commit([item for item, _ in batch])
            answers = [(future, one) for (_, future), one in zip(batch, done, strict=True)]
            with suppress(RuntimeError):  # the loop has closed, the server is stopping
                answers[0][0].get_loop().call_soon_threadsafe(_answer, answers)

    def _gather(self) -> list[tuple[Item, asyncio.Future[Done]]]:
        batch = [self._waiting.get()]
        for _ in range(PAUSES):  # one at least: between two commits, readers have their turn
            time.sleep(GATHER_S)
            if self._waiting.qsize() >= ENOUGH:
                break
        try:
            while len(batch) < MOST_AT_ONCE:
                batch.append(self._waiting.get_nowait())
        except Empty:
            pass
        return batch


def _answer(answers: list[tuple[asyncio.Future[Done], Done]]) -> None:
    for future, done in answers:
        if not future.done():  # the browser may have gone in the meantime
            future.set_result(done)


writer = Writer()
