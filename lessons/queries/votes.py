"""The vote on the posters: who may still vote, how many have, and, once it is closed, the result."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from lessons.models import Ballot, BallotTally, BallotVoter, ClassRun, Membership, Participant
from lessons.queries.gallery import Label, all_posters_of, labels_of, posters_of
from lessons.queries.newest_vote import ballot_word, newest_ballot
from lessons.rules import voting


@dataclass(frozen=True)
class Turnout:
    """How many have voted, of how many who may: never who."""

    voted: int
    entitled: int


@dataclass(frozen=True)
class ResultRow:
    """`most`: votes of the first, against which bars are drawn."""

    place: voting.Place
    label: Label
    most: int


@dataclass(frozen=True)
class Result:
    """Of a closed vote. `rows` is empty where so few voted that it would not be secret."""

    number: int
    voted: int
    rows: tuple[ResultRow, ...]
    verdict: str


@dataclass(frozen=True)
class Vote:
    """The newest vote of an activité; `result` only once it is closed."""

    ballot: Ballot
    turnout: Turnout
    result: Result | None

    @property
    def is_open(self) -> bool:
        return self.ballot.closed_at is None


@dataclass(frozen=True)
class BallotsPage:
    """« Galerie et vote ». `without_device`: students on paper in whose group nobody has a device."""

    labels: tuple[Label, ...]
    vote: Vote | None
    earlier: tuple[Result, ...]
    without_device: int

    @property
    def candidates(self) -> int:
        """How many posters may be voted for: those that are not hidden."""
        return sum(not label.hidden for label in self.labels)


@dataclass(frozen=True)
class Voter:
    public_id: str
    name: str


@dataclass(frozen=True)
class StudentVote:
    """`voters`: who may still vote from this page: its student, and who in the group has no other (_on_device)."""

    vote: Vote | None
    choices: tuple[Label, ...]
    own: int | None
    shares: bool
    voters: tuple[Voter, ...]
    has_voted: bool

    @property
    def word(self) -> str:
        """What the page compares with what it is told (queries.ballots)."""
        return ballot_word(self.vote.ballot if self.vote else None)


def turnout(ballot: Ballot) -> Turnout:
    """Two queries. Whoever has voted counts among those who may, also when they have gone since."""
    here = Q(left_at=None, absent=False, joined_at__isnull=False)
    may = Participant.objects.filter(here | Q(ballots__ballot=ballot), run=ballot.run_id)
    return Turnout(ballot.voters.count(), may.distinct().count())


def newest_vote(run: ClassRun) -> Vote | None:
    """The vote for the teacher and the projector; the same number of queries whatever the class."""
    ballot = run.ballots.first()
    return vote_of(ballot) if ballot else None


def vote_of(ballot: Ballot) -> Vote:
    """One vote, with its result only if it is closed."""
    return Vote(ballot, turnout(ballot), result_of(ballot) if ballot.closed_at else None)


def result_of(ballot: Ballot) -> Result:
    """Only of a closed vote: raises ValueError before. A dissolved group that nobody chose is left out."""
    if ballot.closed_at is None:
        raise ValueError("a vote says nothing before it is closed")
    tallies = BallotTally.objects.filter(ballot=ballot).select_related("poster__group")
    kept = [t for t in tallies if t.votes or t.poster.group.dissolved_at is None]
    voted = sum(tally.votes for tally in kept)
    if voted < voting.SECRET_FROM:
        return Result(ballot.number, voted, (), "")
    places = voting.ranking({tally.poster.group.number: tally.votes for tally in kept})
    labels = {label.number: label for label in labels_of([tally.poster for tally in kept])}
    rows = tuple(ResultRow(place, labels[place.number], places[0].votes) for place in places)
    return Result(ballot.number, voted, rows, voting.verdict(places))


def ballots_page(run: ClassRun) -> BallotsPage:
    """The teacher's page; the same number of queries whatever the class."""
    ballots = list(run.ballots.all())
    votes = [vote_of(ballot) for ballot in ballots]
    alone = Participant.objects.filter(run=run, on_paper=True, left_at=None, absent=False)
    theirs = Membership.objects.filter(group=OuterRef("membership__group"), participant__on_paper=False)
    near = theirs.filter(participant__left_at=None, participant__absent=False)
    return BallotsPage(
        labels=labels_of(all_posters_of(run)),
        vote=votes[0] if votes else None,
        earlier=tuple(vote.result for vote in votes[1:] if vote.result),
        without_device=alone.exclude(Exists(near)).count(),
    )


def student_vote(participant: Participant) -> StudentVote:
    """The vote as this page may take part in it; the same number of queries whatever the class."""
    ballot = newest_ballot(participant.run)
    vote = vote_of(ballot) if ballot else None
    is_open = vote is not None and vote.is_open
    membership = Membership.objects.select_related("group").filter(participant=participant).first()
    here = _here(participant, membership, vote) if vote else {}
    waiting = [person for person, voted in here.items() if not voted]
    return StudentVote(
        vote=vote,
        choices=labels_of(posters_of(participant.run)) if is_open else (),
        own=membership.group.number if membership else None,
        shares=len(here) > 1,
        voters=tuple(Voter(person.public_id, person.shown_name) for person in waiting),
        has_voted=vote is not None and participant.pk not in {person.pk for person in waiting},
    )


def may_vote_here(participant: Participant, public_id: str) -> Participant | None:
    """Who votes from this participant's page: themselves or a member of their group who has no other."""
    if public_id in ("", participant.public_id):
        return participant
    membership = Membership.objects.select_related("group").filter(participant=participant).first()
    return _on_device(participant, membership).filter(public_id=public_id).first()


def _here(participant: Participant, membership: Membership | None, vote: Vote) -> dict[Participant, bool]:
    """Who votes from this page, and whether they have."""
    cast = BallotVoter.objects.filter(ballot=vote.ballot, participant=OuterRef("pk"))
    people = _on_device(participant, membership).annotate(voted=Exists(cast))
    return {person: person.voted for person in people}


def _on_device(participant: Participant, membership: Membership | None) -> QuerySet[Participant]:
    """Who may vote from this page: its student, with those on paper of the group, or all where it shares one."""
    if membership is None:
        return Participant.objects.filter(pk=participant.pk)
    near = Q(membership__group=membership.group_id, left_at=None, absent=False)
    if not membership.group.one_device:
        near &= Q(on_paper=True)
    return Participant.objects.filter(near | Q(pk=participant.pk)).order_by("number")
