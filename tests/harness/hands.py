"""Python on a server's own data, in a process that stays: `python -m tests.harness.hands`.

A browser test looks into the store some five times, a test of backups gives a handful of commands. `manage.py` starts
Python and Django for each of them, 0.4-0.8 s of CPU and twice that where coverage is measured; here an order costs
milliseconds. One order a line on stdin, JSON: Python to run, or the words of a command; one answer a line on stdout.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
from typing import Any

from tests.harness.folders import ROOT


class Hands:
    """The process, started by the first order. `environment` is the server's: the same data."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None

    def do(self, code: str) -> str:
        """What the code printed. Raises AssertionError with its traceback if it failed."""
        return str(self._ordered({"code": code})["out"])

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `manage.py` with these words would have said, and its exit code."""
        answer = self._ordered({"arguments": arguments})
        return subprocess.CompletedProcess(arguments, int(answer["exit"]), answer["out"], answer["err"])

    def _ordered(self, order: dict[str, object]) -> dict[str, Any]:
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
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(
            self.process.stdout.readline() or '{"error": "le processus s’est arrêté"}'
        )
        assert not answer.get("error"), answer["error"]
        return answer

    def close(self) -> None:
        """Ends the process: it keeps no file of the store open between two orders."""
        if self.process is not None:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.close()
            self.process.wait(10)
            self.process.stdout.close()
            self.process = None


def _answer(order: dict[str, Any]) -> dict[str, object]:
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - once Django is set up
    from django.db import connections  # noqa: PLC0415 - the same

    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            if "code" in order:
                exec(order["code"], {"__name__": "orders"})  # noqa: S102 - the tests' own code
            else:
                execute_from_command_line(["manage.py", *order["arguments"]])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001 - whatever it is, the test is told
        return {"error": traceback.format_exc()}
    finally:
        connections.close_all()  # the server may be killed, restored or restarted before the next order
    return {"out": out.getvalue(), "err": err.getvalue(), "exit": code}


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
