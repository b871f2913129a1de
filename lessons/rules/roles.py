"""The roles of a group's members. Not stored: they follow from the seats, and from how often they moved on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Role:
    key: str
    label: str
    sentence: str


ROLES = (
    Role(
        "animation",
        "animation",
        "Lance la discussion, relit la consigne et veille à ce que le groupe avance ensemble.",
    ),
    Role(
        "temps", "gardien du temps", "Surveille le temps restant et prévient le groupe avant qu’il ne manque."
    ),
    Role("secretaire", "secrétaire", "Note ce que le groupe décide et relit l’affiche avant la fin."),
    Role(
        "parole",
        "répartition de la parole",
        "Donne la parole à chaque membre, tour à tour, et compte les prises de parole.",
    ),
)


def roles_of(members: Sequence[T], rotation: int = 0) -> dict[T, tuple[Role, ...]]:
    """Who holds what, for members in the order of their seats: each role once, all of them held.

    Of three members one holds two roles; of two, each holds two.
    """
    held: dict[T, list[Role]] = {member: [] for member in members}
    for index, role in enumerate(ROLES if members else ()):
        held[members[(index + rotation) % len(members)]].append(role)
    return {member: tuple(roles) for member, roles in held.items()}
