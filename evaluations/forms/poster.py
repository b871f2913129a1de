"""A poster's grid as it is filled in: the group's rows, and a member's own level where needed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from evaluations.actions import OwnMark
from evaluations.forms.sheet import MEMBER, SEEN, SheetForm
from evaluations.queries.report import levels_of
from evaluations.rules.marks import AS_GROUP, Field, Mark
from lessons.models import Criterion, Participant


class PosterForm(SheetForm):
    """A member's fields are « membre-<public id>-3 »: « groupe », a rank, or "" for « non évalué »."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, criteria: Sequence[Criterion], people: Sequence[Participant]
    ) -> None:
        super().__init__(data, criteria=criteria)
        self.people = {person.public_id: person for person in people}
        choices = [(AS_GROUP, "comme le groupe"), ("", "non évalué")]
        choices += [(str(level.rank), level.code) for level in levels_of(criteria)]
        for person in people:
            for criterion in criteria:
                self.fields[f"{MEMBER}{person.public_id}-{criterion.number}"] = forms.ChoiceField(
                    choices=choices, required=False
                )

    def own_of_members(self) -> tuple[OwnMark, ...]:
        """The members' fields that the page has touched."""
        names = [name for name in self.cleaned_data if name.startswith(MEMBER) and name in self.data]
        return tuple(one for name in names if (one := self._own(name)).mark.seen != (one.mark.value,))

    def _own(self, name: str) -> OwnMark:
        public_id, _, number = name.removeprefix(MEMBER).rpartition("-")
        seen = tuple(_value(text) for text in self.data.get(SEEN + name) or [AS_GROUP])
        mark = Mark(name, Field.LEVEL, int(number), _value(self.cleaned_data[name]), seen)
        return OwnMark(self.people[public_id], mark)


def _value(text: str) -> int | str | None:
    return text if text == AS_GROUP else int(text) if text.isdecimal() else None
