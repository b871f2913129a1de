"""A full disk under writers: what is acknowledged is in the store, and all write again without a restart.

The data folder and the temporary files are on a small tmpfs of their own, filled up for ten seconds. Needs root.
"""

import asyncio
import base64
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.http import Answer, Link
from bench.kill9 import Class, Pupil
from bench.poster_kill import Groups, Page
from bench.report import write_json
from bench.texts import text
from lessons.rules.document import Replica
from tests.harness.server import Server

MEGABYTES = 40
ANSWERS, POSTERS = 10, 4
PAUSE_S = 0.05
SECONDS = 10.0
AGAIN_S = 5.0  # within which everybody writes again once there is room


@contextmanager
def small_disk(megabytes: int = MEGABYTES) -> Iterator[Path]:
    """A disk of its own. Raises OSError where this machine does not let us mount one."""
    folder = Path(tempfile.mkdtemp(prefix="metroloco-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
    try:
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            raise PermissionError("no disk can be mounted here")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=False)
    finally:
        folder.rmdir()


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left, nor given back by what is deleted meanwhile."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError:
                continue
        yield
    file.unlink()


@dataclass
class Figures:
    statuses: dict[str, dict[str, int]] = field(default_factory=dict)
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    integrity: str = ""
    again_s: float = 0.0  # until the last of the writers was acknowledged again
    silent: int = 0  # writers who were not
    pid_stays: bool = False

    @property
    def clean(self) -> bool:
        full = self.statuses["full"]
        return (
            not (self.lost or self.silent)
            and self.integrity == "ok"
            and self.again_s <= AGAIN_S
            and self.pid_stays
            and full.get("503", 0) > 0
            and set(full) <= {"200", "503"}
        )


class Writers:
    """Ten who answer and four who write posters, without rest; each sends again what was not acknowledged."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.answers = Class(server, writers=ANSWERS)
        self.posters = Groups(server, groups=POSTERS, members=1)
        self.counts: dict[str, Counter[str]] = {}
        self.now = "before"
        self.last: dict[str, float] = {}  # when each was last acknowledged
        self.going = True

    async def run(self, disk: Path, seconds: float) -> Figures:
        tasks = [asyncio.create_task(self._answer(pupil)) for pupil in self.answers.pupils]
        tasks += [
            asyncio.create_task(self._draw(number, page)) for number, page in enumerate(self.posters.pages)
        ]
        pid = self.server.process.pid if self.server.process else 0
        await asyncio.sleep(2)
        with filled(disk):
            self.now = "full"
            await asyncio.sleep(seconds)
        self.now, room = "after", time.monotonic()
        while len(self._since(room)) < len(tasks) and time.monotonic() < room + 4 * AGAIN_S:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        again = self._since(room)
        self.going = False
        await asyncio.gather(*tasks)
        return Figures(
            statuses={when: dict(found) for when, found in self.counts.items()},
            again_s=round(max(again, default=room) - room, 3),
            silent=len(tasks) - len(again),
            pid_stays=bool(self.server.process and self.server.process.poll() is None)
            and pid == (self.server.process.pid if self.server.process else 0),
        )

    def _since(self, instant: float) -> list[float]:
        return [at for at in self.last.values() if at > instant]

    async def _answer(self, pupil: Pupil) -> None:
        link = Link(self.server.port)
        link.cookies = {"participant": pupil.cookie}
        name, base = pupil.fields[0], 0
        texts = pupil.sent.setdefault(name, [])
        while self.going:
            texts.append(text(pupil.sitting, len(texts)))
            pupil.seq += 1
            one = {"name": name, "text": texts[-1], "base": base, "seq": pupil.seq}
            body = json.dumps({"part": 1, "writer": f"page-{pupil.sitting:08d}", "fields": [one]}).encode()
            path = f"/live/{pupil.token}/enregistrer"
            answer = await self._sent(link, f"answer {pupil.sitting}", path, body, "application/json")
            if answer.status == 200:
                (result,) = json.loads(answer.body)["fields"]
                assert result["outcome"] == "saved", result
                base, pupil.acknowledged[name] = result["revision"], len(texts) - 1
        link.close()

    async def _draw(self, number: int, page: Page) -> None:
        link = Link(self.server.port)
        link.cookies = {"participant": page.cookie}
        path = f"/live/{page.token}/affiche?client={page.replica.client}&bloc=titre"
        while self.going or page.unsent:
            if not page.unsent:
                page.type()
            word, edit = page.unsent[0]
            answer = await self._sent(link, f"poster {number}", path, edit, "application/octet-stream")
            if answer.status == 200:
                page.unsent.pop(0)
                page.acknowledged.append(word)
        link.close()

    async def _sent(self, link: Link, who: str, path: str, body: bytes, kind: str) -> Answer:
        answer = await link.post(path, body, kind)
        self.counts.setdefault(self.now, Counter())[str(answer.status)] += 1
        if answer.status == 200:
            self.last[who] = time.monotonic()
        await asyncio.sleep(PAUSE_S)
        return answer

    def check(self, figures: Figures) -> Figures:
        """What was acknowledged, against the store."""
        stored = self.answers._stored()  # noqa: SLF001 - the same question as after a kill
        for pupil in self.answers.pupils:
            for name, number in pupil.acknowledged.items():
                figures.acknowledged += number + 1
                if stored[pupil.sitting, name] not in pupil.sent[name][number:]:
                    figures.lost.append(f"{pupil.sitting} {name}")
        figures.acknowledged += self.posters.acknowledged
        asyncio.run(self._check_posters(figures))
        figures.integrity = self.answers._integrity()  # noqa: SLF001 - the same
        return figures

    async def _check_posters(self, figures: Figures) -> None:
        for page in self.posters.pages:
            link = Link(self.server.port)
            answer = await link.get(f"/live/{page.token}/affiche/suite")
            link.close()
            said: Any = json.loads(answer.body)["u"]
            words = "".join(Replica([base64.b64decode(data) for data in said]).texts().values())
            figures.lost += [word for word in page.acknowledged if words.count(word) != 1]


def measure(disk: Path, seconds: float, seed: Path | None = None) -> Figures:
    """A server on this disk, its writers, and what became of their texts."""
    temporary = disk / "tmp"
    temporary.mkdir()
    server = Server(disk, seed=seed, TMPDIR=str(temporary)).unmeasured().start()
    try:
        writers = Writers(server)
        return writers.check(asyncio.run(writers.run(disk, seconds)))
    finally:
        server.close()


def run(seconds: float, out: Path) -> Figures:
    """Writes the figures."""
    with small_disk() as disk:
        figures = measure(disk, seconds)
    write_json(figures.__dict__, out)
    print(
        f"{figures.acknowledged} textes confirmés, {len(figures.lost)} perdus ; disque plein {seconds:.0f} s : "
        f"{figures.statuses['full']} ; tous écrivent de nouveau après {figures.again_s} s ; "
        f"integrity_check : {figures.integrity} ; {'tenu' if figures.clean else 'ÉCHEC'}"
    )
    return figures
