"""Who has a copy, in which order, and how it is named."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from evaluations.rules.order import shuffled
from lessons.models import Answer, ClassRun, Participant


@dataclass(frozen=True)
class Look:
    """How this teacher's session reads copies.

    `seed`: shuffled by it, names hidden; "" is the list's order, with names. `discreet`: no name in the page at all.
    """

    seed: str = ""
    discreet: bool = False


def gradable(run: ClassRun) -> QuerySet[Participant]:
    """Who has a sheet: those who came or hand in a copie papier; then those removed, if they wrote."""
    wrote = Answer.objects.filter(sitting__participant=OuterRef("pk"), words__gt=0)
    here = Q(left_at=None) & (Q(joined_at__isnull=False) | Q(on_paper=True))
    return run.participants.filter(here | (Q(left_at__isnull=False) & Exists(wrote))).order_by(
        F("left_at").asc(nulls_first=True), F("ticket_number").asc(nulls_last=True), "pk"
    )


def in_order(look: Look, names: Iterable[str]) -> list[str]:
    """Public ids in the order in which copies are graded."""
    return shuffled(look.seed, names) if look.seed else list(names)


def copies(run: ClassRun, look: Look) -> list[Participant]:
    """Those who have a sheet, in the order in which they are graded. One query."""
    people = {person.public_id: person for person in gradable(run)}
    return [people[name] for name in in_order(look, people)]


def label_of(person: Participant, number: int, look: Look) -> str:
    """« Copie 7 » while names are hidden; « Élève 7 » where the class may see the screen; else the pseudonym."""
    if look.seed and number:
        return f"Copie\u00a0{number}"
    return f"Élève\u00a0{person.number}" if look.seed or look.discreet else person.shown_name
