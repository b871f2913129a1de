"""What comes in, checked before anything is done with it."""

from evaluations.forms.changes import Change, as_sent, group_of, read_changes
from evaluations.forms.photo import PhotoForm
from evaluations.forms.poster_grading import PosterForm
from evaluations.forms.sheet import MAX_OBSERVATIONS, MAX_REMARK, SheetForm

__all__ = [
    "MAX_OBSERVATIONS",
    "MAX_REMARK",
    "Change",
    "PhotoForm",
    "PosterForm",
    "SheetForm",
    "as_sent",
    "group_of",
    "read_changes",
]
