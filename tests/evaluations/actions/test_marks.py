"""What the teacher writes on a sheet, and what the sheet then says."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations import actions
from evaluations.models import Assessment, GeneralRemark
from evaluations.queries import Look, grading, missing, sheets, student_report
from evaluations.queries.remarks import remarks_of
from evaluations.rules.marks import Field, Mark
from lessons.actions import participants
from lessons.models import ClassRun, Participant
from lessons.queries.content import lesson_content
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import criterion, late, started_run, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return started_run()


@pytest.fixture
def person(run: ClassRun) -> Participant:
    return run.participants.get()


def assessment(person: Participant) -> Assessment:
    return Assessment.objects.get(participant=person)


# --- actions ----------------------------------------------------------------------------------------


def test_a_level_and_observations_are_one_row(run: ClassRun, person: Participant) -> None:
    row = criterion(run)
    actions.set_level(participant=person, criterion=row, level=3, now=NOW)
    actions.set_observations(participant=person, criterion=row, observations="Précis.", now=at(1))
    actions.set_level(participant=person, criterion=row, level=4, now=at(2))
    found = assessment(person)
    assert (found.level, found.observations, found.updated_at) == (4, "Précis.", at(2))


def test_a_level_taken_back_is_not_assessed_and_not_very_insufficient(
    run: ClassRun, person: Participant
) -> None:
    row = criterion(run)
    actions.set_level(participant=person, criterion=row, level=1, now=NOW)
    actions.set_level(participant=person, criterion=row, level=None, now=NOW)
    assert assessment(person).level is None
    assert [row.level for row in student_report(run, person).rows] == [None, None]


def test_a_criterion_of_another_lesson_is_refused(person: Participant) -> None:
    foreign = criterion(make.class_run())
    with pytest.raises(actions.NotInGrid, match="pas dans la fiche"):
        actions.set_level(participant=person, criterion=foreign, level=2, now=NOW)
    with pytest.raises(actions.NotInGrid):
        actions.set_observations(participant=person, criterion=foreign, observations="x", now=NOW)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("level", [-1, 0, 5])
def test_a_level_outside_the_grid_is_refused(run: ClassRun, person: Participant, level: int) -> None:
    with pytest.raises(actions.NotInGrid, match="niveau"):
        actions.set_level(participant=person, criterion=criterion(run), level=level, now=NOW)


def test_the_remark_is_replaced(person: Participant) -> None:
    actions.set_remark(participant=person, text="Bien.", now=NOW)
    actions.set_remark(participant=person, text="Très bien.\x00", now=at(1))
    assert GeneralRemark.objects.get().text == "Très bien."


def mark(name: str, value: int | str | None, *seen: int | str | None) -> Mark:
    """As a page that has shown `seen` sends it; nothing seen is a blank sheet."""
    if name == "generale":
        return Mark(name, Field.REMARK, 0, value, seen or ("",))
    field = Field.LEVEL if name.startswith("niveau") else Field.OBSERVATIONS
    return Mark(name, field, int(name[-1]), value, seen or (None if field == Field.LEVEL else "",))


def put(person: Participant, *marks: Mark, minute: float = 0) -> list[bool]:
    """Whether each mark was written (or already there)."""
    return [not put.clash for put in actions.put_marks(participant=person, marks=marks, now=at(minute))]


def row_of(person: Participant, number: int = 1) -> Assessment:
    return Assessment.objects.get(participant=person, criterion__number=number)


def test_marks_are_written_and_what_is_there_already_is_left(person: Participant) -> None:
    actions.set_level(participant=person, criterion=criterion(person.run, 1), level=2, now=NOW)
    marks = [
        mark("niveau-1", 2),
        mark("niveau-2", 4),
        mark("observations-2", "Oui."),
        mark("generale", "Voilà."),
    ]
    assert put(person, *marks, minute=5) == [True] * 4
    first, second = row_of(person, 1), row_of(person, 2)
    assert (first.level, first.updated_at) == (2, NOW)
    assert (second.level, second.observations, second.updated_at) == (4, "Oui.", at(5))
    assert person.general_remark.text == "Voilà."
    assert put(person, *marks, minute=6) == [True] * 4, "sent once more, after an answer that was lost"
    assert row_of(person, 2).updated_at == at(5)


def test_one_field_leaves_the_others(run: ClassRun, person: Participant) -> None:
    put(person, mark("niveau-1", 2), mark("observations-1", "a"), mark("generale", "b"))
    assert put(person, mark("observations-1", "c", "a"), minute=1) == [True]
    report = student_report(run, person)
    assert report.rows[0].level is not None
    assert (report.rows[0].level.code, report.rows[0].observations, report.remark) == ("I", "c", "b")


@pytest.mark.parametrize(
    ("name", "first", "second", "third"),
    [("niveau-1", 2, 4, 1), ("observations-1", "a", "b", "c"), ("generale", "a", "b", "c")],
)
def test_a_page_never_replaces_what_it_has_not_seen(
    person: Participant, name: str, first: int | str, second: int | str, third: int | str
) -> None:
    blank = None if name.startswith("niveau") else ""
    assert put(person, mark(name, first)) == [True]
    assert put(person, mark(name, second)) == [False], "opened on a blank sheet: it has not seen the first"
    (told,) = actions.put_marks(participant=person, marks=[mark(name, second)], now=NOW)
    assert told.stored == first
    assert put(person, mark(name, second, first)) == [True], "shown, and chosen all the same"
    assert put(person, mark(name, third, blank, first)) == [False]
    assert put(person, mark(name, third, first, second)) == [True], "what the page itself sent counts as seen"
    assert put(person, mark(name, blank, first)) == [False], "taking back hides a value too"
    assert put(person, mark(name, blank, third)) == [True]


def test_a_clash_holds_up_no_other_field(person: Participant) -> None:
    put(person, mark("niveau-1", 3))
    assert put(person, mark("niveau-1", 1), mark("niveau-2", 1), mark("observations-1", "x")) == [
        False,
        True,
        True,
    ]
    assert (row_of(person).level, row_of(person).observations, row_of(person, 2).level) == (3, "x", 1)


def test_a_number_that_the_grid_does_not_have_writes_nothing(person: Participant) -> None:
    with pytest.raises(actions.NotInGrid):
        put(person, mark("generale", "x"), mark("niveau-1", 2), mark("niveau-9", 2))
    with pytest.raises(actions.NotInGrid):
        put(person, mark("generale", "x"), mark("niveau-1", 5))
    assert not Assessment.objects.exists()
    assert not GeneralRemark.objects.exists()


def test_publishing_tells_the_pages_and_a_repeat_keeps_the_date(run: ClassRun) -> None:
    run.refresh_from_db()
    before = run.revision
    actions.publish(run=run, now=NOW)
    assert (run.results_published_at, run.revision) == (NOW, before + 1)
    actions.publish(run=run, now=at(9))
    assert run.results_published_at == NOW
    actions.hide(run=run)
    hidden = ClassRun.objects.get(pk=run.pk)
    assert (hidden.results_published_at, hidden.revision) == (None, before + 3)


# --- the report -------------------------------------------------------------------------------------


def test_the_report_holds_texts_levels_and_remark(run: ClassRun, person: Participant) -> None:
    write(person, 1, "reponse", "Les finalités sont multiples.", at(4))
    write(person, 2, "differences", "Le pouvoir.", at(6))
    actions.set_level(participant=person, criterion=criterion(run, 1), level=4, now=at(60))
    actions.set_remark(participant=person, text="Bon travail.", now=at(60))
    report = student_report(run, person)
    assert (report.run_label, report.pseudonym, report.day) == ("Seconde 4", person.pseudonym, NOW)
    assert [[(f.label, f.text) for f in q.fields] for q in report.questions] == [
        [("Reponse", "Les finalités sont multiples.")],
        [("Ressemblances", ""), ("Differences", "Le pouvoir.")],
    ]
    assert [(group.title, [row.label for row in group.rows]) for group in report.groups] == [
        ("Compétences", ["Repérer"]),
        ("Connaissances", ["Valeurs de l’ESS"]),
    ]
    assert [row.level and (row.level.rank, row.level.code, row.level.label) for row in report.rows] == [
        (4, "TS", "très satisfaisant"),
        None,
    ]
    assert [row.label for row in report.missing] == ["Valeurs de l’ESS"]
    assert (report.remark, report.words, report.collected_at) == ("Bon travail.", 6, at(6))


def test_a_late_text_is_marked_once_accepted(run: ClassRun, person: Participant) -> None:
    waiting = late(write(person, 1, "reponse", ""), "Arrivé tard")
    assert not student_report(run, person).questions[0].fields[0].was_late
    assert [text.text for text in grading(run, person).late] == ["Arrivé tard"]
    participants.decide_late(late=waiting, accept=True, now=at(40))
    field = student_report(run, person).questions[0].fields[0]
    assert (field.text, field.was_late) == ("Arrivé tard", True)
    assert grading(run, person).late == ()


def test_a_copie_papier_has_a_sheet_without_a_place(run: ClassRun) -> None:
    paper = make.participant(run, now=at(1))
    paper.sittings.all().delete()
    paper.on_paper = True
    paper.joined_at = None
    paper.save()
    report = student_report(run, paper)
    assert report.on_paper
    assert [f.text for q in report.questions for f in q.fields] == ["", "", ""]
    assert paper.public_id in [line.public_id for line in sheets(run).lines]


def test_a_lesson_without_a_grid_has_texts_and_no_rows(run: ClassRun, person: Participant) -> None:
    run.lesson.parts.get(number=1).grid.delete()
    write(person, 1, "reponse", "Un texte")
    report = student_report(run, person)
    assert (report.rows, report.levels, report.questions[0].fields[0].text) == ((), (), "Un texte")
    assert sheets(run).not_assessed == 0


def test_a_run_that_never_started_has_no_day() -> None:
    run = make.class_run(participants=1)
    assert student_report(run, run.participants.get()).day is None


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_counts_rows_words_and_late_texts() -> None:
    run = started_run(participants=2)
    first, second = run.participants.all()
    write(first, 1, "reponse", "trois mots ici")
    late(write(first, 2, "differences", "deux mots"))
    actions.set_level(participant=first, criterion=criterion(run, 1), level=1, now=NOW)
    actions.set_observations(participant=first, criterion=criterion(run, 2), observations="à voir", now=NOW)
    page = sheets(run)
    assert [(line.public_id, line.filled, line.words, line.late) for line in page.lines] == [
        (first.public_id, 1, 5, 1),
        (second.public_id, 0, 0, 0),
    ]
    assert (page.row_count, page.not_assessed, page.late) == (2, 3, 1)


def test_an_unused_billet_has_no_sheet_and_a_removed_participant_keeps_theirs() -> None:
    run = started_run(participants=3)
    stays, wrote, silent = run.participants.all()
    write(wrote, 1, "reponse", "du texte")
    for person in (wrote, silent):
        participants.remove(participant=person, now=at(20))
    run.participants.create(public_id="billet", pseudonym="Libre", personal_code="x", ticket_number=1)
    page = sheets(run)
    assert [(line.public_id, line.removed) for line in page.lines] == [
        (stays.public_id, False),
        (wrote.public_id, True),
    ]
    assert page.not_assessed == 2, "only those who will read their sheet count"
    assert len(page.readers) == 1


def test_billets_come_first_in_their_order() -> None:
    run = started_run(participants=1)
    (joined,) = run.participants.all()
    for number in (2, 1):
        run.participants.create(
            public_id=f"b{number}",
            pseudonym=f"B{number}",
            personal_code=f"{number}",
            ticket_number=number,
            joined_at=NOW,
        )
    assert [line.public_id for line in sheets(run).lines] == ["b1", "b2", joined.public_id]


def test_previous_and_next_follow_the_list() -> None:
    run = started_run(participants=3)
    first, middle, last = run.participants.all()
    page = grading(run, middle)
    assert (page.number, page.total) == (2, 3)
    assert page.previous is not None
    assert page.following is not None
    assert (page.previous.public_id, page.following.public_id) == (first.public_id, last.public_id)
    assert grading(run, first).previous is None
    assert grading(run, last).following is None


def test_who_never_came_has_no_place_in_the_list(run: ClassRun) -> None:
    absent = run.participants.create(
        public_id="billet", pseudonym="Libre", personal_code="x", ticket_number=1
    )
    page = grading(run, absent)
    assert (page.number, page.previous) == (0, None)


SHUFFLED = Look(seed="graine")


def test_a_shuffled_class_keeps_its_order_and_hides_its_names() -> None:
    run = started_run(participants=12)
    people = list(run.participants.all())
    order = [copy.public_id for copy in missing(run, SHUFFLED).copies]
    assert sorted(order) == sorted(person.public_id for person in people)
    assert order != [person.public_id for person in people]
    assert order != [copy.public_id for copy in missing(run, Look(seed="autre")).copies]
    page = grading(run, next(p for p in people if p.public_id == order[4]), look=SHUFFLED)
    assert (page.label, page.number) == ("Copie\xa05", 5)
    assert page.previous is not None
    assert page.following is not None
    assert (page.previous.public_id, page.previous.label) == (order[3], "Copie\xa04")
    assert (page.following.public_id, page.following.label) == (order[5], "Copie\xa06")
    make.participant(run, now=at(1))
    later = [copy.public_id for copy in missing(run, SHUFFLED).copies]
    assert [name for name in later if name in order] == order, "a latecomer moves no copy before another"


def test_mode_discret_has_no_name_at_all() -> None:
    run = started_run(participants=2)
    person = run.participants.order_by("number")[1]
    for look in (Look(discreet=True), Look(seed="x", discreet=True)):
        page = grading(run, person, look=look)
        assert page.name == ""
        assert person.pseudonym not in f"{page.label} {page.previous} {page.following}"
    assert grading(run, person, look=Look(discreet=True)).label == "Élève\xa02"


def test_one_question_across_the_class_then_the_next_question() -> None:
    run = started_run(participants=2)
    first, last = run.participants.all()
    late(write(first, 2, "differences", "x"))
    page = grading(run, first, question=1)
    assert [q.content.number for q in page.questions] == [1]
    assert page.late == (), "the late text is of the other question"
    assert grading(run, first, question=2).late
    assert page.row == 1, "the row named after the verb of the question"
    assert page.following is not None
    assert (page.following.public_id, page.following.question) == (last.public_id, 1)
    after = grading(run, last, question=1).following
    assert after is not None
    assert (after.public_id, after.question) == (first.public_id, 2)
    assert grading(run, last, question=2).following is None
    assert grading(run, last, question=99).question == 0


def test_what_is_missing_lists_copies_and_rows() -> None:
    run = started_run(participants=3)
    first, second, gone = run.participants.all()
    write(gone, 1, "reponse", "x")
    participants.remove(participant=gone, now=at(20))
    put(first, mark("niveau-1", 1), mark("niveau-2", 1))
    put(second, mark("niveau-2", 4), mark("observations-1", "sans niveau"))
    page = missing(run, Look())
    assert [(copy.public_id, [row.number for row in copy.rows]) for copy in page.copies] == [
        (second.public_id, [1])
    ]
    assert page.count == 1
    assert sheets(run).start == second.public_id
    put(second, mark("niveau-1", 2))
    assert missing(run, Look()).copies == ()
    assert sheets(run).start == ""


def test_remarks_come_again_most_used_first_and_only_from_this_activity() -> None:
    run = started_run(participants=4)
    stranger = started_run().participants.get()
    put(stranger, mark("observations-1", "d’une autre classe"))
    for person, text in zip(run.participants.all(), ["rare", "souvent", "souvent", ""], strict=True):
        put(person, mark("observations-1", text), mark("generale", text.upper()))
    found = remarks_of(run)
    assert found.rows == {criterion(run).pk: ("souvent", "rare")}
    assert found.general == ("SOUVENT", "RARE")


def _queries(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


@pytest.mark.parametrize("count", [1, 35])
def test_the_number_of_queries_does_not_grow_with_the_class(count: int) -> None:
    run = started_run(participants=count)
    for person in run.participants.all():
        late(write(person, 1, "reponse", "du texte"))
        actions.set_level(participant=person, criterion=criterion(run), level=2, now=NOW)
    person = run.participants.order_by("pk")[0]
    lesson_content(run.lesson_id)
    assert _queries(lambda: student_report(run, person)) == 6
    assert _queries(lambda: grading(run, person, look=SHUFFLED)) == 12
    assert _queries(lambda: sheets(run)) == 5
    assert _queries(lambda: missing(run, SHUFFLED)) == 3
    assert _queries(lambda: put(person, mark("niveau-1", 3, 2))) == 3
