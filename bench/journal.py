"""SQLite's journal modes side by side: what a durable commit costs, and how readers and the writer wait.

    python -m bench journal

One writer commits updates of 1 kB without a pause; then as the server does (lessons.live.saves), seven a
commit and 20 ms between, beside two readers that read a class again and again.
"""

import json
import sqlite3
import tempfile
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.measure import percentiles
from bench.texts import text

ROWS = 350 * 9
SECONDS = 3.0
# DELETE wants EXTRA: with FULL the journal may come back after a power cut and undo the last commit.
MODES = (("TRUNCATE", "FULL"), ("PERSIST", "FULL"), ("DELETE", "EXTRA"), ("WAL", "FULL"), ("WAL", "NORMAL"))
GROUP, PAUSE_S = 7, 0.02


def run(out: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {"sqlite": sqlite3.sqlite_version}
    for mode, synchronous in MODES:
        figures[f"{mode} {synchronous}"] = _measure(mode, synchronous)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    for name, found in figures.items():
        print(name, found)
    return figures


def _open(path: Path, mode: str, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    connection.executescript(
        f"PRAGMA journal_mode={mode}; PRAGMA synchronous={synchronous}; PRAGMA secure_delete=ON;"
    )
    return connection


def _measure(mode: str, synchronous: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="metroloco-bench-") as folder:
        path = Path(folder) / "db.sqlite3"
        connection = _open(path, mode, synchronous)
        connection.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, text TEXT, revision INTEGER)")
        connection.execute("BEGIN")
        rows = ((number, text(number, 0)) for number in range(ROWS))
        connection.executemany("INSERT INTO answer VALUES (?, ?, 0)", rows)
        connection.execute("COMMIT")
        alone = _write(connection)
        stop, reads = Event(), list[float]()
        readers = [Thread(target=_read, args=(path, mode, synchronous, stop, reads)) for _ in range(2)]
        for reader in readers:
            reader.start()
        beside = _write(connection, GROUP, PAUSE_S)
        stop.set()
        for reader in readers:
            reader.join()
        connection.close()
        return {
            "alone": alone,
            "seven a commit, beside two readers": beside,
            "a read": {**percentiles(reads), "n": len(reads)},
        }


def _write(connection: sqlite3.Connection, group: int = 1, pause: float = 0.0) -> dict[str, float]:
    """Commits for a while, `group` updates each."""
    times: list[float] = []
    spent, end = time.thread_time(), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for index in range(group):
            number = (len(times) * group + index) * 17 % ROWS
            values = (text(number, len(times) % 30), number)
            connection.execute("UPDATE answer SET text = ?, revision = revision + 1 WHERE id = ?", values)
        connection.execute("COMMIT")
        times.append(time.perf_counter() - start)
        time.sleep(pause)
    spent = (time.thread_time() - spent) / len(times)
    return {
        "commits a second": round(len(times) / SECONDS),
        "CPU ms": round(spent * 1000, 3),
        **percentiles(times),
    }


def _read(path: Path, mode: str, synchronous: str, stop: Event, times: list[float]) -> None:
    connection = _open(path, mode, synchronous)
    while not stop.is_set():
        start = time.perf_counter()
        connection.execute("SELECT id, length(text), revision FROM answer WHERE id < 315").fetchall()
        times.append(time.perf_counter() - start)
        time.sleep(0.005)
    connection.close()
