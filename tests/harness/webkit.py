"""WebKitGTK, the engine of every iPad, iPhone and Mac, on a screen of its own (Xvfb), under selenium.

One session serves all the tests that ask for it: a start costs three seconds. It keeps nothing between two runs.
"""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.harness.moment import unmoved

SCREEN = "1280x900x24"


@contextmanager
def _screen() -> Iterator[str]:
    """The name of a display that nobody looks at."""
    told, tell = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=[tell],
        stderr=subprocess.DEVNULL,
    )
    os.close(tell)
    try:
        with os.fdopen(told) as line:
            yield f":{line.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()


@pytest.fixture(scope="session")
def webkit() -> Iterator[webdriver.WebKitGTK]:
    """One WebKitGTK for the whole run."""
    program = shutil.which("WebKitWebDriver") or "/usr/bin/WebKitWebDriver"
    with tempfile.TemporaryDirectory(prefix="webkit") as home, _screen() as display:
        environment = {
            **{name: str(value) for name, value in unmoved().items()},
            "DISPLAY": display,
            "HOME": home,
            "XDG_CACHE_HOME": home,
            "NO_AT_BRIDGE": "1",  # no bus to tell of accessibility
            "LANGUAGE": "fr",
        }
        service = Service(program, env=environment, log_output=subprocess.DEVNULL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # selenium 4.51 calls itself in an old way
            driver = webdriver.WebKitGTK(options=Options(), service=service)
        driver.set_page_load_timeout(30)
        driver.set_script_timeout(30)
        yield driver
        driver.quit()
