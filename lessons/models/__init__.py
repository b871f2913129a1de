"""What is lived: the lesson's content, the class run, the work."""

from lessons.models.content import Criterion, Grid, Lesson, Part, Question
from lessons.models.groups import AnnexeShare, Group, Membership, Separation
from lessons.models.poster import (
    Ballot,
    BallotTally,
    BallotVoter,
    Poster,
    PosterImage,
    PosterLate,
    PosterState,
    PosterUpdate,
    PosterWriter,
)
from lessons.models.run import ClassRun, ClassRunQuerySet, Participant, Phase, PhaseEvent, Sitting
from lessons.models.work import Answer, SetAside

__all__ = [
    "AnnexeShare",
    "Answer",
    "Ballot",
    "BallotTally",
    "BallotVoter",
    "ClassRun",
    "ClassRunQuerySet",
    "Criterion",
    "Grid",
    "Group",
    "Lesson",
    "Membership",
    "Part",
    "Participant",
    "Phase",
    "PhaseEvent",
    "Poster",
    "PosterImage",
    "PosterLate",
    "PosterState",
    "PosterUpdate",
    "PosterWriter",
    "Question",
    "Separation",
    "SetAside",
    "Sitting",
]
