"""Python on a server's own data, in a process that stays: `python -m tests.harness.hands`.

A browser test looks into the store some five times. `manage.py shell` starts Python and Django for each of them,
0.4-0.8 s of CPU; here a look costs milliseconds. One order a line on stdin, JSON; one answer a line on stdout.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Hands:
    """The process, started by the first order. `environment` is the server's: the same data."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None

    def do(self, code: str) -> str:
        """What the code printed. Raises AssertionError with its traceback if it failed."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.harness.hands"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "le processus s’est arrêté"}')
        assert not answer.get("error"), answer["error"]
        return str(answer["out"])

    def close(self) -> None:
        """Ends the process: it keeps no file of the store open between two orders."""
        if self.process is not None:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.close()
            self.process.wait(10)
            self.process.stdout.close()
            self.process = None


def _answer(code: str) -> dict[str, str]:
    from django.db import connections  # noqa: PLC0415 - once Django is set up

    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, {"__name__": "orders"})  # noqa: S102 - the tests' own code
    except Exception:  # noqa: BLE001 - whatever it is, the test is told
        return {"error": traceback.format_exc()}
    finally:
        connections.close_all()  # the server may be killed, restored or restarted before the next order
    return {"out": printed.getvalue()}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "metroloco_site.settings"
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    # 0.3 s a password on purpose; those made here come with a session, nobody types them.
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.PASSWORD_HASHERS = hashers
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
