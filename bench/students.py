"""The class of the bench, in a process of its own: `python -m bench.students`, one order a line on stdin.

An order is JSON, {"do": …}; so is the report, on stdout, once it is done. Between two orders the
other side reads what the server has spent.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench.http import Answer, Link
from bench.measure import percentiles
from bench.texts import text

FORM = "application/x-www-form-urlencoded"
BELL_FIELDS = 4  # 1,400 answers of 350 students
AT_ONCE = 12  # joins under way at the same time
_STATIC = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_FIELDS = re.compile(r'name="base-(q\d+-[a-z0-9-]+)" value="(\d+)"')


@dataclass
class Student:
    """One student, one device: a connection for pages and saves, another for the stream."""

    number: int
    link: Link
    code: str
    path: str = ""
    token: str = ""
    save_url: str = ""
    part: int = 0
    seq: int = 0
    bases: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    stream: "asyncio.Task[None] | None" = None
    event_at: float = 0.0

    @property
    def writer(self) -> str:
        return f"bench-{self.number:06d}"


class Class:
    """All students, and what they met with."""

    def __init__(self) -> None:
        self.students: list[Student] = []
        self.errors: Counter[str] = Counter()
        self.bytes = 0
        self.boards_open = asyncio.Barrier(1)
        self.plain = False  # saves go to the view that pages without JavaScript use

    async def do(self, order: dict[str, Any]) -> dict[str, Any]:
        self.errors.clear()
        start = time.perf_counter()
        report: dict[str, Any] = await getattr(self, f"do_{order.pop('do')}")(**order)
        return {**report, "seconds": time.perf_counter() - start, "errors": dict(self.errors)}

    # --- orders -------------------------------------------------------------------------------------

    async def do_join(self, port: int, codes: list[str], *, plain: bool = False) -> dict[str, Any]:
        """One student for each code in `codes`: joins, loads the page and its files, opens the stream."""
        self.plain = plain
        self.students = [Student(i, Link(port), code) for i, code in enumerate(codes)]
        gate = asyncio.Semaphore(AT_ONCE)
        return await self._all(self._join(student, gate) for student in self.students)

    async def do_seat(self, port: int, seats: list[dict[str, Any]]) -> dict[str, Any]:
        """Students who have joined already, made in the store: their pages are open, each with its stream."""
        self.students = []
        for number, seat in enumerate(seats):
            student = Student(number, Link(port), "", path=seat["path"], token=seat["token"], part=1)
            student.link.cookies = {"participant": seat["cookie"]}
            student.save_url = f"/live/{student.token}/enregistrer"
            student.bases = dict.fromkeys(seat["fields"], 0)
            student.stream = asyncio.create_task(self._listen(student))
            self.students.append(student)
        limit = time.time() + 30
        while any(not s.event_at for s in self.students) and time.time() < limit:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return {"listening": sum(s.event_at > 0 for s in self.students)}

    async def do_press(self, boards: list[dict[str, str]], **order: Any) -> dict[str, Any]:
        """A button of the clock on these boards, +1 min for example; as do_start."""
        return await self.do_start(boards, **order)

    async def do_start(
        self,
        boards: list[dict[str, str]],
        *,
        kind: str = "start",
        load: bool = True,
        runs: int = 0,
        within: float = 0.0,
    ) -> dict[str, Any]:
        """The teacher starts the part in every run; the students' pages load again, as they do.

        `runs`: of how many the boards are the first; `within`: the teachers press at random in so many seconds.
        """
        began = [0.0] * len(boards)
        runs = runs or len(boards)
        self.boards_open = asyncio.Barrier(len(boards))
        sent = await self._all(
            self._press(board, began, run, kind, random.Random(run).random() * within)
            for run, board in enumerate(boards)
        )
        theirs = [student for student in self.students if student.number % runs < len(boards)]
        pressed = [(student, began[student.number % runs]) for student in theirs]
        limit = time.time() + 10
        while any(s.stream and s.event_at < at for s, at in pressed) and time.time() < limit:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        waits = [student.event_at - at for student, at in pressed if student.event_at >= at > 0]
        loaded = await self._all(self._load(student) for student in theirs if load)
        return {"press": sent, "event": percentiles(waits), "told": len(waits), "load": loaded}

    async def do_write(self, saves: int, interval: float) -> dict[str, Any]:
        """Each student saves the field that is being typed, every `interval` seconds."""
        return await self._all(self._write(student, saves, interval) for student in self.students)

    async def do_bell(self, within: float) -> dict[str, Any]:
        """Every student's last save, four fields as in the peers' script, at random within so many seconds."""
        return await self._all(self._last(student, within) for student in self.students)

    async def do_load(self, times: int) -> dict[str, Any]:
        """Every student's page, so many times, one student after the other."""
        spent = []
        for _ in range(times):
            spent += [(await student.link.get(student.path)).seconds for student in self.students]
        return {**percentiles(spent), "requests": len(spent)}

    async def do_look(self, board: dict[str, str], times: int) -> dict[str, Any]:
        """The teacher's board, so many times."""
        link = Link(int(board["port"]))
        link.cookies = {"enseignant": board["session"]}
        spent = [(await link.get(board["path"])).seconds for _ in range(times)]
        link.close()
        return {**percentiles(spent), "requests": len(spent)}

    async def do_poll(self, times: int) -> dict[str, Any]:
        """Pages without a stream ask for the state."""
        return await self._all(self._poll(student, times) for student in self.students)

    async def do_hammer(
        self, port: int, path: str, students: int, saves: int, interval: float
    ) -> dict[str, Any]:
        """The limit: the same bodies to a bare view."""
        clients = [
            Student(n, Link(port), "", save_url=path, part=1, bases={"q1-x": 0}) for n in range(students)
        ]
        return await self._all(self._hammer(client, saves, interval) for client in clients)

    async def do_acknowledged(self) -> dict[str, Any]:
        """What the server said is saved: {path: {field: text}}."""
        return {"texts": {s.path: s.acknowledged for s in self.students}}

    async def do_close(self) -> dict[str, Any]:
        for student in self.students:
            if student.stream:
                student.stream.cancel()
            student.link.close()
        return {}

    async def _all(self, jobs: Any) -> dict[str, Any]:  # noqa: ANN401 - any iterable of coroutines
        times: list[float] = []
        for result in await asyncio.gather(*jobs, return_exceptions=True):
            if isinstance(result, BaseException):
                self.errors[f"{type(result).__name__}: {result}"[:120]] += 1
            else:
                times += result
        return {**percentiles(times), "requests": len(times)}

    # --- one student --------------------------------------------------------------------------------

    async def _join(self, student: Student, gate: asyncio.Semaphore) -> list[float]:
        link = student.link
        async with gate:
            entered = await link.post("/rejoindre/", urlencode({"code": student.code}).encode(), FORM)
            choose = entered.headers["location"]
            page = await link.get(choose)
            name = urlencode({"pseudonym": f"Élève {student.number}"}).encode()
            welcome = await link.post(choose, name, FORM)
            student.path = welcome.headers["location"]
            times = [entered.seconds, page.seconds, welcome.seconds]
            times += await self._load(student, with_files=True)
        student.stream = asyncio.create_task(self._listen(student))
        return times

    async def _load(self, student: Student, *, with_files: bool = False) -> list[float]:
        page = await student.link.get(student.path)
        if page.status != 200:
            raise OSError(f"page : {page.status}")
        html = page.body.decode()
        self.bytes += len(page.body)
        student.token = _one(r'data-token="([^"]+)"', html)
        if _FIELDS.search(html):
            student.bases = {name: int(base) for name, base in _FIELDS.findall(html)}
            student.part = int(_one(r'name="part" value="(\d+)"', html))
            light = f"/live/{student.token}/enregistrer"  # as static/js/pages/student.js
            student.save_url = student.path + "enregistrer/" if self.plain else light
        files = dict.fromkeys(_STATIC.findall(html)) if with_files else {}
        return [page.seconds, *[(await student.link.get(path)).seconds for path in files]]

    async def _listen(self, student: Student) -> None:
        line = Link(student.link.port)
        line.cookies = student.link.cookies
        async for name, _ in line.events(f"/live/{student.token}/flux"):
            if name == "etat":
                student.event_at = time.time()

    async def _press(
        self, board: dict[str, str], began: list[float], run: int, kind: str, wait: float
    ) -> list[float]:
        link = Link(int(board["port"]))
        link.cookies = {"enseignant": board["session"]}
        page = (await link.get(board["path"])).body.decode()
        secret = _one(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": secret, "part": "1", "kind": kind, "minutes": "1"}
        await self.boards_open.wait()  # nobody presses while the boards of others still load
        await asyncio.sleep(wait)
        began[run] = time.time()
        pressed = await link.post(board["path"] + "horloge/", urlencode(form).encode(), FORM)
        if pressed.status != 302:
            raise OSError(f"horloge : {pressed.status}")
        return [pressed.seconds]

    async def _write(self, student: Student, saves: int, interval: float) -> list[float]:
        rng = random.Random(student.number)
        names = list(student.bases)
        await asyncio.sleep(rng.random() * interval)
        times = []
        for save in range(saves):
            start = time.perf_counter()
            name = names[save * len(names) // saves]
            answer = await self._save(student, {name: text(student.number, save)})
            times.append(answer.seconds)
            wait = interval * rng.uniform(0.8, 1.2) - (time.perf_counter() - start)
            await asyncio.sleep(max(0.0, wait))
        return times

    async def _last(self, student: Student, within: float) -> list[float]:
        await asyncio.sleep(random.Random(-student.number).random() * within)
        texts = {
            name: text(student.number, 40 + i) for i, name in enumerate(list(student.bases)[:BELL_FIELDS])
        }
        return [(await self._save(student, texts)).seconds]

    async def _save(self, student: Student, texts: dict[str, str]) -> Answer:
        body = _body(student, texts)
        answer = await student.link.post(student.save_url, body, "application/json")
        if answer.status != 200:
            self.errors[f"save {answer.status}"] += 1
            return answer
        for result in json.loads(answer.body)["fields"]:
            if result["outcome"] == "saved":
                student.acknowledged[result["name"]] = texts[result["name"]]
                student.bases[result["name"]] = result["revision"]
            else:
                self.errors[result["outcome"]] += 1
        return answer

    async def _poll(self, student: Student, times: int) -> list[float]:
        spent = []
        for _ in range(times):
            answer = await student.link.get(f"/live/{student.token}/etat")
            if answer.status != 200:
                self.errors[f"poll {answer.status}"] += 1
            spent.append(answer.seconds)
        return spent

    async def _hammer(self, student: Student, saves: int, interval: float) -> list[float]:
        rng = random.Random(student.number)
        await asyncio.sleep(rng.random() * interval)
        times = []
        for save in range(saves):
            body = _body(student, {"q1-x": text(student.number, save)})
            answer = await student.link.post(student.save_url, body, "application/json")
            if answer.status != 200:
                self.errors[f"limit {answer.status}"] += 1
            times.append(answer.seconds)
            await asyncio.sleep(max(0.0, interval * rng.uniform(0.8, 1.2) - answer.seconds))
        student.link.close()
        return times


def _body(student: Student, texts: dict[str, str]) -> bytes:
    fields = []
    for name, content in texts.items():
        student.seq += 1
        fields.append(
            {"name": name, "text": content, "base": student.bases[name], "seq": student.seq, "settles": False}
        )
    return json.dumps({"part": student.part, "writer": student.writer, "fields": fields}).encode()


def _one(pattern: str, html: str) -> str:
    match = re.search(pattern, html)
    if match is None:
        raise ValueError(f"{pattern} : rien de tel dans la page")
    return match[1]


async def main() -> None:
    pupils = Class()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        report = await pupils.do(json.loads(line))
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
