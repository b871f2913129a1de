"""`manage.py demo` in a process of its own, as `make demo` starts it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from metroloco_site.kit import throwaway_folder
from tests.harness.folders import ROOT
from tests.harness.server import family

LINK = re.compile(r"(http://127\.0\.0\.1:\d+/)compte/demonstration/[\w-]+/")


class Demonstration:
    """`manage.py demo` as `make demo` starts it, with a temporary folder of the test's."""

    def __init__(self, folder: Path, *, in_background: bool = False) -> None:
        self.folder, self.started = folder, time.monotonic()
        (folder / "tmp").mkdir(exist_ok=True)
        browser = folder / "navigateur"
        browser.write_text(f'#!/bin/sh\necho "$1" > {folder}/ouvert\n')
        browser.chmod(0o700)
        kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self.environment = kept | {
            "TMPDIR": str(folder / "tmp"),
            "METROLOCO_DATA": str(folder / "data"),  # an installation of theirs, which stays as it is
            "METROLOCO_HTTPS": "1",
            "DATABASE_URL": "postgres://personne@127.0.0.1:1/rien",
            "BROWSER": f"{browser} %s",
        }
        before = (
            ["sh", "-c", 'trap "" INT; exec "$0" "$@"'] if in_background else []
        )  # as « make demo & » in a script
        self.log = folder / "log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*before, sys.executable, "manage.py", "demo"], cwd=ROOT, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def wait(self, until: Callable[[], object], limit: float = 120) -> None:
        while not until():
            assert self.process.poll() is None, self.said
            assert time.monotonic() - self.started < limit, self.said
            time.sleep(0.05)

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def left(self) -> list[Path]:
        return list((self.folder / "tmp").glob(f"{throwaway_folder.PREFIX}*"))

    def link(self) -> str:
        """The address it prints, once all is ready."""
        self.wait(lambda: "Ctrl+C" in self.said)
        found = LINK.search(self.said)
        assert found, self.said
        return found[0]

    def end(self, how: signal.Signals) -> int:
        members = family(self.process.pid)
        for pid in members if how == signal.SIGKILL else members[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        return self.process.wait(20)

    def close(self) -> None:
        """End whatever still runs, at the end of a test."""
        if self.process.poll() is None:
            self.end(signal.SIGKILL)
