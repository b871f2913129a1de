"""The only writers of what is judged. Keyword arguments, `now` passed in; the caller opens the transaction."""

from evaluations.actions.marks import NotInGrid, put_marks, set_level, set_observations, set_remark
from evaluations.actions.photos import CannotKeep, add_photo
from evaluations.actions.poster_grading import OwnMark, grade_poster, set_poster_graded
from evaluations.actions.publication import (
    assess_self,
    close_self_assessment,
    hide,
    open_self_assessment,
    publish,
)

__all__ = [
    "CannotKeep",
    "NotInGrid",
    "OwnMark",
    "add_photo",
    "assess_self",
    "close_self_assessment",
    "grade_poster",
    "hide",
    "open_self_assessment",
    "publish",
    "put_marks",
    "set_level",
    "set_observations",
    "set_poster_graded",
    "set_remark",
]
