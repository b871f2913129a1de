"""What every test may ask for. The helpers themselves are in tests/harness/."""

import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.test import Client, TransactionTestCase

from lessons.models import ClassRun, Participant
from metroloco_site.kit import pdf, steady
from tests.harness import builders as make
from tests.harness.asgi import light_part
from tests.harness.browser import browser, new_context
from tests.harness.documents import group, inline
from tests.harness.folders import ROOT
from tests.harness.kept import forget, kept
from tests.harness.measures import leave_out_half_written
from tests.harness.moment import NOW
from tests.harness.server import Server, static_kept
from tests.harness.statements import needed, note
from tests.harness.webkit import webkit

# A shared machine is slow by moments; that is no fault of a rule.
hypothesis.settings.register_profile("quick", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Thousands of tests with their modules are there until the end: without this the collector goes through all of them
# again and again.
gc.set_threshold(100_000, 20, 100)

__all__ = ["browser", "group", "inline", "kept", "light_part", "new_context", "server", "webkit"]


TESTS = Path(__file__).parent

# What these files test has no query of its own, or the same ones in another file: headers, doors, files, ports,
# PDF. The PostgreSQL run leaves them out; the SQLite run has them all.
SAME_ON_BOTH = {
    "whole/test_access",
    "ops/management/test_demo",  # always on SQLite, in a folder of its own
    "whole/test_every_pdf",
    "whole/test_full_disk",  # what fills up is the data folder, where SQLite has its file
    "whole/test_headers",
    "whole/test_hostile_paths",
    "kit/test_tables_in_libreoffice",
    "kit/test_logs",
    "whole/test_observatory",
    "packs/rules/test_broken",
    "privacy/views/test_information_sheets",
    "lessons/exports/test_posters",
    "lessons/actions/test_video",
    "ops/management/test_serve",
    "whole/test_settings",
    "evaluations/exports/test_sheets",
    "whole/test_tooling",
}

# Measuring doubles what a line costs. These go through the same lines some thousand times; other tests measure them.
UNMEASURED = {
    "whole/test_hostile_forms",
    "whole/test_hostile_paths",
    "packs/rules/test_broken",
    "packs/rules/test_changing",
    "lessons/actions/test_saving_interleavings",
}
# Here a process is itself what is tested. The servers of all the others run without coverage: what they do is
# measured where its functions are called, and one that is killed could not say what it ran.
MEASURED_PROCESSES = {
    "ops/actions/test_backup",
    "ops/management/test_demo",
    "packs/rules/test_format",
    "kit/test_pdf",
    "packs/rules/test_pictures",
    "ops/actions/test_purge",
    "ops/management/test_serve",
    "kit/test_worker",
}


# Whoever asks for these has a server or a browser beside it, which lives on the machine's clock.
REAL_CLOCK = {"browser", "fresh_data", "new_context"}


def _name(path: Path) -> str:
    """« lessons/rules/test_clock »."""
    return path.relative_to(TESTS).with_suffix("").as_posix()


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _asks_the_database(item: pytest.Item) -> bool:
    if _name(item.path) in SAME_ON_BOTH:
        return False
    if item.get_closest_marker("django_db") or {"db", "transactional_db", "server"} & _fixtures(item):
        return True
    case = getattr(item, "cls", None)
    return case is not None and issubclass(case, TransactionTestCase)


def pytest_configure(config: pytest.Config) -> None:
    note(config)


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what -m does not name
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that drive a browser and run them last; keep to the database on PostgreSQL.

    Files with a slow test come first: begun last, one of them would keep a single core busy at the end.

    Playwright keeps an event loop in the main thread from its start on, and Django refuses its
    ORM in a thread that has one: tests of the first kind would break those of the second.
    """
    for item in items:
        if {"browser", "new_context", "webkit"} & _fixtures(item):
            item.add_marker("browser")
    if "DATABASE_URL" in os.environ:  # the second of two runs: what has no query says nothing new
        asking = needed([item for item in items if _asks_the_database(item)])
        config.hook.pytest_deselected(items=list(set(items) - set(asking)))
        items[:] = asking
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, item.path not in long))


@pytest.hookimpl(wrapper=True, trylast=True)  # within pytest-cov's own
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """A process that was killed may have left half a measure: it goes before they are put together."""
    done = yield
    if "PYTEST_XDIST_WORKER" not in os.environ and session.config.getoption("--cov", default=None):
        leave_out_half_written(ROOT)
    return done


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def fresh_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that a first start leaves: tables, static files, the lesson, no account.

    The first process of a run makes it for all. Its eight seconds of compressing files are spent again only once a
    file has changed: `start.collect_static` sees by itself whether what an earlier run has kept still holds.
    """
    shared = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if shared else base) / "fresh"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            made = Server(folder).unmeasured()
            try:
                with static_kept(made.data):
                    made.start().stop()
                made.becomes_template()
            finally:
                made.close()
            (folder / "made").touch()
    return folder / "data"


@pytest.fixture(autouse=True, scope="module")
def _measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """Coverage of a file's tests and of the processes that they start, or not.

    pytest-cov's own mark (no_cover) does nothing under xdist: the measure that every process begins by itself goes on.
    """
    file, tracer = _name(request.path), sys.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        if file not in MEASURED_PROCESSES:
            for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
                patch.delenv(name)
        if file in UNMEASURED:
            sys.settrace(None)
        yield
        sys.settrace(tracer)


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """NOW, and time goes on from there; the machine's own clock where another process reads it too."""
    monkeypatch.setattr(steady._clock, "_from", None)  # what the last test has seen is not before this one
    if request.node.get_closest_marker("real_clock") or REAL_CLOCK & set(request.fixturenames):
        yield
    else:
        with time_machine.travel(NOW):
            yield


@pytest.fixture(autouse=True)
def _fresh_content() -> None:
    forget()


@pytest.fixture(autouse=True, scope="session")
def _documents_in_time() -> Iterator[None]:
    """The child gives way to a class at work: beside other processes of the tests it would miss its time limit."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pdf, "NICENESS", 0)
        yield


@pytest.fixture
def person(run: ClassRun) -> Participant:
    """The first student of the file's own `run`."""
    person = run.participants.first()
    assert person is not None
    return person


@pytest.fixture
def teacher(run: ClassRun) -> Client:
    """The teacher of the file's own `run`, signed in."""
    return make.teacher_client(run.owner)


@pytest.fixture
def server(tmp_path: Path, fresh_data: Path) -> Iterator[Server]:
    """A server of one's own, already answering, as after a first start."""
    made = Server(tmp_path, seed=fresh_data)
    try:
        yield made.start()
    finally:
        made.close()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory, fresh_data: Path) -> Iterator[Server]:
    """One server for a whole file: its tests each open an activité of their own (tests/harness/desk.py)."""
    made = Server(tmp_path_factory.mktemp("shared"), seed=fresh_data)
    try:
        yield made.start()
    finally:
        made.close()
