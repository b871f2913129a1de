"""Which vote is the newest, for pages that follow it."""

from lessons.models import Ballot, ClassRun


def newest_ballot(run: ClassRun) -> Ballot | None:
    """One query, and none while students see no poster."""
    return run.ballots.first() if run.gallery_opened_at else None


def ballot_word(ballot: Ballot | None) -> str:
    """What live pages compare: « », « 1-open », « 1-closed »."""
    return f"{ballot.number}-{'closed' if ballot.closed_at else 'open'}" if ballot else ""
