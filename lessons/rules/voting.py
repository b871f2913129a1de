"""The vote on the posters: one person = one vote, never for one's own group, a tie said as a tie."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

SECRET_FROM = 3  # votes: with fewer, the result would tell each voter what the others chose


class Refusal(StrEnum):
    """Why a vote is not taken; the sentence is what the voter reads."""

    CLOSED = "Le vote est fermé\u00a0: votre choix n’a pas été compté."
    RESTARTED = "Le vote vient d’être recommencé\u00a0: votre choix n’a pas été compté. Votez de nouveau."
    NOT_HERE = (
        "Vous êtes noté absent\u00a0: votre choix n’a pas été compté. Signalez-vous à votre enseignant."
    )
    VOTED = "Un vote est déjà compté pour vous\u00a0: une personne, une voix. Il reste secret et ne se change pas."
    OWN_GROUP = "On ne vote pas pour l’affiche de son propre groupe\u00a0: choisissez-en une autre."
    UNKNOWN = "Cette affiche ne fait pas partie du vote\u00a0: choisissez-en une autre."


def refusal(
    *,
    is_open: bool,
    is_here: bool,
    has_voted: bool,
    own: int | None,
    chosen: int,
    candidates: Collection[int],
) -> Refusal | None:
    """Whether this voter may choose this poster. `own`: the number of their group, None without one."""
    reasons = (
        (Refusal.CLOSED, not is_open),
        (Refusal.VOTED, has_voted),
        (Refusal.NOT_HERE, not is_here),
        (Refusal.OWN_GROUP, own is not None and chosen == own),
        (Refusal.UNKNOWN, chosen not in candidates),
    )
    return next((reason for reason, holds in reasons if holds), None)


@dataclass(frozen=True)
class Place:
    """One poster in the result. `tied`: others have as many votes, and the same rank."""

    number: int
    votes: int
    rank: int
    tied: bool

    @property
    def rank_word(self) -> str:
        """« 1er », « 2e ex æquo »."""
        return f"{self.rank}{'er' if self.rank == 1 else 'e'}{' ex æquo' if self.tied else ''}"


def ranking(votes: Mapping[int, int]) -> tuple[Place, ...]:
    """Posters by votes; those with as many share a rank, in the order of their numbers (1, 1, 3)."""
    alike = Counter(votes.values())
    return tuple(
        Place(number, count, 1 + sum(n for v, n in alike.items() if v > count), alike[count] > 1)
        for number, count in sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def verdict(places: Collection[Place]) -> str:
    """The result in a sentence; nobody comes first where nobody voted."""
    first = [place for place in places if place.rank == 1 and place.votes]
    if not first:
        return "Personne n’a voté."
    votes = f"{first[0].votes}\u00a0voix"
    if len(first) == 1:
        return f"L’affiche du groupe\u00a0{first[0].number} arrive en tête, avec {votes}."
    numbers = [str(place.number) for place in first]
    named = f"{', '.join(numbers[:-1])} et {numbers[-1]}"
    return f"Les affiches des groupes {named} arrivent en tête, ex æquo, avec {votes} chacune."
