"""Open streams that must not stay open: who was removed, left behind on another device, or whose activité is gone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lessons import live
from lessons.actions import participants, runs
from lessons.live import here, routes, telling
from lessons.live.here import Presence
from lessons.models import ClassRun, Participant
from metroloco_site.asgi import application
from metroloco_site.kit.asgi_answers import Message
from metroloco_site.kit.hub import Hub
from tests.harness import builders as make
from tests.harness.asgi import Page, scope
from tests.harness.builders import at

pytestmark = pytest.mark.usefixtures("light_part")


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run(participants=2)
    make.start(made)
    live.presence.forget(made.pk)  # of the run that had this id in another file's test
    return ClassRun.objects.get(pk=made.pk)


def play(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 20))


async def in_a_thread(action: Callable[[], Any]) -> None:
    await asyncio.get_running_loop().run_in_executor(routes._database, action)


def people_of(run: ClassRun) -> list[Participant]:
    return list(run.participants.select_related("run"))


@pytest.mark.parametrize("withdraw", ["remove", "renew"])
def test_the_stream_of_a_withdrawn_token_ends_and_the_others_go_on(run: ClassRun, withdraw: str) -> None:
    gone, stays = people_of(run)

    def act() -> None:
        if withdraw == "remove":
            participants.remove(participant=gone, now=at(2))
        else:
            participants.renew_personal_code(participant=gone)
        live.tell_participant(gone)  # as the view does

    async def story() -> None:
        theirs, other = (Page(live.token_for(run, "eleve", person)) for person in (gone, stays))
        await theirs.read()
        await other.read()
        await in_a_thread(act)
        await asyncio.wait_for(theirs.task, 5)
        assert "event: moi" in theirs.text, "the page is told to look at itself first"
        assert "event: fin" not in theirs.text
        await in_a_thread(lambda: live.tell_participant(stays))
        await other.read("moi")
        assert not other.task.done()
        await other.close()

    play(story)
    assert live.presence.present(run.pk) == frozenset()


def test_who_is_told_of_extra_time_keeps_the_stream(run: ClassRun) -> None:
    async def story() -> None:
        page = Page(live.token_for(run, "eleve", person))
        await page.read()
        for _ in range(2):
            await in_a_thread(lambda: live.tell_participant(person))
            await page.read("moi")
        assert not page.task.done()
        await page.close()

    person = people_of(run)[0]
    play(story)


def test_a_deleted_activite_ends_every_page_of_it_and_memory_keeps_nothing(run: ClassRun) -> None:
    other = make.class_run(participants=1)
    pk = run.pk

    def act() -> None:
        runs.delete(run=run)
        live.run_deleted(pk)  # as the view does

    async def story() -> None:
        here = [
            Page(live.token_for(run, role, person))
            for role, person in (("tableau", None), ("ecran", None), ("eleve", people[0]))
        ]
        elsewhere = Page(live.token_for(other, "tableau"))
        for page in [*here, elsewhere]:
            await page.read()
        await in_a_thread(act)
        await asyncio.wait_for(asyncio.gather(*(page.task for page in here)), 5)
        assert not elsewhere.task.done()
        await elsewhere.close()

    people = people_of(run)
    live.presence.polled(pk, people[1].pk)
    live.presence.wrote(pk, people[1].pk)
    play(story)
    assert telling.newest.get(pk) is None
    assert live.presence.present(pk) == live.presence.writing(pk) == frozenset()


def test_memory_of_who_was_there_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    seen = Presence()
    for person in range(700):
        seen.opened(1, person)
        seen.wrote(1, person)
        seen.closed(1, person)
        seen.polled(2, person)
    now += here.KEPT_S / 2
    seen.opened(3, 1)
    assert len(seen.gone(1)) == 700, "« hors ligne depuis » still knows since when"
    now += here.KEPT_S
    seen.opened(3, 2)
    assert seen.known() == 2
    assert seen.present(3) == {1, 2}


def test_a_websocket_is_refused_not_left_waiting() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(application({**scope("GET", "/live/x/flux"), "type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_loop_that_has_ended_disturbs_nobody() -> None:
    hub = Hub()

    async def listen() -> None:
        with hub.subscribed("a") as box:
            boxes.append(box)

    boxes: list[object] = []
    asyncio.run(listen())
    assert hub.listeners("a") == 0
    hub._boxes["a"] = set(boxes)  # type: ignore[arg-type]
    hub.publish("a", "etat", "{}")
