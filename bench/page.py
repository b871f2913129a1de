"""The writing page as a student's browser meets it: weight, EcoIndex, a slow link, the bytes of a whole lesson."""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench import house
from bench.measure import machine
from bench.report import write_json
from bench.texts import text
from tests.harness.browser import FLAGS
from tests.harness.server import Server

SAVES = 30
LESSON_MINUTES, HEARTBEAT_S, HEARTBEAT_BYTES = 55, 15, 30
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 200_000,
}  # 1.6 Mbit/s
CPU_SLOWER = 4
TURNS = 3
# ecoindex.fr: quantiles of DOM nodes, requests and kB over the pages of the HTTP Archive.
NODES = (
    0,
    47,
    75,
    159,
    233,
    298,
    358,
    417,
    476,
    537,
    603,
    674,
    753,
    843,
    949,
    1076,
    1237,
    1459,
    1801,
    2479,
    594601,
)
REQUESTS = (0, 2, 15, 25, 34, 42, 49, 56, 63, 70, 78, 86, 95, 105, 117, 130, 147, 170, 205, 281, 3920)
KB = (0, 1.37, 144.7, 319.53, 479.46, 631.97, 783.38, 937.91, 1098.62, 1265.47, 1448.32, 1648.27, 1876.08, 2142.06,
      2465.37, 2866.31, 3401.59, 4155.73, 5400.08, 8037.54, 223212.26)  # fmt: skip


def ecoindex(nodes: int, requests: int, kb: float) -> float:
    """Of 100; A from 81."""
    found = [_rank(NODES, nodes), _rank(REQUESTS, requests), _rank(KB, kb)]
    return 100 - 5 * (3 * found[0] + 2 * found[1] + found[2]) / 6


def _rank(quantiles: tuple[float, ...], value: float) -> float:
    for place in range(1, len(quantiles)):
        if value < quantiles[place]:
            return place - 1 + (value - quantiles[place - 1]) / (quantiles[place] - quantiles[place - 1])
    return float(len(quantiles) - 1)


def _wire(page: Page) -> dict[str, float]:
    """Counts what goes over the wire for this page; grows while it works."""
    count = {"bytes": 0.0, "requests": 0.0, "sent": 0.0}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        count["bytes"] += event["encodedDataLength"]

    def asked(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            count["requests"] += 1
            count["sent"] += 500 + len(
                event["request"].get("postData", "")
            )  # headers and cookie, some 500 bytes

    line.on("Network.loadingFinished", finished)
    line.on("Network.requestWillBeSent", asked)
    return count


def _open(browser: Browser, server: Server, seat: dict[str, Any]) -> BrowserContext:
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 720})
    context.add_cookies([{"name": "participant", "value": seat["cookie"], "url": server.url}])
    return context


def _first_load(browser: Browser, server: Server, seat: dict[str, Any]) -> dict[str, float]:
    """Weight and EcoIndex of the page as it opens, then what thirty saves of 150 words and a lesson add."""
    page = _open(browser, server, seat).new_page()
    count = _wire(page)
    page.goto(server.url + seat["path"])
    page.wait_for_timeout(1500)
    nodes = int(page.evaluate("document.querySelectorAll('body *').length"))  # as the extension counts them
    first = {"kb": round(count["bytes"] / 1000, 1), "requests": count["requests"], "nodes": nodes}
    first["ecoindex"] = round(ecoindex(nodes, int(count["requests"]), count["bytes"] / 1000), 1)
    for save in range(SAVES):
        with page.expect_response(lambda answer: answer.url.endswith("/enregistrer"), timeout=20_000):
            page.locator(f"#{seat['fields'][0]}").fill(text(1, save))
    first["one_save_kb"] = round((count["bytes"] + count["sent"] - first["kb"] * 1000) / SAVES / 1000, 2)
    stream = LESSON_MINUTES * 60 / HEARTBEAT_S * HEARTBEAT_BYTES
    page.reload()  # the pages after the start and after the end; files come from the cache
    page.reload()
    page.wait_for_timeout(500)
    first["lesson_kb"] = round((count["bytes"] + count["sent"] + stream) / 1000, 1)
    page.context.close()
    return first


def _slow(browser: Browser, server: Server, seat: dict[str, Any]) -> float:
    """Seconds until one may write and the script watches over it, on a slow machine and line, nothing cached."""
    context = _open(browser, server, seat)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    line.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    start = time.perf_counter()
    page.goto(server.url + seat["path"], wait_until="commit")
    page.locator("form.questions textarea").first.wait_for()
    page.locator("[data-by-hand]").wait_for(state="detached")  # the button of pages without a script goes
    taken = time.perf_counter() - start
    context.close()
    return round(taken, 2)


def run(out: Path) -> dict[str, Any]:
    """One student's browser on a server of its own; one JSON file."""
    figures: dict[str, Any] = {"machine": machine(), "at": time.strftime("%Y-%m-%dT%H:%M:%S")}
    with (
        tempfile.TemporaryDirectory(prefix="metroloco-bench-") as folder,
        house.server(Path(folder)) as server,
    ):
        house.set_up(server.data)
        seats = house.seats(house.make_runs(1, "page"), 2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or "/usr/bin/chromium",
                args=[*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            )
            figures["first_load"] = _first_load(browser, server, seats[0])
            figures["slow_link_s"] = [_slow(browser, server, seats[1]) for _ in range(TURNS)]
            browser.close()
    figures["load_after"] = machine()["load"]
    write_json(figures, out)
    print(figures)
    return figures
