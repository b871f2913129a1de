"""What each test asks the database, and which of them PostgreSQL need not be asked again.

The SQLite run of `make test` notes the statements of every test in the folder $STATEMENTS; the PostgreSQL run after it
leaves out a test whose statements have all been sent by WITNESSES others. Kept whatever they send: tests that were not
noted (new, skipped or failed there, or at work in another process), those of `queries`, where order and comparison are
what is tested, those that commit (locks, threads), hostile values, and files that name a database.
"""

import json
import os
import re
import shutil
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heapreplace
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

WITNESSES = 3  # tests that send a statement, each with values of its own
FOLDER = os.environ.get("STATEMENTS", "")
NAMES_A_DATABASE = re.compile(r"DATABASE_URL|\.vendor\b|psycopg")

_VALUES = [
    (re.compile(r"'[^']*'"), "?"),
    (re.compile(r"\bs\d+_x\d+\b|\b\d+\b"), "0"),  # names of savepoints; figures
    (re.compile(r"%s(, %s)+"), "%s"),  # how long a list is, and of how many rows, says nothing
    (re.compile(r"\(%s\)(, \(%s\))+"), "(%s)"),
    (re.compile(r"(WHEN .{1,99}? THEN \S+ )+"), "WHEN "),
]


@lru_cache(10_000)
def shape(statement: str) -> int:
    """The same for statements that differ by their values alone."""
    for pattern, instead in _VALUES:
        statement = pattern.sub(instead, statement)
    return zlib.crc32(statement.encode())


class Noting:
    """A plugin of the SQLite run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: set[int] = set()
        self.elsewhere = False
        self.noted: dict[str, list[int]] = {}
        for name in ("execute", "executemany"):
            self._listen(name)
        sys.addaudithook(self._hear)

    def _listen(self, name: str) -> None:
        inner = getattr(CursorWrapper, name)

        def heard(cursor: CursorWrapper, sql: Any, *more: Any, **options: Any) -> Any:  # noqa: ANN401
            self.sent.add(shape(str(sql)))
            return inner(cursor, sql, *more, **options)

        setattr(CursorWrapper, name, heard)

    def _hear(self, event: str, _: object) -> None:
        self.elsewhere = self.elsewhere or event == "subprocess.Popen"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[Any]:
        self.sent.clear()
        self.elsewhere = False
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[Any]:
        returned = yield  # a test that is skipped or fails raises here and is not noted
        if self.sent and not self.elsewhere:
            self.noted[item.nodeid] = sorted(self.sent)
        return returned

    def pytest_sessionfinish(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = os.environ.get("PYTEST_XDIST_WORKER", "one")
        (self.folder / f"{name}.json").write_text(json.dumps(self.noted))


def note(config: pytest.Config) -> None:
    """Begin to note, in every process of a SQLite run; the one that leads them only clears what an older run left."""
    if not FOLDER or "DATABASE_URL" in os.environ:
        return
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(FOLDER, ignore_errors=True)
    if "PYTEST_XDIST_WORKER" in os.environ or not config.getoption("numprocesses", None):
        config.pluginmanager.register(Noting(Path(FOLDER).resolve()))


def needed(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Those of `items` to run on PostgreSQL too, in their order; all of them where nothing was noted."""
    noted: dict[str, list[int]] = {}
    for file in sorted(Path(FOLDER).glob("*.json")) if FOLDER else []:
        noted |= json.loads(file.read_text())
    sent = {item: noted[item.nodeid] for item in items if item.nodeid in noted and not _kept(item)}
    seen = Counter(one for item in items if item not in sent for one in noted.get(item.nodeid, ()))
    chosen = set(_chosen(list(sent), list(sent.values()), seen))
    return [item for item in items if item not in sent or item in chosen]


def _chosen(
    items: Sequence[pytest.Item], sent: Sequence[Sequence[int]], seen: Counter[int]
) -> Iterator[pytest.Item]:
    """First whoever sends most of what still lacks witnesses, until nothing lacks any."""
    heap = [(-len(statements), place) for place, statements in enumerate(sent)]
    heapify(heap)
    while heap:
        _, place = heap[0]
        new = [one for one in sent[place] if seen[one] < WITNESSES]
        if not new:
            heappop(heap)
        elif -len(new) > heap[0][0]:
            heapreplace(heap, (-len(new), place))  # others have said it meanwhile: behind those with more
        else:
            heappop(heap)
            seen.update(sent[place])
            yield items[place]


def _kept(item: pytest.Item) -> bool:
    """Whatever it sends."""
    marker = item.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    fixtures = set(getattr(item, "fixturenames", ()))
    return (
        commits
        or bool({"transactional_db", "fresh_data"} & fixtures)
        or item.path.parent.name == "queries"
        or "hostile" in item.path.name
        or _names_a_database(item.path)
    )


@lru_cache
def _names_a_database(path: Path) -> bool:
    return NAMES_A_DATABASE.search(path.read_text()) is not None
