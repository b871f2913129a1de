"""The loop of every long-lived thread goes on whatever becomes of a turn; the writer answers whatever becomes of it."""

import asyncio
import errno
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import OperationalError

from lessons.live import batching, saves
from metroloco_site.kit.logs import OURS, DayByDay
from metroloco_site.kit.turns import FIRST_S, MOST_S, Turns, take_turns
from tests.harness.folders import ROOT

LIMIT_S = 20  # the machine may be shared


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def kept() -> Iterator[list[Turns]]:
    made: list[Turns] = []
    yield made
    for one in made:
        one.stop(LIMIT_S)


# --- the loop ----------------------------------------------------------------------------------------


def test_it_waits_longer_and_longer_after_faults_and_says_so_now_and_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rests: list[float] = []

    def turn() -> float:
        if len(rests) == 11:
            return 7.0
        raise KeyError

    def rest(seconds: float) -> bool:
        rests.append(seconds)
        return len(rests) < 14

    take_turns(turn, rest)
    doubled = [FIRST_S * 2**n for n in range(10)]
    assert rests == [0.0, *[min(MOST_S, pause) for pause in doubled], 7.0, FIRST_S, FIRST_S * 2]
    assert len(caplog.records) == 4 + 2  # 1, 2, 4, 8; then 1, 2


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "plein"), MemoryError(), RecursionError()])
def test_a_turn_that_fails_is_followed_by_another_in_the_same_thread(
    kept: list[Turns], fault: Exception
) -> None:
    seen: list[threading.Thread] = []

    def turn() -> float:
        seen.append(threading.current_thread())
        if len(seen) == 1:
            raise fault
        return 60.0

    kept.append(Turns("essai", turn))
    kept[0].start()
    until(lambda: len(seen) == 2)
    assert seen[0] is seen[1]


def test_a_thread_that_ends_is_replaced_and_that_is_said(
    kept: list[Turns], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[threading.Thread] = []

    def turn() -> float:
        seen.append(threading.current_thread())
        if len(seen) < 3:
            raise SystemExit  # as no turn is expected to: nothing in the loop catches it
        return 60.0

    kept.append(Turns("essai", turn))
    kept[0].start()
    until(lambda: len(seen) == 3)
    assert not seen[0].is_alive()
    assert seen[2].is_alive()
    assert caplog.text.count("un autre le remplace") == 2


def test_a_machine_that_gives_no_thread_for_a_moment_is_asked_again(
    kept: list[Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = Turns._begin
    refused = iter([RuntimeError("can't start new thread"), MemoryError()])

    def begin(self: Turns) -> None:
        if seen:
            for fault in refused:
                raise fault
        real(self)

    def turn() -> float:
        seen.append(1)
        if len(seen) == 1:
            raise SystemExit
        return 60.0

    monkeypatch.setattr(Turns, "_begin", begin)
    kept.append(Turns("essai", turn))
    kept[0].start()
    until(lambda: len(seen) == 2)


def test_it_is_woken_and_stopped_in_the_middle_of_a_rest(kept: list[Turns]) -> None:
    seen: list[float] = []

    def turn() -> float:
        seen.append(time.monotonic())
        return 60.0

    kept.append(Turns("essai", turn))
    kept[0].start()
    kept[0].start()  # it runs already
    until(lambda: len(seen) == 1)
    kept[0].wake()
    until(lambda: len(seen) == 2)
    before = time.monotonic()
    kept[0].stop(LIMIT_S)
    assert time.monotonic() - before < LIMIT_S / 2
    assert len(seen) == 2
    kept[0].start()
    until(lambda: len(seen) == 3)


def test_every_thread_of_ours_that_stays_takes_turns() -> None:
    """Those that do not: the ends of a pipe, which end their process, and what opens a browser once."""
    found = {
        str(path.relative_to(ROOT))
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\bThread\(", path.read_text(encoding="utf-8"))
    }
    assert {path.rpartition("/")[2] for path in found} == {"turns.py", "pdf_child.py", "work.py", "demo.py"}


# --- the writer of open pages --------------------------------------------------------------------------


class Item:
    """Waits to be written."""

    def __init__(self, write: Callable[[], object]) -> None:
        self._write = write
        self.undone = 0

    def write(self) -> object:
        return self._write()

    def undo(self) -> None:
        self.undone += 1


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> saves.Writer:
    """The real one; what it commits is not the database's business here."""
    monkeypatch.setattr(saves, "commit", lambda items: [saves.Done(item.write()) for item in items])
    return saves.Writer()


def raises(fault: BaseException) -> Callable[[], object]:
    def write() -> object:
        raise fault

    return write


@pytest.mark.parametrize("fault", [KeyError(), OperationalError("full"), SystemExit(), MemoryError()])
def test_whatever_ends_a_commit_everybody_is_answered_and_the_next_is_written(
    writer: saves.Writer, fault: BaseException
) -> None:
    async def a_class() -> None:
        broken = [Item(raises(fault)) for _ in range(7)]
        answers = await asyncio.gather(*[writer.write(item) for item in broken])
        assert answers == [saves.FAILED] * 7
        assert [item.undone for item in broken] == [1] * 7
        assert (await writer.write(Item(lambda: "écrit"))).results == "écrit"
        assert not writer._waiting

    asyncio.run(asyncio.wait_for(a_class(), LIMIT_S))


def test_who_waits_too_long_is_told_so_and_is_not_written_later(
    writer: saves.Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saves, "LIMIT_S", 0.3)
    going, late = threading.Event(), []

    async def a_class() -> None:
        stuck = asyncio.create_task(writer.write(Item(going.wait)))
        await asyncio.sleep(0.1)
        behind = await writer.write(Item(lambda: late.append(1)))
        assert await stuck == behind == saves.FAILED
        going.set()
        monkeypatch.setattr(saves, "LIMIT_S", LIMIT_S)
        assert (await writer.write(Item(lambda: "écrit"))).results == "écrit"
        assert not late

    asyncio.run(asyncio.wait_for(a_class(), LIMIT_S))


def test_without_a_thread_everybody_is_told_and_the_next_is_written(
    writer: saves.Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: Turns) -> None:
        raise RuntimeError("can't start new thread")

    async def a_class() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Turns, "start", none)
            assert await writer.write(Item(lambda: "écrit")) == saves.FAILED
        assert (await writer.write(Item(lambda: "écrit"))).results == "écrit"

    asyncio.run(asyncio.wait_for(a_class(), LIMIT_S))


class Broken:
    """A log's stream of which every method raises."""

    def __getattr__(self, name: str) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_saves_go_on_where_every_method_of_the_logs_stream_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was: the second failed commit ended the one thread that writes for every class."""
    handler = DayByDay(tmp_path)
    handler.stream = cast("Any", Broken())
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(saves, "check_connection", raises(OperationalError("full")))
    made = saves.Writer()

    async def a_class() -> None:
        for _ in range(3):
            assert await made.write(Item(lambda: "écrit")) == saves.FAILED
        monkeypatch.setattr(saves, "commit", lambda items: [saves.Done(item.write()) for item in items])
        assert (await made.write(Item(lambda: "écrit"))).results == "écrit"

    asyncio.run(asyncio.wait_for(a_class(), LIMIT_S))
    handler.stream = None


# --- questions that come together ------------------------------------------------------------------------


def test_a_trip_that_cannot_be_made_is_told_and_the_next_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "check_connection", lambda: None)
    asked: batching.Together[int, int] = batching.Together(lambda number: number + 1)

    async def pages() -> None:
        pool = ThreadPoolExecutor(1)
        pool.shutdown()
        with pytest.raises(RuntimeError):
            await asked.ask(pool, 1)
        open_pool = ThreadPoolExecutor(1)
        answers = await asyncio.gather(*[asked.ask(open_pool, number) for number in (1, 2)])
        assert answers == [2, 3]
        monkeypatch.setattr(batching, "LIMIT_S", 0.05)
        going = threading.Event()
        stuck: batching.Together[int, bool] = batching.Together(lambda _: going.wait())
        with pytest.raises(TimeoutError):
            await stuck.ask(open_pool, 1)
        going.set()
        assert await stuck.ask(open_pool, 1)
        open_pool.shutdown()

    asyncio.run(asyncio.wait_for(pages(), LIMIT_S))
