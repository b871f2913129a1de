"""A poster's grid as it is filled in: the group's rows, and a member's own level where needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from evaluations.actions import OwnMark
from evaluations.forms.sheet import FORGET, MEMBER, REMARK, SEEN, SheetForm
from evaluations.queries.poster_grading import Member, PosterGrading
from evaluations.queries.report import Level, Row, levels_of
from evaluations.rules.marks import AS_GROUP, Field, Mark
from lessons.models import Criterion, Participant


@dataclass(frozen=True)
class MemberLine:
    """One row of one member. `stored` and `chosen`: AS_GROUP, a level, or None for « non évalué »."""

    row: Row
    name: str
    stored: Level | str | None
    chosen: Level | str | None
    clash: bool

    @property
    def differs(self) -> bool:
        return self.chosen != AS_GROUP


@dataclass(frozen=True)
class MemberLines:
    member: Member
    lines: tuple[MemberLine, ...]

    @property
    def changed(self) -> tuple[MemberLine, ...]:
        """The rows on which this member does not have the group's level."""
        return tuple(line for line in self.lines if line.differs)


class PosterForm(SheetForm):
    """A member's fields are « membre-<public id>-3 »: « groupe », a rank, or "" for « non évalué »."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, criteria: Sequence[Criterion], people: Sequence[Participant]
    ) -> None:
        super().__init__(data, criteria=criteria)
        del self.fields[REMARK], self.fields[FORGET + REMARK]  # there is one a student, on their own sheet
        self.people = {person.public_id: person for person in people}
        choices = [(AS_GROUP, "comme le groupe"), ("", "non évalué")]
        choices += [(str(level.rank), level.code) for level in levels_of(criteria)]
        for person in people:
            for criterion in criteria:
                self.fields[_name(person.public_id, criterion.number)] = forms.ChoiceField(
                    choices=choices, required=False
                )

    def own_of_members(self) -> tuple[OwnMark, ...]:
        """The members' fields that the page has touched."""
        names = [name for name in self.cleaned_data if name.startswith(MEMBER) and name in self.data]
        return tuple(one for name in names if (one := self._own(name)).mark.seen != (one.mark.value,))

    def show_poster(self, page: PosterGrading) -> None:
        """What is stored, for the fields that the request does not hold."""
        self.show_rows(page.rows)
        for member in page.members:
            for number, level in member.own.items():
                self.initial[_name(member.public_id, number)] = _sent(level)

    def member_lines(self, page: PosterGrading) -> tuple[MemberLines, ...]:
        return tuple(
            MemberLines(member, tuple(self._line(page, member, row) for row in page.rows))
            for member in page.members
        )

    def _line(self, page: PosterGrading, member: Member, row: Row) -> MemberLine:
        name = _name(member.public_id, row.number)
        by_rank: dict[str, Level | str] = {str(level.rank): level for level in page.levels}
        by_rank[AS_GROUP] = AS_GROUP
        stored = member.own[row.number]
        held = not self.is_bound or name in self.data
        chosen = by_rank.get(str(self[name].value() or "")) if held else stored
        return MemberLine(row, name, stored, chosen, name in self.clashes)

    def _own(self, name: str) -> OwnMark:
        public_id, _, number = name.removeprefix(MEMBER).rpartition("-")
        seen = tuple(_value(text) for text in self.data.get(SEEN + name) or [AS_GROUP])
        mark = Mark(name, Field.LEVEL, int(number), _value(self.cleaned_data[name]), seen)
        return OwnMark(self.people[public_id], mark)


def _name(public_id: str, number: int) -> str:
    return f"{MEMBER}{public_id}-{number}"


def _sent(level: Level | str | None) -> str:
    """As the form sends it."""
    return str(level.rank) if isinstance(level, Level) else level or ""


def _value(text: str) -> int | str | None:
    return text if text == AS_GROUP else int(text) if text.isdecimal() else None
