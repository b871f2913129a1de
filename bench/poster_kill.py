"""kill -9 of the whole server under writers of common documents: what was acknowledged is in the store.

As bench.kill9, with pages that outlive the server: what was not acknowledged is sent again after the restart.
"""

import asyncio
import base64
import json
import random
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from bench.http import Link
from lessons.rules.document import Replica
from tests.harness.server import Server

GROUPS, MEMBERS = 4, 4
PAUSE_S = 0.05
_SET_UP = "from bench.house import print_groups; print_groups({groups}, {members})"


@dataclass
class Page:
    """One member's open page."""

    group: int
    path: str
    token: str
    cookie: str
    replica: Replica = field(default_factory=Replica)
    unsent: list[tuple[str, bytes]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    count: int = 0

    def type(self) -> None:
        """A word that nobody else writes, at the end of a text of the group."""
        self.count += 1
        word = f"[{self.replica.client}-{self.count}😀]"
        key = random.choice(("titre", "q1-a", "q2-a"))
        text = self.replica.text(key)
        at = random.randint(0, text.count("[")) if len(text) < 20_000 else 0
        place = len("[".join(text.split("[")[: at + 1])) if at else 0  # never in the middle of a word
        edit = self.replica.replace(key, place, place, word)
        assert edit is not None
        self.unsent.append((word, edit))


class Groups:
    """Groups that write on a server that is killed again and again."""

    def __init__(self, server: Server, groups: int = GROUPS, members: int = MEMBERS) -> None:
        self.server = server
        code = _SET_UP.format(groups=groups, members=members)
        made = json.loads(server.manage("shell", "-v", "0", "-c", code).splitlines()[-1])
        self.pages = [Page(**values) for values in made]
        self.lost: list[str] = []
        self.damaged: list[str] = []

    @property
    def acknowledged(self) -> int:
        return sum(len(page.acknowledged) for page in self.pages)

    def round(self) -> None:
        """Everybody writes; the server is killed within 1.5 s, started again, and asked."""
        asyncio.run(self._write_until_killed(random.uniform(0.3, 1.5)))
        self.server.start()
        asyncio.run(self._check())

    async def _write_until_killed(self, seconds: float) -> None:
        writers = [asyncio.create_task(self._write(page)) for page in self.pages]
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.server.kill9)
        await asyncio.gather(*writers)

    async def _write(self, page: Page) -> None:
        """Until the server is no more. Each edit is sent once more if its answer was lost."""
        link = Link(self.server.port)
        link.cookies = {"participant": page.cookie}
        path = f"/live/{page.token}/affiche?client={page.replica.client}&bloc=titre"
        try:
            while True:
                if not page.unsent:
                    page.type()
                word, edit = page.unsent[0]
                answer = await link.post(path, edit, "application/octet-stream")
                if answer.status != 200:
                    self.lost.append(f"{answer.status} {answer.body[:80]!r}")
                    return
                page.unsent.pop(0)
                page.acknowledged.append(word)
                await asyncio.sleep(random.random() * 2 * PAUSE_S)
        except (OSError, EOFError):
            return
        finally:
            link.close()

    async def _check(self) -> None:
        """What the server gives to each group has every acknowledged word, whole and once."""
        texts: dict[int, str] = {}
        for page in self.pages:
            if page.group not in texts:
                texts[page.group] = await self._text(page)
            self.lost += [word for word in page.acknowledged if texts[page.group].count(word) != 1]
        if (said := self._integrity()) != "ok":
            self.damaged.append(said)

    async def _text(self, page: Page) -> str:
        link = Link(self.server.port)
        answer = await link.get(f"/live/{page.token}/affiche/suite")
        link.close()
        found = [base64.b64decode(data) for data in json.loads(answer.body)["u"]]
        return "".join(Replica(found).texts().values())

    def _integrity(self) -> str:
        if self.server.database:
            return "ok"
        connection = sqlite3.connect(self.server.data / "metroloco.sqlite3", timeout=20)
        said: tuple[Any, ...] = connection.execute("PRAGMA integrity_check").fetchone()
        connection.close()
        return str(said[0])
