"""35 graded sheets in one PDF: CPU of the worker and of its child, beside WeasyPrint alone on the same pages; a poster;
and how long a class of 35 waits for its autosaves while sheets are made.

`python -m bench pdf`. Alone means: one warm process that turns each page into a PDF as WeasyPrint's manual
shows, and once more with the fonts and the style sheet kept, which is what our child does.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import house
from bench.measure import cpu_seconds, machine
from bench.report import write_json
from tests.harness.folders import ROOT
from tests.harness.server import Server, family

COUNT = 35
WORDS = 150
PATIENCE_S = 300.0
GROUPS = 9
TURNS, SAVES, INTERVAL_S = 3, 8, 1.0
_CLASS = """
from tests.harness import builders as make
from tests.harness.sheet_builders import criterion, started_run, write
from evaluations import actions
from bench.texts import text
run = started_run(participants={count})
for number, person in enumerate(run.participants.all()):
    for question, field in ((1, "reponse"), (2, "ressemblances"), (2, "differences")):
        write(person, question, field, text(number, {words}))
    for row in (1, 2):
        on = dict(participant=person, criterion=criterion(run, row), now=make.NOW)
        actions.set_level(**on, level=number % 4 + 1)
        actions.set_observations(**on, observations="Précis.")
print(run.pk)
"""
_PAGES = """
import json
from lessons.models import ClassRun
from evaluations.exports.plans import plan
made = plan(ClassRun.objects.get(pk={run}), "fiches")
print(json.dumps([made.css, [piece.html for piece in made.pieces]]))
"""
_ASK = """
from lessons.models import ClassRun
from evaluations.actions import exports
from metroloco_site.kit import steady
exports.ask(run=ClassRun.objects.get(pk={run}), kind="{kind}", now=steady.now())
"""
_LEFT = """
from evaluations.models import ExportJob
print(*ExportJob.objects.exclude(state="done").values_list("state", flat=True))
"""
_CHANGE = """
from lessons.models import Answer
Answer.objects.filter(sitting__participant__run={run}, question__number=1).update(text="Tour {turn}. " * 150)
"""
_GROUPS = """
import io
from PIL import Image
from bench.texts import text
from lessons.models import Poster
from lessons.queries.poster_sheet import poster_sheet
from tests.harness import builders as make
out = io.BytesIO()
Image.effect_mandelbrot((1600, 1200), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(out, "JPEG", quality=85)
run = make.class_run(participants={groups} * 3)
make.groups(run, sizes=(3,) * {groups})
for number, poster in enumerate(Poster.objects.filter(group__run=run)):
    zones = poster_sheet(poster).zones
    for zone in zones[:2]:
        make.image(poster, zone.key, out.getvalue())
    texts = {{said.key: text(number, 60) for zone in zones for said in zone.texts}}
    make.poster_says(poster, texts | {{"titre": "Nos données ont du goût"}})
print(run.pk)
"""
_ALONE = """
import json, sys, time
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
css, pages = json.load(sys.stdin)
def naive(page):
    HTML(string=page).write_pdf(stylesheets=[CSS(string=css)], pdf_variant="pdf/ua-1")
fonts = FontConfiguration()
kept = CSS(string=css)
def tuned(page):
    HTML(string=page).write_pdf(stylesheets=[kept], font_config=fonts, pdf_variant="pdf/ua-1")
figures = []
for way in (naive, tuned):
    way(pages[0])
    before = time.process_time()
    for page in pages:
        way(page)
    figures.append(time.process_time() - before)
print(json.dumps(figures))
"""


def run(out: Path) -> dict[str, Any]:
    """The figures, also written as JSON; the data are in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="metroloco-pdf-") as folder, house.server(Path(folder)) as server:
        house.set_up(server.data)
        made = server.do(_CLASS.format(count=COUNT, words=WORDS)).strip()
        with _worker(server) as worker:
            figures: dict[str, Any] = {"machine": machine()}
            for part, measure in (("sheets", _sheets), ("posters", _posters), ("beside_a_class", _beside)):
                figures[part] = measure(server, worker, made)
                print(part, figures[part], flush=True)
    write_json(figures, out)
    return figures


def _sheets(server: Server, worker: subprocess.Popen[bytes], run: str) -> dict[str, Any]:
    """35 sheets beside the same pages alone."""
    alone = json.loads(server.do(_PAGES.format(run=run)))
    _export(server, worker, run, "annexes")  # warm: the worker is there, and its child
    before, began = cpu_seconds(family(worker.pid)), time.monotonic()
    _export(server, worker, run, "fiches")
    wall, cpu = time.monotonic() - began, cpu_seconds(family(worker.pid)) - before
    naive, tuned = _alone(alone)
    return {
        "sheets": COUNT,
        "worker_cpu_s": round(cpu, 2),
        "wall_s": round(wall, 2),
        "weasyprint_alone_cpu_s": round(naive, 2),
        "weasyprint_fonts_kept_cpu_s": round(tuned, 2),
        "ratio": round(cpu / naive, 2),
        "ratio_fonts_kept": round(cpu / tuned, 2),
        "to_reach": "ratio ≤ 1.2",
    }


def _posters(server: Server, worker: subprocess.Popen[bytes], _: str) -> dict[str, Any]:
    """CPU of the worker and its child for a poster with four texts and two photographs."""
    run = server.do(_GROUPS.format(groups=GROUPS)).strip()
    before = cpu_seconds(family(worker.pid))
    _export(server, worker, run, "affiches")
    spent = (cpu_seconds(family(worker.pid)) - before) / GROUPS
    return {"posters": GROUPS, "cpu_s_each": round(spent, 3), "to_reach": "≤ 0.3 s"}


def _beside(server: Server, worker: subprocess.Popen[bytes], run: str) -> dict[str, Any]:
    """A class of 35 saves every second, by turns without and with sheets being made all the while."""
    quiet, busy = [], []
    with house.students() as pupils:
        pupils.do("seat", port=server.port, seats=house.seats(house.make_runs(1, "écrit"), COUNT))
        pupils.do("write", saves=3, interval=INTERVAL_S)  # warm
        for turn in range(TURNS):
            quiet.append(pupils.do("write", saves=SAVES, interval=INTERVAL_S))
            server.do(_CHANGE.format(run=run, turn=turn))
            for kind in (
                "fiches",
                "fiches-separees",
            ):  # each takes some seconds: the class never writes alone
                _ask(server, worker, run, kind)
            busy.append(pupils.do("write", saves=SAVES, interval=INTERVAL_S))
            busy[-1]["exports_left"] = server.do(_LEFT).strip()
            _wait_for_all(server)
        acknowledged = pupils.do("acknowledged")["texts"]
        pupils.do("close")
    ratios = [with_it["p95"] / without["p95"] for without, with_it in zip(quiet, busy, strict=True)]
    return {
        "without": quiet,
        "with": busy,
        "ratios_of_p95": [round(ratio, 2) for ratio in ratios],
        "ratio": round(statistics.median(ratios), 2),
        "lost": house.lost(acknowledged),
        "to_reach": "ratio ≤ 2",
    }


@contextmanager
def _worker(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as `manage.py serve` starts it."""
    command = [sys.executable, "manage.py", "work"]
    worker = subprocess.Popen(command, cwd=ROOT, env=server.environment, stdin=subprocess.PIPE)
    assert worker.stdin is not None
    try:
        yield worker
    finally:
        worker.stdin.close()
        worker.wait(10)


def _export(server: Server, worker: subprocess.Popen[bytes], run: str, kind: str) -> None:
    _ask(server, worker, run, kind)
    _wait_for_all(server)


def _ask(server: Server, worker: subprocess.Popen[bytes], run: str, kind: str) -> None:
    assert worker.stdin is not None
    server.do(_ASK.format(run=run, kind=kind))
    worker.stdin.write(b"\n")
    worker.stdin.flush()


def _wait_for_all(server: Server) -> None:
    end = time.monotonic() + PATIENCE_S
    while states := server.do(_LEFT).split():
        assert set(states) <= {"waiting", "running"}, states
        assert time.monotonic() < end
        time.sleep(0.1)


def _alone(pages: list[Any]) -> list[float]:
    """CPU seconds, as the manual has it and with fonts and style kept."""
    command = [sys.executable, "-c", _ALONE]
    done = subprocess.run(
        command, input=json.dumps(pages), capture_output=True, text=True, check=True, cwd=ROOT
    )
    figures: list[float] = json.loads(done.stdout)
    return figures
