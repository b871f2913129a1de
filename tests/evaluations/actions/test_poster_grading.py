"""The posters on a grid of their own: off until wanted, for the whole group, changed for one member where needed."""

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import actions
from evaluations.exports.results import class_results
from evaluations.models import Assessment, GroupAssessment
from evaluations.queries import Look, glance, sheets, student_report
from evaluations.rules.marks import Field, Mark
from lessons.actions import participants
from lessons.models import ClassRun, Criterion, Grid, Group, Membership, Poster
from tests.harness import builders as make
from tests.harness.builders import LEVELS, NOW
from tests.harness.sheet_builders import sheets_url

pytestmark = pytest.mark.django_db


def class_in_groups(members: int = 3) -> ClassRun:
    """One group of so many, in a lesson whose part 2 has a grid of two rows; the posters are graded."""
    run = make.class_run(participants=members)
    part = run.lesson.parts.get(number=2)
    grid = Grid.objects.create(part=part, title="Affiche", levels=LEVELS)
    for number, label in enumerate(["Expliquer", "Lisibilité"], start=1):
        Criterion.objects.create(grid=grid, number=number, group="Affiche", label=label)
    group = Group.objects.create(run=run, number=1, formed_at=NOW)
    Poster.objects.create(group=group)
    for seat, person in enumerate(run.participants.all()):
        Membership.objects.create(group=group, participant=person, seat=seat)
    actions.set_poster_graded(run=run, graded=True)
    return run


@pytest.fixture
def run() -> ClassRun:
    return class_in_groups()


def address(run: ClassRun) -> str:
    return reverse("evaluations:poster-grade", args=[run.public_id, 1])


def poster_levels(run: ClassRun) -> list[list[str | None]]:
    """What each student's sheet says of the poster."""
    return [
        [row.level.code if row.level else None for row in student_report(run, person).poster]
        for person in run.participants.all()
    ]


def test_a_level_is_every_members_and_fills_no_row_of_the_other_grid(run: ClassRun, teacher: Client) -> None:
    answer = teacher.post(address(run), {"niveau-1": "3", "observations-2": "Bien lisible."}, follow=True)
    assert "Enregistré à" in answer.content.decode()
    assert poster_levels(run) == [["S", None]] * 3
    report = student_report(run, run.participants.all()[0])
    assert [row.observations for row in report.poster] == ["", "Bien lisible."]
    assert [row.level for row in report.rows] == [None, None]
    assert sheets(run).not_assessed == 6, "the rows of part 1 are all still to grade"


def test_one_member_is_changed_marked_and_given_back(run: ClassRun, teacher: Client) -> None:
    one, two, three = run.participants.all()
    teacher.post(
        address(run), {"niveau-1": "3", f"membre-{two.public_id}-1": "1", f"membre-{three.public_id}-1": ""}
    )
    assert poster_levels(run) == [["S", None], ["TI", None], [None, None]]
    page = teacher.get(address(run)).content.decode()
    assert "changé pour cet élève (Expliquer TI)" in page
    assert "changé pour cet élève (Expliquer non évalué)" in page
    teacher.post(address(run), {"niveau-1": "4", "avant-niveau-1": "3"})
    assert poster_levels(run) == [["TS", None], ["TI", None], [None, None]], "the others follow the group"
    back = {f"membre-{two.public_id}-1": "groupe", f"avant-membre-{two.public_id}-1": "1"}
    teacher.post(address(run), back)
    assert poster_levels(run)[1] == ["TS", None]
    assert one.pseudonym in page


def test_who_is_absent_has_nothing_of_the_group_but_what_is_given_by_name(
    run: ClassRun, teacher: Client
) -> None:
    two = run.participants.all()[1]
    two.absent = True
    two.save(update_fields=["absent"])
    teacher.post(address(run), {"niveau-1": "3", "observations-1": "Clair."})
    assert poster_levels(run) == [["S", None], [None, None], ["S", None]]
    assert [row.observations for row in student_report(run, two).poster] == ["", ""]
    assert [share.count for share in glance(run, Look()).grids[1].rows[0].shares] == [0, 2, 0, 0, 1]
    results = [row[-5:-1] for row in class_results(run).rows]
    assert results == [["S", "Clair.", None, None], [None] * 4, ["S", "Clair.", None, None]]
    page = teacher.get(address(run)).content.decode()
    assert f"<bdi>{two.pseudonym}</bdi> (absent)\xa0: <span data-told>non évalué</span>" in page
    assert page.count("(absent)") == 1
    teacher.post(address(run), {f"membre-{two.public_id}-1": "2"})
    assert poster_levels(run) == [["S", None], ["I", None], ["S", None]]
    assert student_report(run, two).poster[0].observations == "Clair."


def test_two_pages_never_overwrite_each_other(run: ClassRun, teacher: Client) -> None:
    person = run.participants.all()[0]
    member = f"membre-{person.public_id}-1"
    opened = {"avant-niveau-1": "", "avant-observations-1": "", f"avant-{member}": "groupe"}
    teacher.post(address(run), {**opened, "niveau-1": "3", "observations-1": "D’abord.", member: "2"})
    mine = {
        **opened,
        "niveau-1": "1",
        "observations-1": "Ensuite.",
        member: "4",
        "niveau-2": "2",
        "avant-niveau-2": "",
    }
    answer = teacher.post(address(run), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Une autre page a changé cette fiche" in page
    assert ">\nEnsuite.</textarea>" in page, "no text is lost"
    assert "a enregistré\xa0: <q>D’abord.</q>" in page
    assert page.count("Entre-temps, une autre page a enregistré") == 3
    assert {(g.criterion.number, g.level, g.observations) for g in GroupAssessment.objects.all()} == {
        (1, 3, "D’abord."),
        (2, 2, ""),
    }
    assert Assessment.objects.get().level == 2


@pytest.mark.parametrize("field", ["niveau-1", "membre-{}-1"])
@pytest.mark.parametrize("value", ["5", "TS"])
def test_a_level_that_the_grid_does_not_have_is_refused(
    field: str, value: str, run: ClassRun, teacher: Client
) -> None:
    name = field.format(run.participants.all()[0].public_id)
    assert teacher.post(address(run), {name: value}).status_code == 422
    assert not GroupAssessment.objects.exists()
    assert not Assessment.objects.exists()


def test_another_classs_row_is_refused(run: ClassRun) -> None:
    with pytest.raises(actions.NotInGrid):
        actions.grade_poster(
            group=run.groups.get(), criteria=[], marks=[], now=NOW,
            own=[actions.OwnMark(run.participants.all()[0], make_mark())],
        )  # fmt: skip


def make_mark() -> Mark:
    return Mark("membre-x-1", Field.LEVEL, 1, 2, ("groupe",))


def test_off_by_default_and_off_again_the_sheets_say_nothing_of_it(run: ClassRun, teacher: Client) -> None:
    assert not make.class_run().poster_graded
    teacher.post(address(run), {"niveau-1": "3"})
    actions.publish(run=run, now=NOW)
    person = run.participants.all()[0]
    own = reverse("evaluations:own-read", args=[person.public_id])
    student = make.student_client(person)
    assert "Affiche du groupe" in student.get(own).content.decode()
    listed = sheets_url("posters-grade", run.public_id)
    page = teacher.get(listed).content.decode()
    assert "Lisibilité<span" in page, "what is missing"
    assert "Expliquer<span" not in page
    teacher.post(sheets_url("posters-set", run.public_id), {"evaluer": "0"})
    assert "ne sont pas évaluées" in teacher.get(listed).content.decode()
    assert "Affiche du groupe" not in student.get(own).content.decode()
    assert teacher.get(address(run)).status_code == 404
    teacher.post(sheets_url("posters-set", run.public_id), {"evaluer": "1"})
    assert poster_levels(run)[0] == ["S", None], "no level was lost"


def test_a_lesson_without_such_a_grid_says_so() -> None:
    run = make.class_run()
    page = make.teacher_client(run.owner).get(sheets_url("posters-grade", run.public_id)).content.decode()
    assert "n’a pas de grille pour l’affiche" in page


def test_no_such_group_a_dissolved_one_and_another_teacher(run: ClassRun, teacher: Client) -> None:
    assert make.teacher_client(make.user()).get(address(run)).status_code == 404
    assert teacher.get(address(run).replace("/1/", "/9/")).status_code == 404
    run.groups.update(dissolved_at=NOW)
    assert teacher.get(address(run)).status_code == 404


def test_mode_discret_hides_the_names_and_who_left_is_not_asked_for(run: ClassRun, teacher: Client) -> None:
    one, two, _ = run.participants.all()
    participants.remove(participant=two, now=NOW)
    assert two.pseudonym not in teacher.get(address(run)).content.decode()
    teacher.post(reverse("lessons:discreet-set"), {"discret": "1"})
    assert one.pseudonym not in teacher.get(address(run)).content.decode()


def test_the_grid_of_part_1_is_still_the_first(run: ClassRun) -> None:
    person = run.participants.all()[0]
    first = criterion_of_part_1(run)
    actions.set_level(participant=person, criterion=first, level=2, now=NOW)
    assert [row.level and row.level.code for row in student_report(run, person).rows] == ["I", None]
    assert [row.level for row in student_report(run, person).poster] == [None, None]


def criterion_of_part_1(run: ClassRun) -> Criterion:
    return Criterion.objects.get(grid__part__lesson=run.lesson, grid__part__number=1, number=1)


@pytest.mark.parametrize("members", [1, 4])
def test_it_costs_the_same_whatever_the_group(
    members: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    run = class_in_groups(members)
    client = make.teacher_client(run.owner)
    client.get(address(run))
    with django_assert_num_queries(24):  # type: ignore[operator]
        client.get(address(run))
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(sheets_url("posters-grade", run.public_id))
