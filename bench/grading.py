"""One question across a class of 35 in a real Chromium: from the key press to the next copy on screen.

Beside it a page that does nothing but change a word at each key: what the browser alone takes on this machine.
"""

import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.measure import fixed_loop
from bench.texts import text
from tests.harness.server import Server

SEED = """
import json
from lessons.models import Lesson
from tests.harness import builders as make
from tests.harness.sheet_builders import write
run = make.class_run(owner=make.user(), of=Lesson.objects.newest().get(), participants=35)
make.start(run)
for person in run.participants.all():
    for question, field in ((1, "reponse"), (2, "critere-1"), (3, "reperage"), (4, "differences")):
        write(person, question, field, TEXT)
print(json.dumps([run.public_id, make.teacher_client(run.owner).cookies["enseignant"].value]))
"""
# Times from the key's own event to the first frame after <main> (or the no-op's word) has changed.
WATCH = """
(selector) => {
  window.shown = [];
  let pressed = 0;
  addEventListener("keydown", () => (pressed = performance.now()), true);
  new MutationObserver(() => {
    if (!pressed) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => window.shown.push(performance.now() - since)));
  }).observe(document.querySelector(selector), { childList: true });
}
"""
NO_OP = """
() => addEventListener("keydown", () => (document.querySelector("main").replaceChildren(String(Math.random()))))
"""
PRESSES = 35
LIMIT_MS = 100


def run(out: Path) -> None:
    """Measures, prints a line and writes the JSON."""
    server = Server(Path(tempfile.mkdtemp()))
    try:
        server.start()
        run_id, session = json.loads(server.do(f"TEXT = {text(1, 1)!r}\n{SEED}"))
        figures = _browse(server, run_id, session)
        stored = server.do("from evaluations.models import Assessment; print(Assessment.objects.count())")
    finally:
        server.close()
        shutil.rmtree(server.data.parent, ignore_errors=True)
    figures |= {"stored": int(stored), "loop_s": round(fixed_loop(), 3), "load": round(os.getloadavg()[0], 1)}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures))


def _browse(server: Server, run_id: str, session: str) -> dict[str, Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        context = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="fr-FR")
        context.add_cookies([{"name": "enseignant", "value": session, "url": server.url}])
        page = context.new_page()
        page.goto(f"{server.url}/accessibilite/")
        page.evaluate(WATCH, "main")
        page.evaluate(NO_OP)
        bare = _press(page)
        page.goto(f"{server.url}/prof/activites/{run_id}/fiches/")
        page.get_by_role("link", name="Évaluer les copies").click()
        page.get_by_role("link", name="Question 2").click()
        page.get_by_text("question 2", exact=True).wait_for()
        page.evaluate(WATCH, "main")
        ours = _press(page)
        page.locator(".saved[data-state=saved]").wait_for()
        chromium.close()
    return {"next shown": _summary(ours), "no-op page": _summary(bare), "limit_ms": LIMIT_MS}


def _press(page: Page) -> list[float]:
    for number in range(1, PRESSES + 1):
        page.keyboard.press(str(1 + number % 4))
        page.wait_for_function("(wanted) => window.shown.length >= wanted", arg=number)
        time.sleep(0.15)  # a fast reader of a blank copy
    return [float(ms) for ms in page.evaluate("window.shown")]


def _summary(times: list[float]) -> dict[str, float]:
    ranked = sorted(times)
    return {
        "median_ms": round(statistics.median(ranked), 1),
        "p95_ms": round(ranked[len(ranked) * 95 // 100], 1),
        "presses": len(ranked),
    }
