"""The fiche d'évaluation as it is filled in: sent whole by the form, or a few fields at a time by the page's script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from evaluations.queries.remarks import Remarks
from evaluations.queries.report import Row, StudentReport, levels_of
from evaluations.rules.marks import Field, Mark, Put
from lessons.models import Criterion
from lessons.rules import texts

MAX_OBSERVATIONS = 500  # signs beside one row
MAX_REMARK = 2000
REMARK = "generale"
FORGET = "oubli-"  # before the name of a field of words: what was taken away of it is not wanted back
SEEN = "avant-"  # before a field's name: what the page has shown there
MEMBER = "membre-"  # before a member's public id: a level of their own (forms.poster)
_LEVEL = "niveau-"
_OBSERVATIONS = "observations-"


@dataclass(frozen=True)
class Line:
    """One row with what the form holds for it, which is what was typed if something was wrong.

    `clash_…`: another page has stored something else meanwhile, which `row` holds.
    """

    row: Row
    chosen: str  # the level's rank, "" for « non évalué »
    observations: forms.BoundField
    remarks: tuple[str, ...]  # to be taken up again
    clash_level: bool
    clash_observations: bool


class SheetForm(forms.Form):
    """Fields are named after the criterion's number: « niveau-3 », « observations-3 », and « generale »."""

    def __init__(self, data: Mapping[str, Any] | None, *, criteria: Sequence[Criterion]) -> None:
        super().__init__(_joined(data))
        self.clashes: dict[str, Put] = {}
        choices = [("", "non évalué"), *((str(level.rank), level.code) for level in levels_of(criteria))]
        for criterion in criteria:
            self.fields[f"{_LEVEL}{criterion.number}"] = forms.TypedChoiceField(
                label=criterion.label,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                error_messages={"invalid_choice": "Ce niveau de maîtrise n’existe pas dans cette fiche."},
            )
            self.fields[f"{_OBSERVATIONS}{criterion.number}"] = _words(
                f"Observations\u00a0: {criterion.label}",
                MAX_OBSERVATIONS,
                f"Les observations comptent au plus {MAX_OBSERVATIONS} signes.",
            )
            self.fields[f"{FORGET}{_OBSERVATIONS}{criterion.number}"] = forms.BooleanField(required=False)
        self.fields[REMARK] = _words(
            "Appréciation générale",
            MAX_REMARK,
            f"L’appréciation générale compte au plus {MAX_REMARK} signes.",
        )
        self.fields[f"{FORGET}{REMARK}"] = forms.BooleanField(required=False)

    def lines(self, rows: Sequence[Row], remarks: Remarks) -> tuple[Line, ...]:
        """The rows of a report, each with its two fields."""
        return tuple(
            Line(
                row=row,
                chosen=str(self[f"{_LEVEL}{row.number}"].value() or ""),
                observations=self[f"{_OBSERVATIONS}{row.number}"],
                remarks=remarks.rows.get(row.criterion, ()),
                clash_level=f"{_LEVEL}{row.number}" in self.clashes,
                clash_observations=f"{_OBSERVATIONS}{row.number}" in self.clashes,
            )
            for row in rows
        )

    def marks(self) -> tuple[Mark, ...]:
        """The fields that the request holds, that are right, and that its page has touched."""
        return tuple(mark for mark in self._sent() if mark.seen != (mark.value,))

    def show(self, report: StudentReport) -> None:
        """What is stored, for the fields that the request does not hold."""
        self.show_rows(report.rows)
        self.initial[REMARK] = report.remark

    def show_rows(self, rows: Sequence[Row]) -> None:
        """The same, of the rows alone."""
        for row in rows:
            self.initial[f"{_LEVEL}{row.number}"] = row.level.rank if row.level else ""
            self.initial[f"{_OBSERVATIONS}{row.number}"] = row.observations

    def refusal(self, name: str) -> str:
        """Why this field was not taken; "" if it was."""
        if name not in self.fields:
            return "Ce champ n’est pas dans la fiche d’évaluation."
        return str(self.errors[name][0]) if name in self.errors else ""

    def own_marks(self) -> tuple[Mark, ...]:
        """The levels alone: a student fills in nothing else."""
        return tuple(mark for mark in self.marks() if mark.field == Field.LEVEL)

    def first_error(self) -> str:
        """The first French sentence of what is wrong; "" if nothing is."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def _sent(self) -> Iterator[Mark]:
        for name, value in self.cleaned_data.items():
            if name not in self.data or name.startswith(MEMBER):
                continue
            field, number = _field(name.removeprefix(FORGET))
            if name.startswith(FORGET):
                yield Mark(name, field, number, None, ("",))
                continue
            clean = _rank if field == Field.LEVEL else _text
            seen = tuple(clean(given) for given in self.data.get(SEEN + name) or [""])
            yield Mark(name, field, number, value, seen)


class _Words(forms.CharField):
    def to_python(self, value: object) -> str:
        """Cleaned before it is measured: a form without JavaScript sends two signs for each line break."""
        return texts.clean(super().to_python(value) or "")


def _words(label: str, length: int, too_long: str) -> forms.CharField:
    return _Words(label=label, max_length=length, required=False, error_messages={"max_length": too_long})


def _joined(data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A form's lists: all that the page has seen; of the words, those typed and the remark taken up again."""
    if data is None or not hasattr(data, "getlist"):
        return dict(data) if data is not None else None
    return {
        name: values if name.startswith(SEEN) else _together(values)
        for name in data
        if (values := data.getlist(name))
    }


def _together(values: Sequence[str]) -> str:
    """None twice, nor one that is a part of another."""
    said = dict.fromkeys(filter(None, values))
    return " ".join(one for one in said if not any(one in other for other in said if other != one))


def _field(name: str) -> tuple[Field, int]:
    if name == REMARK:
        return Field.REMARK, 0
    field = Field.LEVEL if name.startswith(_LEVEL) else Field.OBSERVATIONS
    return field, int(name.rpartition("-")[2])


def _rank(value: str) -> int | None:
    return int(value) if value.isdecimal() else None


def _text(value: str) -> str:
    return texts.clean(value).strip()
