"""What the server writes about itself: where it failed, never what somebody sent."""

import copy
import logging
import traceback
from datetime import timedelta
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

LOG = "server.log"
KEPT = timedelta(days=7)
DAY_BYTES = 1_000_000  # a fault in a loop does not fill the disk


class DayByDay(TimedRotatingFileHandler):
    """One file a day, so that seven days can be kept and no more; a day's file ends at DAY_BYTES."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / LOG, when="midnight", delay=True, encoding="utf-8")
        self.setFormatter(Sober("{asctime} {levelname} {name} {message}", style="{"))

    def emit(self, record: logging.LogRecord) -> None:
        full = self.stream is not None and self.stream.tell() > DAY_BYTES
        if not full or self.shouldRollover(record):
            super().emit(record)


def old_logs(folder: Path, before: float) -> list[Path]:
    """Files whose last line is older than this instant (seconds since 1970)."""
    return [path for path in folder.glob(f"{LOG}*") if path.stat().st_mtime < before]


class Sober(logging.Formatter):
    """A request as its route, an exception as its class and the lines that led to it.

    An address holds keys and ids. An exception's message is left out too: a database quotes the
    value that it refused, a pseudonym perhaps.
    """

    def format(self, record: logging.LogRecord) -> str:
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if match:
            record = copy.copy(record)
            record.msg, record.args = f"/{match.route}", ()
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the name is logging's
        kind, _, place = ei
        frames = "".join(traceback.format_tb(place))
        return f"{frames}{kind.__module__}.{kind.__name__}" if kind else ""
