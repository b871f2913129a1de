"""A poster graded by the page's script: the same address, queue and rules as the copies."""

import json

import pytest
from django.test import Client

from evaluations.models import Assessment, GroupAssessment
from lessons.actions import participants
from lessons.models import ClassRun, Group, Participant
from tests.evaluations.actions.test_poster_grading import address, class_in_groups, poster_levels
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.sheet_builders import press, sheets_url

pytestmark = pytest.mark.django_db
COPY = "groupe:1"


@pytest.fixture
def run() -> ClassRun:
    return class_in_groups()


@pytest.fixture
def teacher(run: ClassRun) -> Client:
    return make.teacher_client(run.owner)


@pytest.fixture
def member(run: ClassRun) -> Participant:
    person = run.participants.first()
    assert person is not None
    return person


def save(
    teacher: Client, run: ClassRun, *changes: tuple[str, ...], copy: str = COPY
) -> list[tuple[str, str]]:
    """(name, value, *seen) of one poster; gives (outcome, stored) of each."""
    sent = [
        {"copy": copy, "name": name, "value": value, "seen": seen or [""]} for name, value, *seen in changes
    ]
    answer = teacher.post(sheets_url("marks-save", run.public_id), {"changes": json.dumps(sent)})
    assert answer.status_code == 200
    return [(one["outcome"], one.get("stored", one.get("error"))) for one in answer.json()["results"]]


def test_a_key_gives_the_group_its_level_and_the_repeat_changes_nothing(
    run: ClassRun, teacher: Client
) -> None:
    assert save(teacher, run, ("niveau-1", "3"), ("observations-2", "Lisible.")) == [
        ("saved", "3"),
        ("saved", "Lisible."),
    ]
    assert save(teacher, run, ("niveau-1", "3")) == [("saved", "3")], "its answer was lost"
    assert poster_levels(run) == [["S", None]] * 3
    assert save(teacher, run, ("niveau-1", "", "3")) == [("saved", "")]
    assert poster_levels(run) == [[None, None]] * 3


def test_a_member_is_changed_and_given_back(run: ClassRun, teacher: Client, member: Participant) -> None:
    name = f"membre-{member.public_id}-1"
    save(teacher, run, ("niveau-1", "3"))
    assert save(teacher, run, (name, "1", "groupe")) == [("saved", "1")]
    assert poster_levels(run) == [["TI", None], ["S", None], ["S", None]]
    assert save(teacher, run, (name, "", "1")) == [("saved", "")], "non évalué, which is not TI"
    assert poster_levels(run)[0] == [None, None]
    assert save(teacher, run, (name, "groupe", "")) == [("saved", "groupe")]
    assert poster_levels(run)[0] == ["S", None]
    assert not Assessment.objects.exists()


def test_what_the_page_has_not_seen_is_not_replaced(
    run: ClassRun, teacher: Client, member: Participant
) -> None:
    name = f"membre-{member.public_id}-1"
    save(teacher, run, ("niveau-1", "3"), ("observations-1", "D’abord."), (name, "2", "groupe"))
    clashes = save(
        teacher,
        run,
        ("niveau-1", "1"),
        ("observations-1", "Ensuite."),
        (name, "4", "groupe"),
        ("niveau-2", "2"),
    )
    assert clashes == [("clash", "3"), ("clash", "D’abord."), ("clash", "2"), ("saved", "2")]
    assert poster_levels(run)[0] == ["I", "I"]
    assert GroupAssessment.objects.get(criterion__number=1).observations == "D’abord."


def test_copies_and_posters_that_waited_together_go_together(
    run: ClassRun, teacher: Client, member: Participant
) -> None:
    waited = [
        {"copy": COPY, "name": "niveau-1", "value": "4", "seen": [""]},
        {"copy": member.public_id, "name": "niveau-1", "value": "2", "seen": [""]},
    ]
    answer = teacher.post(sheets_url("marks-save", run.public_id), {"changes": json.dumps(waited)})
    assert {(r["copy"], r["outcome"]) for r in answer.json()["results"]} == {
        (COPY, "saved"),
        (member.public_id, "saved"),
    }
    assert poster_levels(run)[0] == ["TS", None]
    assert Assessment.objects.get().level == 2


@pytest.mark.parametrize(
    "copy", ["groupe:2", "groupe:", "groupe:x", "groupe:-1", f"groupe:{10**30}", "groupe:²"]
)
def test_no_such_group_is_refused(copy: str, run: ClassRun, teacher: Client) -> None:
    assert save(teacher, run, ("niveau-1", "3"), copy=copy) == [("refused", "Cette copie n’existe plus.")]
    assert not GroupAssessment.objects.exists()


@pytest.mark.parametrize("name", ["niveau-9", "membre-inconnu-1", "generale", "niveau-1-2", "membre-"])
def test_a_field_that_the_grid_does_not_have_is_refused(name: str, run: ClassRun, teacher: Client) -> None:
    ((outcome, _),) = save(teacher, run, (name, "3"))
    assert outcome == "refused"
    assert not GroupAssessment.objects.exists()


def test_a_dissolved_group_posters_that_are_not_graded_and_who_left_are_refused(
    run: ClassRun, teacher: Client, member: Participant
) -> None:
    participants.remove(participant=member, now=NOW)
    ((outcome, _),) = save(teacher, run, (f"membre-{member.public_id}-1", "3", "groupe"))
    assert outcome == "refused"
    Group.objects.update(dissolved_at=NOW)
    assert save(teacher, run, ("niveau-1", "3"))[0][0] == "refused"
    Group.objects.update(dissolved_at=None)
    ClassRun.objects.update(poster_graded=False)
    assert save(teacher, run, ("niveau-1", "3"))[0][0] == "refused"
    assert not GroupAssessment.objects.exists()


def test_anothers_groups_are_not_there(run: ClassRun) -> None:
    stranger = class_in_groups()
    teacher = make.teacher_client(stranger.owner)
    assert save(teacher, stranger, ("niveau-1", "3")) == [("saved", "3")]
    assert poster_levels(run) == [[None, None]] * 3, "both classes have a group 1"
    sent = {"changes": json.dumps([{"copy": COPY, "name": "niveau-1", "value": "3", "seen": [""]}])}
    assert teacher.post(sheets_url("marks-save", run.public_id), sent).status_code == 404


def test_remarks_already_used_come_from_posters_alone(
    run: ClassRun, teacher: Client, member: Participant
) -> None:
    make_second_group(run)
    save(teacher, run, ("observations-1", "Argumentez."))
    press(teacher, member, "observations-1", "De la copie.")
    page = teacher.get(address(run).replace("/1/", "/2/")).content.decode()
    assert 'name="observations-1" value="Argumentez."' in page
    assert "De la copie." not in page


def make_second_group(run: ClassRun) -> None:
    Group.objects.create(run=run, number=2, formed_at=NOW)


def test_the_script_gets_what_goes_into_main_and_the_next_group(run: ClassRun, teacher: Client) -> None:
    make_second_group(run)
    page = teacher.get(address(run), headers={"X-Fragment": "1"}).content.decode()
    assert page.startswith("<article")
    assert f'data-step="next" href="{address(run).replace("/1/", "/2/")}"' in page
    assert "<html" not in page


def test_the_plain_form_saves_and_goes_on_to_what_is_missing(run: ClassRun, teacher: Client) -> None:
    make_second_group(run)
    answer = teacher.post(address(run), {"niveau-1": "3", "suite": "1"})
    assert answer.headers["Location"] == address(run).replace("/1/", "/2/")
    answer = teacher.post(answer.headers["Location"], {"suite": "1"}, follow=True)
    page = answer.content.decode()
    assert "reste non évalué" in page
    assert address(run) + "#ligne-2" in page
    assert address(run) + "#ligne-1" not in page
