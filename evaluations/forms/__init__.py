"""What comes in, checked before anything is done with it."""

from evaluations.forms.changes import Change, read_changes, sheet_form
from evaluations.forms.poster import PosterForm
from evaluations.forms.sheet import MAX_OBSERVATIONS, MAX_REMARK, SheetForm

__all__ = [
    "MAX_OBSERVATIONS",
    "MAX_REMARK",
    "Change",
    "PosterForm",
    "SheetForm",
    "read_changes",
    "sheet_form",
]
