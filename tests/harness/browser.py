"""Debian's Chromium under Playwright. A visit fails if it leaves the machine or says anything in the console.

def test_home(server, new_context):
    page = new_context().new_page()
    page.goto(server.url)
    axe(page)
    shot(page, "accueil")
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.harness.folders import ROOT
from tests.harness.moment import unmoved

HERE = {"127.0.0.1", "localhost", "[::1]", "::1"}
TIMEOUT = 10_000  # milliseconds
expect.set_options(
    timeout=15_000
)  # milliseconds; two cores for some servers and browsers, and what runs beside

# The shell has no window to draw and does a third less; what shows and runs a page is the same.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page asks for, no packet leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


_click = Locator.click


def _click_and_arrive(locator: Locator, **options: Any) -> None:
    """A click that leads to another page ends once that page is loaded, its scripts included.

    Playwright ends it as soon as the new page begins: what comes next would act on a page whose script has not run.
    A page that a script opens after an answer from the server is not seen here: wait for what is new on it.
    """
    _click(locator, **options)
    if not locator.page.is_closed():
        locator.page.wait_for_load_state()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; contexts are as separate as devices."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        patched.setattr(Locator, "click", _click_and_arrive)
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            env=unmoved(),
        )
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """What one context (one device) asked for, and what went wrong there."""

    tolerate: Sequence[str] = ()
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def request(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.faults.append(f"requête hors de la machine : {url}")

    def fault(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.tolerate):
            self.faults.append(text)


@dataclass
class NewContext:
    """Makes contexts and keeps the record of each; `visit(context)` gives it."""

    browser: Browser
    opened: list[tuple[BrowserContext, Visit]] = field(default_factory=list)

    def __call__(self, *, tolerate: Sequence[str] = (), **options: Any) -> BrowserContext:
        """Open a context; console errors that match a pattern of `tolerate` are expected.

        `options` are Playwright's: `viewport`, `color_scheme`, `java_script_enabled`…
        """
        chosen = {"locale": "fr-FR", "timezone_id": "Europe/Paris", **options}
        context = self.browser.new_context(**chosen)
        context.set_default_timeout(TIMEOUT)
        visit = Visit(tolerate)
        context.on("request", lambda request: visit.request(request.url))
        context.on(
            "console",
            lambda said: (
                visit.fault(f"console, {said.location['url']} : {said.text}")
                if said.type in ("error", "warning")
                else None
            ),
        )
        context.on("weberror", lambda error: visit.fault(f"exception : {error.error}"))
        self.opened.append((context, visit))
        return context

    def visit(self, context: BrowserContext) -> Visit:
        return next(visit for known, visit in self.opened if known is context)

    def faults(self) -> list[str]:
        """Close every context, so that nothing is still on its way, and tell what went wrong."""
        for context, _ in self.opened:
            context.close()
        return [fault for _, visit in self.opened for fault in visit.faults]


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """Make as many contexts as the test needs; all are closed and judged after it."""
    contexts = NewContext(browser)
    yield contexts
    if faults := contexts.faults():
        pytest.fail("Le navigateur se plaint :\n" + "\n".join(faults), pytrace=False)


@cache
def _axe_source() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text()


def axe(page: Page) -> None:
    """Fail with a readable list if axe-core finds anything on the page as it stands.

    All of its rules, best practices and target size (WCAG 2.2) included. The text is evaluated
    through the debugger, which the page's Content-Security-Policy does not stop.
    """
    page.wait_for_load_state()  # half a page has half the faults
    page.evaluate(_axe_source())
    report = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
    )
    lines = [
        f"{rule['impact']} · {rule['id']} : {rule['help']}\n"
        + "\n".join(f"    {node['html'][:160]}\n      {_reason(node)}" for node in rule["nodes"])
        for rule in report["violations"]
    ]
    assert not lines, f"axe, {page.url} :\n" + "\n".join(lines)


def _reason(node: dict[str, Any]) -> str:
    checks = node["any"] + node["all"] + node["none"]
    return " ; ".join(str(check["message"]) for check in checks)


def shot(page: Page, name: str) -> Path:
    """Save a picture of the whole page as NAME.png in $METROLOCO_SHOTS (.shots by default; none if it is empty)."""
    wanted = os.environ.get("METROLOCO_SHOTS", str(ROOT / ".shots"))
    folder = Path(wanted)
    if not wanted:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.wait_for_load_state()
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def until(page: Page, expression: str) -> None:
    """Waits for it to be true; wait_for_function would need eval(), which our pages forbid."""
    for _ in range(300):  # 30 s: a page that was cut off tries again after 18 s at most
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)
