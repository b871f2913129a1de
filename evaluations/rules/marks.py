"""When a mark may replace what is stored: never something that its page has not shown."""

from dataclasses import dataclass
from enum import StrEnum

AS_GROUP = "groupe"  # a member's level is the group's


class Field(StrEnum):
    """What can be filled in on a sheet."""

    LEVEL = "level"  # of a row: 1 to 4, None for « non évalué »
    OBSERVATIONS = "observations"  # of a row
    REMARK = "text"  # of the whole sheet


@dataclass(frozen=True)
class Mark:
    """A field as a page wants it. `seen`: the values that this page has shown there, or sent itself.

    `number` is the criterion's, 0 for the general remark. Words that are None: those kept beside the field go.
    """

    name: str
    field: Field
    number: int
    value: int | str | None
    seen: tuple[int | str | None, ...]

    @property
    def forgets(self) -> bool:
        return self.field != Field.LEVEL and self.value is None


@dataclass(frozen=True)
class Put:
    """What became of a mark: `stored` is what the field holds now; a clash has written nothing."""

    mark: Mark
    stored: int | str | None

    @property
    def clash(self) -> bool:
        return self.stored != self.mark.value


def may_write(stored: int | str | None, mark: Mark) -> bool:
    """Whether the page that wants this has seen what it would replace."""
    return stored in mark.seen
