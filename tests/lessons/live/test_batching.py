"""Questions that come together are answered in one trip to a thread, and each gets its own answer."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import OperationalError

from lessons.live import batching
from lessons.live.batching import Together


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    monkeypatch.setattr(batching, "check_connection", lambda: None)
    with ThreadPoolExecutor(4) as made:
        yield made


class Counting:
    """Doubles a number; notes the trips. The first waits until the others have come."""

    def __init__(self) -> None:
        self.go = Event()
        self.asked: list[int] = []

    def __call__(self, number: int) -> int:
        self.asked.append(number)
        assert self.go.wait(5)
        if number == 13:
            raise ValueError(number)
        if number == 99:
            raise OperationalError("database is locked")
        return number * 2


def ask(pool: ThreadPoolExecutor, answer: Counting, numbers: list[int]) -> list[int | BaseException]:
    async def all_at_once() -> list[int | BaseException]:
        questions = Together(answer)
        asked = [asyncio.ensure_future(questions.ask(pool, numbers[0]))]
        await asyncio.sleep(0.05)  # the first has left
        asked += [asyncio.ensure_future(questions.ask(pool, number)) for number in numbers[1:]]
        await asyncio.sleep(0.05)
        answer.go.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(all_at_once())


def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each trip takes, from now on."""
    sizes: list[int] = []
    answers = Together._answers

    def counted(self: Together[int, int], questions: Sequence[int]) -> list[int | Exception]:
        sizes.append(len(questions))
        return answers(self, questions)

    monkeypatch.setattr(Together, "_answers", counted)
    return sizes


def test_one_alone_goes_at_once_and_the_others_together(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = trips(monkeypatch)
    assert ask(pool, Counting(), list(range(10))) == [number * 2 for number in range(10)]
    assert sizes == [1, 9]


def test_no_trip_is_long(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = trips(monkeypatch)
    monkeypatch.setattr(batching, "MOST_AT_ONCE", 4)
    assert len(ask(pool, Counting(), list(range(10)))) == 10
    assert sizes == [1, 4, 4, 1]


def test_a_fault_is_its_own_askers(pool: ThreadPoolExecutor) -> None:
    found = ask(pool, Counting(), [1, 13, 2])
    assert found[0] == 2
    assert isinstance(found[1], ValueError)
    assert found[2] == 4


def test_a_store_that_does_not_answer_is_not_asked_again_for_the_others(pool: ThreadPoolExecutor) -> None:
    answer = Counting()
    found = ask(pool, answer, [1, 99, 2, 3])
    assert found[0] == 2
    assert all(isinstance(one, OperationalError) for one in found[1:])
    assert answer.asked == [1, 99]


def test_who_has_gone_holds_up_nobody(pool: ThreadPoolExecutor) -> None:
    async def one_goes() -> int:
        answer = Counting()
        questions = Together(answer)
        first, gone, last = (asyncio.ensure_future(questions.ask(pool, n)) for n in (1, 2, 3))
        await asyncio.sleep(0.05)
        gone.cancel()
        answer.go.set()
        assert await first == 2
        return await last

    assert asyncio.run(one_goes()) == 6


def test_another_loop_begins_anew(pool: ThreadPoolExecutor) -> None:
    """A server that is started again, or the next test."""
    answer = Counting()
    answer.go.set()
    questions = Together(answer)
    assert [asyncio.run(questions.ask(pool, number)) for number in (1, 2)] == [2, 4]
