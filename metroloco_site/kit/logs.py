"""What the server writes about itself: where it failed, never what somebody sent."""

import copy
import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


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
