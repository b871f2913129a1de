"""What is lived: the lesson's content, the class run, the work."""

from lessons.models.content import Criterion, Grid, Lesson, Part, Question
from lessons.models.run import ClassRun, Participant, Phase, PhaseEvent, Sitting
from lessons.models.work import Answer, SetAside

__all__ = [
    "Answer",
    "ClassRun",
    "Criterion",
    "Grid",
    "Lesson",
    "Part",
    "Participant",
    "Phase",
    "PhaseEvent",
    "Question",
    "SetAside",
    "Sitting",
]
