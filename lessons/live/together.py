"""Small questions to the database that come together, in one trip to a thread: waking it up costs more than a page."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

from django.db import Error

from lessons.live.saves import check_connection

Question = TypeVar("Question")
Answer = TypeVar("Answer")
MOST_AT_ONCE = 40  # answered in some milliseconds: nobody waits long for another's


class Together(Generic[Question, Answer]):
    """Asks `answer` in the executor's thread: at once for who comes alone, with whatever came meanwhile else."""

    def __init__(self, answer: Callable[[Question], Answer]) -> None:
        self._answer = answer
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, executor: Executor, question: Question) -> Answer:
        """From the event loop. Raises what `answer` raises."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the first, or that of the next test
            self._loop = loop
            self._trips: asyncio.Task[None] | None = None
            self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._trips is None:
            self._trips = loop.create_task(self._travel(loop, executor))
        return await future

    async def _travel(self, loop: asyncio.AbstractEventLoop, executor: Executor) -> None:
        """One trip after the other, until nobody waits."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            done = await loop.run_in_executor(executor, self._answers, [question for question, _ in batch])
            for (_, future), answer in zip(batch, done, strict=True):
                if future.done():  # the browser may have gone in the meantime
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        self._trips = None

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
