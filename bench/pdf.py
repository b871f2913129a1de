"""35 graded sheets in one PDF: CPU of the worker and of its child, beside WeasyPrint alone on the same pages.

`python -m bench pdf`. Alone means: one warm process that turns each page into a PDF as WeasyPrint's manual
shows, and once more with the fonts and the style sheet kept, which is what our child does.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measure import cpu_seconds
from bench.report import write_json
from tests.harness.server import ROOT, Server, family

COUNT = 35
WORDS = 150
PATIENCE_S = 300.0
_CLASS = """
from tests import builders as make
from tests.sheet_builders import criterion, started_run, write
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
_STATE = 'from evaluations.models import ExportJob; print(ExportJob.objects.get(kind="{kind}").state)'
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


def run(out: Path, count: int = COUNT) -> dict[str, Any]:
    """The figures, also written as JSON; the data are in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="metroloco-pdf-") as folder:
        server = Server(Path(folder))
        try:
            server.manage("migrate", "-v0")
            figures = _measure(server, count)
        finally:
            server.close()
    write_json(figures, out)
    print(json.dumps(figures, indent=1))
    return figures


def _measure(server: Server, count: int) -> dict[str, Any]:
    made = server.do(_CLASS.format(count=count, words=WORDS)).strip()
    alone = json.loads(server.do(_PAGES.format(run=made)))
    with _worker(server) as worker:
        _export(server, worker, made, "annexes")  # warm: the worker is there, and its child
        before, began = cpu_seconds(family(worker.pid)), time.monotonic()
        _export(server, worker, made, "fiches")
        wall, cpu = time.monotonic() - began, cpu_seconds(family(worker.pid)) - before
    naive, tuned = _alone(alone)
    return {
        "sheets": count,
        "worker_cpu_s": round(cpu, 2),
        "wall_s": round(wall, 2),
        "weasyprint_alone_cpu_s": round(naive, 2),
        "weasyprint_fonts_kept_cpu_s": round(tuned, 2),
        "ratio": round(cpu / naive, 2),
        "ratio_fonts_kept": round(cpu / tuned, 2),
        "to_reach": "ratio ≤ 1.2",
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
    assert worker.stdin is not None
    server.do(_ASK.format(run=run, kind=kind))
    worker.stdin.write(b"\n")
    worker.stdin.flush()
    end = time.monotonic() + PATIENCE_S
    while (state := server.do(_STATE.format(kind=kind)).strip()) != "done":
        assert state in ("waiting", "running"), state
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
