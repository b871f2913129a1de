"""Two places of one student, both graded: nothing is lost, and the teacher reads both."""

import pytest

from evaluations import actions
from evaluations.models import Assessment, GeneralRemark, SelfAssessment
from evaluations.queries import Look, grading, student_report
from evaluations.queries.sheets import sheets
from lessons.actions import erasing, merging, participants
from lessons.models import ClassRun, Criterion, Participant
from metroloco_site.privacy.queries.own_rows import own_rows
from tests.evaluations.actions.test_poster_grading import class_in_groups, criterion_of_part_1, poster_levels
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import criterion, grade, write
from tests.lessons.actions.test_merging import double, kept, run

__all__ = ["double", "kept", "run"]

pytestmark = pytest.mark.django_db


def merge(double: Participant, into: Participant) -> None:
    merging.merge(duplicate=double, into=into, now=at(5))


def give(
    person: Participant, level: int | None, words: str = "", *, row: int = 1, own: int | None = None
) -> None:
    where = criterion(person.run, row)
    Assessment.objects.create(
        participant=person, criterion=where, level=level, observations=words, updated_at=NOW
    )
    if own:
        SelfAssessment.objects.create(participant=person, criterion=where, level=own, updated_at=NOW)


def others(person: Participant) -> list[tuple[str, str, str, bool]]:
    marks = grading(person.run, person).other_marks
    return [(m.row, m.level.code if m.level else "", m.words, m.own) for m in marks]


def test_what_both_places_had_is_read_beside_the_kept_one(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    give(kept, 2, "D’ici.", own=1)
    give(double, 4, "De là.", own=3)
    actions.set_remark(participant=kept, text="Bien.", now=NOW)
    actions.set_remark(participant=double, text="Très bien.", now=NOW)
    merge(double, kept)
    row = student_report(run, kept).rows[0]
    assert (row.level and row.level.code, row.own and row.own.code) == ("I", "TI"), "the kept place's stand"
    assert others(kept) == [
        (row.label, "TS", "De là.", False),
        (row.label, "S", "", True),
        ("Appréciation générale", "", "Très bien.", False),
    ]
    page = make.teacher_client(run.owner).get(grade(kept)).content.decode()
    assert "Deux places réunies" in page
    assert "De là." in page
    assert "Très bien." in page


def test_what_one_place_alone_had_is_simply_there(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    give(double, 4, "De là.", own=3)
    actions.set_remark(participant=double, text="Très bien.", now=NOW)
    merge(double, kept)
    report = student_report(run, kept)
    assert (report.rows[0].observations, report.remark) == ("De là.", "Très bien.")
    assert others(kept) == []
    page = make.teacher_client(run.owner).get(grade(kept)).content.decode()
    assert "Deux places réunies" not in page


def test_the_same_twice_says_nothing(kept: Participant, double: Participant) -> None:
    give(kept, 2, "La même.")
    give(double, 2, "La même.")
    merge(double, kept)
    assert others(kept) == []


def test_words_alone_or_a_level_that_was_taken_back(kept: Participant, double: Participant) -> None:
    give(kept, None)
    give(double, 4)
    give(kept, 3, "D’ici.", row=2)
    give(double, 3, "De là.", row=2)
    merge(double, kept)
    assert [mark[1:3] for mark in others(kept)] == [("TS", ""), ("", "De là.")]


def test_the_student_is_told_of_both_once_they_are_published(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    give(kept, 2, "D’ici.", own=1)
    give(double, 4, "De là.", own=3)
    actions.set_remark(participant=kept, text="Bien.", now=NOW)
    actions.set_remark(participant=double, text="Très bien.", now=NOW)
    merge(double, kept)
    rows = {name: str(found) for name, found in own_rows(kept).items()}
    assert "satisfaisant" in rows["SelfAssessment"]
    assert "Assessment" not in rows
    actions.publish(run=kept.run, now=NOW)
    rows = {name: str(found) for name, found in own_rows(kept).items()}
    assert "De là." in rows["Assessment"]
    assert "Très bien." in rows["GeneralRemark"]


def test_three_places(run: ClassRun, kept: Participant, double: Participant) -> None:
    third = make.participant(run)
    for level, person in enumerate((kept, double, third), start=1):
        give(person, level)
    merge(double, third)
    merge(third, kept)
    assert [mark[1] for mark in others(kept)] == ["I", "S"]


def test_a_members_own_level_follows_and_both_are_read() -> None:
    run = class_in_groups(2)
    kept, double = run.participants.all()
    row = Criterion.objects.get(grid__part__lesson=run.lesson, grid__part__number=2, number=1)
    actions.set_level(participant=double, criterion=row, level=4, now=NOW)
    actions.set_level(participant=double, criterion=criterion_of_part_1(run), level=1, now=NOW)
    actions.set_level(participant=kept, criterion=criterion_of_part_1(run), level=2, now=NOW)
    merge(double, kept)
    assert poster_levels(run)[0] == ["TS", None]
    assert [mark[1] for mark in others(kept)] == ["TI"]
    again = make.participant(run)
    actions.set_level(participant=again, criterion=row, level=2, now=NOW)
    merge(again, kept)
    assert poster_levels(run)[0] == ["TS", None]
    assert ("Expliquer (affiche)", "I", "", False) in others(kept)


def test_who_is_removed_keeps_the_levels_and_has_a_copy_if_they_wrote(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    write(double, 1, "reponse", "Du travail.")
    give(double, 3)
    participants.remove(participant=double, now=at(6))
    lines = sheets(run, Look()).lines
    assert [(line.public_id, line.removed, line.filled) for line in lines] == [
        (kept.public_id, False, 0),
        (double.public_id, True, 1),
    ]
    participants.readmit(participant=double)
    assert student_report(run, double).rows[0].level is not None


def test_erasing_leaves_no_mark_of_either_place(kept: Participant, double: Participant) -> None:
    give(kept, 2, "D’ici.", own=1)
    give(double, 4, "De là.", own=3)
    actions.set_remark(participant=double, text="Très bien.", now=NOW)
    merge(double, kept)
    erasing.erase(participant=kept)
    for model in (Assessment, SelfAssessment, GeneralRemark):
        assert not model.objects.exists()
