"""The class at a glance: the picture and the numbers say the same."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import actions
from evaluations.queries import Look, glance
from lessons.actions import participants
from lessons.models import ClassRun
from tests.evaluations.actions.test_poster_grading import class_in_groups
from tests.evaluations.exports.test_sheets import heard, unmeasured_child
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import criterion, sheets_url, started_run, write

pytestmark = pytest.mark.django_db
__all__ = ["unmeasured_child"]


def graded(*ranks: int | None) -> ClassRun:
    """A class with these levels on the first row."""
    run = started_run(participants=len(ranks))
    for person, rank in zip(run.participants.all(), ranks, strict=True):
        actions.set_level(participant=person, criterion=criterion(run), level=rank, now=NOW)
    return run


def test_the_shares_are_counted_and_fill_the_bar() -> None:
    page = glance(graded(4, 4, 1, None), Look())
    first, second = page.rows
    assert [(s.level and s.level.code, s.count, s.left, s.width) for s in first.shares] == [
        ("TS", 2, 0, 50), ("S", 0, 50, 0), ("I", 0, 50, 0), ("TI", 1, 50, 25), (None, 1, 75, 25),
    ]  # fmt: skip
    assert [s.count for s in second.shares] == [0, 0, 0, 0, 4]
    assert [[level and level.code for level in copy.levels] for copy in page.copies] == [
        ["TS", None], ["TS", None], ["TI", None], [None, None],
    ]  # fmt: skip


def test_who_was_removed_is_not_of_the_class() -> None:
    run = graded(4, 1)
    gone = run.participants.first()
    assert gone is not None
    write(gone, 1, "reponse", "un texte")
    participants.remove(participant=gone, now=at(20))
    page = glance(run, Look())
    assert [s.count for s in page.rows[0].shares] == [0, 0, 0, 1, 0]
    assert len(page.copies) == 1


def test_the_page_writes_its_numbers_for_machines_and_its_names_as_wanted() -> None:
    run = graded(4, 3, 2)
    teacher = make.teacher_client(run.owner)
    page = teacher.get(sheets_url("glance-read", run.public_id)).content.decode()
    assert 'x="33.33" y="0" width="33.33"' in page, "a decimal point: it is SVG, not French"
    names = [person.pseudonym for person in run.participants.all()]
    assert not any(name in page for name in names)
    assert len(re.findall("<bdi>Copie\xa0[123]</bdi>", page)) == 3
    teacher.post(sheets_url("names-set", run.public_id), {"noms": "1"})
    assert all(
        name in teacher.get(sheets_url("glance-read", run.public_id)).content.decode() for name in names
    )


def test_its_own_switch_shows_the_names_on_screen_and_on_paper_and_mode_discret_hides_them(
    tmp_path: Path,
) -> None:
    run = graded(4, 3)
    teacher = make.teacher_client(run.owner)
    names = {person.pseudonym for person in run.participants.all()}
    here = sheets_url("glance-read", run.public_id)
    switch = (
        r'name="retour" value="([^"]*)"><button class="btn-link" name="noms" value="(.)" aria-pressed="(\w+)"'
    )

    def shown() -> tuple[set[str], set[str]]:
        page = teacher.get(here).content.decode()
        paper = heard(teacher.get(sheets_url("glance-print", run.public_id)).content, tmp_path)
        return {name for name in names if name in page}, {name for name in names if name in paper}

    assert shown() == (set(), set())
    assert re.findall(switch, teacher.get(here).content.decode()) == [(here, "1", "true")]
    answer = teacher.post(sheets_url("names-set", run.public_id), {"noms": "1", "retour": here})
    assert answer.headers["Location"] == here
    assert shown() == (names, names)
    assert re.findall(switch, teacher.get(here).content.decode()) == [(here, "0", "false")]
    teacher.post(reverse("lessons:discreet-set"), {"discret": "1"})
    assert shown() == (set(), set())


def test_the_posters_have_a_picture_of_their_own_and_paper_says_the_same(tmp_path: Path) -> None:
    run = class_in_groups()
    teacher = make.teacher_client(run.owner)
    teacher.post(sheets_url("poster-grade", run.public_id, "1"), {"niveau-1": "3"})
    page = glance(run, Look())
    assert [(grid.title, len(grid.rows)) for grid in page.grids] == [
        ("Fiche d’évaluation", 2), ("Affiche du groupe", 2),
    ]  # fmt: skip
    assert [s.count for s in page.grids[1].rows[0].shares] == [0, 3, 0, 0, 0]
    assert "Affiche du groupe" in teacher.get(sheets_url("glance-read", run.public_id)).content.decode()
    teacher.post(sheets_url("names-set", run.public_id), {"noms": "1"})
    text = heard(teacher.get(sheets_url("glance-print", run.public_id)).content, tmp_path)
    in_order = ["Fiche d’évaluation", "Repérer", "Affiche du groupe", "Expliquer 0 3 0 0 0", "Par élève",
                *(f"{person.pseudonym} n. é. n. é. S" for person in run.participants.all())]  # fmt: skip
    places = [text.index(piece) for piece in in_order]
    assert places == sorted(places)


def test_without_a_class_or_a_grid_it_says_so() -> None:
    run = make.class_run()
    client = make.teacher_client(run.owner)
    assert "rien à montrer" in client.get(sheets_url("glance-read", run.public_id)).content.decode()
    assert client.get(sheets_url("glance-print", run.public_id)).status_code == 404
    run = graded(4)
    run.participants.get().assessments.all().delete()
    run.lesson.parts.get(number=1).grid.delete()
    client = make.teacher_client(run.owner)
    assert "rien à montrer" in client.get(sheets_url("glance-read", run.public_id)).content.decode()


@pytest.mark.parametrize("count", [1, 35])
def test_it_costs_the_same_for_one_and_for_35(
    count: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    run = graded(*[3] * count)
    with django_assert_num_queries(3):  # type: ignore[operator]
        glance(run, Look("x"))


def test_for_the_owner_alone() -> None:
    run = graded(3)
    address = sheets_url("glance-read", run.public_id)
    assert make.teacher_client(make.user()).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert make.teacher_client(run.owner).post(address).status_code == 405
