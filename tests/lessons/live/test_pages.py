"""Pages that are nearly the same for a class: from the light part byte for byte what the view gives."""

import asyncio
import gzip
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from lessons.actions.clock import act
from lessons.live import forget_deleted, pages
from lessons.models import ClassRun, Participant
from lessons.queries.alike import Own, own
from lessons.queries.clock import milliseconds
from lessons.queries.student import StudentPage, student_page
from lessons.rules.clock import Kind
from metroloco_site import asgi as server
from metroloco_site.kit import steady
from metroloco_site.kit.asgi_answers import Message, Receive, Scope, Send
from tests.harness import builders as make
from tests.harness.asgi import Reply, scope
from tests.harness.light_pages import HERE, at_one_instant, light, same, say_done, told, view, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_part", "one_instant")]


@pytest.fixture
def one_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    at_one_instant(monkeypatch)


@pytest.fixture
def run() -> ClassRun:
    return make.class_run(participants=3)


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
    assert light(one, **key) is None, "somebody came back on another device"
    one.refresh_from_db()
    same(one)  # which has a token of its own


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
    forget_deleted()
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


def test_one_who_is_erased_while_their_page_is_made_is_the_views_to_tell(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = run.participants.all()[0]

    def and_then_erased(place: str, now: datetime) -> Own | None:
        found = own(place, now)
        Participant.objects.filter(pk=person.pk).delete()
        return found

    monkeypatch.setattr(pages, "own", and_then_erased)
    assert light(person) is None


def test_a_part_that_ends_while_the_page_is_made_is_not_kept_as_one_that_runs(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.start(run)

    def ended(person: Participant, now: datetime) -> StudentPage:
        stale = person.run
        act(phase=make.phase(stale), kind=Kind.END, now=HERE, keeps_extra=False)
        return student_page(person, now)

    monkeypatch.setattr(pages, "student_page", ended)
    assert light(run.participants.all()[0]) is None
    assert not pages.moulds.runs()


def test_the_instant_on_the_page_is_not_before_the_wait_for_the_database(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.start(run)
    one, other, _ = run.participants.all()
    assert light(one) is not None
    waited = [timedelta(seconds=20)]
    clock = [HERE]

    def late(place: str, now: datetime) -> Own | None:
        found = own(place, now)
        clock[0] = HERE + waited[0]
        return found

    monkeypatch.setattr(steady, "now", lambda: clock[0])
    monkeypatch.setattr(pages, "own", late)
    page = light(other)
    assert page is not None
    assert f'data-now="{milliseconds(HERE + waited[0])}"' in page.body.decode()
    assert "12:40" in page.body.decode()
    # The bell has nearly rung meanwhile: the view knows how it is.
    waited[0] = timedelta(minutes=12, seconds=58)
    clock[0] = HERE
    assert light(other) is None


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
