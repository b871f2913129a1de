"""The save of an open page, from the light part to the commit: its doors, its price, its races."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core import signing
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons import live
from lessons.actions import participants
from lessons.actions.joining import Token
from lessons.actions.saving import save_answers, save_part
from lessons.forms.drafts import Sent
from lessons.live import saves
from lessons.live.tokens import COOKIE, COOKIE_SALT
from lessons.models import Answer, Participant, SetAside
from lessons.rules.saving import Draft, Outcome
from tests.harness import builders as make
from tests.harness.asgi import Reply, ask, shared_connection
from tests.harness.builders import at

ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")


class Inline:
    """The writer without its own thread: a test's transaction belongs to the test's connection."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool
        self.batches = 0

    async def write(self, save: saves.Save) -> saves.Done:
        self.batches += 1
        (done,) = await asyncio.get_running_loop().run_in_executor(self.pool, saves.commit, [save])
        return done


@pytest.fixture
def inline(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inline]:
    with shared_connection() as pool:
        made = Inline(pool)
        monkeypatch.setattr(saves, "writer", made)
        yield made


@pytest.fixture
def person(db: None) -> Participant:
    return seated()


def seated() -> Participant:
    with transaction.atomic():
        run = make.class_run(participants=1)
        phase = make.start(run)
    phase.sittings.update(ends_at=timezone.now() + timedelta(hours=1))  # the light part reads the real clock
    return run.participants.select_related("run").get()


def body(text: str = "Deux mots", **more: object) -> bytes:
    field = {"name": "q1-reponse", "text": text, "base": 0, "seq": 1, "settles": False, **more}
    return json.dumps({"part": 1, "writer": "page-1234", "fields": [field]}).encode()


def post(person: Participant, content: bytes | None = None, **more: Any) -> Reply:
    held = more.pop("cookie_of", person)
    cookie = signing.dumps([held.pk, held.token_version], salt=COOKIE_SALT)
    headers = {"origin": "http://testserver", "cookie": f"{COOKIE}={cookie}"} | more.pop("headers", {})
    path = more.pop("path", f"/live/{live.token_for(person.run, 'eleve', person)}/enregistrer")
    return ask("POST", path, body() if content is None else content, headers, **more)


def answer(person: Participant) -> Answer:
    return Answer.objects.get(sitting__participant=person, question__number=1, field="reponse")


def test_a_save_answers_as_the_plain_view_does(person: Participant, inline: Inline) -> None:
    reply = post(person)
    plain = make.student_client(person).post(
        f"/s/{person.public_id}/enregistrer/", body("Trois mots ici", seq=2), content_type="application/json"
    )
    assert reply.status == 200
    assert set(reply.json()) == set(plain.json()) == {"fields", "at"}
    (saved,), (again,) = reply.json()["fields"], plain.json()["fields"]
    assert saved == {"name": "q1-reponse", "outcome": "saved", "revision": 1, "words": 2, "stored": None}
    assert again == {"name": "q1-reponse", "outcome": "saved", "revision": 2, "words": 3, "stored": None}
    assert answer(person).text == "Trois mots ici"
    assert inline.batches == 1


def test_what_another_page_wrote_comes_back(person: Participant, inline: Inline) -> None:
    post(person, body("le premier"))
    second = json.loads(body("le second")) | {"writer": "page-5678"}
    (result,) = post(person, json.dumps(second).encode()).json()["fields"]
    assert (result["outcome"], result["stored"]) == ("unseen", "le premier")
    assert SetAside.objects.get().text == "le second"


def test_a_save_counts_as_writing_on_the_board(person: Participant, inline: Inline) -> None:
    post(person)
    assert person.pk in live.presence.writing(person.run_id)


@pytest.mark.parametrize(
    "origin", ["http://ailleurs.example", "null", "https://testserver", "http://testserver:81", ""]
)
def test_a_save_from_elsewhere_is_refused(person: Participant, inline: Inline, origin: str) -> None:
    assert post(person, headers={"origin": origin}).status == 403
    assert answer(person).text == ""


def test_a_host_that_is_not_ours_is_refused(person: Participant, inline: Inline) -> None:
    headers = {"host": "mechant.example", "origin": "http://mechant.example"}
    assert post(person, headers=headers).status == 403


def test_the_cookie_of_the_next_student_does_not_write_in_this_page(
    person: Participant, inline: Inline
) -> None:
    other = make.participant(person.run)
    assert post(person, cookie_of=other).status == 404
    assert answer(person).text == ""


@pytest.mark.parametrize("cookie", ["", "participant=faux", "participant=WzEsMV0:faux:faux"])
def test_without_the_cookie_a_token_is_not_enough(person: Participant, inline: Inline, cookie: str) -> None:
    assert post(person, headers={"cookie": cookie}).status == 404


@pytest.mark.parametrize("role", ["tableau", "ecran"])
def test_a_token_of_the_teacher_writes_nothing(person: Participant, inline: Inline, role: str) -> None:
    assert post(person, path=f"/live/{live.token_for(person.run, role)}/enregistrer").status == 404


def test_a_withdrawn_token_writes_nothing_and_says_so(person: Participant, inline: Inline) -> None:
    before = Participant.objects.select_related("run").get(pk=person.pk)
    participants.remove(participant=person, now=at(2))
    assert post(before).status == 404
    assert answer(person).text == ""


def test_an_unknown_field_is_told_apart_from_a_lost_place(person: Participant, inline: Inline) -> None:
    reply = post(person, body(name="q9-rien"))
    assert reply.status == 200
    assert reply.json()["fields"][0]["outcome"] == "gone"


def test_a_get_is_told_the_method(person: Participant) -> None:
    reply = ask("GET", f"/live/{live.token_for(person.run, 'eleve', person)}/enregistrer")
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"part": 1}', b"\xff", b"[" * 100_000,
     b'{"part": 1e999, "writer": "page-1234", "fields": []}', body().replace(b'"part": 1', b'"part": 1' + b"0" * 30),
     body().replace(b"page-1234", b"page-1234\\n")],
)  # fmt: skip
def test_garbage_is_refused(person: Participant, inline: Inline, content: bytes) -> None:
    assert post(person, content).status == 400


def test_too_long_a_body_is_refused(person: Participant, inline: Inline) -> None:
    assert post(person, body("x" * 1_000_001)).status == 413
    assert answer(person).text == ""


def test_a_browser_that_goes_in_the_middle_writes_nothing(person: Participant, inline: Inline) -> None:
    assert post(person, body(), leaves=True).status == 413
    assert answer(person).text == ""


# --- a batch ------------------------------------------------------------------------------------


def a_save(person: Participant, text: str = "Deux mots", **more: object) -> saves.Save:
    draft = Draft(1, "reponse", text, 0, 1, **more)  # type: ignore[arg-type]
    return saves.Save(Token(person.pk, person.token_version), Sent(1, "page-1234", [draft]), timezone.now())


@pytest.mark.parametrize("error", [ValueError, OverflowError, RuntimeError])
def test_one_bad_save_does_not_take_the_others_with_it(
    person: Participant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    real = save_part

    def breaks(**given: Any) -> object:
        if given["drafts"][0].text == "poison":
            raise error(given["drafts"][0].text)
        return real(**given)

    monkeypatch.setattr(saves, "save_part", breaks)
    other = make.participant(person.run)
    other.sittings.update(ends_at=timezone.now() + timedelta(hours=1))
    good, bad, late = saves.commit([a_save(person), a_save(person, "poison"), a_save(other, "aussi")])
    assert bad.failed
    assert not good.failed
    assert not late.failed
    assert (answer(person).text, answer(other).text) == ("Deux mots", "aussi")


def test_a_database_that_refuses_is_said_and_nothing_is_acknowledged(
    person: Participant, inline: Inline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(**given: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(saves, "save_part", full)
    assert post(person).status == 503
    assert "poison" not in caplog.text
    assert answer(person).text == ""


# --- the price ----------------------------------------------------------------------------------


def price(question: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        question()
    return len(queries)


@pytest.mark.django_db
@pytest.mark.parametrize("others", [0, 34])
def test_a_save_is_one_statement_a_field_whatever_the_class(others: int) -> None:
    run = make.class_run(participants=1 + others)
    phase = make.start(run)
    person = run.participants.all()[0]
    token = Token(person.pk, 1)

    def write(seq: int, *fields: tuple[int, str]) -> list[Outcome]:
        drafts = [Draft(question, field, f"état {seq}", 0, seq) for question, field in fields]
        saved = save_answers(token=token, phase=phase, writer="page-1234", drafts=drafts, now=at(1))
        return [result.outcome for result in saved]

    assert phase.part.number == 1  # read once, by whoever looks the phase up
    assert price(lambda: write(1, (1, "reponse"))) == 1
    both = (2, "ressemblances"), (2, "differences")
    assert price(lambda: write(2, *both)) == 2
    assert (
        price(lambda: write(2, (1, "reponse"), *both)) == 3 + 2 * 2
    )  # two repeats: why, and is it still theirs


@pytest.mark.django_db
def test_a_batch_is_one_transaction(person: Participant) -> None:
    with CaptureQueriesContext(connection) as queries:
        saves.commit([a_save(person), a_save(person, "Trois mots ici", settles=False)])
    writes = [query["sql"] for query in queries if query["sql"].lstrip().startswith("UPDATE")]
    assert len(writes) == 2
    assert sum("SAVEPOINT" in q["sql"] and "RELEASE" not in q["sql"] for q in queries) <= 2


# --- races --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    not ON_POSTGRES, reason="SQLite in memory has one connection; the writers of SQLite queue"
)
@pytest.mark.parametrize("same_page", [True, False])
def test_two_connections_on_the_same_answer(same_page: bool) -> None:
    person = seated()
    phase = make.phase(person.run)
    barrier = Barrier(2)
    rounds = 25

    def page(number: int) -> list[Outcome]:
        outcomes = []
        for index in range(1, rounds + 1):
            barrier.wait(10)
            draft = Draft(1, "reponse", f"page {number} état {index}", 0, index * 2 + number)
            writer = "page-0000" if same_page else f"page-000{number}"
            (saved,) = save_answers(
                token=Token(person.pk, 1), phase=phase, writer=writer, drafts=[draft], now=timezone.now()
            )
            outcomes.append(saved.outcome)
        connection.close()
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(page, [0, 1])
    stored = answer(person).text
    if same_page:  # requests of one page that overtake each other: the newest stays
        assert stored == f"page 1 état {rounds}"
        assert not SetAside.objects.exists()
        assert set(first + second) == {Outcome.SAVED}
    else:  # one page owns the answer, the other's newest text is kept beside it
        kept = SetAside.objects.get()
        assert {stored, kept.text} == {f"page {number} état {rounds}" for number in (0, 1)}


def batches_of(monkeypatch: pytest.MonkeyPatch, saves_at: Sequence[float]) -> list[int]:
    """How many share each commit, of saves that arrive at these seconds; a commit takes 50 ms."""
    batches: list[int] = []

    def committed(batch: list[saves.Save]) -> list[saves.Done]:
        batches.append(len(batch))
        time.sleep(0.05)
        return [saves.Done([]) for _ in batch]

    monkeypatch.setattr(saves, "commit", committed)
    writer = saves.Writer()
    save = saves.Save(Token(1, 1), Sent(1, "page-1234", []), at(0))

    async def one(after: float) -> saves.Done:
        await asyncio.sleep(after)
        return await writer.write(save)

    async def everybody() -> list[saves.Done]:
        return await asyncio.wait_for(asyncio.gather(*(one(after) for after in saves_at)), 10)

    for _ in range(2):  # another event loop finds it as new
        batches.clear()
        assert asyncio.run(everybody()) == [saves.Done([])] * len(saves_at)
    return batches


def test_those_who_come_together_share_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert batches_of(monkeypatch, [0] * 35) == [35]


def test_one_alone_waits_for_others_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saves, "GATHER_S", 0.4)
    assert batches_of(monkeypatch, [0, 0.1, 1.2]) == [2, 1]


def test_enough_for_a_commit_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saves, "GATHER_S", 60)
    assert batches_of(monkeypatch, [0] * saves.ENOUGH) == [saves.ENOUGH]


def test_what_comes_during_a_commit_goes_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saves, "GATHER_S", 0.2)
    found = batches_of(monkeypatch, [0] * 8 + [0.02] * 7)
    assert found == [8, 7]


def test_nobody_waits_for_a_very_long_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saves, "MOST_AT_ONCE", 20)
    assert batches_of(monkeypatch, [0] * 50) == [20, 20, 10]
