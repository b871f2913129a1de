"""The fiche d'évaluation as it is filled in: one form, sent whole or one field at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from evaluations.queries.report import Row, StudentReport, levels_of
from lessons.models import Criterion

MAX_OBSERVATIONS = 500  # signs beside one row
MAX_REMARK = 2000
REMARK = "generale"
_LEVEL = "niveau-"
_OBSERVATIONS = "observations-"


@dataclass(frozen=True)
class Line:
    """One row with what the form holds for it, which is what was typed if something was wrong."""

    row: Row
    chosen: str  # the level's rank, "" for « non évalué »
    observations: forms.BoundField


class SheetForm(forms.Form):
    """Fields are named after the criterion's number: « niveau-3 », « observations-3 », and « generale »."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        criteria: Sequence[Criterion],
        report: StudentReport | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(report) if report else None)
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
            self.fields[f"{_OBSERVATIONS}{criterion.number}"] = forms.CharField(
                label=f"Observations : {criterion.label}",
                max_length=MAX_OBSERVATIONS,
                required=False,
                error_messages={
                    "max_length": f"Les observations comptent au plus {MAX_OBSERVATIONS} signes."
                },
            )
        self.fields[REMARK] = forms.CharField(
            label="Appréciation générale",
            max_length=MAX_REMARK,
            required=False,
            error_messages={"max_length": f"L’appréciation générale compte au plus {MAX_REMARK} signes."},
        )

    def lines(self, rows: Sequence[Row]) -> tuple[Line, ...]:
        """The rows of a report, each with its two fields."""
        return tuple(
            Line(
                row=row,
                chosen=str(self[f"{_LEVEL}{row.number}"].value() or ""),
                observations=self[f"{_OBSERVATIONS}{row.number}"],
            )
            for row in rows
        )

    def sent(self) -> dict[str, Any]:
        """The arguments of `actions.fill_sheet`: only the fields that the request holds."""
        names = [name for name in self.cleaned_data if name in self.data]
        return {
            "levels": {_number(name): self.cleaned_data[name] for name in names if name.startswith(_LEVEL)},
            "observations": {
                _number(name): self.cleaned_data[name] for name in names if name.startswith(_OBSERVATIONS)
            },
            "remark": self.cleaned_data[REMARK] if REMARK in names else None,
        }

    def first_error(self) -> str:
        """The first French sentence of what is wrong; "" if nothing is."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


def _initial(report: StudentReport) -> dict[str, object]:
    levels = {f"{_LEVEL}{row.number}": row.level.rank if row.level else "" for row in report.rows}
    observations = {f"{_OBSERVATIONS}{row.number}": row.observations for row in report.rows}
    return {**levels, **observations, REMARK: report.remark}


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])
