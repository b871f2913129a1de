"""The gallery and the vote on the posters.

Whoever voted and what was chosen are two rows that never name each other, and neither holds an instant.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from lessons.actions.revision import hold, touch
from lessons.models import Ballot, BallotTally, BallotVoter, ClassRun, Participant, Poster
from lessons.rules.voting import Refusal, refusal

TOO_FEW = (
    "Il faut au moins trois affiches pour voter\u00a0: on ne vote pas pour celle de son propre groupe. "
    "Avec deux, personne n’aurait le choix, et le vote ne serait pas secret."
)
FEWEST = 3  # posters: of two, each may choose one only, and the result tells who chose it
OPEN_ALREADY = "Un vote est déjà ouvert."
OWN_PAGE = (
    "Cette personne a sa propre page ouverte en ce moment : elle vote depuis celle-ci. "
    "Si elle n’y est plus, attendez une demi-minute et recommencez."
)
CLOSE_FIRST = "Fermez d’abord le vote\u00a0: les élèves lisent les affiches pour choisir."


class CannotVote(Exception):
    """Carries the French sentence that says why."""


def set_gallery(*, run: ClassRun, opened: bool, now: datetime) -> None:
    """Students see the posters of all groups, or no longer. Raises CannotVote while a vote is open."""
    if not opened and run.ballots.filter(closed_at=None).exists():
        raise CannotVote(CLOSE_FIRST)
    run.gallery_opened_at = (run.gallery_opened_at or now) if opened else None
    run.save(update_fields=["gallery_opened_at"])
    touch(run)


def hide_poster(*, poster: Poster, hidden: bool, now: datetime) -> None:
    """The poster leaves every screen but its own group's, and comes back. Votes for it stay counted."""
    poster.hidden_at = now if hidden else None
    poster.save(update_fields=["hidden_at"])
    touch(poster.group.run)


def open_ballot(*, run: ClassRun, now: datetime) -> Ballot:
    """A new vote on the posters as they are now, and the gallery in which to read them. Raises CannotVote."""
    hold(run)  # two boards that open one in the same instant open one
    if run.ballots.filter(closed_at=None).exists():
        raise CannotVote(OPEN_ALREADY)
    posters = Poster.objects.filter(group__run=run, group__dissolved_at=None, hidden_at=None)
    if len(posters) < FEWEST:
        raise CannotVote(TOO_FEW)
    newest = run.ballots.aggregate(newest=Max("number"))["newest"] or 0
    ballot = _on(posters, run=run, number=newest + 1, now=now)
    set_gallery(run=run, opened=True, now=now)
    return ballot


def start_again(*, ballot: Ballot, now: datetime) -> Ballot:
    """An open vote from nought, on the same posters: everybody votes anew, also who had.

    No row says what anybody chose, so that no vote can be taken back (docs/security.md).
    """
    posters = list(Poster.objects.filter(tallies__ballot=ballot))
    run, number = ballot.run, ballot.number
    ballot.delete()
    again = _on(posters, run=run, number=number + 1, now=now)  # another number: open pages see that it is new
    touch(run)
    return again


def _on(posters: Iterable[Poster], *, run: ClassRun, number: int, now: datetime) -> Ballot:
    ballot = Ballot.objects.create(run=run, number=number, opened_at=now)
    BallotTally.objects.bulk_create(BallotTally(ballot=ballot, poster=poster) for poster in posters)
    return ballot


def cast(*, ballot: Ballot, voter: Participant, number: int, elsewhere: frozenset[int] = frozenset()) -> None:
    """One vote, for the poster of group `number`. Raises CannotVote; needs an open transaction.

    `elsewhere`: who has a page open now that is not the one they vote from; nobody votes in their place.
    """
    if voter.pk in elsewhere:
        raise CannotVote(OWN_PAGE)
    # Locked: nobody votes in a ballot that is being closed, and no two votes of one person are counted.
    held = Ballot.objects.select_for_update().filter(pk=ballot.pk).first()
    if held is None:
        raise CannotVote(Refusal.RESTARTED)
    person = Participant.objects.select_related("membership__group").get(pk=voter.pk)
    chosen = held.tallies.filter(poster__group__dissolved_at=None, poster__hidden_at=None)
    tallies = {tally.poster.group.number: tally for tally in chosen.select_related("poster__group")}
    membership = getattr(person, "membership", None)
    reason = refusal(
        is_open=held.closed_at is None and person.run_id == held.run_id,
        is_here=person.joined_at is not None and person.left_at is None and not person.absent,
        has_voted=held.voters.filter(participant=person).exists(),
        own=membership.group.number if membership else None,
        chosen=number,
        candidates=tallies.keys(),
    )
    if reason:
        raise CannotVote(reason)
    _count(held, person, tallies[number])


def _count(ballot: Ballot, person: Participant, tally: BallotTally) -> None:
    try:
        with transaction.atomic():
            BallotVoter.objects.create(ballot=ballot, participant=person)
    except IntegrityError as error:
        raise CannotVote(Refusal.VOTED) from error
    BallotTally.objects.filter(pk=tally.pk).update(votes=F("votes") + 1)


def close_ballot(*, run: ClassRun, now: datetime) -> None:
    """The result may be shown from now on; pressed twice, it changes nothing.

    Who voted is written anew, in the order of the places in the activité: neither the order of the rows nor
    the transaction that PostgreSQL notes with each of them says any longer when a vote was cast.
    """
    ballot = Ballot.objects.select_for_update().filter(run=run, closed_at=None).first()
    if ballot is None:
        return
    voters = list(ballot.voters.order_by("participant__number").values_list("participant_id", flat=True))
    ballot.voters.all().delete()
    BallotVoter.objects.bulk_create(BallotVoter(ballot=ballot, participant_id=pk) for pk in voters)
    ballot.tallies.update(votes=F("votes"))
    ballot.closed_at = now
    ballot.save(update_fields=["closed_at"])
    touch(run)
