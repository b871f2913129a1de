"""`manage.py work`: makes the documents that wait. Started by `manage.py serve`, never by hand."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection

from evaluations.actions import exports
from evaluations.exports.work import work_all
from metroloco_site.kit import logs, pdf, steady, worker
from metroloco_site.kit.turns import take_turns

NICENESS = 10  # saving comes first
IDLE_S = 90.0  # then it ends, and gives its memory back


class Command(BaseCommand):
    help = "Prépare les documents demandés (lancé par «\u00a0manage.py serve\u00a0»)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--alive", type=int, help="Tube où dire que le travail avance.")

    def handle(self, *args: Any, **options: Any) -> None:
        logs.take_over()
        os.nice(NICENESS)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our stdin
        say = _voice(options["alive"])
        woken = threading.Event()
        threading.Thread(target=_listen, args=[woken], daemon=True).start()
        pdf.warm()
        take_turns(partial(_work, say), partial(_rest, woken, say))
        connection.close()
        pdf.stop()


def _work(say: Callable[[bytes], None]) -> float:
    """Whatever it makes looks at the clock at each step: that is our sign of life."""

    def clock() -> datetime:
        say(worker.AT_WORK)
        return steady.now()

    close_old_connections()  # one that broke
    exports.reclaim(now=clock(), everything=True)  # one server, one worker: nobody else holds any
    return 0.0 if work_all(clock) else IDLE_S


def _rest(woken: threading.Event, say: Callable[[bytes], None], seconds: float) -> bool:
    """Until there is work; False if there was none for so long."""
    say(worker.AT_REST)
    try:
        return not seconds or woken.wait(seconds) or seconds < IDLE_S  # after a fault: once more
    finally:
        woken.clear()
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
    try:
        while os.read(sys.stdin.fileno(), 4096):
            woken.set()
    finally:  # whoever can no longer hear ends too: the server starts another one
        os._exit(0)
