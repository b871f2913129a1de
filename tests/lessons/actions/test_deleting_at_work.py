"""An activité deleted while somebody writes in it: one waits for the other, and nobody gets a fault (PostgreSQL)."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models.sql.subqueries import DeleteQuery

from lessons.actions import runs
from lessons.actions.clock import act
from lessons.actions.documents import Shelf, apply_update
from lessons.actions.joining import Token
from lessons.models import ClassRun, Poster
from lessons.rules.clock import Kind
from lessons.rules.document import Replica
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10  # seconds


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_group_that_writes_meanwhile_waits_and_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        run = make.class_run(participants=4)
        make.groups(run, sizes=(4,))
        act(phase=make.phase(run, 2), kind=Kind.START, now=NOW)
    person = run.participants.earliest("number")
    replica = Replica()
    update = replica.write("titre", "", "bonjour")
    assert update
    told: list[str] = []

    def write() -> None:
        token = Token(person.pk, person.token_version)
        try:
            with transaction.atomic():
                apply_update(token=token, client=replica.client, data=update, now=at(1), shelf=Shelf())
            told.append("nothing of it is kept")
        except Exception as error:  # noqa: BLE001 - told to the test, whatever it is
            told.append(type(error).__name__)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    delete_batch = DeleteQuery.delete_batch

    def once_the_group_has_begun(query: DeleteQuery, keys: list[int], using: str) -> int:
        if query.model is Poster and writer.ident is None:
            writer.start()
            writer.join(0.5)  # long enough to have taken the poster, if it could
        return delete_batch(query, keys, using)

    monkeypatch.setattr(DeleteQuery, "delete_batch", once_the_group_has_begun)
    with transaction.atomic():
        runs.delete(run=ClassRun.objects.get(pk=run.pk))
    writer.join(PATIENCE)
    assert not writer.is_alive()
    assert told
    assert told != ["OperationalError"]
    assert not ClassRun.objects.exists()
    assert not Poster.objects.exists()
