"""The projector: for everyone's eyes, moved from the board alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annexes.models import Annexe
from lessons.actions import joining, participants, runs
from lessons.actions.clock import act, set_extra_time
from lessons.actions.saving import save_answers
from lessons.models import ClassRun, Question
from lessons.queries.screens import stage_now
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from lessons.rules.slides import WHOLE, ZOOMS, Room, next_zoom, slides
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db
HOSTILE = "<b>Zéphyrin</b> Dupont"
ANSWER = "Réponse confidentielle d’Anatole"
ROOM = Room(lines=10, width=60, first=8)


def show(run: ClassRun, body: dict[str, str]) -> ClassRun:
    answer = make.teacher_client(run.owner).post(f"/prof/activites/{run.public_id}/projection/", body)
    assert answer.status_code == 302
    return ClassRun.objects.get(pk=run.pk)


def screen(run: ClassRun) -> str:
    answer = Client().get(f"/ecran/{run.screen_key}/fragment/")
    assert answer.status_code == 200
    return answer.content.decode()


def over(run: ClassRun) -> None:
    """Part 1 was ended for everybody a minute ago; views read the real clock."""
    now = timezone.now()
    if not make.phase(run).events.exists():
        make.start(run, now - timedelta(minutes=5))
    act(phase=make.phase(run), kind=Kind.END, now=now - timedelta(minutes=1), keeps_extra=False)


def long_run() -> ClassRun:
    """An activité whose annexe 1 takes several screens."""
    lesson = make.lesson()
    body = "\n\n".join(f"Paragraphe numéro {n}. " + "Des mots encore. " * 30 for n in range(1, 7))
    Annexe.objects.filter(collection=lesson.collection).update(body=body)
    return make.class_run(of=lesson)


# --- nothing personal -------------------------------------------------------------------------------


def hostile_class() -> ClassRun:
    run = make.class_run()
    person = joining.join(run=run, pseudonym=HOSTILE, now=NOW)
    set_extra_time(participant=person, unit="minutes", amount=7)
    phase = make.start(run)
    save_answers(
        token=joining.Token(person.pk, 1), phase=phase, writer="page-abcd",
        drafts=[Draft(1, "reponse", ANSWER, 0, 1)], now=at(1),
    )  # fmt: skip
    participants.ask_help(participant=person, now=at(1), asked=True)
    return run


@pytest.mark.parametrize("shown", ["code-0", "instruction-0", "annexe-1", "expected-1"])
@pytest.mark.parametrize("stage", ["running", "paused", "extra", "ended", "suspended", "closed"])
def test_no_screen_ever_names_anybody(shown: str, stage: str) -> None:
    run = hostile_class()
    phase = make.phase(run)
    if stage == "paused":
        act(phase=phase, kind=Kind.PAUSE, now=at(2))
    elif stage in ("extra", "ended"):
        act(phase=phase, kind=Kind.END, now=at(2), keeps_extra=stage == "extra")
    elif stage == "suspended":
        runs.suspend(run=run, now=at(2))
    elif stage == "closed":
        runs.close(run=run, now=at(2))
    run = show(run, {"show": shown})
    html = screen(run) + Client().get(f"/ecran/{run.screen_key}/").content.decode()
    person = run.participants.get()
    for told in ("Zéphyrin", "Dupont", "confidentielle", "Anatole", person.personal_code, person.public_id):
        assert told not in html
    assert "7 min" not in html
    assert "supplémentaire" not in html


@pytest.mark.parametrize("shown", ["code-0", "instruction-0", "annexe-1", "expected-1"])
@pytest.mark.parametrize("count", [1, 35])
def test_the_projector_costs_the_same_for_one_and_for_thirty_five(shown: str, count: int) -> None:
    run = make.class_run(participants=count)
    over(run)
    run = show(run, {"show": shown})
    screen(run)
    with CaptureQueriesContext(connection) as seen:
        screen(run)
    assert len(seen) == 5


# --- moved from the board ---------------------------------------------------------------------------


def test_next_and_previous_go_through_screens_then_things() -> None:
    run = show(long_run(), {"show": "annexe-1"})
    pages = [screen(run)]
    while "1 sur" in pages[0]:
        run = show(run, {"move": "1"})
        if run.screen_page == len(pages) - 1:
            break  # the last thing: « Suivant » stays where it is
        pages.append(screen(run))
    assert len(pages) > 2
    told = "".join(pages)
    for number in range(1, 7):
        assert told.count(f"Paragraphe numéro {number}.") == 1
    for _ in range(len(pages) - 1):
        run = show(run, {"move": "-1"})
    assert (run.screen, run.screen_page) == ("annexe", 0)
    run = show(run, {"move": "-1"})
    assert run.screen == "instruction"
    run = show(run, {"move": "-1"})
    assert show(run, {"move": "-1"}).screen == "code"  # the first thing: it stays


def test_the_correction_is_reached_only_once_nobody_writes() -> None:
    run = make.class_run(participants=1)
    make.start(run, timezone.now() - timedelta(minutes=5))
    run = show(run, {"show": "annexe-1"})
    assert show(run, {"move": "1"}).screen == "annexe"
    assert "élément attendu" not in screen(show(run, {"show": "expected-1"}))
    over(run)
    run = show(run, {"show": "annexe-1"})
    run = show(run, {"move": "1"})
    assert (run.screen, run.screen_ref) == ("expected", 1)
    assert "L’élément attendu 1" in screen(run)


def test_the_size_keeps_the_place_and_has_ends() -> None:
    run = show(long_run(), {"show": "annexe-1"})
    while "Paragraphe numéro 6" not in screen(run):
        run = show(run, {"move": "1"})
    bigger = show(run, {"zoom": "1"})
    assert bigger.screen_zoom == 125
    assert bigger.screen_page > run.screen_page
    for _ in ZOOMS:
        bigger = show(bigger, {"zoom": "-1"})
    assert (bigger.screen_zoom, bigger.screen_page) == (WHOLE, 0)
    assert "Paragraphe numéro 1" in screen(bigger)
    assert "Paragraphe numéro 6" in screen(bigger)


@pytest.mark.parametrize(
    "body", [{}, {"show": "annexe-99"}, {"show": "vote-1"}, {"move": "12"}, {"zoom": "x"}]
)
def test_a_strange_wish_ends_in_a_sound_screen(body: dict[str, str]) -> None:
    run = show(make.class_run(), body)
    assert "<main" in screen(run)


def test_a_page_that_is_no_more_is_the_last_one() -> None:
    run = long_run()
    runs.show(run=run, screen="annexe", ref=1, page=99)
    stage_now(ClassRun.objects.prefetch_related("phases__part").get(pk=run.pk), NOW)
    assert "Paragraphe numéro 6" in screen(run)


def test_long_expected_elements_are_cut_into_screens() -> None:
    run = make.class_run(participants=1)
    Question.objects.filter(number=1).update(
        expected="\n".join(f"- Élément {n}. " + "Mot " * 40 for n in range(12))
    )
    over(run)
    run = show(run, {"show": "expected-1"})
    assert "Élément 0." in screen(run)
    assert "Élément 11." not in screen(run)


def test_starting_a_part_shows_its_instruction_from_the_beginning() -> None:
    run = long_run()
    runs.show(run=run, screen="annexe", ref=1, page=2)
    make.start(run)
    run.refresh_from_db()
    assert (run.screen, run.screen_page) == ("instruction", 0)


def test_suspended_and_closed_are_said() -> None:
    run = make.class_run()
    assert run.access_code is not None
    code = run.access_code
    assert code[:4] in screen(run)
    runs.suspend(run=run, now=NOW)
    assert "Activité suspendue" in screen(run)
    assert code[:4] not in screen(run)
    runs.unsuspend(run=run)
    assert "Rejoindre" in screen(run)
    runs.close(run=run, now=NOW)
    assert "Activité close" in screen(run)


# --- how a text is cut ------------------------------------------------------------------------------


def words(html: str) -> str:
    return " ".join(html.replace("<", " <").replace(">", "> ").split())


def test_nothing_is_lost_and_headings_stay_with_what_follows() -> None:
    text = (
        "<p>" + "Une phrase assez longue pour compter. " * 30 + "</p><h3>Titre</h3><ul>"
        + "".join(f"<li>Point {n} <strong>fort</strong> &amp; net</li>" for n in range(14))
        + "</ul><blockquote><p>Citation.</p></blockquote><p>Fin&nbsp;!</p>"
    )  # fmt: skip
    screens = slides(text, ROOM)
    assert len(screens) > 2
    told = " ".join(screens)
    assert told.count("Une phrase") == 30
    for n in range(14):
        assert told.count(f"Point {n} ") == 1
    assert told.count("&amp; net") == 14
    assert "Fin&nbsp;!" in screens[-1]
    assert not any(words(part).endswith("</h3>") for part in screens)
    for part in screens:
        assert part.count("<ul>") == part.count("</ul>")
        assert part.count("<p>") == part.count("</p>")


def test_an_ordered_list_goes_on_counting() -> None:
    text = "<ol>" + "".join(f"<li>{'Mot ' * 20}{n}</li>" for n in range(1, 15)) + "</ol>"
    screens = slides(text, ROOM)
    assert screens[0].startswith("<ol><li>")
    assert 'start="' in screens[1]


@pytest.mark.parametrize(
    "text", ["", "<p></p>", "sans balise", "<p>" + "m" * 5000 + "</p>", "<table><tr><td>a</td></tr></table>"]
)
def test_an_odd_text_is_still_one_sound_screen_at_least(text: str) -> None:
    for zoom in ZOOMS:
        assert len(slides(text, ROOM, zoom)) >= 1


def test_a_bigger_text_never_takes_fewer_screens() -> None:
    text = "<p>" + "</p><p>".join("Des mots pour remplir une ligne ou deux. " * 4 for _ in range(9)) + "</p>"
    counts = [len(slides(text, ROOM, zoom)) for zoom in ZOOMS]
    assert counts == sorted(counts)
    assert counts[0] == 1


def test_zoom_steps() -> None:
    assert next_zoom(100, 1) == 125
    assert next_zoom(100, -1) == WHOLE
    assert next_zoom(200, 1) == 200
    assert next_zoom(110, -1) == WHOLE
