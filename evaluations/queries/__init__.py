"""Read only. One frozen dataclass a screen."""

from evaluations.queries.copies_to_grade import Look
from evaluations.queries.glance import Glance, glance
from evaluations.queries.grading import Grading, Step, grading
from evaluations.queries.poster_grading import PosterGrading, PostersToGrade, poster_grading, posters_to_grade
from evaluations.queries.report import StudentReport, student_report, student_reports
from evaluations.queries.sheets import Missing, Sheets, missing, sheets

__all__ = [
    "Glance",
    "Grading",
    "Look",
    "Missing",
    "PosterGrading",
    "PostersToGrade",
    "Sheets",
    "Step",
    "StudentReport",
    "glance",
    "grading",
    "missing",
    "poster_grading",
    "posters_to_grade",
    "sheets",
    "student_report",
    "student_reports",
]
