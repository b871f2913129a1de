"""A grid in use is frozen: a changed pack is another version of the lesson, and no level is lost."""

import json
import shutil
from pathlib import Path

import pytest
from django.test import Client

from evaluations import actions
from evaluations.models import GroupAssessment
from evaluations.queries import student_report
from lessons.models import ClassRun, Criterion, Lesson
from metroloco_site.packs.actions.loading import load_pack
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.folders import METROLOCO
from tests.harness.sheet_builders import grade, press, sheets_url
from tests.packs.views.test_editing import form

pytestmark = pytest.mark.django_db
COMPARER = 'label: "Comparer"'


def test_a_changed_grid_is_a_new_version_and_loses_no_level(tmp_path: Path) -> None:
    folder = tmp_path / "metroloco"
    shutil.copytree(METROLOCO, folder)
    old = load_pack(folder=folder, now=NOW).lesson
    run = make.class_run(of=old, participants=1)
    person = run.participants.get()
    last = Criterion.objects.get(grid__part__lesson=old, label="Comparer")
    actions.set_level(participant=person, criterion=last, level=4, now=NOW)
    grid = folder / "grids" / "part-1.md"
    grid.write_text(grid.read_text().replace(COMPARER, 'label: "Mettre en regard"'))
    new = load_pack(folder=folder, now=at(1)).lesson
    assert (new.version, Lesson.objects.newest().get()) == (old.version + 1, new)
    run.refresh_from_db()
    rows = {row.label: row.level and row.level.code for row in student_report(run, person).rows}
    assert rows["Comparer"] == "TS"
    assert "Mettre en regard" not in rows
    later = make.class_run(of=new, participants=1)
    labels = [row.label for row in student_report(later, later.participants.get()).rows]
    assert "Mettre en regard" in labels
    assert "Comparer" not in labels
    renamed = Criterion.objects.get(grid__part__lesson=new, label="Mettre en regard")
    with pytest.raises(actions.NotInGrid):
        actions.set_level(participant=person, criterion=renamed, level=1, now=NOW)


def test_edited_in_the_application_while_a_class_is_being_graded() -> None:
    lesson = load_pack(folder=METROLOCO, now=NOW).lesson
    run = make.class_run(of=lesson, participants=1)
    (group,) = make.groups(run, [1])
    actions.set_poster_graded(run=run, graded=True)
    person = run.participants.get()
    teacher = make.teacher_client(run.owner)
    assert press(teacher, person, "niveau-1", "4")["outcome"] == "saved"
    assert press(teacher, person, "observations-4", "Concluez.")["outcome"] == "saved"
    group_marks(teacher, run, "2")
    on_poster = GroupAssessment.objects.get(group=group)
    for part in (1, 2):
        address = f"/prof/lecons/{lesson.slug}/grid/part-{part}/modifier/"
        typed = form(teacher, address) | {
            "levels-3-label": "remarquable",
            "criteria-0-label": "Tout autre chose",
        }
        typed |= {f"criteria-3-{key}": "" for key in ("group", "label", "expectation")}
        assert teacher.post(address, typed).status_code == 302
    newest = Lesson.objects.newest().get(slug=lesson.slug)
    assert newest.version == lesson.version + 2
    page = teacher.get(grade(person)).content.decode()
    assert "Tout autre chose" not in page, "the class keeps the grid that it started with"
    assert '<input type="radio" name="niveau-1" value="4" checked>' in page
    assert "Concluez." in page
    assert press(teacher, person, "niveau-4", "2")["outcome"] == "saved", "also the row that is no more"
    on_poster.refresh_from_db()
    assert (on_poster.level, on_poster.criterion.grid.part.lesson) == (2, lesson)
    assert [row.level and row.level.label for row in student_report(run, person).poster][:1] == [
        "insuffisant"
    ]
    later = make.class_run(of=newest, participants=1)
    first, *_ = student_report(later, later.participants.get()).rows
    assert (first.label, first.level) == ("Tout autre chose", None)
    page = make.teacher_client(later.owner).get(grade(later.participants.get())).content.decode()
    assert "remarquable" in page
    assert 'name="niveau-5"' not in page


def group_marks(teacher: Client, run: ClassRun, level: str) -> None:
    sent = json.dumps([{"copy": "groupe:1", "name": "niveau-1", "value": level, "seen": [""]}])
    answer = teacher.post(sheets_url("marks-save", run.public_id), {"changes": sent})
    assert answer.json()["results"][0]["outcome"] == "saved"
