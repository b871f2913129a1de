"""What open pages hear: the newest state, at once, to those who may, and nothing personal."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core import signing
from django.db import OperationalError
from django.test import Client

from lessons import live
from lessons.actions import joining, participants
from lessons.actions.clock import act, set_extra_time
from lessons.live import routes, telling, tokens
from lessons.live.here import Presence
from lessons.models import ClassRun, Participant
from lessons.queries.clock import live_state
from lessons.rules.clock import Kind
from metroloco_site.kit import asgi_answers
from metroloco_site.kit.headers import SAFETY_HEADERS
from tests.harness import builders as make
from tests.harness.asgi import Page, ask
from tests.harness.builders import at

LISTENERS = 35

pytestmark = pytest.mark.usefixtures("light_part")


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run(participants=2)
    make.start(made)
    return ClassRun.objects.get(pk=made.pk)


@pytest.fixture
def person(run: ClassRun) -> Participant:
    return run.participants.select_related("run").all()[0]


def student_token(person: Participant) -> str:
    return live.token_for(person.run, "eleve", person)


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await asyncio.wait_for(story(), 20)

    asyncio.run(whole())


async def in_a_thread(action: Callable[..., Any], *values: object) -> None:
    """What a view does, in a thread of its own, beside the loop."""
    await asyncio.get_running_loop().run_in_executor(routes._database, lambda: action(*values))


def extend(run: ClassRun, minutes: int) -> None:
    act(phase=make.phase(run), kind=Kind.EXTEND, seconds=60 * minutes, now=at(1))
    live.announce(run)


def test_a_page_hears_the_state_at_once_and_then_each_change(run: ClassRun, person: Participant) -> None:
    async def story() -> None:
        page = Page(student_token(person))
        first = await page.read()
        await in_a_thread(extend, run, 5)
        second = await page.read()
        assert first["stage"] == "writing"
        assert second["ends_at"] - first["ends_at"] == 5 * 60_000
        assert second["revision"] > first["revision"]
        assert abs(second["now"] - time.time() * 1000) < 5000
        assert page.status == 200
        assert page.headers["content-type"].startswith("text/event-stream")
        assert page.headers["x-accel-buffering"] == "no"
        assert page.text.startswith("retry: ")
        await page.close()

    play(story)


def test_a_slow_page_misses_states_but_never_the_newest(run: ClassRun, person: Participant) -> None:
    async def story() -> None:
        page = Page(student_token(person))
        await page.read()
        page.ready.clear()
        for _ in range(6):
            await in_a_thread(extend, run, 1)
            await asyncio.sleep(0.02)
        page.ready.set()
        newest = telling.newest.get(run.pk)
        assert newest is not None
        heard = [await page.read()]
        while heard[-1]["revision"] < newest.revision:
            heard.append(await page.read())
        assert len(heard) <= 2
        await page.close()

    play(story)


def test_states_announced_out_of_order_leave_the_newest(run: ClassRun) -> None:
    old = live_state(ClassRun.objects.get(pk=run.pk))
    extend(run, 1)
    new = telling.newest.get(run.pk)
    assert new is not None
    assert telling.newest.put(run.pk, old) == new
    assert telling.newest.get(run.pk) == new


def test_a_whole_class_hears_an_event_soon(run: ClassRun) -> None:
    people = [joining.join(run=run, pseudonym=f"Aigrette {n}", now=at(0)) for n in range(LISTENERS)]

    async def story() -> None:
        pages = [Page(student_token(person)) for person in people]
        for page in pages:
            await page.read()
        start = time.perf_counter()
        await in_a_thread(extend, run, 5)
        revisions = {(await page.read())["revision"] for page in pages}
        assert len(revisions) == 1
        assert time.perf_counter() - start < 0.5
        for page in pages:
            await page.close()

    play(story)


def test_only_the_participant_is_told_of_their_own_state(run: ClassRun, person: Participant) -> None:
    async def story() -> None:
        mine, theirs = Page(student_token(person)), Page(student_token(other))
        await mine.read()
        await theirs.read()
        await in_a_thread(live.tell_participant, person)
        await mine.read("moi")
        await asyncio.sleep(0.05)
        assert theirs.events.empty()
        await mine.close()
        await theirs.close()

    other = run.participants.select_related("run").exclude(pk=person.pk)[0]
    play(story)


def test_no_event_says_who_or_who_has_more_time(run: ClassRun, person: Participant) -> None:
    set_extra_time(participant=person, unit="third", amount=0)
    names = list(run.participants.values_list("pseudonym", flat=True))
    heard: list[str] = []

    async def story() -> None:
        pages = [
            Page(student_token(person)),
            Page(live.token_for(run, "ecran")),
            Page(live.token_for(run, "tableau")),
        ]
        for page in pages:
            await page.read()
        await in_a_thread(extend, run, 5)
        await in_a_thread(live.tell_participant, person)
        for page in pages:
            await page.read()
        await pages[0].read("moi")
        heard.extend(page.text for page in pages)
        for page in pages:
            await page.close()

    play(story)
    sitting = person.sittings.get()
    assert sitting.extra_seconds == 300
    said = "".join(heard)
    assert not [name for name in names if name in said]
    assert person.public_id not in said
    assert "extra_seconds" not in said
    assert str(round(sitting.ends_at.timestamp() * 1000)) not in said  # type: ignore[union-attr]


def test_presence_follows_the_open_pages(run: ClassRun, person: Participant) -> None:
    async def story() -> None:
        board = Page(live.token_for(run, "tableau"))
        await board.read()
        first, second = Page(student_token(person)), Page(student_token(person))
        await first.read()
        await second.read()
        await board.read("tuiles")
        assert live.presence.present(run.pk) == {person.pk}
        await first.close()
        assert live.presence.present(run.pk) == {person.pk}
        await second.close()
        assert live.presence.present(run.pk) == frozenset()
        assert live.presence.gone(run.pk)[person.pk] < 5
        await board.close()

    play(story)


def test_a_page_that_breaks_is_released(run: ClassRun, person: Participant) -> None:
    async def story() -> None:
        page = Page(student_token(person))
        await page.read()
        page.task.cancel()  # the server stops, or the connection breaks
        with suppress(asyncio.CancelledError):
            await page.task
        assert live.presence.present(run.pk) == frozenset()

    play(story)


def test_the_projector_hears_a_number_and_no_more(run: ClassRun, person: Participant) -> None:
    async def story() -> None:
        screen = Page(live.token_for(run, "ecran"))
        await screen.read()
        page = Page(student_token(person))
        await page.read()
        assert await screen.read("presents") == 1
        assert "tuiles" not in screen.text
        await page.close()
        await screen.close()

    play(story)


# --- the poll -----------------------------------------------------------------------------------


def test_a_poll_gives_the_state_and_counts_as_present(run: ClassRun, person: Participant) -> None:
    reply = ask("GET", f"/live/{student_token(person)}/etat")
    assert reply.status == 200
    assert reply.json()["stage"] == "writing"
    assert person.pk in live.presence.present(run.pk)


def test_a_second_poll_asks_the_database_nothing(
    run: ClassRun, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = student_token(person)
    ask("GET", f"/live/{token}/etat")

    async def never(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(routes, "_ask", never)
    assert ask("GET", f"/live/{token}/etat").status == 200


def test_a_poll_hears_an_action_at_once(run: ClassRun, person: Participant) -> None:
    token = student_token(person)
    before = ask("GET", f"/live/{token}/etat").json()
    extend(run, 5)
    assert ask("GET", f"/live/{token}/etat").json()["ends_at"] == before["ends_at"] + 5 * 60_000


def test_presence_by_poll_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    presence, later = Presence(), time.monotonic() + 21
    presence.polled(1, 7)
    assert presence.present(1) == {7}
    assert presence.present(2) == frozenset()
    monkeypatch.setattr("lessons.live.here.time.monotonic", lambda: later)
    assert presence.present(1) == frozenset()


@pytest.mark.parametrize("page", ["flux", "etat"])
def test_a_database_that_does_not_answer_is_a_503_with_our_headers(
    person: Participant, page: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(listener: tokens.Listener) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(tokens, "_still_holds", locked)
    reply = ask("GET", f"/live/{student_token(person)}/{page}")
    assert (reply.status, reply.headers["cache-control"]) == (503, "no-store")


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["flux", "etat"])
@pytest.mark.parametrize("token", ["abc", "WzEsMV0:faux:faux", "%2e%2e", "a b", "é"])
def test_a_forged_token_opens_nothing(token: str, page: str) -> None:
    assert ask("GET", f"/live/{token}/{page}").status == 404


def test_a_long_token_is_not_even_remembered() -> None:
    """Thousands of them, each as long as a header may be, would fill the memory."""
    before = tokens._signed.cache_info().currsize
    for size in (201, 60_000):
        assert tokens.read_token("x" * size) is None
        assert tokens.read_cookie("x" * size) is None
    assert tokens._signed.cache_info().currsize == before


@pytest.mark.parametrize("page", ["flux", "etat"])
def test_another_signature_of_ours_opens_nothing(person: Participant, page: str) -> None:
    cookie = signing.dumps([person.pk, person.token_version], salt=tokens.COOKIE_SALT)
    four = signing.dumps([person.run_id, "eleve", person.pk, 1], salt="another")
    assert ask("GET", f"/live/{cookie}/{page}").status == 404
    assert ask("GET", f"/live/{four}/{page}").status == 404


@pytest.mark.parametrize("page", ["flux", "etat"])
def test_an_old_token_opens_nothing(person: Participant, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token = student_token(person)
    assert ask("GET", f"/live/{token}/etat").status == 200
    later = time.time() + tokens.MAX_AGE_S + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert ask("GET", f"/live/{token}/{page}").status == 404


@pytest.mark.parametrize("page", ["flux", "etat"])
def test_a_withdrawn_token_opens_nothing_at_once(person: Participant, page: str) -> None:
    token = student_token(person)
    assert ask("GET", f"/live/{token}/etat").status == 200
    participants.remove(participant=person, now=at(2))
    live.tell_participant(person)  # as the view does
    assert ask("GET", f"/live/{token}/{page}").status == 404


def test_a_withdrawal_during_the_question_is_not_forgotten(
    person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = tokens.read_token(student_token(person))
    assert listener is not None

    def withdrawn_meanwhile(asked: tokens.Listener) -> bool:
        tokens.admissions.forget(asked.run)
        return True

    monkeypatch.setattr(tokens, "_still_holds", withdrawn_meanwhile)
    assert tokens.admissions.ask(listener)
    assert not tokens.admissions.knows(listener)


def test_a_deleted_run_answers_nothing(run: ClassRun) -> None:
    token = live.token_for(run, "tableau")
    run.delete()
    assert ask("GET", f"/live/{token}/etat").status == 404


@pytest.mark.parametrize("name", routes.ROUTES)
def test_every_route_names_its_method_and_has_the_safety_headers(person: Participant, name: str) -> None:
    route = routes.ROUTES[name]
    path = route.pattern.pattern.replace(r"(?P<token>[\w:=-]+)", student_token(person))
    reply = ask("DELETE", path)
    assert (reply.status, reply.headers["allow"]) == (405, route.method)
    for header, value in SAFETY_HEADERS.items():
        assert reply.headers[header.lower()] == value
    assert reply.headers["cache-control"] == "no-store"
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("path", ["/live/", "/live/essai", "/live/abc/flux/", "/live/abc/autre"])
def test_other_addresses_are_not_there(path: str) -> None:
    assert ask("GET", path).status == 404


# --- signs of life, arrivals ---------------------------------------------------------------------


def test_a_silent_stream_gives_signs_of_life(person: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi_answers, "HEARTBEAT_S", 0.02)

    async def story() -> None:
        page = Page(student_token(person))
        await page.read()
        await page.read("vie")
        await page.close()

    play(story)


def test_who_joins_is_told_to_the_teacher_alone(run: ClassRun, person: Participant) -> None:
    """35 who join would tell 35 pages 35 times that nothing has changed for them."""

    def join() -> None:
        answer = Client(headers={"origin": "http://testserver"}).post(
            f"/rejoindre/{run.access_code}/", {"pseudonym": "Huppe vive"}
        )
        assert answer.status_code == 302

    async def story() -> None:
        page, board = Page(student_token(person)), Page(live.token_for(run, "tableau"))
        first = await page.read()
        await board.read()
        await in_a_thread(join)
        await board.read("arrivee")
        await in_a_thread(extend, run, 5)
        second = await page.read()
        assert second["revision"] == first["revision"] + 1, "the extension alone has raised it"
        await page.close()
        await board.close()

    play(story)
    assert run.participants.filter(pseudonym="Huppe vive").exists()
