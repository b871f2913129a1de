"""The moment at which every test takes place, whatever the day on which it is run.

Within a test the machine's clock reads NOW and goes on from there (the `_clock` fixture of tests/conftest.py), so that
the program, Django and the builders agree. Other processes read the machine's own clock: so do the tests that start a
server, and so does NOW in a process that works on a server's data (tests/harness/hands.py).
`make test-dates` names other moments, TESTS_NOW, and moves the clock of the machine itself there.
"""

import os
import sys
from datetime import UTC, datetime

ORDINARY = "2026-11-23T09:00:00+00:00"  # a Monday, in a week of lessons
IN_TESTS = "pytest" in sys.modules

NOW = datetime.fromisoformat(os.environ.get("TESTS_NOW", ORDINARY)) if IN_TESTS else datetime.now(UTC)

# What moves the clock of a process and of all that it starts (tests/harness/dates.py).
MOVING = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC")


def unmoved() -> dict[str, str | float | bool]:
    """The environment of a browser: a device has a clock of its own, and Chromium crawls with its clock moved."""
    return {name: value for name, value in os.environ.items() if name not in MOVING}
