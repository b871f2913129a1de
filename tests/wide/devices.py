"""One hand for every engine: what a person does (look, point, type), and no more than every driver can do."""

import base64
import json
import os
import shutil
import subprocess
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 30  # seconds

# The first of these that can be seen, in the middle of the window, and what stands at its middle.
FIND = """(() => {
  const words = (node) => (node.innerText || node.value || "").replace(/\\s+/g, " ");
  const found = [...document.querySelectorAll(%s)].find((one) =>
    words(one).includes(%s) && one.getClientRects().length && !one.disabled);
  if (!found) return null;
  document.documentElement.style.scrollBehavior = "auto"; // what « instant » was before 2022
  found.scrollIntoView({ block: "center" });
  const box = found.getClientRects()[0];
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const there = document.elementFromPoint(x, y);
  const covered = !there || !(found.contains(there) || there.contains(found));
  return { x, y, covered: covered && (there ? there.outerHTML.slice(0, 120) : "rien") };
})()"""


class Device(ABC):
    """A browser window with cookies of its own. `selector` is CSS; `words` stand in the element, any space as one."""

    name: str

    @abstractmethod
    def go(self, url: str) -> None: ...

    @abstractmethod
    def js(self, expression: str) -> Any: ...  # noqa: ANN401 - whatever the page says

    @abstractmethod
    def mouse(self, x: float, y: float) -> None: ...

    @abstractmethod
    def keys(self, text: str) -> None: ...

    @abstractmethod
    def press(self, key: str) -> None: ...

    @abstractmethod
    def resize(self, width: int, height: int) -> None: ...

    @abstractmethod
    def picture(self, path: Path) -> None: ...

    def sees(self, expression: str, limit: float = LIMIT) -> None:
        """Waits until the page says it is so; a page on its way to another says nothing."""
        end = time.monotonic() + limit
        while True:
            try:
                if self.js(f"document.readyState === 'complete' && Boolean({expression})"):
                    return
            except (WebDriverException, AssertionError) as error:
                said = str(error)
            else:
                said = ""
            if time.monotonic() > end:
                raise AssertionError(f"{self.name} : {expression} {said}\n{self.text('body')[:1500]}")
            time.sleep(0.1)

    def reads(self, words: str, selector: str = "main") -> None:
        """Waits until somebody who looks at the page can read it."""
        plain = f"(one) => one.innerText.replace(/\\s+/g, ' ').includes({json.dumps(words)})"
        self.sees(f"[...document.querySelectorAll({json.dumps(selector)})].some({plain})")

    def text(self, selector: str) -> str:
        return str(self.js(f"document.querySelector({json.dumps(selector)}).innerText"))

    def value(self, selector: str) -> str:
        return str(self.js(f"document.querySelector({json.dumps(selector)}).value"))

    def click(self, selector: str, words: str = "") -> None:
        find = FIND % (json.dumps(selector), json.dumps(words))
        self.sees(find)
        at = self.js(find)
        assert not at["covered"], f"{self.name} : {selector} {words} est sous {at['covered']}"
        self.mouse(at["x"], at["y"])

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        self.keys(text)

    def fill(self, label: str, text: str) -> None:
        """Clicks a label, as one may, and types into its field."""
        self.click("label", label)
        self.keys(text)

    def shot(self, name: str) -> None:
        """A picture of the window as NAME.png, if $METROLOCO_SHOTS says where."""
        if folder := os.environ.get("METROLOCO_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.picture(Path(folder) / f"{name}.png")


class Firefox:
    """Firefox ESR, by a process of Node.js. `open(name)` gives a window."""

    def __init__(self) -> None:
        program = shutil.which("firefox-esr") or "/usr/bin/firefox-esr"
        self.process = subprocess.Popen(
            ["sh", "scripts/node", "tests/wide/firefox.mjs", program],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, *words: object) -> Any:  # noqa: ANN401
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "Firefox s’est arrêté"}')
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def open(self, name: str) -> Device:
        self.order("open", name)
        return FirefoxPage(self, name)

    def faults(self) -> list[str]:
        return list(self.order("faults"))

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class FirefoxPage(Device):
    def __init__(self, firefox: Firefox, name: str) -> None:
        self.firefox, self.name = firefox, name

    def go(self, url: str) -> None:
        self.firefox.order("go", self.name, url)

    def js(self, expression: str) -> Any:  # noqa: ANN401
        return self.firefox.order("js", self.name, expression)

    def mouse(self, x: float, y: float) -> None:
        self.firefox.order("mouse", self.name, x, y)

    def keys(self, text: str) -> None:
        self.firefox.order("keys", self.name, text)

    def press(self, key: str) -> None:
        self.firefox.order("press", self.name, key)

    def resize(self, width: int, height: int) -> None:
        self.firefox.order("resize", self.name, width, height)

    def picture(self, path: Path) -> None:
        self.firefox.order("shot", self.name, str(path))


class WebKitPage(Device):
    def __init__(self, driver: webdriver.WebKitGTK, name: str) -> None:
        self.driver, self.name = driver, name

    def go(self, url: str) -> None:
        self.driver.get(url)

    def js(self, expression: str) -> Any:  # noqa: ANN401
        return self.driver.execute_script(f"return ({expression})")

    def mouse(self, x: float, y: float) -> None:
        action = ActionBuilder(self.driver)
        action.pointer_action.move_to_location(round(x), round(y)).click()  # type: ignore[no-untyped-call]
        action.perform()

    def keys(self, text: str) -> None:
        self.driver.switch_to.active_element.send_keys(text)

    def press(self, key: str) -> None:
        self.driver.switch_to.active_element.send_keys({"ArrowDown": Keys.ARROW_DOWN}.get(key, key))

    def resize(self, width: int, height: int) -> None:
        self.driver.set_window_rect(0, 0, width, height)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.driver.get_screenshot_as_base64()))


class OldChromium(Device):
    """A page of a Chromium too old for Playwright's own way of finding things; its mouse and keys do."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name

    def go(self, url: str) -> None:
        self.page.goto(url)

    def js(self, expression: str) -> Any:  # noqa: ANN401
        try:
            return self.page.evaluate(expression)
        except Exception as error:
            raise AssertionError(str(error)) from error

    def mouse(self, x: float, y: float) -> None:
        self.page.mouse.click(x, y)

    def keys(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path)


@contextmanager
def screen() -> Iterator[str]:
    """The name of a display that nobody looks at."""
    told, tell = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[tell],
        stderr=subprocess.DEVNULL,
    )
    os.close(tell)
    try:
        with os.fdopen(told) as line:
            yield f":{line.readline().strip()}"
    finally:
        xvfb.terminate()
        xvfb.wait()


class WebKit:
    """WebKitGTK: each window is a browser of its own, with its own cookies, home folder and driver."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stack = folder, ExitStack()
        self.display = self.stack.enter_context(screen())

    def open(self, name: str) -> Device:
        home = self.folder / name
        home.mkdir()
        environment = {**os.environ, "DISPLAY": self.display, "HOME": str(home), "XDG_CACHE_HOME": str(home)}
        service = Service(
            shutil.which("WebKitWebDriver") or "/usr/bin/WebKitWebDriver",
            env={**environment, "NO_AT_BRIDGE": "1", "LANGUAGE": "fr"},
            log_output=subprocess.DEVNULL,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # selenium 4.51 calls itself in an old way
            driver = webdriver.WebKitGTK(options=Options(), service=service)
        self.stack.callback(driver.quit)
        driver.set_page_load_timeout(LIMIT)
        return WebKitPage(driver, name)

    def close(self) -> None:
        self.stack.close()


@contextmanager
def oldest_chromium(folder: Path) -> Iterator[Browser]:
    """The oldest Chromium of kit/browsers.json, as npm brings it: packed, for machines without a screen."""
    program = folder / "chromium"
    packed = ROOT / "tests/wide/node_modules/chrome-aws-lambda/bin/chromium.br"
    unpack = """const [from, to] = process.argv.slice(1), files = require("fs");
        files.writeFileSync(to, require("zlib").brotliDecompressSync(files.readFileSync(from)), { mode: 0o700 })"""
    subprocess.run(["sh", "scripts/node", "-e", unpack, packed, program], cwd=ROOT, check=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"], timeout=LIMIT * 1000
        )
        yield chromium
        chromium.close()
