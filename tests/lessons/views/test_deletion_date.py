"""The day on which an activité is erased: changed within the limits, and said before it comes."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from lessons.models import ClassRun
from lessons.queries.runs import runs_of
from lessons.rules.keeping import end_of_school_year
from tests.harness import builders as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "proposed", "last"),
    [
        ("2027-08-30", "2027-08-31", "31/08/2027"),
        ("2027-08-31", "2027-09-30", "31/08/2028"),
        ("2027-09-01", "2027-10-01", "31/08/2028"),
        ("2028-02-29", "2028-03-30", "31/08/2028"),
        ("2026-12-31", "2027-01-30", "31/08/2027"),
    ],
)
def test_the_form_proposes_a_day_that_it_accepts(today: str, proposed: str, last: str) -> None:
    with time_machine.travel(f"{today}T23:30:00+02:00"):
        lesson = make.lesson()
        client = make.teacher_client(make.user())
        page = "/prof/activites/nouvelle/"
        assert f'value="{proposed}"' in client.get(page).content.decode()
        form = {"lesson": lesson.pk, "label": "Seconde 4", "minutes_1": 15, "minutes_2": 40}
        refused = client.post(page, form | {"delete_on": "2029-01-01"}).content.decode()
        assert f"au plus tard le {last}" in refused
        assert client.post(page, form | {"delete_on": proposed}).status_code == 302
        assert ClassRun.objects.get().delete_on == date.fromisoformat(proposed)


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
