"""The projector in part 2: groups, posters, the wall, the vote; and what the board may choose when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.actions.clock import act
from lessons.actions.votes import cast, close_ballot, open_ballot
from lessons.models import ClassRun, Group, Participant
from lessons.rules.clock import Kind
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.part_two import part_two, people
from tests.lessons.views.test_screen import screen, show

pytestmark = pytest.mark.django_db
SCREENS = ("groups-0", "poster-1", "wall-0", "vote-0")


def test_groups_are_shown_by_pseudonyms_and_a_hidden_one_by_a_number() -> None:
    run = part_two()
    first, second, *_ = people(run)
    Participant.objects.filter(pk=first.pk).update(hidden=True)
    html = screen(show(run, {"show": "groups-0"}))
    assert first.pseudonym not in html
    assert "Élève\u00a01" in html
    assert second.pseudonym in html
    assert "Groupe 3" in html


def test_groups_are_projected_before_part_two_begins_and_posters_are_not() -> None:
    run = make.class_run()
    make.start(run)
    act(phase=make.phase(run), kind=Kind.END, now=at(5), keeps_extra=False)
    assert "Première partie" in screen(show(run, {"show": "groups-0"}))  # none yet: the instruction
    make.groups(run, sizes=(2, 2))
    assert "Les groupes" in screen(show(run, {"show": "groups-0"}))
    for wanted in ("poster-1", "wall-0", "vote-0"):
        assert "Première partie" in screen(show(run, {"show": wanted}))


def test_one_poster_then_the_next() -> None:
    run = show(part_two(), {"show": "poster-1"})
    html = screen(run)
    assert "Des données à nous" in html
    assert "Mot 2 dit" not in html
    run = show(run, {"move": "1"})
    assert (run.screen, run.screen_ref) == ("poster", 2)
    assert "La mer sans &lt;b&gt;traceurs&lt;/b&gt;" in screen(run)
    run = show(show(run, {"move": "1"}), {"move": "1"})
    assert run.screen == "wall"
    assert screen(run).count('class="poster"') == 3
    assert show(run, {"move": "1"}).screen == "wall"  # no vote: the last thing
    assert show(run, {"move": "-1"}).screen_ref == 3


def test_a_bigger_poster_is_read_from_its_top_to_its_foot() -> None:
    run = show(part_two(), {"show": "poster-1"})
    for _ in range(3):
        run = show(run, {"zoom": "1"})
    assert 'data-page="0" data-pages="3"' in screen(run)
    run = show(show(run, {"move": "1"}), {"move": "1"})
    assert 'data-page="2" data-pages="3"' in screen(run)
    run = show(run, {"move": "1"})
    assert (run.screen_ref, run.screen_page) == (2, 0)
    run = show(run, {"move": "-1"})
    assert (run.screen_ref, run.screen_page) == (1, 2)
    smaller = show(run, {"zoom": "-1"})
    assert (smaller.screen_zoom, smaller.screen_page) == (150, 1)


def test_a_poster_of_a_dissolved_group_leaves_the_screen() -> None:
    run = show(part_two(), {"show": "poster-2"})
    Group.objects.filter(run=run, number=2).update(dissolved_at=NOW)
    assert "traceurs" not in screen(run)
    assert "traceurs" not in screen(show(run, {"show": "wall-0"}))
    run = show(show(run, {"show": "poster-1"}), {"move": "1"})
    assert (run.screen, run.screen_ref) == ("poster", 3)


def test_the_projector_says_how_many_have_voted_and_the_result_only_once_it_is_closed() -> None:
    run = part_two()
    ballot = open_ballot(run=run, now=NOW)
    run = show(run, {"show": "vote-0"})
    voters = people(run)
    for person in voters[:4]:
        cast(ballot=ballot, voter=person, number=3)
    html = screen(run) + Client().get(f"/ecran/{run.screen_key}/").content.decode()
    assert "4 sur 6" in html
    for told in ("en tête", "voix</b>", "Logiciels libres", *(person.pseudonym for person in voters)):
        assert told not in html
    close_ballot(run=run, now=NOW)
    html = screen(run)
    assert "L’affiche du groupe\u00a03 arrive en tête, avec 4\u00a0voix." in html
    assert all(person.pseudonym not in html for person in voters)


def test_part_two_shows_its_own_instruction_annexes_and_then_its_correction() -> None:
    now = timezone.now()  # views read the real clock
    run = part_two(ended=False, now=now)
    assert "Seconde partie" in screen(show(run, {"show": "instruction-0"}))
    assert "Texte 5" in screen(show(run, {"show": "annexe-5"}))
    assert "L’élément attendu" not in screen(show(run, {"show": "expected-1"}))
    act(phase=make.phase(run, 2), kind=Kind.END, now=now - timedelta(minutes=5), keeps_extra=False)
    html = screen(show(run, {"show": "expected-1"}))
    assert "L’élément attendu" in html
    assert "Expliquer la chose" in html
    assert "Première" not in html


@pytest.mark.parametrize("shown", SCREENS)
@pytest.mark.parametrize("sizes", [(1, 1, 1), (3,) * 12])
def test_these_screens_cost_the_same_for_two_and_for_twelve_groups(
    shown: str, sizes: tuple[int, ...]
) -> None:
    run = part_two(sizes)
    open_ballot(run=run, now=NOW)
    run = show(run, {"show": shown})
    screen(run)
    with CaptureQueriesContext(connection) as seen:
        screen(run)
    # One of them: whether somebody has their own extra time, now that the bell has rung.
    most = {"groups-0": 8, "poster-1": 11, "wall-0": 11, "vote-0": 10}
    assert len(seen) == most[shown], "\n".join(q["sql"][:120] for q in seen.captured_queries)


@pytest.mark.parametrize("shown", SCREENS)
def test_the_remote_marks_what_is_shown_and_offers_the_rest(shown: str) -> None:
    run = part_two()
    open_ballot(run=run, now=NOW)
    run = show(run, {"show": shown})
    html = make.teacher_client(run.owner).get(f"/prof/activites/{run.public_id}/").content.decode()
    assert f'value="{shown}" aria-current="true"' in html
    for other in SCREENS:
        assert f'value="{other}"' in html
    assert html.count('aria-current="true"') == 1
    assert ClassRun.objects.get(pk=run.pk).screen == shown.split("-", maxsplit=1)[0]
