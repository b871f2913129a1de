"""Writing together: 175 groups of four, every one of the 700 pages open and writing; and two real browsers.

CPU per update, the wait for the acknowledgement, memory; what one types until another sees it. Figures to reach:
quality.md (Etherpad 2.5: 520 ms seen by another, p95) and issue 4.
"""

import asyncio
import base64
import contextlib
import json
import os
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.http import Link
from bench.measure import REFERENCE_LOOP_S, Speed, cpu_seconds, machine, memory_mb, percentiles
from bench.poster_kill import Groups, Page
from bench.report import write_json
from lessons.rules.document import Replica
from tests.harness.server import Server

MEMBERS = 4
EVERY_S = 2.5  # between two updates of a page
OPENING_S = 12.0  # in which every page writes its first letter: its document is read, its number noted
KEYS = 150
WORD = "mot "
GOALS = {"ack": "p95 ≤ 100", "seen": "p95 ≤ 250 (Etherpad 520)", "memory": "≤ 200", "lost": "0"}
_SET_UP = "from bench.house import print_groups; print_groups({groups}, {members})"


def run(groups: int, seconds: float, kills: int, out: Path) -> dict[str, Any]:
    """Measures on a server of its own, then kills it so many times; writes one JSON file and a table."""
    speed = Speed([])
    figures: dict[str, Any] = {"machine": machine(), "at": time.strftime("%Y-%m-%dT%H:%M:%S")}
    with tempfile.TemporaryDirectory(prefix="metroloco-bench-") as folder:
        server = Server(Path(folder)).start()
        try:
            _come_first([os.getpid(), *server.pids()])
            pages = _open(server, groups + 1)
            speed.sample()
            figures["browsers"] = _browsers(server, pages[-MEMBERS:])
            speed.sample()
            figures["groups"] = asyncio.run(_class(server, pages[:-MEMBERS], seconds))
            speed.sample()
            if kills:
                figures["kills"] = _killed(server, kills)
        finally:
            server.close()
    figures |= {"loop_s": round(speed.seconds, 4), "reference_loop_s": REFERENCE_LOOP_S}
    write_json(figures, out)
    print(_table(figures))
    print(f"\n{out}")
    return figures


def _come_first(pids: list[int]) -> None:
    """Before whatever else this machine does, where the system lets us: waiting times are of the server, not of it."""
    for pid in pids:
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text("-15")


def _open(server: Server, groups: int) -> list[Page]:
    code = _SET_UP.format(groups=groups, members=MEMBERS)
    printed = server.manage("shell", "-v", "0", "-c", code)
    return [Page(**values) for values in json.loads(printed.splitlines()[-1])]


def _killed(server: Server, kills: int) -> dict[str, Any]:
    made = Groups(server)
    for _ in range(kills):
        made.round()
    return {"kills": kills, "acknowledged": made.acknowledged, "lost": made.lost, "damaged": made.damaged}


# --- every group at once ----------------------------------------------------------------------------------


async def _class(server: Server, pages: list[Page], seconds: float) -> dict[str, Any]:
    count = int(seconds / EVERY_S)
    for page in pages:  # made before the clock runs: this process shares the machine with the server
        for _ in range(1 + count):
            text = page.replica.text("q1-a")
            page.unsent.append(("", page.replica.replace("q1-a", len(text), len(text), WORD) or b""))
    heard: list[int] = []
    streams = [asyncio.create_task(_listen(server, page, heard)) for page in pages]
    await asyncio.sleep(2 + len(pages) / 200)
    quiet = memory_mb(server.pids())
    first = await _phase(server, pages, OPENING_S, 1)
    steady = await _phase(server, pages, EVERY_S, count)
    memory = memory_mb(server.pids())
    for stream in streams:
        stream.cancel()
    return {
        "groups": len(pages) // MEMBERS, "pages": len(pages), "first": first, **steady, "heard": len(heard),
        "bytes_heard_per_update": round(sum(heard) / max(1, len(heard)), 1),
        "words_lost": await _lost(server, pages), "memory_mb": memory, "memory_before_mb": quiet,
    }  # fmt: skip


async def _phase(server: Server, pages: list[Page], every: float, count: int) -> dict[str, Any]:
    """Every page sends so many of its updates; what that cost."""
    before, start = cpu_seconds(server.pids()), time.perf_counter()
    results = await asyncio.gather(*(_write(server, page, every, count) for page in pages))
    wall = time.perf_counter() - start
    await asyncio.sleep(0.5)
    cpu = cpu_seconds(server.pids()) - before
    times = [seconds for found, _ in results for seconds in found]
    return {
        "updates": len(times), "errors": sum(wrong for _, wrong in results),
        "updates_per_s": round(len(times) / wall, 1), "cpu_per_update_ms": round(cpu / len(times) * 1000, 3),
        "cpu_share": round(cpu / wall, 2), "ack": percentiles(times),
    }  # fmt: skip


async def _write(server: Server, page: Page, every: float, count: int) -> tuple[list[float], int]:
    link = Link(server.port)
    link.cookies = {"participant": page.cookie}
    path = f"/live/{page.token}/affiche?client={page.replica.client}&bloc=q1-a"
    times, wrong = [], 0
    now, page.unsent = page.unsent[:count], page.unsent[count:]
    await asyncio.sleep(random.random() * every)
    for _, edit in now:
        answer = await link.post(path, edit, "application/octet-stream")
        wrong += answer.status != 200
        page.acknowledged += [WORD] * (answer.status == 200)
        times.append(answer.seconds)
        await asyncio.sleep(max(0.0, every * random.uniform(0.8, 1.2) - answer.seconds))
    link.close()
    return times, wrong


async def _listen(server: Server, page: Page, heard: list[int]) -> None:
    link = Link(server.port)
    async for name, data in link.events(f"/live/{page.token}/flux"):
        if name == "maj":
            heard.append(len(data) + len("event: maj\ndata: \n\n"))


async def _lost(server: Server, pages: list[Page]) -> int:
    """Words that the server said were saved and that its documents do not have."""
    lost = 0
    for index in range(0, len(pages), MEMBERS):
        link = Link(server.port)
        answer = await link.get(f"/live/{pages[index].token}/affiche/suite")
        link.close()
        stored = Replica(base64.b64decode(data) for data in json.loads(answer.body)["u"]).text("q1-a")
        lost += sum(len(page.acknowledged) for page in pages[index : index + MEMBERS]) - stored.count(WORD)
    return lost


# --- two browsers -----------------------------------------------------------------------------------------

_TYPED = """() => { window.typed = []; const area = document.querySelector("#BLOCK");
  area.addEventListener("input", () => typed.push(performance.timeOrigin + performance.now()), true);
}"""
_SEEN = """() => { window.seen = []; const area = document.querySelector("#BLOCK"); let last = area.value.length;
  area.addEventListener("ecrit", () => {
    const now = performance.timeOrigin + performance.now();
    for (; last < area.value.length; last += 1) seen.push(now);
  });
}"""


def _browsers(server: Server, pages: list[Page]) -> dict[str, Any]:
    """One types at a good pace, the three others watch; what each letter took to be on another's page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        tabs = []
        for page in pages:
            context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
            context.add_cookies([{"name": "participant", "value": page.cookie, "url": server.url}])
            tab = context.new_page()
            tab.goto(server.url + page.path)
            tab.locator("#vue-ecrire").click()
            tabs.append(tab)
        block = tabs[0].locator('textarea[id^="q1-"]').first.get_attribute("id") or ""
        time.sleep(1)
        tabs[0].evaluate(_TYPED.replace("BLOCK", block))
        for tab in tabs[1:]:
            tab.evaluate(_SEEN.replace("BLOCK", block))
        tabs[0].locator(f"#{block}").press_sequentially("abcde " * (KEYS // 6), delay=120)
        time.sleep(2)
        typed = tabs[0].evaluate("typed")
        waits = [
            (seen - at) / 1000
            for tab in tabs[1:]
            for at, seen in zip(typed, tab.evaluate("seen"), strict=False)
        ]
        whole = all(len(tab.evaluate("seen")) == len(typed) for tab in tabs[1:])
        chromium.close()
    return {"letters": len(typed), "all_seen": whole, "seen": percentiles(waits)}


def _table(figures: dict[str, Any]) -> str:
    found, browsers = figures["groups"], figures["browsers"]
    scale = figures["reference_loop_s"] / figures["loop_s"]
    memory = sum(mb for name, mb in found["memory_mb"].items())
    rows = [
        ("groups / pages / updates", f"{found['groups']} / {found['pages']} / {found['updates']}", ""),
        ("updates a second, cores of the server", f"{found['updates_per_s']}, {found['cpu_share']}", ""),
        ("CPU per update, ms", str(found["cpu_per_update_ms"]), ""),
        ("the same, scaled by the fixed loop", str(round(found["cpu_per_update_ms"] * scale, 3)), ""),
        ("acknowledged p50 / p95 / max, ms", _times(found["ack"]), GOALS["ack"]),
        (
            "first letter of each page: CPU ms, ack p95",
            f"{found['first']['cpu_per_update_ms']}, {found['first']['ack']['p95']}",
            "",
        ),
        ("memory (PSS), MB", str(round(memory)), GOALS["memory"]),
        ("errors, words lost", f"{found['errors']}, {found['words_lost']}", GOALS["lost"]),
        ("heard by the others, bytes each", f"{found['heard']}, {found['bytes_heard_per_update']}", ""),
        ("typed → seen, browsers, p50 / p95 / max, ms", _times(browsers["seen"]), GOALS["seen"]),
        ("kill -9: rounds, acknowledged, lost", _kills(figures.get("kills")), "0 lost"),
        ("fixed loop, s", str(figures["loop_s"]), f"reference {figures['reference_loop_s']}"),
        ("load of the machine at the start", str(figures["machine"]["load"]), ""),
    ]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, (46, 34, 24), strict=True)) for row in rows
    )


def _times(found: dict[str, float]) -> str:
    return " / ".join(str(found.get(name, "–")) for name in ("p50", "p95", "max"))


def _kills(found: dict[str, Any] | None) -> str:
    return f"{found['kills']}, {found['acknowledged']}, {len(found['lost'])}" if found else "–"
