"""French ways of writing times and counts."""

from datetime import datetime

from django.utils import timezone

NBSP = "\u00a0"
KILO, MEGA = 1000, 1_000_000  # bytes


def clock_time(instant: datetime) -> str:
    """« 10 h 42 min 07 s », in the installation's time zone."""
    local = timezone.localtime(instant)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}{NBSP}min{NBSP}{local.second:02d}{NBSP}s"


def short_time(instant: datetime) -> str:
    """« 10 h 42 »."""
    local = timezone.localtime(instant)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def minute(instant: datetime) -> str:
    """« 10 h 42 min », in a sentence."""
    return f"{short_time(instant)}{NBSP}min"


def figure(milliseconds: int) -> str:
    """« 9:24 », rounded up to the second as people read a clock that runs down; « 0:00 » at the end."""
    minutes, seconds = divmod(max(0, -(-milliseconds // 1000)), 60)
    return f"{minutes}:{seconds:02d}"


def size(count: int) -> str:
    """A number of bytes as « 812 o », « 14 ko » or « 1,4 Mo »."""
    if count < KILO:
        return f"{count}{NBSP}o"
    if count < MEGA:
        return f"{round(count / 1000)}{NBSP}ko"
    return f"{count / 1_000_000:.1f}".replace(".", ",") + f"{NBSP}Mo"


def duration(seconds: int) -> str:
    """« 5 min », « 13 min 20 s », « 40 s »."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes}{NBSP}min"] * (minutes > 0) + [f"{rest}{NBSP}s"] * (rest > 0 or minutes == 0)
    return NBSP.join(parts)
