"""A purge by another process than the server: what the server remembers goes by itself within seconds."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lessons import live
from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.live import documents as common
from lessons.live.telling import newest
from lessons.live.tokens import Listener, admissions
from lessons.models import ClassRun, Poster
from lessons.queries import documents
from lessons.rules.clock import Kind
from lessons.rules.document import Replica
from metroloco_site.kit import asgi_answers
from metroloco_site.kit.hub import hub
from metroloco_site.kit.turns import FIRST_S, take_turns
from metroloco_site.ops.management.commands import serve
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db


def remembered(now: datetime = NOW) -> ClassRun:
    """An activité of which every place in memory holds something: it is open, read, written, listened to."""
    run = make.class_run(participants=2)
    make.groups(run, sizes=(2,))
    act(phase=make.phase(run, 2), kind=Kind.START, now=now)
    person = run.participants.earliest("number")
    live.announce(run)
    live.presence.polled(run.pk, person.pk)
    live.presence.wrote(run.pk, person.pk)
    assert admissions.ask(Listener(run.pk, "eleve", person.pk, person.token_version))
    page = Replica()
    said = page.write("titre", "", "Gravelot a dit") or b""
    with transaction.atomic():
        edit = common.Edit(Token(person.pk, person.token_version), page.client, said, at(1))
        assert edit.write().refused == ""  # type: ignore[union-attr]
    assert documents.document(Poster.objects.get(group__run=run)).texts["titre"] == "Gravelot a dit"
    return run


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    live.forget_deleted()
    common.forget_held()


def test_nothing_is_kept_of_what_another_process_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, stays = remembered(), remembered()
    poster = Poster.objects.get(group__run=gone).pk
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(hub, "publish", lambda channel, name, _: told.append((channel, name)))
    places = (newest.runs, live.presence.runs, admissions.runs)
    assert all({gone.pk, stays.pk} <= place() for place in places)
    assert poster in documents.known() & common.held()
    assert live.forget_deleted() == set()
    assert all({gone.pk, stays.pk} <= place() for place in places)

    key = gone.pk
    ClassRun.objects.filter(pk=key).delete()  # as the other process leaves the database
    assert live.forget_deleted() == {key}
    assert told == [(f"run:{key}", asgi_answers.END)]  # its open pages
    assert not any(key in place() for place in places)
    assert poster not in documents.known() | common.held()
    assert all(stays.pk in place() for place in places)
    assert live.forget_deleted() == set()  # again: nothing more


def test_a_look_costs_two_queries_and_none_where_nothing_is_remembered() -> None:
    for _ in range(2):
        remembered()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            live.forget_deleted()
        assert len(seen) == 2
    ClassRun.objects.all().delete()
    live.forget_deleted()
    with CaptureQueriesContext(connection) as seen:
        live.forget_deleted()
    assert len(seen) == 0


def test_no_fault_ends_the_looks(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    faults = iter([KeyError("état"), DatabaseError("occupée")])
    closed, rests = [], []

    def look() -> None:
        for fault in faults:
            raise fault

    def rest(seconds: float) -> bool:
        rests.append(seconds)
        return len(rests) < 4

    monkeypatch.setattr(live, "forget_deleted", look)
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    take_turns(serve.forget_deleted, rest)
    assert rests == [0.0, FIRST_S, 2 * FIRST_S, serve.FORGET_S]
    assert len(closed) == 2, "the next look opens another connection"
    assert "KeyError" in caplog.text
