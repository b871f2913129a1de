"""Small questions to the database that come together, in one trip to a thread: waking it up costs more than a page."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

from django.db import Error

from lessons.live.saves import LIMIT_S, check_connection

Question = TypeVar("Question")
Answer = TypeVar("Answer")
MOST_AT_ONCE = 40  # answered in some milliseconds: nobody waits long for another's


class Together(Generic[Question, Answer]):
    """Asks `answer` in the executor's thread: at once for who comes alone, with whatever came meanwhile else."""

    def __init__(self, answer: Callable[[Question], Answer]) -> None:
        self._answer = answer
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, executor: Executor, question: Question) -> Answer:
        """From the event loop. Raises what `answer` raises, TimeoutError after LIMIT_S."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the first, or that of the next test
            self._loop = loop
            self._trips: asyncio.Task[None] | None = None
            self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._trips is None:
            self._trips = loop.create_task(self._travel(loop, executor))
        return await asyncio.wait_for(future, LIMIT_S)

    async def _travel(self, loop: asyncio.AbstractEventLoop, executor: Executor) -> None:
        """One trip after the other, until nobody waits."""
        try:
            while self._waiting:
                still = [asked for asked in self._waiting if not asked[1].done()]  # or waited too long
                batch, self._waiting = still[:MOST_AT_ONCE], still[MOST_AT_ONCE:]
                await self._trip(loop, executor, batch)
        finally:
            self._trips = None

    async def _trip(
        self,
        loop: asyncio.AbstractEventLoop,
        executor: Executor,
        batch: "Sequence[tuple[Question, asyncio.Future[Answer]]]",
    ) -> None:
        done: Sequence[Answer | Exception] = [RuntimeError("the trip ended before its answer")] * len(batch)
        try:
            done = await loop.run_in_executor(executor, self._answers, [question for question, _ in batch])
        except Exception as error:  # noqa: BLE001 - no thread to be had: those who asked are told
            done = [error] * len(batch)
        finally:
            for (_, future), answer in zip(batch, done, strict=True):
                if future.done():  # it waited too long in the meantime
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    def _answers(self, questions: Sequence[Question]) -> list[Answer | Exception]:
        done: list[Answer | Exception] = []
        for question in questions:
            # Locked or gone: the next would only wait for the same.
            silent = bool(done) and isinstance(done[-1], Error)
            done.append(done[-1] if silent else self._try(question))
        return done

    def _try(self, question: Question) -> Answer | Exception:
        try:
            check_connection()
            return self._answer(question)
        except Exception as error:  # noqa: BLE001 - raised again where it was asked
            return error
