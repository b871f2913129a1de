"""`manage.py work`: makes the documents that wait. Started by `manage.py serve`, never by hand."""

import os
import signal
import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from evaluations.actions import exports
from evaluations.exports.work import work_all
from metroloco_site.kit import pdf, steady

NICENESS = 10  # saving comes first
IDLE_S = 90.0  # then it ends, and gives its memory back


class Command(BaseCommand):
    help = "Prépare les documents demandés (lancé par « manage.py serve »)."

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(NICENESS)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our stdin
        woken = threading.Event()
        threading.Thread(target=_listen, args=[woken], daemon=True).start()
        pdf.warm()
        exports.reclaim(now=steady.now(), everything=True)  # one server, one worker: nobody else holds any
        while work_all(steady.now) or woken.wait(IDLE_S):
            woken.clear()
        connection.close()
        pdf.stop()


def _listen(woken: threading.Event) -> None:
    """Each line is a wake-up. The end of the pipe is the end of the server: nothing more may be written."""
    while os.read(sys.stdin.fileno(), 4096):
        woken.set()
    os._exit(0)
