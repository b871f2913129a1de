"""The same tests on other days: `python -m tests.harness.dates [day…] -- command…`.

A day is « +40 » (days from now), a date (« 2028-02-29 »), or one of those below, each the next to come. The command is
run once for each, with the clock of the machine moved there for itself and all that it starts (servers, the worker, the
child of the PDF), and with TESTS_NOW, the moment at which tests take place. The monotonic clock is left alone: whoever
waits, waits as long as ever. Files keep the dates that the kernel gives them.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import libfaketime

PARIS = ZoneInfo("Europe/Paris")
LIBRARY = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
HOUR = timedelta(hours=1)
BEFORE = timedelta(minutes=12)  # a lesson of the tests, or a run of all, crosses the change of hour


def at_ten(day: date) -> datetime:
    """A lesson in the morning, in Paris."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=PARIS).astimezone(UTC)


def ahead(days: int, now: datetime) -> datetime:
    """So many days from now, at ten."""
    return at_ten((now + timedelta(days=days)).astimezone(PARIS).date())


def next_day(month: int, day: int, now: datetime) -> datetime:
    """The next such day, at ten; for 29 February, of the next leap year."""
    for year in range(now.year, now.year + 9):
        try:
            moment = at_ten(date(year, month, day))
        except ValueError:
            continue
        if moment > now:
            return moment
    raise AssertionError(month, day)


def next_change(forward: bool, now: datetime) -> datetime:
    """Just before the next change of hour in Paris: « forward » in spring."""
    hour = now.replace(minute=0, second=0, microsecond=0) + HOUR
    while True:
        change = (hour + HOUR).astimezone(PARIS).utcoffset(), hour.astimezone(PARIS).utcoffset()
        if change[0] != change[1] and (change[0] > change[1]) is forward:  # type: ignore[operator]
            return hour + HOUR - BEFORE
        hour += HOUR


DAYS: dict[str, Callable[[datetime], datetime]] = {
    "+1": lambda now: ahead(1, now),
    "+40": lambda now: ahead(40, now),
    "+400": lambda now: ahead(400, now),
    "spring": lambda now: next_change(True, now),
    "autumn": lambda now: next_change(False, now),
    "31-december": lambda now: next_day(12, 31, now),
    "29-february": lambda now: next_day(2, 29, now),
    "31-august": lambda now: next_day(8, 31, now),
    "1-september": lambda now: next_day(9, 1, now),
}


def moment(name: str, now: datetime) -> datetime:
    """When the tests of this day begin. Raises ValueError for a word that is no day."""
    if name in DAYS:
        found = DAYS[name](now)
    elif name.startswith("+"):
        found = ahead(int(name), now)
    else:
        found = at_ten(date.fromisoformat(name))
    return found.replace(microsecond=0)


def moved(to: datetime) -> dict[str, str]:
    """The environment of a process whose clock reads `to` now."""
    return {
        **os.environ,
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": f"{to.timestamp() - time.time():+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "TESTS_NOW": to.isoformat(),
    }


def main(arguments: Sequence[str]) -> int:
    cut = arguments.index("--")
    failed = []
    for name in list(arguments[:cut]) or list(DAYS):
        to = moment(name, datetime.now(UTC))
        sys.stdout.write(f"— {name} : {to.astimezone(PARIS):%A %d/%m/%Y %H:%M} —\n")
        sys.stdout.flush()
        if subprocess.run(arguments[cut + 1 :], env=moved(to), check=False).returncode:
            failed.append(name)
    if failed:
        sys.stdout.write(f"— Échec : {', '.join(failed)} —\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
