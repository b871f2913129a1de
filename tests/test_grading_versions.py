"""A grid in use is frozen: a changed pack is another version of the lesson, and no level is lost."""

import shutil
from pathlib import Path

import pytest

from evaluations import actions
from evaluations.queries import student_report
from lessons.models import Criterion, Lesson
from metroloco_site.ops.actions.packs import load_pack
from tests import builders as make
from tests.builders import NOW, at

pytestmark = pytest.mark.django_db
METROLOCO = Path(__file__).parent.parent / "fixtures" / "metroloco"
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
