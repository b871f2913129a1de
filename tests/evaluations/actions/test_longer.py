"""A remark that is nearly wholly taken away waits beside its field, for the teacher alone, until it is decided."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations import actions
from evaluations.models import Assessment, GeneralRemark, GroupAssessment
from evaluations.queries import student_report
from evaluations.queries.merged import left_behind
from evaluations.queries.report import poster_criteria
from evaluations.rules.longer import after, waiting
from evaluations.rules.marks import Field, Mark
from lessons.actions import erasing, merging
from lessons.models import ClassRun, Group, Participant
from lessons.rules.forgiving import MOST_KEPT, is_much_longer, takes_much
from lessons.rules.texts import count_words
from metroloco_site.privacy.queries.own_rows import own_rows
from tests.evaluations.actions.test_poster_grading import class_in_groups
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import grade, press, started_run

pytestmark = pytest.mark.django_db
LINE = "Un texte plus long était enregistré à"
FIELDS = ["generale", "observations-1"]


@pytest.fixture
def run() -> ClassRun:
    return started_run(participants=2)


@pytest.fixture
def person(run: ClassRun) -> Participant:
    return run.participants.order_by("pk")[0]


@pytest.fixture
def teacher(run: ClassRun) -> Client:
    return make.teacher_client(run.owner)


def words(count: int, stem: str = "mot") -> str:
    return " ".join(f"{stem}{number}" for number in range(count))


def put(person: Participant, name: str, *written: str) -> None:
    """One page's saves of a field, a minute each."""
    of_row = name != "generale"
    field, number = (Field.OBSERVATIONS, 1) if of_row else (Field.REMARK, 0)
    for minute, text in enumerate(written, start=1):
        report = student_report(person.run, person)
        seen = report.rows[0].observations if of_row else report.remark
        mark = Mark(name, field, number, text, (seen,))
        (done,) = actions.put_marks(participant=person, marks=[mark], now=at(minute))
        assert not done.clash


def kept(person: Participant, name: str) -> list[str]:
    report = student_report(person.run, person)
    return [one.text for one in (report.longer if name == "generale" else report.rows[0].longer)]


@pytest.mark.parametrize("name", FIELDS)
def test_more_than_80_percent_of_twenty_words_waits_beside_the_field(person: Participant, name: str) -> None:
    put(person, name, words(19), "")
    assert kept(person, name) == []
    put(person, name, words(20), words(4))
    assert kept(person, name) == []
    put(person, name, words(20), words(3))
    assert kept(person, name) == [words(20)]
    put(person, name, words(20))  # written again
    assert kept(person, name) == []


@pytest.mark.parametrize("name", FIELDS)
def test_piece_by_piece_the_best_moment_waits(person: Participant, name: str) -> None:
    text = words(40)
    put(person, name, *(text[:end] for end in range(len(text), -1, -9)), "")
    assert kept(person, name) == [text]


def test_a_second_accident_takes_nothing_of_the_first(person: Participant) -> None:
    put(person, "generale", words(100, "a"), "", words(30, "b"), "", words(25, "c"), "")
    assert kept(person, "generale") == [words(25, "c"), words(30, "b"), words(100, "a")]
    for stem in "defgh":
        put(person, "generale", words(22, stem), "")
    assert len(kept(person, "generale")) == MOST_KEPT
    assert words(100, "a") in kept(person, "generale")


def test_a_level_leaves_it_alone(person: Participant) -> None:
    put(person, "observations-1", words(30), "")
    mark = Mark("niveau-1", Field.LEVEL, 1, 3, (None,))
    actions.put_marks(participant=person, marks=[mark], now=NOW)
    assert kept(person, "observations-1") == [words(30)]


# --- on the page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIELDS)
def test_it_is_one_folded_line_and_comes_back_without_javascript(
    person: Participant, teacher: Client, name: str
) -> None:
    put(person, name, words(30), "mot1")
    html = teacher.get(grade(person)).content.decode()
    assert html.count(LINE) == 1
    assert f'<details class="used longer"><summary>{LINE}' in html
    sent = {f"avant-{name}": "mot1", name: ["mot1", words(30)]}  # what is typed, and the button
    assert teacher.post(grade(person), sent).status_code == 302
    report = student_report(person.run, person)
    assert words(30) in (report.remark, report.rows[0].observations)  # « mot1 » is a part of it
    assert LINE not in teacher.get(grade(person)).content.decode()


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_not_wanted_is_gone(person: Participant, teacher: Client, name: str, scripts: bool) -> None:
    put(person, name, words(30), "court")
    if scripts:
        assert press(teacher, person, f"oubli-{name}", "1")["outcome"] == "saved"
    else:
        sent = {f"avant-{name}": "court", name: "court", f"oubli-{name}": "1"}
        assert teacher.post(grade(person), sent).status_code == 302
    assert kept(person, name) == []
    report = student_report(person.run, person)
    assert "court" in (report.remark, report.rows[0].observations)
    for rows in (Assessment.objects.all(), GeneralRemark.objects.all()):
        assert "mot29" not in str(list(rows.values_list("longer", flat=True)))


def test_together_too_long_for_the_field_is_said_and_loses_nothing(
    person: Participant, teacher: Client
) -> None:
    put(person, "observations-1", words(70), "")
    typed = "x" * 450
    sent = {"avant-observations-1": "", "observations-1": [typed, words(70)]}
    answer = teacher.post(grade(person), sent)
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert LINE in answer.content.decode()
    assert kept(person, "observations-1") == [words(70)]


def test_a_student_reads_what_the_remark_is_and_never_what_it_was(person: Participant) -> None:
    put(person, "generale", words(30, "rude"), "Bien.")
    put(person, "observations-1", words(30, "dur"), "Clair.")
    actions.publish(run=person.run, now=NOW)
    student = make.student_client(person)
    for path in (f"/s/{person.public_id}/fiche/", "/vos-donnees/"):
        html = student.get(path).content.decode()
        assert "Bien." in html
        assert "Clair." in html
        assert "rude1" not in html
        assert "dur1" not in html
        assert escape(LINE) not in html
    assert "rude1" not in str(own_rows(Participant.objects.get(pk=person.pk)))


# --- a group's poster -------------------------------------------------------------------------------------------


@pytest.fixture
def group() -> Group:
    run = class_in_groups(2)
    actions.set_poster_graded(run=run, graded=True)
    return run.groups.get()


def grade_group(group: Group, value: str | None, *seen: str) -> None:
    name = "observations-1" if value is not None else "oubli-observations-1"
    mark = Mark(name, Field.OBSERVATIONS, 1, value, seen or ("",))
    criteria = poster_criteria(group.run)
    (put,) = actions.grade_poster(group=group, criteria=criteria, marks=[mark], own=[], now=NOW)
    assert not put.clash


def test_the_words_on_a_poster_wait_too(group: Group) -> None:
    teacher = make.teacher_client(group.run.owner)
    page = f"/prof/activites/{group.run.public_id}/fiches/affiches/{group.number}/"
    grade_group(group, words(30))
    grade_group(group, "", words(30))
    html = teacher.get(page).content.decode()
    assert html.count(LINE) == 1
    sent = {"avant-observations-1": "", "observations-1": ["", words(30)]}
    assert teacher.post(page, sent).status_code == 302
    assert GroupAssessment.objects.get().observations == words(30)
    assert LINE not in teacher.get(page).content.decode()
    grade_group(group, "", words(30))
    assert GroupAssessment.objects.get().longer
    grade_group(group, None)
    assert GroupAssessment.objects.get().longer == {}
    grade_group(group, None)


# --- people -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("both", [True, False])
def test_merged_places_keep_both_and_erasing_takes_both(run: ClassRun, both: bool) -> None:
    into, duplicate = run.participants.order_by("pk")
    for name in FIELDS:
        put(duplicate, name, words(30, "de-la"), "")
        if both:
            put(into, name, words(30, "d-ici"), "")
    merging.merge(duplicate=duplicate, into=into, now=at(50))
    for name in FIELDS:
        assert kept(into, name) == [words(30, "d-ici" if both else "de-la")]
    assert [mark.words for mark in left_behind(into)] == [words(30, "de-la")] * (2 if both else 0)
    erasing.erase(participant=into)
    assert not Assessment.objects.exists()
    assert not GeneralRemark.objects.exists()


# --- whatever is saved ------------------------------------------------------------------------------------------


def of_words(pair: tuple[str, int]) -> str:
    return words(pair[1], pair[0])


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([0, 1, 4, 5, 19, 20, 21, 40, 99, 100])), max_size=14
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_saved_what_went_waits_and_no_more_than_that(pairs: list[tuple[str, int]]) -> None:
    """The longest that went waits until it stands in the field again; of the others, the newest at least."""
    stored, now, before, longest, owed = after({}, "", NOW, ""), NOW, "", "", ""
    for text in map(of_words, pairs):
        now += timedelta(minutes=1)
        stored = after(stored, before, now, text)
        best = max(before, longest, key=count_words)
        if takes_much(count_words(best), count_words(text)):
            owed, longest = max(owed, best, key=count_words), text
        else:
            longest = max(best, text, key=count_words)
        owed = "" if owed in text else owed
        before = text
        texts = [one["text"] for one in stored.get("kept", [])]
        assert len(texts) == len(set(texts)) <= MOST_KEPT
        assert not owed or max(map(count_words, texts)) >= count_words(owed)
        assert all(is_much_longer(one, text, count_words(text)) for one in waiting(stored, text))
        assert len(stored.get("best", [])) <= 1
