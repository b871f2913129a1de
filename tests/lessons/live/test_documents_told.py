"""Who is told of what is written in the document of a group: its members, in order, and nobody else."""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.core import signing
from django.db import transaction
from django.utils import timezone

from lessons import live
from lessons.actions.documents import bring_back
from lessons.live import documents, routes
from lessons.live.tokens import COOKIE, COOKIE_SALT
from lessons.models import Group, Membership, PosterState
from lessons.queries.documents import replica
from metroloco_site.kit import hub as hub_module
from tests.harness.asgi import Page, scope
from tests.harness.documents import Member, open_group, poster_of, texts
from tests.lessons.live.test_saves import Inline

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(inline: Inline) -> Callable[[Callable[[], Coroutine[Any, Any, None]]], None]:
    def played(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
        asyncio.run(story())

    return played


Play = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


async def acts(action: Callable[..., Any], *values: Any) -> Any:  # noqa: ANN401
    """In a thread that has the test's connection, as a view."""
    return await asyncio.get_running_loop().run_in_executor(routes._database, lambda: action(*values))


async def writes(member: Member, text: str, key: str = "titre") -> None:
    """As the page does, from inside the loop that has the streams."""
    edit = await acts(member.types, text, key)
    cookie = signing.dumps([member.person.pk, member.person.token_version], salt=COOKIE_SALT)
    headers = {"origin": "http://testserver", "cookie": f"{COOKIE}={cookie}"}
    path = f"/live/{member.page}/affiche?client={member.replica.client}&bloc={key}"
    messages = [{"type": "http.request", "body": edit, "more_body": False}]
    status = []

    async def receive() -> Any:  # noqa: ANN401
        return messages.pop(0)

    async def send(message: Any) -> None:  # noqa: ANN401
        status.append(message.get("status"))

    await live.application(scope("POST", path, headers), receive, send)
    assert status[0] == 200


async def opened(member: Member) -> Page:
    page = Page(await acts(lambda: member.page))
    await page.read()
    return page


def test_the_group_hears_every_update_in_order_and_who_writes_where(group: list[Member], play: Play) -> None:
    ada, ben, _ = group

    async def story() -> None:
        page = await opened(ben)
        await writes(ada, "un")
        first = await page.read("maj")
        assert first["n"] == 1
        assert first["a"] == {str(ada.replica.client): [ada.person.public_id, ada.person.shown_name]}
        assert await page.read("ici") == {
            "p": ada.person.public_id, "nom": ada.person.shown_name, "bloc": "titre",
        }  # fmt: skip
        page.ready.clear()  # a slow page: nothing is left out
        for text in ("un deux", "un deux trois", "un deux trois quatre"):
            await writes(ada, text)
        page.ready.set()
        numbers = [await page.read("maj") for _ in range(3)]
        assert [event["n"] for event in numbers] == [2, 3, 4]
        assert all("a" not in event for event in numbers)
        for event in (first, *numbers):
            ben.replica.apply(base64.b64decode(event["u"]))
        assert ben.replica.text("titre") == "un deux trois quatre"
        await page.close()

    play(story)


def test_another_group_and_the_projector_hear_nothing_of_it(play: Play) -> None:
    (ada, *_), (zoe, *_) = open_group((3, 3))

    async def story() -> None:
        theirs, screen = await opened(zoe), Page(await acts(live.token_for, ada.person.run, "ecran"))
        await screen.read()
        await writes(ada, "secret du groupe")
        await acts(live.announce, ada.person.run)
        await theirs.read()
        await screen.read()
        assert "maj" not in theirs.text
        assert "maj" not in screen.text
        await theirs.close()
        await screen.close()

    play(story)


def test_who_changes_groups_hears_the_new_one_and_no_longer_the_old(play: Play) -> None:
    (ada, ben, *_), (zoe, *_) = open_group((3, 3))

    def moves() -> None:
        old, new = ben.person.membership.group, zoe.person.membership.group
        Membership.objects.filter(participant=ben.person).update(group=new)
        for group in (old, new):
            live.tell_group(group.pk)

    async def story() -> None:
        page = await opened(ben)
        await acts(moves)
        await page.read("groupe")
        await writes(ada, "de l’ancien groupe")
        await writes(zoe, "du nouveau")
        event = await page.read("maj")
        ben.replica.apply(base64.b64decode(event["u"]))
        assert ben.replica.text("titre") == "du nouveau"
        await page.close()
        assert not documents.seats._seats

    play(story)


def test_a_dissolved_group_falls_silent(group: list[Member], play: Play) -> None:
    ada, *_ = group

    def dissolve() -> int:
        group = ada.person.membership.group
        Group.objects.filter(pk=group.pk).update(dissolved_at=timezone.now())
        live.tell_group(group.pk)
        return int(group.pk)

    async def story() -> None:
        page = await opened(ada)
        number = await acts(dissolve)
        await page.read("groupe")
        await asyncio.sleep(0)
        assert hub_module.hub.listeners(f"groupe:{number}") == 0
        await page.close()

    play(story)


def test_a_page_that_is_too_slow_is_told_to_ask_again(
    group: list[Member], play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben, _ = group
    monkeypatch.setattr(hub_module, "QUEUE", 3)

    async def story() -> None:
        page = await opened(ben)
        page.ready.clear()
        for count in range(1, 8):
            await writes(ada, "x" * count)
        page.ready.set()
        await page.read("recharge")
        await acts(ben.replica.apply, (await acts(replica, await acts(poster_of, ben))).whole())
        assert ben.replica.text("titre") == "x" * 7
        await page.close()

    play(story)


def test_what_the_teacher_brings_back_is_told(group: list[Member], play: Play) -> None:
    ada, ben, _ = group

    def brings_back() -> None:
        poster = poster_of(ada)
        with transaction.atomic():
            state = PosterState.objects.create(poster=poster, number=9, data=b"\0\0", at=timezone.now())
            bring_back(state=state, now=timezone.now())
        live.poster_changed(poster.group_id)

    async def story() -> None:
        page = await opened(ben)
        await writes(ada, "un titre")
        await acts(brings_back)
        await page.read("recharge")
        assert await acts(texts, ada) == {}
        await page.close()

    play(story)


def test_the_board_is_told_now_and_then_that_somebody_writes(group: list[Member], play: Play) -> None:
    ada, *_ = group

    async def story() -> None:
        board = Page(await acts(live.token_for, ada.person.run, "tableau"))
        await board.read()
        await writes(ada, "un")
        await board.read("tuiles")
        assert ada.person.pk in live.presence.writing(ada.person.run_id)
        await writes(ada, "un deux")  # the same text, at once: nothing new to say
        await writes(ada, "trois", "q1-reponse")
        await board.read("tuiles")
        await board.close()

    play(story)
