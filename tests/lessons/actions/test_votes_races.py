"""Votes in the same instant: of one person on two devices, and of those who vote while the vote is closed."""

import os

import pytest
from django.db import transaction

from lessons.actions import votes
from lessons.actions.votes import close_ballot, open_ballot
from lessons.models import Ballot, BallotVoter, Participant
from lessons.rules.voting import Refusal
from tests.harness import builders as make
from tests.harness.builders import at
from tests.lessons.actions.test_races import Meanwhile
from tests.lessons.actions.test_votes import vote

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite's writers queue"
)


def voting() -> tuple[Ballot, list[Participant]]:
    with transaction.atomic():
        run = make.class_run()
        make.groups(run, sizes=(2, 2, 2))
        ballot = open_ballot(run=run, now=at(50))
    return ballot, list(Participant.objects.filter(run=run).order_by("number"))


def counted(ballot: Ballot) -> tuple[int, int]:
    return ballot.voters.count(), sum(ballot.tallies.values_list("votes", flat=True))


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> list[Meanwhile]:
    """What is put in here happens between a vote's checks and its rows."""
    waiting: list[Meanwhile] = []
    count = votes._count

    def slow(*values: object) -> None:
        if waiting:
            waiting[0]()
        count(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(votes, "_count", slow)
    return waiting


@on_postgresql
def test_one_person_on_two_devices_at_once_has_one_vote(slowly: list[Meanwhile]) -> None:
    ballot, people = voting()
    slowly.append(Meanwhile(lambda: vote(ballot, people[0], 2)))
    assert vote(ballot, people[0], 2) == ""
    assert slowly[0].result() == Refusal.VOTED
    assert counted(ballot) == (1, 1)


@on_postgresql
def test_a_vote_under_way_is_counted_before_the_vote_closes(slowly: list[Meanwhile]) -> None:
    ballot, people = voting()
    slowly.append(Meanwhile(lambda: close_ballot(run=ballot.run, now=at(60))))
    assert vote(ballot, people[0], 2) == ""
    slowly[0].result()
    assert vote(ballot, people[1], 2) == Refusal.CLOSED
    assert counted(ballot) == (1, 1)


def test_a_vote_that_fails_half_way_leaves_neither_row(monkeypatch: pytest.MonkeyPatch) -> None:
    ballot, people = voting()
    create = BallotVoter.objects.create

    def create_then_fail(**values: object) -> None:
        create(**values)
        raise OSError("the disk is full")

    monkeypatch.setattr(BallotVoter.objects, "create", create_then_fail)
    with pytest.raises(OSError, match="disk"):
        vote(ballot, people[0], 2)
    monkeypatch.undo()
    assert counted(ballot) == (0, 0)
    assert vote(ballot, people[0], 2) == ""
    assert counted(ballot) == (1, 1)
