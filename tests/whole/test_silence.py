"""Faults of the database at any moment of any page: no log, ours or PostgreSQL's, tells whose they were.

Sixty here, a thousand in the wide run (`-m wide`); each run meets the same ones again.
"""

import io
import itertools
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, cast

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import close_old_connections, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client

from lessons import live
from lessons.live.routes import ROUTES
from lessons.live.telling import newest
from lessons.live.tokens import COOKIE, COOKIE_SALT, admissions
from lessons.models import Answer, ClassRun, Participant
from metroloco_site.accounts.models import User
from metroloco_site.kit import pdf
from metroloco_site.kit.logs import LOG, DayByDay
from tests.harness.asgi import ask
from tests.whole.test_access import MATRIX, WHO, World, make_world
from tests.whole.test_house import ours

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "Bécasseau-sanderling"  # in all that is sent: pseudonym, text, password
SPY = "Espion-93"  # the browser's name

Fault = Callable[[Any, str, Sequence[object]], None]


def quoted(sql: str, values: Sequence[object]) -> str:
    """More than any database says."""
    return f"{sql} {list(values)!r}"


def sqlite_fault(text: str, code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> Fault:
    def fails(cursor: Any, sql: str, values: Sequence[object]) -> None:  # noqa: ANN401
        error = kind(f"{text}: {quoted(sql, values)}")
        error.sqlite_errorcode = code
        raise error

    return fails


def postgres_fault(kind: type[psycopg.Error]) -> Fault:
    def fails(cursor: Any, sql: str, values: Sequence[object]) -> None:  # noqa: ANN401
        raise kind(quoted(sql, values))

    return fails


def postgres_ends(how: str) -> Fault:
    """PostgreSQL itself ends the statement, or the connection, with these very values bound to it."""

    def fails(cursor: Any, sql: str, values: Sequence[object]) -> None:  # noqa: ANN401
        more = "".join(", %s::text" for _ in values)
        cursor.execute(f"SELECT {how}(pg_backend_pid()), pg_sleep(5){more}", list(values))

    return fails


FAULTS: dict[str, dict[str, Fault]] = {
    "sqlite": {
        "locked": sqlite_fault("database is locked", sqlite3.SQLITE_BUSY),
        "full": sqlite_fault("database or disk is full", sqlite3.SQLITE_FULL),
        "timed out": sqlite_fault("interrupted", sqlite3.SQLITE_INTERRUPT),
        "killed": sqlite_fault("closed database", sqlite3.SQLITE_MISUSE, sqlite3.ProgrammingError),
    },
    "postgresql": {
        "locked": postgres_fault(psycopg.errors.LockNotAvailable),
        "full": postgres_fault(psycopg.errors.DiskFull),
        "timed out": postgres_ends("pg_cancel_backend"),
        "killed": postgres_ends("pg_terminate_backend"),
    },
}


@dataclass
class Saboteur:
    """Lets so many statements pass, then one fails."""

    countdown: int = -1
    fault: Fault | None = None
    struck: list[str] = field(default_factory=list)

    def strike(self, cursor: CursorWrapper, sql: str, values: Sequence[object] | None) -> None:
        self.countdown -= 1
        if self.fault is not None and self.countdown < 0:
            fault, self.fault = self.fault, None
            self.struck.append(sql)
            with cursor.db.wrap_database_errors:
                fault(cursor.cursor, sql, values or ())


@pytest.fixture
def saboteur(monkeypatch: pytest.MonkeyPatch) -> Saboteur:
    made, real = Saboteur(), cast("Any", CursorWrapper)._execute

    def execute(self: CursorWrapper, sql: str, params: Any, *more: Any) -> Any:  # noqa: ANN401 - Django's own
        made.strike(self, sql, params)
        return real(self, sql, params, *more)

    monkeypatch.setattr(CursorWrapper, "_execute", execute)
    return made


@pytest.fixture(autouse=True)
def _no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    for renders in ("render", "render_sheets"):
        monkeypatch.setattr(pdf, renders, lambda *_, **__: b"%PDF-")


@dataclass
class Logs:
    """Where this program and PostgreSQL write; `loose` is what a common formatter would have written."""

    file: Path
    loose: io.StringIO
    postgres: Path | None
    start: int

    def ours(self) -> str:
        return self.file.read_text(encoding="utf-8") if self.file.exists() else ""

    def theirs(self) -> str:
        return self.postgres.read_bytes()[self.start :].decode(errors="replace") if self.postgres else ""


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    root, loose = logging.getLogger(), io.StringIO()
    handlers: list[logging.Handler] = [DayByDay(tmp_path), logging.StreamHandler(loose)]
    for handler in handlers:
        root.addHandler(handler)
    theirs = None
    if connection.vendor == "postgresql":
        theirs = (
            Path(str(connection.settings_dict["HOST"] or connection.get_connection_params()["host"])) / "log"
        )
    yield Logs(tmp_path / LOG, loose, theirs, theirs.stat().st_size if theirs else 0)
    for handler in handlers:
        root.removeHandler(handler)
        handler.close()


@dataclass
class School:
    """All addresses, and who asks for them."""

    world: World
    random: Random

    def __post_init__(self) -> None:
        self.routes = {str(pattern.name): route for route, pattern in ours()}
        self.order = itertools.cycle(self.random.sample([*MATRIX, *ROUTES], len(MATRIX) + len(ROUTES)))
        person = self.world.person
        self.tokens = {
            "eleve": live.token_for(self.world.run, "eleve", person),
            "tableau": live.token_for(self.world.run, "tableau"),
        }
        self.cookie = signing.dumps([person.pk, person.token_version], salt=COOKIE_SALT)

    def ask_for_one(self, prepare: Callable[[], None]) -> None:
        """One address by one of them; `prepare` is called when the request leaves."""
        name = next(self.order)
        if name in ROUTES:
            self._ask_the_light_part(name, prepare)
        else:
            self._ask_django(name, prepare)

    def _ask_django(self, name: str, prepare: Callable[[], None]) -> None:
        method, answers = MATRIX[name]
        let_in = [who for who, answer in zip(WHO, answers, strict=True) if answer == 200] or list(WHO)
        client: Client = self.world.clients[self.random.choice(let_in)]()
        client.raise_request_exception = False
        address, agent = self.world.address(self.routes[name]), {"User-Agent": SPY}
        sent = {"pseudonym": WORD, "username": WORD, "password": WORD, "texte": WORD, "text": WORD, "title": WORD,
                "q1-reponse": WORD, "base-q1-reponse": "0", "part": "1", "writer": "page-abcd",
                **self.world.body.get(name, {})}  # fmt: skip
        prepare()
        if method == "POST" or self.random.random() < 0.3:
            for file in sent.values():
                if hasattr(file, "seek"):
                    file.seek(0)
            answer = client.post(address, sent, headers=agent)
        else:
            answer = client.get(f"{address}?q={WORD}", headers=agent)
        answer.close()

    def _ask_the_light_part(self, name: str, prepare: Callable[[], None]) -> None:
        if name in ("live-stream", "trial-stream"):
            name = "live-poll"  # a stream ends when its browser goes; its door asks the same
        role = "eleve" if ROUTES[name].method == "POST" else self.random.choice(list(self.tokens))
        pattern = ROUTES[name].pattern.pattern.replace(r"(?P<token>[\w:=-]+)", self.tokens[role])
        fields = [{"name": "q1-reponse", "text": WORD, "base": 0, "seq": 1}]
        body = json.dumps({"part": 1, "writer": "page-abcd", "fields": fields}).encode()
        headers = {
            "origin": "http://testserver", "cookie": f"{COOKIE}={self.cookie}", "user-agent": SPY,
        }  # fmt: skip
        admissions.forget(self.world.run.pk)
        newest.clear()
        prepare()
        path = pattern + ("?client=7" if name == "poster-write" else "")
        ask(ROUTES[name].method, path, body if ROUTES[name].method == "POST" else b"", headers)

    def secrets(self) -> set[str]:
        """What no log may hold."""
        found = {
            WORD,
            SPY,
            "Espion",
            self.cookie,
            *self.tokens.values(),
            "192.0.2.",
            "127.0.0.1",
            "testserver",
        }
        for person in Participant.objects.all():
            found |= {person.public_id, person.pseudonym, str(person.personal_code)}
        for run in ClassRun.objects.all():
            found |= {run.public_id, str(run.access_code), run.screen_key}
        found |= set(Answer.objects.exclude(text="").values_list("text", flat=True)) | {"trop tard"}
        found |= set(User.objects.values_list("username", flat=True))
        found |= set(Session.objects.values_list("session_key", flat=True))
        return {secret for secret in found if secret}


# Whole routes are ours to write: « /prof/activites/<slug:run>/ ».
ADDRESSES = re.compile(r"/(?:s|prof/activites|ecran|rejoindre)/(?!nouvelle/)[^<\s]")


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.wide)])
def test_no_log_tells_whose_fault_it_was(
    count: int,
    saboteur: Saboteur,
    logs: Logs,
    light_part: None,
    inline: object,
    capfd: pytest.CaptureFixture[str],
) -> None:
    random = Random(f"{connection.vendor} {count}")
    with transaction.atomic():
        world = make_world()
    school = School(world, random)
    faults = FAULTS[connection.vendor]
    secrets = school.secrets()
    while len(saboteur.struck) < count:

        def prepare() -> None:
            saboteur.countdown = random.choice((0, 0, 1, 1, 2, 3, 4, 6, 8, 12))
            saboteur.fault = faults[random.choice(list(faults))]

        school.ask_for_one(prepare)
        saboteur.fault = None
        close_old_connections()
    secrets |= school.secrets()
    out, err = capfd.readouterr()
    written = {"server.log": logs.ours(), "stdout": out, "stderr": err, "PostgreSQL": logs.theirs()}
    assert (
        len(re.findall(r"OperationalError|InterfaceError|ProgrammingError", written["server.log"]))
        > count / 2
    )
    for where, text in written.items():
        assert not {secret for secret in secrets if secret in text}, where
        assert not ADDRESSES.findall(text), where
    loose = logs.loose.getvalue()
    told = {secret for secret in secrets if secret in loose}
    assert len(told) > 3, "the faults themselves do tell: a common formatter would have"
    assert logs.postgres is None or "$1" in written["PostgreSQL"], "statements that failed are written there"
