"""Read only. One frozen dataclass a screen."""

from evaluations.queries.copies import Look
from evaluations.queries.grading import Grading, Step, grading
from evaluations.queries.report import StudentReport, student_report
from evaluations.queries.sheets import Missing, Sheets, missing, sheets

__all__ = [
    "Grading",
    "Look",
    "Missing",
    "Sheets",
    "Step",
    "StudentReport",
    "grading",
    "missing",
    "sheets",
    "student_report",
]
