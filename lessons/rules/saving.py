"""The one rule by which a text may replace another (architecture, « One answer, end to end »)."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    SAVED = "saved"
    UNSEEN = "unseen"  # the page had not seen what is stored: both are kept
    LATE = "late"  # after the deadline and its grace: kept apart
    GONE = "gone"  # the participant has left this place (another device took over, removed)


@dataclass(frozen=True)
class Draft:
    """What a page sends for one field. `base` is the revision that its writer has seen.

    `settles`: the student was shown the stored text and this one is their choice; `versions` are the
    texts kept apart that they were shown too.
    """

    question: int
    field: str
    text: str
    base: int
    seq: int
    settles: bool = False
    versions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Stored:
    revision: int
    writer: str
    seq: int


def may_replace(stored: Stored, draft: Draft, writer: str) -> bool:
    """True if the page has seen what is stored, or wrote it itself earlier."""
    return stored.revision == draft.base or (stored.writer == writer and stored.seq < draft.seq)
