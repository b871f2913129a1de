"""`manage.py work`: makes the documents that wait. Started by `manage.py serve`, never by hand."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from evaluations.actions import exports
from evaluations.exports.work import work_all
from metroloco_site.kit import pdf, steady, worker

NICENESS = 10  # saving comes first
IDLE_S = 90.0  # then it ends, and gives its memory back


class Command(BaseCommand):
    help = "Prépare les documents demandés (lancé par «\u00a0manage.py serve\u00a0»)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--alive", type=int, help="Tube où dire que le travail avance.")

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(NICENESS)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our stdin
        say = _voice(options["alive"])
        woken = threading.Event()
        threading.Thread(target=_listen, args=[woken], daemon=True).start()
        pdf.warm()
        exports.reclaim(now=steady.now(), everything=True)  # one server, one worker: nobody else holds any
        while _work(say) or _rest(woken, say):
            woken.clear()
        connection.close()
        pdf.stop()


def _work(say: Callable[[bytes], None]) -> int:
    """Whatever it makes looks at the clock at each step: that is our sign of life."""

    def clock() -> datetime:
        say(worker.AT_WORK)
        return steady.now()

    return work_all(clock)


def _rest(woken: threading.Event, say: Callable[[bytes], None]) -> bool:
    """Until there is work; False if there was none for so long."""
    say(worker.AT_REST)
    try:
        return woken.wait(IDLE_S)
    finally:
        say(worker.AT_WORK)


def _voice(pipe: int | None) -> Callable[[bytes], None]:
    """Speaks on a pipe without ever waiting for the one who listens."""
    if pipe is not None:
        os.set_blocking(pipe, False)

    def say(sign: bytes) -> None:
        if pipe is not None:
            with contextlib.suppress(OSError):
                os.write(pipe, sign)

    return say


def _listen(woken: threading.Event) -> None:
    """Each line is a wake-up. The end of the pipe is the end of the server: nothing more may be written."""
    while os.read(sys.stdin.fileno(), 4096):
        woken.set()
    os._exit(0)
