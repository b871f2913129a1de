"""kill -9 of the whole server under 35 writers at random moments: what was acknowledged is in the store.

It cannot show a power cut: the page cache outlives a process. For that, the tests assert the PRAGMAs
(or PostgreSQL's synchronous_commit) on a live connection.
"""

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench.http import Link
from bench.texts import text
from tests.harness.server import Server

WRITERS = 35
PAUSE_S = 0.05  # between two saves of a student: far more than in life
_SET_UP = "from bench.house import print_class; print_class({count})"
_STORED = """
SELECT answer.sitting_id, question.number, answer.field, answer.text, answer.revision
FROM lessons_answer answer JOIN lessons_question question ON question.id = answer.question_id
"""


@dataclass
class Pupil:
    """One writer: what was sent, and the number of the last text acknowledged, by field."""

    sitting: int
    token: str
    cookie: str
    fields: list[str]
    sent: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    seq: int = 0


@dataclass
class Figures:
    rounds: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    clocks_wrong: list[str] = field(default_factory=list)
    restart_s: list[float] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.damaged or self.clocks_wrong)


class Class:
    """A class that writes on a server that is killed again and again."""

    def __init__(self, server: Server, writers: int = WRITERS, seed: int | None = None) -> None:
        self.server = server
        self.random = random.Random(seed)
        made = json.loads(server.manage("shell", "-c", _SET_UP.format(count=writers)).splitlines()[-1])
        self.pupils = [Pupil(**values) for values in made]
        self.figures = Figures()
        self.revisions: dict[tuple[int, str], int] = {}  # what a page that is loaded now has seen
        self.clock = self._clock()

    def round(self) -> None:
        """Everybody writes; the server is killed within 1.5 s, started again, and asked."""
        before = sum(len(pupil.sent.get(name, ())) for pupil in self.pupils for name in pupil.fields)
        asyncio.run(self._write_until_killed(self.random.uniform(0.2, 1.5)))
        start = time.perf_counter()
        self.server.start()
        self.figures.restart_s.append(time.perf_counter() - start)
        self.figures.rounds += 1
        after = sum(len(pupil.sent.get(name, ())) for pupil in self.pupils for name in pupil.fields)
        assert after > before, "nobody wrote"
        self._check()

    async def _write_until_killed(self, seconds: float) -> None:
        writers = [asyncio.create_task(self._write(pupil)) for pupil in self.pupils]
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.server.kill9)
        await asyncio.gather(*writers)

    async def _write(self, pupil: Pupil) -> None:
        """Until the server is no more."""
        link = Link(self.server.port)
        link.cookies = {"participant": pupil.cookie}
        writer = f"page-{random.getrandbits(48):012x}"  # a page that was loaded again
        bases = {name: self.revisions.get((pupil.sitting, name), 0) for name in pupil.fields}
        try:
            while True:
                names = self.random.sample(pupil.fields, self.random.choice((1, 1, 1, 2)))
                await self._save(link, pupil, writer, names, bases)
                await asyncio.sleep(self.random.random() * 2 * PAUSE_S)
        except (OSError, EOFError):
            return
        finally:
            link.close()

    async def _save(
        self, link: Link, pupil: Pupil, writer: str, names: list[str], bases: dict[str, int]
    ) -> None:
        fields = []
        numbers = {}
        for name in names:
            texts = pupil.sent.setdefault(name, [])
            numbers[name] = len(texts)
            texts.append(text(pupil.sitting, len(texts)))
            pupil.seq += 1
            fields.append({"name": name, "text": texts[-1], "base": bases[name], "seq": pupil.seq})
        body = json.dumps({"part": 1, "writer": writer, "fields": fields}).encode()
        answer = await link.post(f"/live/{pupil.token}/enregistrer", body, "application/json")
        if answer.status != 200:
            raise OSError(answer.status)
        for result in json.loads(answer.body)["fields"]:
            if result["outcome"] != "saved":
                self.figures.lost.append(f"{result['name']} : {result['outcome']}")
            bases[result["name"]] = result["revision"]
            pupil.acknowledged[result["name"]] = numbers[result["name"]]
            self.figures.acknowledged += 1

    # --- after the restart --------------------------------------------------------------------------

    def _check(self) -> None:
        stored = self._stored()
        for pupil in self.pupils:
            for name, number in pupil.acknowledged.items():
                found = stored[pupil.sitting, name]
                if found not in pupil.sent[name][number:]:  # or a later one, committed but not yet said
                    self.figures.lost.append(f"{pupil.sitting} {name} : {found[:40]!r}")
        if (word := self._integrity()) != "ok":
            self.figures.damaged.append(word)
        clock = self._clock()
        if clock != self.clock:
            self.figures.clocks_wrong.append(f"{self.clock} → {clock}")

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        if self.server.database:
            with psycopg.connect(self.server.database) as postgres:
                return postgres.execute(statement.encode()).fetchall()
        with sqlite3.connect(self.server.data / "metroloco.sqlite3", timeout=20) as connection:
            rows = connection.execute(statement).fetchall()
        connection.close()
        return rows

    def _stored(self) -> dict[tuple[int, str], str]:
        rows = self._rows(_STORED)
        self.revisions = {
            (sitting, f"q{number}-{key}"): revision for sitting, number, key, _, revision in rows
        }
        return {(sitting, f"q{number}-{key}"): content for sitting, number, key, content, _ in rows}

    def _integrity(self) -> str:
        return "ok" if self.server.database else str(self._rows("PRAGMA integrity_check")[0][0])

    def _clock(self) -> dict[str, Any]:
        """What pages are told of the time; « now » only has to be right."""

        async def ask() -> dict[str, Any]:
            link = Link(self.server.port)
            answer = await link.get(f"/live/{self.pupils[0].token}/etat")
            link.close()
            state: dict[str, Any] = json.loads(answer.body)
            return state

        state = asyncio.run(ask())
        assert abs(state.pop("now") / 1000 - time.time()) < 5
        return state


def run(rounds: int, out: Path) -> Figures:
    """So many rounds on one server; writes the figures."""
    with tempfile.TemporaryDirectory(prefix="metroloco-bench-") as folder:
        server = Server(Path(folder)).start()
        try:
            pupils = Class(server)
            for number in range(1, rounds + 1):
                pupils.round()
                if number % 10 == 0:
                    print(
                        number, pupils.figures.acknowledged, "acknowledged,", len(pupils.figures.lost), "lost"
                    )
        finally:
            server.close()
    found = pupils.figures
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found.__dict__, indent=1, ensure_ascii=False), encoding="utf-8")
    print(
        f"{found.rounds} kills, {found.acknowledged} texts acknowledged, {len(found.lost)} lost, "
        f"{len(found.damaged)} damaged, {len(found.clocks_wrong)} clocks wrong"
    )
    return found
