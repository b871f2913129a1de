"""Many at once, without the joining: the bell, a teacher's action on every screen, 700 who write, a full store.

`python -m bench wide [bell] [screens] [event] [crowd] [past]`. Waiting times are of this machine at this hour: the
bare view of bench.limit gets the same requests in the same run, and the ratio is what counts.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import house
from bench.classroom import wait as wait_for
from bench.measure import Speed, cpu_seconds, machine
from bench.report import write_json
from tests.harness.folders import ROOT
from tests.harness.server import Server, free_port

PER_RUN = 35
BELL, CROWD, CROWD_RUNS = 350, 700, 20
TURNS = 5
PAST = 1000
PAGES = 40


class Wide:
    """A server, its runs, and the class that is seated in them."""

    def __init__(self, base: Path, server: Server) -> None:
        self.base, self.server = base, server
        self.number = 0

    def seated(self, pupils: house.Students, students: int, runs: int) -> list[dict[str, Any]]:
        """The boards of these students' runs, once every page listens."""
        self.number += 1
        made = house.make_runs(runs, f"large-{self.number}")
        pupils.do("seat", port=self.server.port, seats=house.seats(made, students))
        return [{"port": self.server.port, "path": r.board, "session": r.session} for r in made]

    def spent(self, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The report, with the server's CPU seconds and the share of one core that it took."""
        before, start = cpu_seconds(self.server.pids()), time.perf_counter()
        done = act()
        took = time.perf_counter() - start
        cpu = cpu_seconds(self.server.pids()) - before
        return {**done, "cpu_s": round(cpu, 3), "of_two_cores": round(cpu / took / 2, 3)}

    def bell(self) -> dict[str, Any]:
        """350 students, four fields each, within a second, several times; then the same to the bare view."""
        with house.students() as pupils:
            self.seated(pupils, BELL, BELL // PER_RUN)
            turns = [self.spent(lambda: pupils.do("bell", within=1.0)) for _ in range(TURNS)]
            acknowledged = pupils.do("acknowledged")["texts"]
            pupils.do("close")
        return {"turns": turns, "lost": house.lost(acknowledged), "limit": self._bare_bell()}

    def _bare_bell(self) -> list[dict[str, Any]]:
        port = free_port()
        process = subprocess.Popen([sys.executable, "-m", "bench.limit", str(port), str(self.base)], cwd=ROOT)
        try:
            wait_for(port)
            with house.students() as pupils:
                return [
                    pupils.do("hammer", port=port, path="/", students=BELL, saves=1, interval=1.0)
                    for _ in range(TURNS)
                ]
        finally:
            process.terminate()
            process.wait(10)

    def screens(self) -> dict[str, Any]:
        """+1 min of one class that has 350 pages open: one action, 350 screens."""
        self.number += 1
        made = house.make_runs(1, f"large-{self.number}")
        with house.students() as pupils:
            seats = house.seats(made, PER_RUN) * (BELL // PER_RUN)
            pupils.do("seat", port=self.server.port, seats=seats)
            board = {"port": self.server.port, "path": made[0].board, "session": made[0].session}
            turns = [
                self.spent(lambda: pupils.do("press", boards=[board], kind="extend", load=False))
                for _ in range(TURNS)
            ]
            pupils.do("close")
        return {"turns": turns}

    def event(self) -> dict[str, Any]:
        """+1 min: one class among 350 pages, ten classes within a second, ten in the same instant. Then the end,
        and the pages load again: of one class, and all 350 in the same instant."""
        with house.students() as pupils:
            boards = self.seated(pupils, BELL, BELL // PER_RUN)
            every = len(boards)

            def press(
                some: int, kind: str = "extend", *, load: bool = False, within: float = 0.0
            ) -> dict[str, Any]:
                return self.spent(
                    lambda: pupils.do(
                        "press", boards=boards[:some], runs=every, kind=kind, load=load, within=within
                    )
                )

            figures = {
                "one_class": [press(1) for _ in range(TURNS)],
                "ten_classes_within_1_s": [press(every, within=1.0) for _ in range(TURNS)],
                "ten_classes_at_once": [press(every) for _ in range(TURNS)],
                "page_of_35": press(1, "pause", load=True),
                "page_of_350": press(every, "end", load=True),
            }
            pupils.do("close")
        return figures

    def crowd(self) -> dict[str, Any]:
        """700 students in 20 classes, each saving every four seconds, as one who types without a pause does."""
        with house.students() as pupils:
            self.seated(pupils, CROWD, CROWD_RUNS)
            done = self.spent(lambda: pupils.do("write", saves=8, interval=4.0))
            acknowledged = pupils.do("acknowledged")["texts"]
            pupils.do("close")
        return {**done, "lost": house.lost(acknowledged)}

    def past(self) -> dict[str, Any]:
        """CPU of a student's page and of a board with an empty store, and with 1,000 activités of the past."""
        before = self._pages()
        house.past_runs(PAST)
        return {"empty": before, "with_1000_past_runs": self._pages()}

    def _pages(self) -> dict[str, float]:
        with house.students() as pupils:
            boards = self.seated(pupils, PER_RUN, 1)
            pupils.do("load", times=1)  # what a first page makes for all
            page = self.spent(lambda: pupils.do("load", times=5))
            board = self.spent(lambda: pupils.do("look", board=boards[0], times=PAGES))
            saves = self.spent(lambda: pupils.do("write", saves=5, interval=0.5))
            pupils.do("close")
        return {
            "student_page_ms": round(page["cpu_s"] / (5 * PER_RUN) * 1000, 2),
            "board_ms": round(board["cpu_s"] / PAGES * 1000, 2),
            "save_ms": round(saves["cpu_s"] / (5 * PER_RUN) * 1000, 2),
        }


def run(parts: list[str], out: Path) -> dict[str, Any]:
    """The parts asked for, each on the same server; one JSON file."""
    speed = Speed([])
    figures: dict[str, Any] = {"machine": machine(), "at": time.strftime("%Y-%m-%dT%H:%M:%S")}
    with (
        tempfile.TemporaryDirectory(prefix="metroloco-bench-") as folder,
        house.server(Path(folder)) as server,
    ):
        house.set_up(server.data)
        wide = Wide(Path(folder), server)
        for part in parts:
            speed.sample()
            figures[part] = getattr(wide, part)()
            print(part, figures[part], flush=True)
    figures["loop_s"] = round(speed.seconds, 4)
    figures["load_after"] = machine()["load"]
    write_json(figures, out)
    return figures
