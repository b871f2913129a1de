"""What a server costs: CPU seconds, memory, and how fast this machine is just now."""

import contextlib
import os
import platform
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes and of their children that have ended."""
    return sum(_ticks(pid) for pid in pids) / _TICK


def _ticks(pid: int) -> int:
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(value) for value in values[11:15])  # utime, stime, cutime, cstime


def memory_mb(pids: list[int]) -> dict[str, float]:
    """PSS of each process in MB, by what it runs."""
    found: dict[str, float] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kb = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:60].strip()
            found[f"{pid} {command}"] = round(kb / 1024, 1)
    return found


LOOP_TURNS = 1_500_000
REFERENCE_LOOP_S = (
    0.1  # of the machine to which figures are scaled: « scaled » = CPU × this ÷ the loop's time
)


def fixed_loop() -> float:
    """CPU seconds of a fixed piece of Python: this machine's speed drifts by up to 1.7."""
    start = time.thread_time()
    total = 0
    for index in range(LOOP_TURNS):
        total += index * index % 7
    assert total > 0
    return time.thread_time() - start


@dataclass
class Speed:
    """The fixed loop, timed again and again during a run; the median counts."""

    times: list[float]

    def sample(self) -> None:
        self.times.append(fixed_loop())

    @property
    def seconds(self) -> float:
        return sorted(self.times)[len(self.times) // 2]


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and max in milliseconds."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    at = {"p50": 0.50, "p95": 0.95, "max": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
        for name, share in at.items()
    }


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "load": os.getloadavg(),
    }
