"""Pages that are nearly the same for a class: from the light part byte for byte what the view gives."""

import asyncio
import gzip
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from lessons import live
from lessons.actions import participants, saving
from lessons.actions.clock import act, set_extra_time
from lessons.actions.joining import Token
from lessons.live import pages, routes
from lessons.models import Answer, ClassRun, Participant, Phase
from lessons.queries.alike import Own, own
from lessons.rules.clock import Kind, NoGroups, NotPossible
from lessons.rules.saving import Draft
from metroloco_site import asgi as server
from metroloco_site.kit import steady
from metroloco_site.kit.asgi import Message, Receive, Scope, Send
from tests import builders as make
from tests.asgi import Reply, scope
from tests.builders import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_part", "one_instant")]
HERE = NOW + timedelta(minutes=2, milliseconds=345)


@pytest.fixture
def one_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is another at each load is the same: two answers can be compared."""
    monkeypatch.setattr(steady, "now", lambda: HERE)
    monkeypatch.setattr(pages, "secrets", SimpleNamespace(token_urlsafe=lambda _: "toujours-la-meme"))
    monkeypatch.setattr(pages, "sign", lambda listener: f"jeton:{listener.participant}:{listener.version}")
    monkeypatch.setattr(pages.moulds, "_kept", {})


@pytest.fixture
def run() -> ClassRun:
    return make.class_run(participants=3)


def light(person: Participant, **given: str) -> Reply | None:
    """The light part's answer; None if it leaves it to the view. `given`: headers, or another method, path, query."""
    reply = Reply()
    key = make.student_client(person).cookies["participant"].OutputString()
    headers = {"cookie": key} | {name.replace("_", "-"): value for name, value in given.items()}
    method = headers.pop("method", "GET")
    path = headers.pop("path", f"/s/{person.public_id}/") + headers.pop("query", "")

    async def receive() -> Message:
        raise AssertionError("nothing is read of what a GET may bring")

    async def send(message: Message) -> None:
        reply.take(message)

    return reply if asyncio.run(routes.student_page(scope(method, path, headers), receive, send)) else None


def view(person: Participant, **headers: str) -> Reply:
    answer = make.student_client(person).get(f"/s/{person.public_id}/", headers=headers)
    return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)


def same(person: Participant) -> None:
    ours, theirs = light(person), view(person)
    assert ours is not None
    assert ours.body.decode() == theirs.body.decode()
    assert ours.headers == theirs.headers | {"content-length": str(len(theirs.body))}


def test_the_waiting_page_is_the_views(run: ClassRun) -> None:
    for person in run.participants.all():
        same(person)


def test_the_page_of_a_part_that_has_begun_is_the_views(run: ClassRun) -> None:
    make.start(run)
    for person in run.participants.all():
        same(person)
    assert b"13:00" in view(run.participants.all()[0]).body, "the time is theirs"


def test_the_page_of_a_part_that_has_ended_is_the_views_with_everybodys_own_texts(run: ClassRun) -> None:
    make.start(run)
    one, other, silent = run.participants.all()
    write(one, "Un <b>texte</b> & « deux »\nsur deux lignes")
    write(other, "Autre chose " * 50)
    say_done(other)
    Participant.objects.filter(pk=one.pk).update(help_at=HERE)
    act(phase=make.phase(run), kind=Kind.END, now=HERE, keeps_extra=False)
    for person in (one, other, silent):
        same(person)
    theirs, nothing = light(one), light(silent)
    assert theirs is not None
    assert nothing is not None
    assert "&lt;b&gt;texte" in theirs.body.decode()
    assert "Autre chose" not in theirs.body.decode()
    assert "Rien d’écrit." in theirs.body.decode(), "in the other fields"
    assert 'class="written"' not in nothing.body.decode()
    packed = light(other, accept_encoding="gzip")
    assert packed is not None
    assert gzip.decompress(packed.body) == view(other).body


def test_names_are_escaped_and_no_page_has_anothers(run: ClassRun) -> None:
    one, other, _ = run.participants.all()
    Participant.objects.filter(pk=one.pk).update(pseudonym="<b>&\"Zoé'")
    one.refresh_from_db()
    make.start(run)
    for person in (one, other):
        same(person)
    theirs = light(other)
    assert theirs is not None
    for word in (one.public_id, one.personal_code, "Zo", f"jeton:{one.pk}:"):
        assert word not in theirs.body.decode()


def test_packed_it_is_the_same(run: ClassRun) -> None:
    make.start(run)
    person = run.participants.all()[0]
    ours, theirs = light(person, accept_encoding="gzip, br"), view(person, **{"accept-encoding": "gzip, br"})
    assert ours is not None
    assert gzip.decompress(ours.body) == gzip.decompress(theirs.body)
    length = {"content-length": ""}
    assert ours.headers | length == theirs.headers | length
    assert len(ours.body) - len(theirs.body) < 2000, "a few bytes a gap"
    for value in (person.public_id, person.personal_code):
        assert value.encode() in ours.body, "nothing personal is compressed beside anything else"


def test_over_https_it_has_the_same_headers(run: ClassRun, settings: Settings) -> None:
    person = run.participants.all()[0]
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    assert light(person) is None, "Django sends to HTTPS first"
    ours, theirs = light(person, x_forwarded_proto="https"), view(person, **{"x-forwarded-proto": "https"})
    assert ours is not None
    assert "strict-transport-security" in ours.headers
    assert ours.headers == theirs.headers | {"content-length": str(len(theirs.body))}


def test_it_is_nobody_elses(run: ClassRun) -> None:
    one, other, _ = run.participants.all()
    key = {"cookie": make.student_client(one).cookies["participant"].OutputString()}
    assert light(one) is not None
    assert light(other, **key) is None
    assert light(one, cookie="") is None
    assert light(one, cookie="participant=faux") is None
    Participant.objects.filter(pk=one.pk).update(token_version=2)
    assert light(one) is None, "somebody came back on another device"


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "HEAD"},
        {"method": "POST"},
        {"path": "/s/personne/"},
        {"path": "/s/../"},
        {"query": "?suite=1"},
        {"host": "ailleurs.example"},
        {"host": ""},
    ],
)
def test_anything_else_is_left_to_the_view(run: ClassRun, changed: dict[str, str]) -> None:
    assert light(run.participants.all()[0], **changed) is None


def test_where_a_teacher_is_signed_in_too_the_view_has_a_word_for_them(run: ClassRun) -> None:
    person = run.participants.all()[0]
    key = make.student_client(person).cookies["participant"].OutputString()
    assert light(person, cookie=key + "; autre=1") is not None
    assert light(person, cookie=key + "; enseignant=abc") is None


# --- whatever happens --------------------------------------------------------------------------------


def write(person: Participant, text: str, *, at: datetime = HERE, base: int = 0) -> None:
    phase = make.phase(person.run)
    question = phase.part.questions.earliest("number")
    saving.save_answers(
        token=Token(person.pk, person.token_version), phase=phase, writer="page-1234",
        drafts=[Draft(question.number, question.fields[0]["key"], text, base, 1)], now=at,
    )  # fmt: skip


def change_run(**values: object) -> Callable[[Participant], object]:
    return lambda person: ClassRun.objects.filter(pk=person.run_id).update(**values)


def change_person(**values: object) -> Callable[[Participant], object]:
    return lambda person: Participant.objects.filter(pk=person.pk).update(**values)


def clock(
    kind: Kind, part: int = 1, seconds: int = 0, *, keeps_extra: bool = True
) -> Callable[[Participant], object]:
    return lambda person: act(
        phase=make.phase(person.run, part), kind=kind, now=HERE, seconds=seconds, keeps_extra=keeps_extra
    )


def give_extra(person: Participant) -> None:
    set_extra_time(participant=person, unit="minutes", amount=5)


def say_done(person: Participant) -> None:
    participants.say_done(participant=person, phase=make.phase(person.run), now=HERE, done=True)


HAPPENINGS: dict[str, Callable[[Participant], object]] = {
    "writes": lambda person: write(person, "Un texte"),
    "writes late": lambda person: write(person, "Trop tard", at=HERE + timedelta(hours=1)),
    "takes back": lambda person: write(person, "", base=1),
    "asks for help": change_person(help_at=HERE),
    "is helped": change_person(help_at=None),
    "says done": say_done,
    "has extra time": give_extra,
    "is renamed": lambda person: change_person(pseudonym=f"Nouveau nom {person.number}")(person),
    "is hidden": change_person(hidden=True),
    "is absent": change_person(absent=True),
    "writes on paper": change_person(on_paper=True),
    "leaves": change_person(left_at=HERE),
    "starts": clock(Kind.START),
    "pauses": clock(Kind.PAUSE),
    "resumes": clock(Kind.RESUME),
    "extends": clock(Kind.EXTEND, seconds=60),
    "ends": clock(Kind.END, keeps_extra=False),
    "ends but for some": clock(Kind.END, keeps_extra=True),
    "reopens": clock(Kind.REOPEN, seconds=300),
    "starts part 2": clock(Kind.START, 2),
    "suspends": change_run(suspended_at=HERE),
    "goes on": change_run(suspended_at=None),
    "closes": change_run(closed_at=HERE),
    "publishes": change_run(results_published_at=HERE),
    "lets assess": change_run(self_assessment_at=HERE),
    "opens the gallery": change_run(gallery_opened_at=HERE),
    "gives another name": change_run(label="Seconde 5"),
    "gives a video": change_run(video_link="https://exemple.fr/film"),
    "has a field less": lambda person: Answer.objects.filter(
        sitting__participant=person, field="reponse"
    ).delete(),
    "is a rehearsal": change_run(rehearsal_speed=5),
    "raises the revision": change_run(revision=77),
    "time goes by": lambda person: Phase.objects.filter(run=person.run_id).update(ends_at=HERE),
}


def told(person: Participant) -> bool:
    """The light part's page, if it makes one, is the view's."""
    ours = light(person)
    if ours is not None:
        theirs = view(person)
        assert theirs.status == 200
        assert ours.body.decode() == theirs.body.decode()
    return ours is not None


ALIKE = {
    "is helped", "is renamed", "is hidden", "is absent", "writes on paper", "extends", "goes on",
    "gives another name", "gives a video", "raises the revision", "ends", "ends but for some",
}  # fmt: skip
REFUSED = {
    "starts",
    "resumes",
    "reopens",
    "takes back",
    "starts part 2",
}  # nothing comes of it while the part runs


@pytest.mark.parametrize("what", sorted(HAPPENINGS))
def test_whatever_happens_to_one_the_page_is_the_views(run: ClassRun, what: str) -> None:
    make.start(run)
    one, other, _ = run.participants.all()
    assert told(one)
    with suppress(NotPossible, NoGroups):
        HAPPENINGS[what](one)
    assert told(one) == (what in ALIKE | REFUSED)
    told(other)


steps = st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), st.integers(0, 1)), max_size=6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_happens_one_after_the_other(run: ClassRun, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        for what, who in steps:
            with suppress(NotPossible, NoGroups):
                HAPPENINGS[what](run.participants.all()[who])
            for each in run.participants.filter(left_at=None):
                told(each)
        transaction.set_rollback(True)


# --- what is shared ----------------------------------------------------------------------------------


def test_a_text_saved_while_the_page_is_made_is_nobody_elses(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.start(run)
    one, other, _ = run.participants.all()

    def and_then_writes(place: str, now: datetime) -> Own | None:
        found = own(place, now)
        write(one, "Le secret de Mouette")
        return found

    monkeypatch.setattr(pages, "own", and_then_writes)
    assert light(one) is None
    assert not pages.moulds.runs()
    monkeypatch.undo()
    assert b"Mouette" not in view(other).body


def test_a_class_asks_once_for_what_is_the_same(
    run: ClassRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.start(run)
    people = run.participants.all()
    assert told(people[0])
    for person in people[1:]:
        with django_assert_num_queries(1):
            assert light(person) is not None


def test_a_deleted_activite_leaves_nothing_in_memory(run: ClassRun) -> None:
    assert light(run.participants.all()[0]) is not None
    assert pages.moulds.runs() == {run.pk}
    run.participants.all().delete()
    run.delete()
    live.forget_deleted()
    assert not pages.moulds.runs()


def test_what_is_kept_is_bounded(run: ClassRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 1)
    other = make.class_run(participants=1)
    for asked in (run, other, run):
        same(asked.participants.all()[0])
        assert pages.moulds.runs() == {asked.pk}


def test_a_store_that_does_not_answer_is_the_views_to_tell(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*values: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(pages, "own", gone)
    assert light(run.participants.all()[0]) is None


def test_the_server_answers_with_it(run: ClassRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """The router of the whole server asks here first, and Django else."""
    asked: list[str] = []

    async def django(given: Scope, receive: Receive, send: Send) -> None:
        asked.append(given["path"])

    monkeypatch.setattr(server, "pages", django)
    person = run.participants.all()[0]
    path, key = f"/s/{person.public_id}/", make.student_client(person).cookies["participant"].OutputString()
    reply = Reply()

    async def send(message: Message) -> None:
        reply.take(message)

    async def receive() -> Message:
        return {"type": "http.request", "more_body": False}

    asyncio.run(server.application(scope("GET", path, {"cookie": key}), receive, send))
    assert (reply.status, asked) == (200, [])
    asyncio.run(server.application(scope("GET", path), receive, send))
    assert asked == [path]
