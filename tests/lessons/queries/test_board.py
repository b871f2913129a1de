"""The board: what it says of each student, and what its buttons do."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.actions import joining, participants, runs
from lessons.actions.clock import act, set_extra_time
from lessons.actions.saving import save_answers
from lessons.live.here import Presence
from lessons.models import ClassRun, Part, Participant
from lessons.queries.board import Board, Here, board
from lessons.queries.runs import runs_of
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db


def fresh(run: ClassRun) -> ClassRun:
    return ClassRun.objects.prefetch_related("phases__part").get(pk=run.pk)


def see(run: ClassRun, minutes: float = 0, *, discreet: bool = False, **here: object) -> Board:
    return board(fresh(run), at(minutes), Here(**here), discreet=discreet)  # type: ignore[arg-type]


def write(run: ClassRun, person: Participant, text: str, minutes: float) -> None:
    save_answers(
        token=joining.Token(person.pk, person.token_version), phase=make.phase(run), writer="page-abcd",
        drafts=[Draft(1, "reponse", text, 0, 1)], now=at(minutes),
    )  # fmt: skip


def running(participants: int = 2) -> tuple[ClassRun, list[Participant]]:
    run = make.class_run(participants=participants)
    make.start(run)
    return run, list(run.participants.all())


def address(run: ClassRun, rest: str = "") -> str:
    return f"/prof/activites/{run.public_id}/{rest}"


# --- what it says -----------------------------------------------------------------------------------


def test_words_silence_and_writing() -> None:
    run, (first, second) = running()
    write(run, first, "trois mots ici", minutes=1)
    seen = see(run, 5.5, present={first.pk, second.pk}, writing={first.pk})
    assert seen.tiles[0].words == (3, 0)
    assert [tile.state for tile in seen.tiles] == ["writing", "silent"]
    assert [tile.silent for tile in seen.tiles] == [4, 5]  # since the last save, since the start
    assert (seen.summary.present, seen.summary.writing, seen.summary.silent) == (2, 1, 1)


def test_nobody_is_silent_while_the_clock_stands_still() -> None:
    run, people = running(1)
    act(phase=make.phase(run), kind=Kind.PAUSE, now=at(1))
    assert see(run, 9, present={people[0].pk}).tiles[0].state == "here"
    act(phase=make.phase(run), kind=Kind.RESUME, now=at(9))
    assert see(run, 10, present={people[0].pk}).tiles[0].silent == 1  # counted from « Reprendre »
    assert see(run, 60, present={people[0].pk}).tiles[0].silent == 0  # the time is over


def test_offline_since() -> None:
    run, people = running(2)
    seen = see(run, 5, present={people[0].pk}, gone={people[1].pk: 150.0})
    assert [tile.state for tile in seen.tiles] == ["silent", "offline"]
    assert seen.tiles[1].offline == 2
    assert seen.summary.offline == 1


def test_memory_remembers_when_a_page_went(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    presence = Presence()
    presence.opened(1, 7)
    presence.opened(1, 7)  # two tabs
    presence.closed(1, 7)
    assert presence.gone(1) == {}
    presence.closed(1, 7)
    presence.opened(2, 8)
    now = 1090.0
    assert presence.gone(1) == {7: 90.0}
    assert presence.gone(2) == {}


def test_help_comes_in_the_order_of_asking() -> None:
    run, people = running(3)
    for person, minutes in ((people[2], 1), (people[0], 2)):
        participants.ask_help(participant=person, now=at(minutes), asked=True)
    seen = see(run, 4)
    assert [tile.public_id for tile in seen.help_queue] == [people[2].public_id, people[0].public_id]
    assert [tile.help_minutes for tile in seen.help_queue] == [3, 2]
    assert seen.summary.asking == 2
    make.teacher_client(run.owner).post(
        address(run, f"participants/{people[2].public_id}/agir/"), {"act": "helped"}
    )
    assert [tile.public_id for tile in see(run, 4).help_queue] == [people[0].public_id]


@pytest.mark.parametrize(
    ("field", "state"), [("absent", "absent"), ("on_paper", "paper"), ("done", "done"), ("", "offline")]
)
def test_one_state_at_a_time(field: str, state: str) -> None:
    run, (person,) = running(1)
    if field == "done":
        participants.say_done(participant=person, phase=make.phase(run), now=at(1), done=True)
    elif field:
        Participant.objects.update(**{field: True})
    assert see(run, 3).tiles[0].state == state


def test_a_late_text_is_marked() -> None:
    run, (person, _) = running(2)
    write(run, person, "trop tard", minutes=30)
    seen = see(run, 31)
    assert seen.tiles[0].late == 1
    assert seen.late_count == 1


def test_billets_that_nobody_took_are_counted_and_an_absent_one_is_seen() -> None:
    run = make.class_run()
    Participant.objects.create(run=run, public_id="a", pseudonym="Oyat", personal_code="a", ticket_number=1)
    Participant.objects.create(
        run=run, public_id="b", pseudonym="Dune", personal_code="b", ticket_number=2, absent=True
    )
    seen = see(run)
    assert seen.summary.free_tickets == 1
    assert [tile.state for tile in seen.tiles] == ["absent"]
    assert seen.summary.absent == 1


def test_the_end_says_who_still_has_time() -> None:
    run, (first, second) = running(2)
    set_extra_time(participant=first, unit="third", amount=0)
    seen = see(run, 16)
    assert seen.current is not None
    assert seen.current.extra == (first.pseudonym,)
    assert seen.current.still_writing == 1
    Participant.objects.filter(pk=first.pk).update(absent=True)
    absent = see(run, 16)
    assert absent.current is not None
    assert absent.current.extra == ()
    assert absent.correction_open
    assert second.pseudonym not in seen.current.extra


def test_a_part_in_groups_waits_for_its_groups_and_not_for_extra_time() -> None:
    run, (first,) = running(1)
    set_extra_time(participant=first, unit="third", amount=0)
    assert see(run, 6).next_part is None
    act(phase=make.phase(run), kind=Kind.END, now=at(5))
    before = see(run, 6).next_part
    assert before is not None
    assert before.possible == frozenset()  # its groups first
    make.groups(run, sizes=(3,))
    offered = see(run, 6).next_part
    assert offered is not None
    assert (offered.number, offered.possible) == (2, frozenset({"start"}))


def test_a_part_alone_waits_for_those_who_still_write() -> None:
    run, (first,) = running(1)
    Part.objects.filter(lesson=run.lesson, number=2).update(kind="individual")
    set_extra_time(participant=first, unit="third", amount=0)
    act(phase=make.phase(run), kind=Kind.END, now=at(5))
    assert see(run, 6).next_part is None
    act(phase=make.phase(run), kind=Kind.END, now=at(6), keeps_extra=False)
    offered = see(run, 7).next_part
    assert offered is not None
    assert offered.number == 2


# --- what it costs ----------------------------------------------------------------------------------


def queries(run: ClassRun, path: str) -> int:
    client = make.teacher_client(run.owner)
    client.get(path)  # the lesson's content is read once and kept
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len([q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize(("count", "rest"), [(1, ""), (35, ""), (1, "fragment/"), (35, "fragment/")])
def test_the_board_costs_the_same_for_one_and_for_thirty_five(count: int, rest: str) -> None:
    run = make.class_run(participants=count)
    make.start(run, timezone.now() - timedelta(minutes=5))
    people = list(run.participants.all())
    for person in people:
        write(run, person, "des mots", minutes=1)
        set_extra_time(participant=person, unit="third", amount=0)
        participants.ask_help(participant=person, now=at(1), asked=True)
    # The whole page asks once more: how many requests about their data wait for an answer.
    assert queries(run, address(run, rest)) == 12 + (not rest)


# --- what its buttons do ----------------------------------------------------------------------------


def test_a_button_that_came_too_late_says_so_where_it_was_pressed() -> None:
    run, _ = running(1)
    client = make.teacher_client(run.owner)
    answer = client.post(
        address(run, "horloge/"), {"part": "1", "kind": "resume"}, headers={"x-fragment": "1"}, follow=True
    )
    html = answer.content.decode()
    assert "Ce bouton n’avait plus d’effet" in html
    assert "<html" not in html  # the fragment alone, for the page that is there
    assert "plus d’effet" not in client.get(address(run, "fragment/")).content.decode()  # said once


def test_a_fragment_carries_messages_and_the_page_without_script_too() -> None:
    run, _ = running(1)
    client = make.teacher_client(run.owner)
    page = client.post(address(run, "horloge/"), {"part": "1", "kind": "resume"}, follow=True)
    html = page.content.decode()
    assert html.count("Ce bouton n’avait plus d’effet") == 1
    assert "<html" in html


def test_reopening_has_a_choice_of_minutes() -> None:
    run, _ = running(1)
    act(phase=make.phase(run), kind=Kind.END, now=at(5))
    client = make.teacher_client(run.owner)
    html = client.get(address(run)).content.decode()
    for minutes in ("2", "5", "10", "15"):
        assert f'name="minutes" value="{minutes}"' in html
    client.post(address(run, "horloge/"), {"part": "1", "kind": "reopen", "minutes": "10"})
    phase = make.phase(run)
    reopened = phase.events.get(kind="reopen")
    assert phase.ends_at == reopened.at + timedelta(minutes=10)


def test_extra_time_from_a_tile() -> None:
    run, (person, other) = running(2)
    client = make.teacher_client(run.owner)
    panel = client.get(address(run), {"eleve": person.public_id}).content.decode()
    assert 'id="choisi"' in panel
    path = address(run, f"participants/{person.public_id}/temps/")
    assert client.post(path, {"unit": "minutes", "amount": "5"}).headers["Location"] == address(run)
    assert person.sittings.get().extra_seconds == 300
    client.post(path, {"unit": "third"})
    assert person.sittings.get().extra_seconds == 300  # a third of fifteen minutes
    client.post(path, {"unit": ""})
    assert person.sittings.get().extra_seconds == 0
    assert other.sittings.get().extra_seconds == 0
    client.post(path, {"unit": "minutes"})  # how many?
    client.post(path, {"unit": "century", "amount": "1"})
    assert person.sittings.get().extra_seconds == 0


def test_a_student_of_another_run_opens_no_panel_and_gets_no_time() -> None:
    run, _ = running(1)
    other_run, (stranger,) = running(1)
    client = make.teacher_client(run.owner)
    assert 'id="choisi"' not in client.get(address(run), {"eleve": stranger.public_id}).content.decode()
    path = address(run, f"participants/{stranger.public_id}/temps/")
    assert client.post(path, {"unit": "third"}).status_code == 404
    assert stranger.sittings.get().extra_seconds == 0
    assert other_run.pk != run.pk


# --- mode discret -----------------------------------------------------------------------------------


def test_mode_discret_hides_names_and_extra_time_until_asked() -> None:
    run, people = running(3)
    for person in people:
        set_extra_time(participant=person, unit="minutes", amount=7)
        write(run, person, "secret de classe", minutes=1)
    participants.ask_help(participant=people[0], now=NOW, asked=True)
    act(phase=make.phase(run), kind=Kind.END, now=at(2))
    client = make.teacher_client(run.owner)
    assert people[0].pseudonym in client.get(address(run)).content.decode()
    answer = client.post("/prof/mode-discret/", {"discret": "1", "retour": address(run)})
    assert answer.headers["Location"] == address(run)
    assert set(answer.cookies) <= {"enseignant"}
    for path in (address(run), address(run, "fragment/"), address(run) + f"?eleve={people[0].public_id}"):
        html = client.get(path).content.decode()
        for person in people:
            assert person.pseudonym not in html
        assert not re.search(r"\+7\b|7\u00a0min|secret", html)
        assert "Élève\u00a01" in html
    client.post("/prof/mode-discret/", {"discret": "0", "retour": address(run)})
    assert people[0].pseudonym in client.get(address(run)).content.decode()


@pytest.mark.parametrize(
    "back", ["https://ailleurs.example/prof/", "//ailleurs.example", "/s/x/", "", "/profs"]
)
def test_mode_discret_goes_back_only_to_the_teachers_own_pages(back: str) -> None:
    client = make.teacher_client(make.user())
    answer = client.post("/prof/mode-discret/", {"discret": "1", "retour": back})
    assert answer.headers["Location"] == "/prof/"
    assert client.get("/prof/mode-discret/").status_code == 405


def test_another_device_of_the_teacher_keeps_its_own_choice() -> None:
    run, (person,) = running(1)
    make.teacher_client(run.owner).post("/prof/mode-discret/", {"discret": "1"})
    assert person.pseudonym in make.teacher_client(run.owner).get(address(run)).content.decode()


def test_suspending_shows_it_on_the_projector() -> None:
    run, _ = running(1)
    runs.show(run=run, screen="annexe", ref=1)
    runs.suspend(run=run, now=at(3))
    assert run.screen == ClassRun.Screen.CODE


def test_the_list_of_sheets_and_a_sheet_keep_the_names_too() -> None:
    run, (person,) = running(1)
    client = make.teacher_client(run.owner)
    client.post("/prof/mode-discret/", {"discret": "1"})
    for path in ("fiches/", f"fiches/{person.public_id}/"):
        answer = client.get(address(run, path))
        assert answer.status_code == 200, path
        assert person.pseudonym not in answer.content.decode()


def test_who_has_extra_time_and_is_done_is_not_waited_for() -> None:
    run, (first, second) = running(2)
    for person in (first, second):
        set_extra_time(participant=person, unit="third", amount=0)
    first.sittings.update(done_at=at(10))
    seen = see(run, 16).current
    assert seen is not None
    assert seen.awaited == (second.pseudonym,)
    assert seen.still_writing == 2


def test_the_list_says_what_the_board_says() -> None:
    run, _ = running(1)
    (row,) = runs_of(run.owner, NOW.date(), at(5))
    assert (row.part, row.stage) == (1, "writing")
    (row,) = runs_of(run.owner, NOW.date(), at(16))
    assert (row.part, row.stage) == (1, "ended")
    act(phase=make.phase(run), kind=Kind.PAUSE, now=at(6))
    (row,) = runs_of(run.owner, NOW.date(), at(60))
    assert row.stage == "paused"
    page = make.teacher_client(run.owner).get("/prof/").content.decode()
    assert re.search(r"<span>Partie 1</span>.{1,300}pause", page)
