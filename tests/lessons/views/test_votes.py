"""The gallery and the vote, as the teacher opens them and the students use them."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.actions import runs
from lessons.actions.votes import cast, close_ballot, open_ballot, set_gallery
from lessons.live import presence
from lessons.models import Ballot, ClassRun, Group, Participant
from lessons.queries.clock import live_state
from lessons.rules.voting import Refusal
from metroloco_site.kit.hub import hub
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.part_two import TITLES, part_two, people

pytestmark = pytest.mark.django_db


def press(run: ClassRun, rest: str, **body: str) -> str:
    """The teacher's button; what the page then says."""
    answer = make.teacher_client(run.owner).post(f"/prof/activites/{run.public_id}/{rest}", body, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def read(person: Participant, rest: str = "affiches/") -> str:
    answer = make.student_client(person).get(f"/s/{person.public_id}/{rest}", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


# --- the gallery ------------------------------------------------------------------------------------


def test_the_gallery_opens_and_shuts_for_the_students() -> None:
    run = part_two()
    person = people(run)[0]
    assert make.student_client(person).get(f"/s/{person.public_id}/affiches/").status_code == 302
    press(run, "affiches/galerie/", ouvrir="1")
    html = read(person)
    assert "La mer sans &lt;b&gt;traceurs&lt;/b&gt;" in html
    assert all(f'aria-label="Affiche du groupe {n}"' in html for n in (1, 2, 3))
    press(run, "affiches/galerie/", ouvrir="0")
    assert make.student_client(person).get(f"/s/{person.public_id}/affiches/").status_code == 302


def test_one_poster_at_a_time_and_strange_numbers_show_all() -> None:
    run = part_two()
    set_gallery(run=run, opened=True, now=NOW)
    person = people(run)[0]
    html = read(person, "affiches/?affiche=2")
    assert TITLES[0] not in html.split("<main")[1].split("gallery-one")[1]
    assert 'href="?affiche=1"' in html
    assert 'href="?affiche=3"' in html
    for odd in ("9", "0", "-1", "²", "x", "9" * 40, ""):
        assert html.count('class="poster"') < read(person, f"affiches/?affiche={odd}").count('class="poster"')


def test_a_dissolved_group_and_a_hidden_name_are_on_no_gallery() -> None:
    run = part_two()
    set_gallery(run=run, opened=True, now=NOW)
    hidden, *_ = people(run)
    Participant.objects.filter(pk=hidden.pk).update(hidden=True, pseudonym="Zéphyrin")
    Group.objects.filter(run=run, number=2).update(dissolved_at=NOW)
    html = read(people(run)[5])
    assert "Zéphyrin" not in html
    assert "Élève\u00a01" in html
    assert "traceurs" not in html
    assert html.count('class="poster"') == 2


def test_the_gallery_does_not_shut_while_a_vote_is_open() -> None:
    run = part_two()
    press(run, "vote/agir/", act="open")
    assert "Fermez d’abord le vote" in press(run, "affiches/galerie/", ouvrir="0")
    run.refresh_from_db()
    assert run.gallery_opened_at is not None


def test_the_students_page_leads_there_when_it_is_open() -> None:
    run = part_two()
    person = people(run)[0]
    assert 'id="vers-affiches" aria-label="Affiches et vote" hidden' in read(person, "")
    press(run, "affiches/galerie/", ouvrir="1")
    html = read(person, "")
    assert 'id="vers-affiches" aria-label="Affiches et vote">' in html
    assert "data-vote hidden" in html
    press(run, "vote/agir/", act="open")
    assert "data-vote>Voter<" in read(person, "")
    press(run, "vote/agir/", act="close")
    assert "data-vote>Résultat du vote<" in read(person, "")


def test_open_pages_are_told_of_gallery_and_vote_and_of_nothing_else() -> None:
    run = part_two()
    before = live_state(ClassRun.objects.get(pk=run.pk))
    assert (before.gallery, before.ballot) == (False, "")
    ballot = open_ballot(run=run, now=NOW)
    during = live_state(ClassRun.objects.get(pk=run.pk))
    assert (during.gallery, during.ballot) == (True, "1-open")
    cast(ballot=ballot, voter=people(run)[0], number=2)
    assert live_state(ClassRun.objects.get(pk=run.pk)) == during
    close_ballot(run=run, now=NOW)
    assert live_state(ClassRun.objects.get(pk=run.pk)).ballot == "1-closed"


def test_a_hidden_poster_leaves_every_screen_at_once_and_comes_back() -> None:
    run = part_two()
    ballot = open_ballot(run=run, now=NOW)
    reader = people(run)[5]
    cast(ballot=ballot, voter=reader, number=2)
    runs.show(run=run, screen="poster", ref=2)
    projected = f"/ecran/{run.screen_key}/fragment/"
    assert "traceurs" in Client().get(projected).content.decode()
    html = press(run, "affiches/2/masquer/", masquer="1")
    for page in (html, read(reader), Client().get(projected).content.decode(), read(people(run)[0], "vote/")):
        assert "traceurs" not in page
    assert Refusal.UNKNOWN in vote(people(run)[0], affiche="2")[1]
    press(run, "vote/agir/", act="close")
    assert sum(ballot.tallies.values_list("votes", flat=True)) == 1
    press(run, "affiches/2/masquer/", masquer="0")
    assert "traceurs" in read(reader)
    answer = make.teacher_client(run.owner).post(
        f"/prof/activites/{run.public_id}/affiches/9/masquer/", {"masquer": "1"}
    )
    assert answer.status_code == 404


# --- the vote ---------------------------------------------------------------------------------------


def vote(person: Participant, **body: str) -> tuple[int, str]:
    answer = make.student_client(person).post(f"/s/{person.public_id}/vote/", body)
    return answer.status_code, answer.content.decode()


def test_a_vote_from_the_page() -> None:
    run = part_two()
    first, *_ = people(run)
    assert make.student_client(first).get(f"/s/{first.public_id}/vote/").status_code == 302  # no vote yet
    press(run, "vote/agir/", act="open")
    html = read(first, "vote/")
    assert 'name="affiche" value="1"' not in html  # their own
    assert 'name="affiche" value="2"' in html
    assert vote(first, affiche="2")[0] == 302
    assert "Votre vote est compté" in read(first, "vote/")
    assert "1 sur 6 ont voté" in read(first, "vote/")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"affiche": "1"}, Refusal.OWN_GROUP), ({"affiche": "9"}, Refusal.UNKNOWN), ({}, "Choisissez une affiche"),
        ({"affiche": "x"}, "Choisissez une affiche"), ({"affiche": "2", "votant": "<b>"}, "Choisissez qui vote"),
        ({"affiche": "2", "votant": "quelqu-un"}, "parmi les membres"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_says_why_and_counts_nothing(body: dict[str, str], said: str) -> None:
    run = part_two()
    open_ballot(run=run, now=NOW)
    status, html = vote(people(run)[0], **body)
    assert status == 409
    assert str(said) in html
    assert not Ballot.objects.get().voters.exists()


def test_a_second_vote_and_a_vote_too_late_are_refused_with_a_sentence() -> None:
    run = part_two()
    ballot = open_ballot(run=run, now=NOW)
    first, second, *_ = people(run)
    vote(first, affiche="2")
    assert Refusal.VOTED in vote(first, affiche="3")[1]
    close_ballot(run=run, now=NOW)
    status, html = vote(second, affiche="3")
    assert (status, Refusal.CLOSED in html) == (409, True)
    assert sum(ballot.tallies.values_list("votes", flat=True)) == 1


def test_nobody_votes_from_another_students_page() -> None:
    run = part_two()
    open_ballot(run=run, now=NOW)
    first, second, third, *_ = people(run)
    client = make.student_client(first)
    assert client.post(f"/s/{third.public_id}/vote/", {"affiche": "1"}).status_code == 404
    vote(first, affiche="2", votant=second.public_id)  # each has a device: nobody votes for another
    assert not Ballot.objects.get().voters.exists()
    answer = client.post(
        f"/s/{first.public_id}/vote/", {"affiche": "2"}, headers={"origin": "http://ailleurs.example"}
    )
    assert answer.status_code == 403


def test_a_shared_device_asks_who_votes_and_takes_its_members_alone() -> None:
    run = part_two()
    Group.objects.filter(run=run, number=1).update(one_device=True)
    open_ballot(run=run, now=NOW)
    first, second, third, *_ = people(run)
    html = read(first, "vote/")
    assert "Qui vote" in html
    assert vote(first, affiche="2")[0] == 409
    assert vote(first, affiche="2", votant=third.public_id)[0] == 409
    assert vote(first, affiche="2", votant=second.public_id)[0] == 302
    html = read(first, "vote/")
    assert second.public_id not in html
    assert first.public_id in html
    assert "checked" not in html.split("<form")[1]  # the next one does not see what was chosen
    assert vote(first, affiche="3", votant=first.public_id)[0] == 302
    assert "Votre vote est compté" in read(first, "vote/")
    assert set(Ballot.objects.get().voters.values_list("participant_id", flat=True)) == {first.pk, second.pk}


def test_nobody_votes_for_who_has_a_page_of_their_own_open() -> None:
    run = part_two()
    Group.objects.filter(run=run, number=1).update(one_device=True)
    open_ballot(run=run, now=NOW)
    first, second, *_ = people(run)
    presence.opened(run.pk, first.pk)
    presence.opened(run.pk, second.pk)
    try:
        status, html = vote(first, affiche="2", votant=second.public_id)
        assert (status, "elle vote depuis celle-ci" in html) == (409, True)
        assert not Ballot.objects.get().voters.exists()
        assert vote(first, affiche="2", votant=first.public_id)[0] == 302
    finally:
        for person in (first, second):
            presence.closed(run.pk, person.pk)
    assert vote(first, affiche="3", votant=second.public_id)[0] == 302  # once their page is gone


def test_the_result_is_for_everybody_once_it_is_closed() -> None:
    run = part_two()
    press(run, "vote/agir/", act="open")
    everybody = people(run)
    for person, number in zip(everybody, (2, 2, 3, 3, 1, 2), strict=True):
        assert vote(person, affiche=str(number))[0] == 302
    for html in (read(everybody[0], "vote/"), press(run, "vote/agir/", act="open")):
        assert "6 sur 6 ont voté" in html
        assert "voix</b>" not in html
        assert "en tête" not in html
    html = press(run, "vote/agir/", act="close")
    for page in (html, read(everybody[0], "vote/")):
        assert "L’affiche du groupe\u00a02 arrive en tête, avec 3\u00a0voix." in page
        assert "2e</span>" in page
    assert "Un vote est déjà ouvert" not in press(run, "vote/agir/", act="open")
    assert "Votes précédents" in press(run, "vote/agir/", act="nonsense")


def test_the_vote_takes_place_another_day_too() -> None:
    run = part_two()
    runs.suspend(run=run, now=NOW)
    runs.unsuspend(run=run)
    press(run, "vote/agir/", act="open")
    assert vote(people(run)[0], affiche="2")[0] == 302
    runs.suspend(run=ClassRun.objects.get(pk=run.pk), now=NOW)
    runs.unsuspend(run=ClassRun.objects.get(pk=run.pk))
    assert Refusal.VOTED in vote(people(run)[0], affiche="3")[1]
    assert vote(people(run)[1], affiche="3")[0] == 302


def test_students_without_a_device_are_told_of() -> None:
    run = part_two()
    Participant.objects.filter(pk=people(run)[0].pk).update(on_paper=True)
    assert "pas d’appareil" not in press(run, "vote/agir/", act="open")  # they vote on the other member's
    Participant.objects.filter(membership__group__run=run, membership__group__number=1).update(on_paper=True)
    assert "2\u00a0élèves n’ont pas d’appareil" in press(run, "vote/agir/", act="")


# --- secret in what is sent and written --------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Every event that any open page gets."""
    said: list[tuple[str, str, str]] = []
    monkeypatch.setattr(hub, "publish", lambda channel, name, data: said.append((channel, name, data)))
    return said


def test_no_event_and_no_log_says_who_voted_or_what(
    told: list[tuple[str, str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    run = part_two()
    open_ballot(run=run, now=NOW)
    voter = people(run)[0]
    told.clear()
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as seen:
        assert vote(voter, affiche="3")[0] == 302
    assert told == [(f"board:{run.pk}", "tuiles", "{}"), (f"screen:{run.pk}", "votants", "1 6")]
    kept = [r.getMessage() for r in caplog.records if r.name not in ("django.db.backends", "asyncio")]
    assert not any(voter.public_id in line or voter.pseudonym in line for line in kept), kept
    written = [q["sql"] for q in seen.captured_queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    voter_row, tally_row = written  # that this one has voted; one more for a poster
    assert ("ballotvoter" in voter_row, "poster" in voter_row) == (True, False)
    assert ("ballottally" in tally_row, "participant" in tally_row) == (True, False)


# --- what it costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(1, 1, 1), (3,) * 11])
@pytest.mark.parametrize(("rest", "count"), [("affiches/", 12), ("vote/", 8)])
def test_the_students_pages_cost_the_same_in_a_small_and_in_a_large_class(
    sizes: tuple[int, ...], rest: str, count: int
) -> None:
    run = part_two(sizes)
    open_ballot(run=run, now=NOW)
    person = people(run)[0]
    client = make.student_client(person)
    client.get(f"/s/{person.public_id}/{rest}")
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/s/{person.public_id}/{rest}")
    assert len(seen) == count, "\n".join(q["sql"][:150] for q in seen.captured_queries)


@pytest.mark.parametrize("sizes", [(1, 1, 1), (3,) * 11])
def test_the_teachers_page_costs_the_same_in_a_small_and_in_a_large_class(sizes: tuple[int, ...]) -> None:
    run = part_two(sizes)
    open_ballot(run=run, now=timezone.now())
    client = make.teacher_client(run.owner)
    client.get(f"/prof/activites/{run.public_id}/vote/")
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/prof/activites/{run.public_id}/vote/?fragment=1")
    assert len(seen) == 10, "\n".join(q["sql"][:150] for q in seen.captured_queries)


def test_a_stranger_sees_nothing_of_it() -> None:
    run = part_two()
    open_ballot(run=run, now=NOW)
    person = people(run)[0]
    for rest in ("affiches/", "vote/"):
        assert Client().get(f"/s/{person.public_id}/{rest}").status_code == 404


@pytest.mark.parametrize("rest", ["", "vote/"])
def test_a_vote_is_not_offered_with_fewer_than_three_posters(rest: str) -> None:
    run = part_two()
    page = f"/prof/activites/{run.public_id}/{rest}"
    teacher = make.teacher_client(run.owner)
    assert "Ouvrir le vote</button>" in teacher.get(page).content.decode()
    press(run, "affiches/1/masquer/", masquer="1")
    told = teacher.get(page).content.decode()
    assert "Ouvrir le vote" not in told
    assert "Vote\u00a0: à partir de trois affiches" in told
