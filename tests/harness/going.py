"""A device whose « Retour » is the real one, in WebKitGTK or Chromium: a click on a link, then back."""

import json
import time
from typing import Any, Protocol

from playwright.sync_api import Page
from selenium import webdriver
from selenium.webdriver.common.by import By

LIMIT = 20  # seconds


class Device(Protocol):
    """What a walk asks of an engine. `selector` names one element, by CSS."""

    def open(self, url: str, cookies: dict[str, str]) -> None: ...

    def type(self, selector: str, text: str) -> None: ...

    def click(self, selector: str) -> None: ...

    def back(self) -> None: ...

    def reload(self) -> None: ...

    def js(self, expression: str) -> Any: ...  # noqa: ANN401 - whatever the page says


class WebKit:
    def __init__(self, driver: webdriver.WebKitGTK) -> None:
        self.driver = driver

    def open(self, url: str, cookies: dict[str, str]) -> None:
        self.driver.get(url)  # cookies are put where one stands
        self.driver.delete_all_cookies()
        for name, value in cookies.items():
            self.driver.add_cookie({"name": name, "value": value, "path": "/"})
        self.driver.get(url)
        self.js("sessionStorage.clear()")

    def type(self, selector: str, text: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, selector).send_keys(text)

    def click(self, selector: str) -> None:
        found = self.driver.find_element(By.CSS_SELECTOR, selector)
        self.driver.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", found
        )
        found.click()

    def back(self) -> None:
        self.driver.back()

    def reload(self) -> None:
        self.driver.refresh()

    def js(self, expression: str) -> Any:  # noqa: ANN401
        return self.driver.execute_script(f"return ({expression})")


class Chromium:
    """A page of a Chromium that was started with its back-forward cache."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str, cookies: dict[str, str]) -> None:
        self.page.context.add_cookies(
            [{"name": n, "value": v, "domain": "127.0.0.1", "path": "/"} for n, v in cookies.items()]
        )
        self.page.goto(url)

    def type(self, selector: str, text: str) -> None:
        self.page.locator(selector).first.press_sequentially(text)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def back(self) -> None:
        self.page.evaluate("() => { history.back(); }")

    def reload(self) -> None:
        self.page.reload()

    def js(self, expression: str) -> Any:  # noqa: ANN401
        return self.page.evaluate(f"() => ({expression})")


def wait(device: Device, expression: str, seconds: float = LIMIT) -> None:
    """Until this is true of the page; while it changes pages it is not."""
    end = time.monotonic() + seconds
    while True:
        try:
            if device.js(expression):
                return
        except Exception:  # noqa: BLE001, S110 - between two pages, each engine says it in its own way
            pass
        assert time.monotonic() < end, expression
        time.sleep(0.05)


def go_and_come_back(device: Device, link: str, here: str) -> None:
    """Follows a link, then « Retour ». `here`: true on the first page, whichever copy of it comes back."""
    device.js("window.before = true")
    device.click(link)
    wait(device, "!window.before && document.readyState === 'complete'")
    device.back()
    wait(device, f"document.readyState === 'complete' && ({here})")
    time.sleep(0.3)  # WebKit resets the forms of a page that comes back once « pageshow » is over


def value(selector: str) -> str:
    """Of a control, as JavaScript."""
    return f"document.querySelector({json.dumps(selector)}).value"
