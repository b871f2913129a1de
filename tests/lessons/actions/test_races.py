"""What two people do in the same instant, on PostgreSQL; SQLite's writers wait for one another."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waiting
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction

from lessons.actions import clock, joining, merging
from lessons.actions.joining import Token
from lessons.actions.saving import Saved, save_answers
from lessons.models import Answer, ClassRun, Participant, SetAside
from lessons.queries import clock as queries
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft, Outcome
from tests.harness import builders as make
from tests.harness.builders import at

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite's writers queue"
    ),
]
A_WHILE_S = 0.5  # what need not wait is over by then


class Meanwhile:
    """Runs `other` in its own transaction in the middle of ours, for as long as it may go on."""

    def __init__(self, other: Callable[[], object]) -> None:
        self.other = other
        self.pool = ThreadPoolExecutor(1)
        self.future: Future[Any] | None = None

    def __call__(self) -> None:
        if self.future is None:
            self.future = self.pool.submit(self._run)
            with suppress(Waiting):
                self.future.result(A_WHILE_S)

    def _run(self) -> object:
        try:
            with transaction.atomic():
                return self.other()
        finally:
            connection.close()

    def result(self) -> Any:  # noqa: ANN401
        assert self.future is not None
        return self.future.result(10)


def started(participants: int) -> ClassRun:
    with transaction.atomic():
        run = make.class_run(participants=participants)
        make.start(run)
    return run


def write(person: Participant, text: str, seq: int) -> list[Saved]:
    draft = Draft(1, "reponse", text, 0, seq)
    token, phase = Token(person.pk, person.token_version), make.phase(person.run)
    return save_answers(token=token, phase=phase, writer=f"page-{person.pk:04}", drafts=[draft], now=at(1))


def test_a_text_saved_during_a_merge_is_kept_or_not_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(2)
    into, duplicate = run.participants.select_related("run").order_by("number")
    write(into, "Le premier texte", 1)
    write(duplicate, "Le second texte", 1)
    meanwhile = Meanwhile(lambda: write(duplicate, "Le second texte, allongé", 2))
    merge_answer = merging._merge_answer

    def slow(*values: Any) -> None:
        meanwhile()
        merge_answer(*values)

    monkeypatch.setattr(merging, "_merge_answer", slow)
    with transaction.atomic():
        merging.merge(duplicate=duplicate, into=into, now=at(1))
    kept = {*Answer.objects.values_list("text", flat=True), *SetAside.objects.values_list("text", flat=True)}
    assert {"Le premier texte", "Le second texte"} <= kept
    (saved,) = meanwhile.result()
    assert saved.outcome is Outcome.GONE or "Le second texte, allongé" in kept


def test_who_joins_while_the_part_starts_has_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        run = make.class_run(participants=1)
    meanwhile = Meanwhile(lambda: joining.join(run=run, pseudonym="Huppe vive", now=at(0)))
    seat = clock.seat

    def slow(**given: Any) -> None:
        seat(**given)
        meanwhile()

    monkeypatch.setattr(clock, "seat", slow)
    with transaction.atomic():
        make.start(run)
    assert meanwhile.result().sittings.get().ends_at == at(15)


@pytest.mark.parametrize("kind", [Kind.END, Kind.EXTEND])
def test_extra_time_given_in_the_instant_of_another_button(
    monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    run = started(1)
    person = run.participants.select_related("run").get()
    phase = make.phase(run)
    meanwhile = Meanwhile(lambda: clock.act(phase=phase, kind=kind, now=at(5), seconds=60, keeps_extra=False))
    clock_of = queries.clock_of

    def slow(*values: Any) -> object:
        found = clock_of(*values)
        meanwhile()
        return found

    monkeypatch.setattr(clock, "clock_of", slow)
    with transaction.atomic():
        clock.set_extra_time(participant=person, unit="minutes", amount=2)
    meanwhile.result()
    assert person.sittings.get().ends_at == (at(5) if kind == Kind.END else at(18))
