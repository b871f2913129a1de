"""Read only. One frozen dataclass a screen."""

from evaluations.queries.grading import Grading, grading
from evaluations.queries.report import StudentReport, student_report
from evaluations.queries.sheets import Sheets, sheets

__all__ = ["Grading", "Sheets", "StudentReport", "grading", "sheets", "student_report"]
