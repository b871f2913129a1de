"""The scripted lesson: join, page, 30 autosaves of 150 words, bell within a second; 35 and 350 students.

Figures to reach: quality.md, « Performance ». Peers were run with the same script.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import house, report
from bench.measure import REFERENCE_LOOP_S, Speed, cpu_seconds, machine, memory_mb
from tests.harness.folders import ROOT
from tests.harness.server import Server, free_port

SAVES = 30
PER_RUN = 35
INTERVALS = {35: 1.0, 350: 3.0}  # seconds between two saves of a student: a lesson, faster than life
POLLS = 10


def run(sizes: list[int], out: Path, *, plain: bool = False) -> dict[str, Any]:
    """Measures each size on a server of its own, then the limit; writes one JSON file."""
    figures: dict[str, Any] = {
        "machine": machine(),
        "plain": plain,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "sizes": {},
    }
    speed = Speed([])
    with tempfile.TemporaryDirectory(prefix="metroloco-bench-") as folder:
        base = Path(folder)
        with house.server(base) as server:
            house.set_up(server.data)
            for size in sizes:
                figures["sizes"][str(size)] = _lesson(server, size, speed, plain=plain)
                server.restart()
        figures["limit"] = _limit(base, speed)
    speed.sample()
    figures["loop_s"] = round(speed.seconds, 4)
    figures["reference_loop_s"] = REFERENCE_LOOP_S
    report.write(figures, out)
    return figures


def _lesson(server: Server, size: int, speed: Speed, *, plain: bool) -> dict[str, Any]:
    speed.sample()
    runs = house.make_runs(-(-size // PER_RUN), str(size))
    codes = [runs[index % len(runs)].code for index in range(size)]
    boards = [{"port": server.port, "path": r.board, "session": r.session} for r in runs]
    steps: dict[str, Any] = {}
    with house.students() as pupils:

        def step(name: str, **order: object) -> None:
            before = cpu_seconds(server.pids())
            done = pupils.do(name, **order)
            time.sleep(0.2)
            steps[name] = {**done, "cpu": cpu_seconds(server.pids()) - before}

        step("join", port=server.port, codes=codes, plain=plain)
        step("start", boards=boards)
        speed.sample()
        step("write", saves=SAVES, interval=INTERVALS.get(size, 3.0))
        speed.sample()
        step("bell", within=1.0)
        memory = memory_mb(server.pids())
        acknowledged = pupils.do("acknowledged")["texts"]
        step("poll", times=POLLS)
        pupils.do("close")
    return _figures(size, steps, memory, acknowledged)


def _figures(
    size: int, steps: dict[str, Any], memory: dict[str, float], acknowledged: dict[str, dict[str, str]]
) -> dict[str, Any]:
    lesson = sum(steps[name]["cpu"] for name in ("join", "start", "write", "bell"))
    writes = steps["write"]["requests"] or 1
    return {
        "students": size,
        "cpu_per_student_s": round(lesson / size, 4),
        "cpu_per_autosave_ms": round(steps["write"]["cpu"] / writes * 1000, 3),
        "cpu_per_final_save_ms": round(steps["bell"]["cpu"] / size * 1000, 3),
        "cpu_join_and_page_ms": round(steps["join"]["cpu"] / size * 1000, 2),
        "cpu_start_and_page_ms": round(steps["start"]["cpu"] / size * 1000, 2),
        "cpu_per_poll_ms": round(steps["poll"]["cpu"] / (steps["poll"]["requests"] or 1) * 1000, 3),
        "autosaves": steps["write"],
        "bell": steps["bell"],
        "event_to_screens": steps["start"]["event"],
        "page_again": steps["start"]["load"],
        "errors": {name: done["errors"] for name, done in steps.items() if done["errors"]},
        "texts_acknowledged": sum(len(texts) for texts in acknowledged.values()),
        "texts_lost": house.lost(acknowledged),
        "memory_mb": memory,
    }


def _limit(folder: Path, speed: Speed, students: int = 35) -> dict[str, Any]:
    """The bare view under the same load as 35 students."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.limit", str(port), str(folder)], cwd=ROOT)
    try:
        with house.students() as pupils:
            wait(port)
            speed.sample()
            before = cpu_seconds([process.pid])
            done = pupils.do("hammer", port=port, path="/", students=students, saves=SAVES, interval=1.0)
            spent = cpu_seconds([process.pid]) - before
    finally:
        process.terminate()
        process.wait(10)
    return {**done, "cpu_per_save_ms": round(spent / (done["requests"] or 1) * 1000, 3)}


def wait(port: int) -> None:
    import http.client

    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
