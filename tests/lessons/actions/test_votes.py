"""The vote: one person = one vote, never for one's own group, secret, a tie said as a tie."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lessons.actions import merging, runs
from lessons.actions.votes import CannotVote, cast, close_ballot, open_ballot, set_gallery, start_again
from lessons.models import Ballot, BallotTally, BallotVoter, ClassRun, Group, Membership, Participant
from lessons.queries.votes import may_vote_here, newest_vote, result_of, student_vote, turnout
from lessons.rules.voting import SECRET_FROM, Refusal, ranking, refusal, verdict
from tests.harness import builders as make
from tests.harness.builders import at

VOTES = st.dictionaries(st.integers(1, 13), st.integers(0, 12), min_size=1, max_size=13)


# --- the rules --------------------------------------------------------------------------------------


@given(VOTES)
def test_ranks_follow_votes_and_ties_share_theirs(votes: dict[int, int]) -> None:
    places = ranking(votes)
    assert {place.number: place.votes for place in places} == votes
    for place in places:
        assert place.rank == 1 + sum(other.votes > place.votes for other in places)
        assert place.tied == any(o.number != place.number and o.votes == place.votes for o in places)
        assert ("ex æquo" in place.rank_word) == place.tied
    assert [place.rank for place in places] == sorted(place.rank for place in places)


@given(VOTES)
def test_the_verdict_names_all_who_come_first_and_nobody_else(votes: dict[int, int]) -> None:
    said, most = verdict(ranking(votes)), max(votes.values())
    first = {number for number, count in votes.items() if count == most and most}
    told = said.split("avec")[0].replace(",", " ").replace("\u00a0", " ").replace(".", " ").split()
    assert {int(word) for word in told if word.isdigit()} == first
    assert ("ex æquo" in said) == (len(first) > 1)


@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from([None, 1, 2]), st.integers(1, 4))
def test_a_vote_is_taken_only_where_nothing_forbids_it(
    is_open: bool, is_here: bool, has_voted: bool, own: int | None, chosen: int
) -> None:
    reason = refusal(
        is_open=is_open, is_here=is_here, has_voted=has_voted, own=own, chosen=chosen, candidates={1, 2, 3}
    )
    fine = is_open and is_here and not has_voted and chosen != own and chosen in {1, 2, 3}
    assert (reason is None) == fine


# --- what happens -----------------------------------------------------------------------------------


def voting(sizes: tuple[int, ...] = (3, 3, 3)) -> tuple[Ballot, list[Participant]]:
    """A ballot that is open, and everybody in the order of their groups."""
    run = make.class_run()
    make.groups(run, sizes=sizes)
    ballot = open_ballot(run=run, now=at(50))
    return ballot, list(Participant.objects.filter(run=run).order_by("number"))


def vote(ballot: Ballot, voter: Participant, number: int) -> str:
    """What the voter is told; nothing if the vote is taken."""
    try:
        with transaction.atomic():
            cast(ballot=ballot, voter=voter, number=number)
    except CannotVote as why:
        return str(why)
    return ""


def tally(ballot: Ballot) -> dict[int, int]:
    return dict(ballot.tallies.values_list("poster__group__number", "votes"))


pytestmark = pytest.mark.django_db


def test_one_person_one_vote() -> None:
    ballot, people = voting()
    assert vote(ballot, people[0], 2) == ""
    assert vote(ballot, people[0], 3) == Refusal.VOTED
    assert vote(ballot, people[0], 2) == Refusal.VOTED
    assert tally(ballot) == {1: 0, 2: 1, 3: 0}


def test_who_votes_while_the_vote_is_started_anew_is_told_so() -> None:
    ballot, people = voting()
    old = Ballot.objects.get(pk=ballot.pk)
    again = start_again(ballot=ballot, now=at(51))
    assert vote(old, people[0], 2) == Refusal.RESTARTED
    assert vote(again, people[0], 2) == ""


def test_never_for_ones_own_group_nor_for_what_is_not_there() -> None:
    ballot, people = voting()
    assert vote(ballot, people[4], 2) == Refusal.OWN_GROUP
    assert vote(ballot, people[4], 9) == Refusal.UNKNOWN
    Group.objects.filter(number=3).update(dissolved_at=at(51))
    assert vote(ballot, people[4], 3) == Refusal.UNKNOWN
    assert vote(ballot, people[4], 1) == ""  # nothing of that was counted against them
    assert tally(ballot) == {1: 1, 2: 0, 3: 0}


def test_without_a_group_one_votes_for_any_poster() -> None:
    ballot, _ = voting()
    alone = make.participant(ballot.run)
    assert vote(ballot, alone, 1) == ""
    assert turnout(ballot).entitled == 10


@pytest.mark.parametrize("field", ["left_at", "absent", "joined_at"])
def test_who_is_not_there_does_not_vote(field: str) -> None:
    ballot, people = voting()
    values = {"left_at": at(51), "absent": True, "joined_at": None}
    Participant.objects.filter(pk=people[0].pk).update(**{field: values[field]})
    assert vote(ballot, people[0], 2) == Refusal.NOT_HERE
    assert (turnout(ballot).voted, turnout(ballot).entitled) == (0, 8)


def test_a_student_of_another_activite_does_not_vote() -> None:
    ballot, _ = voting()
    stranger = make.class_run(participants=1).participants.get()
    assert vote(ballot, stranger, 1) == Refusal.CLOSED
    assert sum(tally(ballot).values()) == 0


def test_a_closed_vote_takes_nothing_and_closing_twice_changes_nothing() -> None:
    ballot, people = voting()
    for person in people[:4]:
        assert vote(ballot, person, 3) == ""
    close_ballot(run=ballot.run, now=at(60))
    close_ballot(run=ballot.run, now=at(70))
    assert vote(ballot, people[5], 1) == Refusal.CLOSED
    ballot.refresh_from_db()
    assert ballot.closed_at == at(60)
    assert tally(ballot) == {1: 0, 2: 0, 3: 4}
    assert ballot.voters.count() == 4


def test_who_has_been_removed_after_voting_stays_counted() -> None:
    ballot, people = voting()
    vote(ballot, people[0], 2)
    Participant.objects.filter(pk=people[0].pk).update(left_at=at(52))
    assert (turnout(ballot).voted, turnout(ballot).entitled) == (1, 9)


def test_one_open_vote_at_a_time_and_a_second_one_is_new() -> None:
    ballot, people = voting()
    vote(ballot, people[0], 2)
    with pytest.raises(CannotVote, match="déjà ouvert"):
        open_ballot(run=ballot.run, now=at(52))
    close_ballot(run=ballot.run, now=at(53))
    second = open_ballot(run=ballot.run, now=at(54))
    assert second.number == 2
    assert vote(second, people[0], 3) == ""  # a new vote: everybody votes again
    assert tally(ballot) == {1: 0, 2: 1, 3: 0}


@pytest.mark.parametrize("sizes", [(), (4,), (3, 3)])
def test_a_vote_needs_three_posters(sizes: tuple[int, ...]) -> None:
    run = make.class_run(participants=2)
    make.groups(run, sizes=sizes)
    with pytest.raises(CannotVote, match="trois affiches"):
        open_ballot(run=run, now=at(1))
    assert not Ballot.objects.exists()


def test_nothing_is_said_before_closing() -> None:
    ballot, people = voting()
    for person in people[:3]:
        vote(ballot, person, 2 + (person.pk % 2))
    with pytest.raises(ValueError, match="before it is closed"):
        result_of(ballot)
    seen = newest_vote(ballot.run)
    assert seen is not None
    assert seen.result is None
    assert (seen.turnout.voted, seen.turnout.entitled) == (3, 9)


def test_a_result_that_would_not_be_secret_is_not_shown() -> None:
    ballot, people = voting()
    for person in people[: SECRET_FROM - 1]:
        vote(ballot, person, 3)
    close_ballot(run=ballot.run, now=at(60))
    seen = newest_vote(ballot.run)
    assert seen is not None
    assert seen.result is not None
    assert (seen.result.rows, seen.result.voted) == ((), SECRET_FROM - 1)


def test_a_tie_is_said() -> None:
    ballot, people = voting()
    for person, number in zip(people, (2, 2, 2, 1, 3, 1, 2, 1, 1), strict=True):
        assert vote(ballot, person, number) == ""
    close_ballot(run=ballot.run, now=at(60))
    ballot.refresh_from_db()
    result = result_of(ballot)
    assert [(r.place.number, r.place.votes, r.place.rank_word) for r in result.rows] == [
        (1, 4, "1er ex æquo"), (2, 4, "1er ex æquo"), (3, 1, "3e"),
    ]  # fmt: skip
    assert "1 et 2" in result.verdict


# --- a person has one vote, whatever their places and devices ---------------------------------------


@pytest.mark.parametrize("first", ["duplicate", "into"])
def test_two_places_made_one_have_one_vote(first: str) -> None:
    ballot, people = voting()
    into, duplicate = people[0], make.participant(ballot.run)
    vote(ballot, {"duplicate": duplicate, "into": into}[first], 3)
    with transaction.atomic():
        merging.merge(duplicate=duplicate, into=into, now=at(55))
    into.refresh_from_db()
    assert vote(ballot, into, 2) == Refusal.VOTED
    assert vote(ballot, duplicate, 2)  # the other place is no way in either
    assert tally(ballot) == {1: 0, 2: 0, 3: 1}
    assert (turnout(ballot).voted, turnout(ballot).entitled) == (1, 9)


def both_voted() -> tuple[Ballot, Participant, Participant]:
    """An open vote in which a student of group 1 has voted from two places, and somebody else once."""
    ballot, people = voting()
    into, duplicate = people[0], make.participant(ballot.run)
    for person, number in ((into, 2), (duplicate, 3), (people[4], 1)):
        assert vote(ballot, person, number) == ""
    return ballot, duplicate, into


def test_two_places_that_both_voted_are_not_made_one_unawares() -> None:
    ballot, duplicate, into = both_voted()
    with pytest.raises(merging.VotedTwice, match="secret"), transaction.atomic():
        merging.merge(duplicate=duplicate, into=into, now=at(55))
    duplicate.refresh_from_db()
    assert (duplicate.left_at, tally(ballot)) == (None, {1: 1, 2: 1, 3: 1})


def test_two_places_that_both_voted_leave_one_vote_and_nobody_learns_which_it_was() -> None:
    """Whatever was chosen, the same database is left: the vote begins again, and each has one voice in it."""
    ballot, duplicate, into = both_voted()
    with transaction.atomic():
        merging.merge(duplicate=duplicate, into=into, now=at(55), votes_again=True)
    again = Ballot.objects.get(run=ballot.run)
    assert (again.number, again.closed_at) == (
        ballot.number + 1,
        None,
    )  # open pages see that it is another one
    assert (tally(again), again.voters.count()) == ({1: 0, 2: 0, 3: 0}, 0)
    assert newest_vote(ballot.run).turnout.entitled == 9  # type: ignore[union-attr]
    assert vote(again, into, 2) == ""
    assert vote(again, into, 3) == Refusal.VOTED
    assert vote(again, duplicate, 3)
    close_ballot(run=ballot.run, now=at(60))
    assert open_ballot(run=ballot.run, now=at(61)).number == again.number + 1


def test_a_closed_vote_stays_as_it_was_counted() -> None:
    ballot, duplicate, into = both_voted()
    close_ballot(run=ballot.run, now=at(54))
    with transaction.atomic():
        merging.merge(duplicate=duplicate, into=into, now=at(55))
    assert (tally(ballot), turnout(ballot).voted) == ({1: 1, 2: 1, 3: 1}, 3)


def test_the_teacher_is_told_and_begins_the_vote_again_from_the_page() -> None:
    ballot, duplicate, into = both_voted()
    teacher = make.teacher_client(ballot.run.owner)
    there = f"/prof/activites/{ballot.run.public_id}/participants/{duplicate.public_id}/"
    assert "Réunir et recommencer le vote" not in teacher.get(there).content.decode()
    refused = teacher.post(f"{there}reunir/", {"into": into.public_id})
    assert refused.status_code == 422
    assert "Réunir et recommencer le vote" in refused.content.decode()
    assert teacher.post(f"{there}reunir/", {"into": into.public_id, "revoter": "1"}).status_code == 302
    duplicate.refresh_from_db()
    assert duplicate.merged_into_id == into.pk
    assert not Ballot.objects.filter(pk=ballot.pk).exists()


def test_a_member_on_paper_votes_on_a_device_of_the_group() -> None:
    ballot, people = voting()
    set_gallery(run=ballot.run, opened=True, now=at(50))
    first, paper, third, stranger = people[:4]
    Participant.objects.filter(pk=paper.pk).update(on_paper=True)
    seen = student_vote(first)
    assert ({v.public_id for v in seen.voters}, seen.shares) == ({first.public_id, paper.public_id}, True)
    assert may_vote_here(third, paper.public_id) == paper
    assert may_vote_here(stranger, paper.public_id) is None
    assert may_vote_here(first, third.public_id) is None  # who has a page of their own
    assert vote(ballot, paper, 2) == ""
    assert [v.public_id for v in student_vote(third).voters] == [third.public_id]


def test_members_of_a_shared_device_vote_in_turn() -> None:
    ballot, people = voting()
    set_gallery(run=ballot.run, opened=True, now=at(50))
    first, second, third = people[:3]
    assert [v.public_id for v in student_vote(first).voters] == [first.public_id]
    Group.objects.filter(number=1).update(one_device=True)
    assert {v.public_id for v in student_vote(first).voters} == {p.public_id for p in people[:3]}
    vote(ballot, second, 2)
    seen = student_vote(first)
    assert {v.public_id for v in seen.voters} == {first.public_id, third.public_id}
    assert not seen.has_voted
    assert student_vote(second).has_voted
    vote(ballot, first, 2)
    vote(ballot, third, 3)
    assert student_vote(first).voters == ()


# --- secret -----------------------------------------------------------------------------------------


def test_no_row_names_both_and_none_tells_when() -> None:
    for model in (BallotVoter, BallotTally):
        fields = {field.name: field.get_internal_type() for field in model._meta.get_fields()}
        assert not {"participant", "poster"} <= set(fields)
        assert not set(fields.values()) & {"DateTimeField", "DateField", "TimeField", "JSONField"}


def order_of_rows(ballot: Ballot) -> list[str]:
    """Who voted, as a file or a dump has them, and what PostgreSQL notes with each row."""
    rows = list(BallotVoter.objects.filter(ballot=ballot).order_by("pk"))
    return [row.participant.pseudonym for row in rows]


def test_closing_forgets_the_order_of_votes() -> None:
    ballot, people = voting()
    for person in reversed(people):
        vote(ballot, person, 1 if person.pk > people[2].pk else 2)
    assert order_of_rows(ballot) == [person.pseudonym for person in reversed(people)]
    before = tally(ballot)
    close_ballot(run=ballot.run, now=at(60))
    assert order_of_rows(ballot) == [person.pseudonym for person in people]
    assert tally(ballot) == before
    if connection.vendor == "postgresql":  # each row says which transaction wrote it
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT xmin::text FROM lessons_ballotvoter UNION SELECT xmin::text FROM lessons_ballottally"
            )
            assert len(cursor.fetchall()) <= 2  # the closing's own, its savepoint's: none is a vote's


def test_a_row_of_a_vote_leads_to_no_choice_anywhere_in_the_database() -> None:
    """Two classes that differ by who chose what alone leave the same database, byte for byte."""

    def left(choices: tuple[int, ...]) -> list[tuple[object, ...]]:
        ballot, people = voting()
        for person, number in zip(people, choices, strict=True):
            assert vote(ballot, person, number) == ""
        close_ballot(run=ballot.run, now=at(60))
        first = people[0].number
        voters = ballot.voters.order_by("pk").values_list("participant__number", flat=True)
        return [(n - first,) for n in voters] + sorted(tally(ballot).items())

    assert left((2, 3, 2, 1, 3, 1, 1, 2, 1)) == left((3, 2, 2, 1, 1, 3, 1, 1, 2))


# --- another day, and what it costs -----------------------------------------------------------------


def test_the_vote_goes_on_another_day() -> None:
    ballot, people = voting()
    vote(ballot, people[0], 2)
    run = ClassRun.objects.get(pk=ballot.run_id)
    runs.suspend(run=run, now=at(60))
    runs.unsuspend(run=run)
    assert vote(ballot, people[0], 3) == Refusal.VOTED
    assert vote(ballot, people[1], 3) == ""
    assert Membership.objects.filter(group__run=run).count() == 9


@pytest.mark.parametrize("sizes", [(1, 1, 1), (4,) * 9])
def test_a_vote_costs_the_same_in_a_small_and_in_a_large_class(sizes: tuple[int, ...]) -> None:
    ballot, people = voting(sizes)
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        cast(ballot=ballot, voter=people[0], number=2)
    assert len([q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]) == 6
