"""The day on which an activité is erased: changed within the limits, and said before it comes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from lessons.forms.pages import end_of_school_year
from lessons.models import ClassRun
from lessons.queries.people import runs_of
from tests.harness import builders as make

pytestmark = pytest.mark.django_db


def change(run: ClassRun, day: date) -> tuple[int, str]:
    client = make.teacher_client(run.owner)
    answer = client.post(f"/prof/activites/{run.public_id}/effacement/", {"delete_on": day.isoformat()})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run()
    ClassRun.objects.update(delete_on=timezone.localdate() + timedelta(days=5), created_at=timezone.now())
    made.refresh_from_db()
    return made


def test_the_date_is_moved_within_the_limits_and_said(run: ClassRun) -> None:
    today = timezone.localdate()
    last = end_of_school_year(today)
    for day in (today + timedelta(days=1), last):
        assert change(run, day)[0] == 302
        run.refresh_from_db()
        assert run.delete_on == day
    for wrong in (today, last + timedelta(days=1), today - timedelta(days=3)):
        status, html = change(run, wrong)
        assert (status, "Choisissez une date" in html) == (422, True)
        run.refresh_from_db()
        assert run.delete_on == last


def test_nothing_is_kept_beyond_the_school_year_in_which_it_was_written(run: ClassRun) -> None:
    """Not even from the next one: the limit is that of the start."""
    ClassRun.objects.update(created_at=timezone.now() - timedelta(days=366))
    assert change(run, end_of_school_year(timezone.localdate()))[0] == 422


@pytest.mark.parametrize(("days", "said"), [(1, "demain"), (7, "dans 7 jours"), (8, "")])
def test_its_approach_is_announced_in_the_list(run: ClassRun, days: int, said: str) -> None:
    ClassRun.objects.update(delete_on=timezone.localdate() + timedelta(days=days))
    html = make.teacher_client(run.owner).get("/prof/").content.decode()
    assert ("Changer la date" in html) is bool(said)
    assert said in html
    assert f"/prof/activites/{run.public_id}/supprimer/#date" in html or not said


def test_the_form_shows_the_present_date(run: ClassRun) -> None:
    html = make.teacher_client(run.owner).get(f"/prof/activites/{run.public_id}/supprimer/").content.decode()
    assert f'value="{run.delete_on.isoformat()}"' in html


def test_the_list_takes_the_same_number_of_queries_with_one_or_many(
    run: ClassRun, django_assert_num_queries: object
) -> None:
    owner = run.owner
    for count in (0, 10):
        for _ in range(count):
            make.class_run(owner=owner)
        with django_assert_num_queries(5):  # type: ignore[operator]
            assert len(runs_of(owner, timezone.localdate(), timezone.now())) == count + 1
