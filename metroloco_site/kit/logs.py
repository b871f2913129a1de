"""What the server writes about itself: where it failed, never what somebody sent.

An allow-list: our own messages are constants (a test reads every call) and pass as they are written, without
their arguments. Of whatever a library logs, only the place is written; of an exception, its class and the lines
of code that led to it. An exception's message quotes: a database the value that it refused, a pseudonym perhaps.
"""

import logging
import sys
import threading
from datetime import timedelta
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

LOG = "server.log"
KEPT = timedelta(days=7)
DAY_BYTES = 1_000_000  # a fault in a loop does not fill the disk
MOST_LINES = 200
OURS = ("metroloco_site", "lessons", "annexes", "evaluations")
_PLACES = sorted({f"{place}/" for place in sys.path if place}, key=len, reverse=True)

# logging's own report of a failing handler prints the message and its arguments.
logging.raiseExceptions = False


class Known(str):
    """An argument that may be written, for it comes from nobody: an exit code, the class of an exception."""

    __slots__ = ()


class Quiet(logging.Handler):
    """Whatever happens to its stream (a full disk, a terminal that was closed), who logs goes on."""

    def handle(self, record: logging.LogRecord) -> bool:
        try:
            return super().handle(record)
        except Exception:  # noqa: BLE001 - there is nowhere to say it
            return False


class Console(Quiet, logging.StreamHandler[Any]):
    """stderr."""


class DayByDay(Quiet, TimedRotatingFileHandler):
    """One file a day, so that seven days can be kept and no more; a day's file ends at DAY_BYTES."""

    def __init__(self, folder: Path) -> None:
        file = folder / LOG
        super().__init__(file, when="midnight", delay=True, encoding="utf-8")
        self.setFormatter(Sober("{asctime} {levelname} {name} {message}", style="{"))
        # Counted: asking the stream where it is writes out what it holds, which a full disk refuses.
        self._bytes = file.stat().st_size if file.exists() else 0

    def emit(self, record: logging.LogRecord) -> None:
        if self._bytes <= DAY_BYTES or self.shouldRollover(record):
            super().emit(record)

    def doRollover(self) -> None:  # noqa: N802 - the name is logging's
        super().doRollover()
        self._bytes = 0

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        self._bytes += len(text.encode()) + 1
        return text


def old_logs(folder: Path, before: float) -> list[Path]:
    """Files whose last line is older than this instant (seconds since 1970)."""
    return [path for path in folder.glob(f"{LOG}*") if path.stat().st_mtime < before]


class Sober(logging.Formatter):
    """Our own words, a request as its route, an exception as its class and the lines that led to it."""

    def format(self, record: logging.LogRecord) -> str:
        record = logging.makeLogRecord(record.__dict__)  # others format it too
        record.msg, record.args = _said(record), ()
        record.exc_text = record.stack_info = None  # as another formatter wrote them
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the name is logging's
        return told(ei[1]) if ei[1] else ""


def told(error: BaseException) -> str:
    """An exception and those behind it: their classes, and « file:line function » of each call."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < MOST_LINES:  # a chain may lead back to itself
        lines += [*_frames(seen.__traceback__), f"{type(seen).__module__}.{type(seen).__qualname__}"]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def _said(record: logging.LogRecord) -> str:
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    if match:
        return f"/{match.route}"
    if record.name.split(".")[0] not in OURS or not isinstance(record.msg, str):
        return f"{_short(record.pathname)}:{record.lineno} {record.funcName}"
    given = record.args if isinstance(record.args, tuple) else ()
    return record.msg % tuple(a if type(a) is Known else "…" for a in given) if given else record.msg


def _frames(place: TracebackType | None) -> list[str]:
    found = []
    while place is not None:
        code = place.tb_frame.f_code
        found.append(f"  {_short(code.co_filename)}:{place.tb_lineno} {code.co_name}")
        place = place.tb_next
    return found[-MOST_LINES:]  # of an endless recursion, the end


def _short(path: str) -> str:
    """Without the folder of the installation, which may bear somebody's name."""
    return next((path.removeprefix(place) for place in _PLACES if path.startswith(place)), Path(path).name)


_log = logging.getLogger(__name__)


def alone() -> None:
    """The same for a process that knows no Django; of libraries, which warn of what they read, nothing is said."""
    console = Console()
    console.setFormatter(Sober("{asctime} {levelname} {name} {message}", style="{"))
    logging.basicConfig(handlers=[console], level=logging.CRITICAL, force=True)
    logging.getLogger(OURS[0]).setLevel(logging.ERROR)
    take_over()


def take_over() -> None:
    """What ends a thread or a process is written here too, in place of Python's own report on stderr.

    That one quotes messages and, of a warning, whatever it warns of.
    """
    threading.excepthook = _write_thread
    sys.excepthook = _write
    sys.unraisablehook = _write_unraisable
    logging.captureWarnings(capture=True)


def _write(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    _log.error("Le programme s’est interrompu.", exc_info=error)


def _write_thread(end: threading.ExceptHookArgs) -> None:
    _log.error("Un fil d’exécution s’est interrompu.", exc_info=end.exc_value)


def _write_unraisable(lost: "sys.UnraisableHookArgs") -> None:
    _log.error("Un objet n’a pas pu être rangé.", exc_info=lost.exc_value)
