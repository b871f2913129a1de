"""The order in which copies are graded."""

from collections.abc import Iterable
from hashlib import sha256


def shuffled(seed: str, names: Iterable[str]) -> list[str]:
    """As if drawn at random, but the same for the same seed; one name more leaves the others in their order."""
    return sorted(names, key=lambda name: sha256(f"{seed} {name}".encode()).digest())
