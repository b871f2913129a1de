"""The moment of the tests: set in their own process, moved for a whole family of them by `make test-dates`."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metroloco_site.kit import steady
from tests.harness import dates
from tests.harness.builders import NOW
from tests.harness.folders import ROOT

TELLS = (
    "import subprocess, time; t = time.monotonic(); time.sleep(0.2); "
    "print(time.time()); print(time.monotonic() - t); print(subprocess.check_output(['date', '+%s']).decode())"
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given here


def test_program_django_and_builders_read_the_same_clock() -> None:
    for read in (steady.now(), timezone.now(), datetime.fromtimestamp(time.time(), UTC)):
        assert timedelta() <= read - NOW < timedelta(minutes=5)
    assert steady.now() < steady.now() + timedelta(seconds=1)


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_has_waited_is_not_the_next_ones(turn: int) -> None:
    """The program's clock never goes back: it would go on from the last test's."""
    assert steady.now() - NOW < timedelta(seconds=30)
    steady.not_before(NOW + timedelta(hours=1))
    assert steady.now() - NOW >= timedelta(hours=1)


@pytest.mark.real_clock
def test_where_another_process_reads_it_too_nothing_is_set() -> None:
    told = subprocess.run(["date", "+%s"], capture_output=True, text=True, check=True).stdout
    assert abs(time.time() - int(told)) < 60


def test_a_day_is_that_of_all_processes_and_waits_last_as_long() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.dates", "2028-02-29", "--", sys.executable, "-c", TELLS],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    title, there, waited, child = done.stdout.split("\n")[:4]
    assert "29/02/2028 10:00" in title
    ten = datetime(2028, 2, 29, 9, tzinfo=UTC).timestamp()
    assert -1 <= float(there) - ten < 120
    assert abs(int(child) - float(there)) < 60
    assert 0.2 <= float(waited) < 60


def test_all_days_are_run_and_those_that_fail_are_named() -> None:
    script = "import os, sys; sys.exit('2030' in os.environ['TESTS_NOW'])"
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.dates", "2030-01-02", "2031-01-02", "--",
         sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.count("10:00") == 2
    assert done.stdout.endswith("— Échec : 2030-01-02 —\n")


@given(moments)
def test_every_day_is_ahead_and_is_what_it_is_called(now: datetime) -> None:
    there = {name: dates.moment(name, now).astimezone(dates.PARIS) for name in dates.DAYS}
    for name, day in there.items():
        assert now < day or name in ("spring", "autumn"), name  # the night itself: its lesson has begun
    named = {"31-december": (12, 31), "29-february": (2, 29), "31-august": (8, 31), "1-september": (9, 1)}
    for name, on in named.items():
        assert (there[name].month, there[name].day, there[name].hour) == (*on, 10)
    for name, difference in (("spring", 1), ("autumn", -1)):
        after = (there[name].astimezone(UTC) + dates.BEFORE).astimezone(dates.PARIS)
        before, since = there[name].utcoffset(), after.utcoffset()
        assert before is not None
        assert since is not None
        assert since - before == timedelta(hours=difference)
        assert there[name].month == (3 if name == "spring" else 10)


@pytest.mark.parametrize("word", ["hier", "2027-02-29", "+x"])
def test_a_word_that_is_no_day_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.moment(word, NOW)
