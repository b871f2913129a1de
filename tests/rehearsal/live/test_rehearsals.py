"""A rehearsal in the store: made, played second by second on a clock of the test's own, ended without a trace."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.models import ExportJob
from lessons.actions import groups, participants, runs, votes
from lessons.actions.clock import act
from lessons.live import presence
from lessons.models import Answer, Ballot, ClassRun, Participant, Poster, PosterWriter, SetAside
from lessons.queries.board import Here, board
from lessons.queries.documents import document
from lessons.queries.grouping import snapshot
from lessons.rules.clock import Kind
from metroloco_site.ops.actions.purge import purge
from metroloco_site.ops.queries.installation import figures
from metroloco_site.privacy.actions.receipts import Receipt
from metroloco_site.rehearsal.actions import rehearsal
from metroloco_site.rehearsal.live.rehearsals import Rehearsals
from metroloco_site.rehearsal.live.simulated_students import Troupe
from metroloco_site.rehearsal.queries import going_on, scene
from metroloco_site.rehearsal.rules.behaviour import SIGN, Trait
from tests.harness.builders import NOW, make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


class Play:
    """A rehearsal whose seconds pass when the test says so."""

    def __init__(self, *, students: int = 6, speed: int = 15, minutes: int = 15) -> None:
        self.now = NOW
        chosen = rehearsal.Setting(
            make.lesson(), "Répétition du 23 novembre", students, speed, {1: minutes, 2: minutes}
        )
        self.run = rehearsal.create(owner=make.user(), chosen=chosen, today=TODAY, now=NOW)
        self.run.public_id = f"classe-{students}"  # what they do follows from it
        self.run.save()
        self.troupe = Troupe(self.run.pk)

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.look()

    def look(self) -> None:
        found = dict(going_on(self.now))
        if self.run.pk in found:
            self.troupe.look(found[self.run.pk], self.now)

    def act(self, part: int, kind: Kind) -> None:
        act(phase=make.phase(self.run, part), kind=kind, now=self.now)

    def start_again(self) -> None:
        """kill -9: memory is lost, the store stays."""
        presence.forget(self.run.pk)
        for person in list(self.troupe._open):
            presence.closed(self.run.pk, person)
        self.troupe = Troupe(self.run.pk)

    def states(self) -> set[str]:
        run = ClassRun.objects.get(pk=self.run.pk)
        here = Here(presence.present(run.pk), presence.writing(run.pk, 30.0), presence.gone(run.pk))
        return {tile.state for tile in board(run, self.now, here).tiles}

    def by_trait(self, trait: Trait) -> Participant:
        scene = self.troupe._scene
        assert scene is not None
        return self.run.participants.get(simulated=scene.cast.index(trait) + 1)

    def words(self) -> int:
        return sum(Answer.objects.filter(sitting__phase__run=self.run).values_list("words", flat=True))


@pytest.fixture
def play() -> Iterator[Play]:
    made = Play()
    yield made
    made.troupe.leave()
    presence.forget(made.run.pk)


def test_it_is_marked_short_and_gone_the_next_day(play: Play) -> None:
    assert (play.run.rehearsal_speed, play.run.rehearsal_students) == (15, 6)
    assert [phase.seconds for phase in play.run.phases.all()] == [60, 60]
    assert play.run.delete_on == date(2026, 11, 24)


def test_one_a_teacher_and_few_an_installation(play: Play) -> None:
    chosen = rehearsal.Setting(play.run.lesson, "Répétition", 6, 1, {})
    with pytest.raises(rehearsal.CannotRehearse, match="terminez-la"):
        rehearsal.create(owner=play.run.owner, chosen=chosen, today=TODAY, now=NOW)
    for _ in range(2):
        rehearsal.create(owner=make.user(), chosen=chosen, today=TODAY, now=NOW)
    with pytest.raises(rehearsal.CannotRehearse, match="déjà en cours"):
        rehearsal.create(owner=make.user(), chosen=chosen, today=TODAY, now=NOW)
    two_hours_later = NOW + timedelta(hours=2, minutes=1)
    assert going_on(two_hours_later) == []
    rehearsal.create(owner=make.user(), chosen=chosen, today=TODAY, now=two_hours_later)


def test_they_come_write_and_leave_a_class_to_grade(play: Play) -> None:
    play.pass_time(6)
    people = play.run.participants.all()
    assert people.count() == 5  # one is late
    assert all(person.pseudonym.endswith(SIGN) and person.simulated for person in people)
    assert presence.present(play.run.pk) == {person.pk for person in people}
    play.act(1, Kind.START)
    seen: set[str] = set()
    for _ in range(60):
        play.pass_time(1)
        seen |= play.states()
    assert {"writing", "offline", "help"} <= seen
    assert people.all().count() == 6  # the late one too
    assert play.words() > 100
    assert people.exclude(help_at=None).count() == 1
    extra = play.by_trait(Trait.EXTRA_TIME)
    assert extra.sittings.get().extra_seconds == 20
    before = Answer.objects.filter(sitting__participant=extra).values_list("words", flat=True)
    written = sum(before)
    play.pass_time(15)
    assert sum(before.all()) >= written
    late = play.by_trait(Trait.ACROSS_BELL)
    assert not SetAside.objects.exists()
    assert late.pk not in presence.present(play.run.pk)
    play.pass_time(45)
    assert set(SetAside.objects.values_list("reason", "answer__sitting__participant")) == {("late", late.pk)}
    collected = play.words()
    play.pass_time(120)
    assert play.words() == collected
    assert SetAside.objects.filter(answer__sitting__participant=late).count() <= 3


def test_a_pause_stops_them_and_a_suspension_empties_the_room(play: Play) -> None:
    play.pass_time(6)
    play.act(1, Kind.START)
    play.pass_time(20)
    play.act(1, Kind.PAUSE)
    play.pass_time(5)  # what was typed is sent
    words = play.words()
    play.pass_time(30)
    assert play.words() == words > 0
    assert presence.present(play.run.pk)
    play.run.refresh_from_db()
    runs.suspend(run=play.run, now=play.now)
    play.pass_time(2)
    assert not presence.present(play.run.pk)
    runs.unsuspend(run=play.run)
    play.act(1, Kind.RESUME)
    play.pass_time(15)
    assert presence.present(play.run.pk)
    assert play.words() > words
    play.run.refresh_from_db()
    runs.close(run=play.run, now=play.now)
    assert going_on(play.now) == []  # the simulated students have gone home


def test_after_a_restart_they_go_on_from_what_is_stored(play: Play) -> None:
    play.pass_time(6)
    play.act(1, Kind.START)
    play.pass_time(25)
    there = dict(Answer.objects.filter(revision__gt=0).values_list("pk", "text"))
    play.start_again()
    assert not presence.present(play.run.pk)
    play.pass_time(20)
    now = dict(Answer.objects.filter(revision__gt=0).values_list("pk", "text"))
    assert all(now[pk].startswith(text) for pk, text in there.items())
    assert sum(map(len, now.values())) > sum(map(len, there.values()))
    assert not SetAside.objects.exists()
    assert play.run.participants.filter(help_at=None).count() >= 5  # nobody asks again what was answered


def test_somebody_who_takes_their_place_keeps_what_they_wrote(play: Play) -> None:
    """The teacher opens the page of a simulated student with their personal code, and writes."""
    play.pass_time(6)
    play.act(1, Kind.START)
    play.pass_time(20)
    Answer.objects.filter(revision__gt=0).update(text="Moi.", writer="page-abcd", seq=1, revision=50)
    taken = list(Answer.objects.filter(revision=50).values_list("pk", flat=True))
    play.pass_time(30)
    assert taken
    assert set(Answer.objects.filter(pk__in=taken).values_list("text", flat=True)) == {"Moi."}


def test_who_is_removed_absent_or_erased_does_not_come_again(play: Play) -> None:
    play.pass_time(6)
    removed, absent, erased = play.run.participants.all()[:3]
    participants.remove(participant=removed, now=play.now)
    participants.mark_absent(participant=absent, absent=True)
    Participant.objects.filter(pk=erased.pk).delete()
    play.act(1, Kind.START)
    play.pass_time(20)
    assert not {removed.pk, absent.pk} & presence.present(play.run.pk)
    assert play.run.participants.count() == 5  # the late one has come, the erased one has not
    assert not Answer.objects.filter(sitting__participant__in=[removed, absent]).exclude(text="").exists()


def in_groups(play: Play) -> None:
    play.pass_time(6)
    play.act(1, Kind.START)
    play.pass_time(15)
    play.act(1, Kind.END)
    play.pass_time(1)
    run = ClassRun.objects.get(pk=play.run.pk)
    groups.draw(run=run, rng=Random(4), now=play.now, seen=snapshot(run).digest, sure=False)
    play.pass_time(1)
    play.act(2, Kind.START)


def test_in_groups_they_pass_on_what_they_read_and_write_a_poster_each_their_part(play: Play) -> None:
    in_groups(play)
    play.pass_time(60)
    posters = list(Poster.objects.filter(group__run=play.run))
    assert len(posters) == 2
    for poster in posters:
        said = document(poster)
        assert {"titre", "source", "q1-reponse", "q2-reponse"} & said.texts.keys()
        assert any(key.startswith("essentiel-") for key in said.texts)
        assert said.words > 30
        writers = PosterWriter.objects.filter(poster=poster)
        members = set(poster.group.memberships.values_list("participant_id", flat=True))
        assert set(writers.values_list("participant_id", flat=True)) == members
        assert writers.count() == len(members)  # one page each, not one a second
    assert not presence.present(play.run.pk) - set(play.run.participants.values_list("pk", flat=True))


def test_a_real_member_writes_with_them_and_a_restart_repeats_nothing(play: Play) -> None:
    in_groups(play)
    play.pass_time(20)
    for poster in Poster.objects.filter(group__run=play.run):
        make.poster_says(poster, {"titre": "Écrit par une vraie personne. "})
    play.pass_time(10)
    play.start_again()
    play.pass_time(30)
    for poster in Poster.objects.filter(group__run=play.run):
        said = document(poster).texts
        assert said["titre"].count("Écrit par une vraie personne. ") == 1
        for text in said.values():
            half = text[: len(text) // 2]
            assert len(half) < 20 or text.count(half) == 1


def test_they_vote_once_each_and_never_for_their_own() -> None:
    play = Play(students=12, minutes=20)
    in_groups(play)
    play.pass_time(30)
    run = ClassRun.objects.get(pk=play.run.pk)
    votes.open_ballot(run=run, now=play.now)
    play.pass_time(10)
    ballot = Ballot.objects.get()
    count = ballot.voters.count()
    assert 8 <= count <= 12
    assert sum(ballot.tallies.values_list("votes", flat=True)) == count
    play.pass_time(5)
    assert Ballot.objects.get().voters.count() == count
    play.troupe.leave()
    presence.forget(run.pk)


def test_a_latecomer_for_the_groups_makes_the_board_propose_a_repair() -> None:
    play = Play(students=12)
    in_groups(play)
    before = play.run.participants.count()
    play.pass_time(20)
    newcomer = play.by_trait(Trait.NEXT_PART)
    assert play.run.participants.count() == before + 1
    assert not hasattr(newcomer, "membership")
    play.troupe.leave()
    presence.forget(play.run.pk)


def test_a_look_asks_as_much_of_the_store_for_6_as_for_28(play: Play) -> None:
    def queries(one: Play) -> int:
        one.pass_time(7)
        one.act(1, Kind.START)
        with CaptureQueriesContext(connection) as asked:
            scene(one.run.pk)
        return len(asked)

    large = Play(students=28)
    assert queries(play) == queries(large) == 7
    large.troupe.leave()
    presence.forget(large.run.pk)


def test_the_end_leaves_nothing_and_needs_no_receipt(play: Play) -> None:
    in_groups(play)
    play.pass_time(20)
    make.export(play.run)
    (export,) = ExportJob.objects.all()
    assert export.path.exists()
    theirs = make.class_run(participants=2)
    rehearsal.end(run=play.run)
    assert list(ClassRun.objects.all()) == [theirs]
    assert not Poster.objects.exists()
    assert not Answer.objects.exists()
    assert Participant.objects.filter(run=theirs).count() == Participant.objects.count() == 2
    play.pass_time(1)  # whoever was at work finds nothing more to do


def test_a_look_at_what_has_just_been_deleted_closes_every_page(play: Play) -> None:
    play.pass_time(6)
    play.run.delete()
    play.troupe.look(1, play.now)
    assert not presence.present(play.run.pk)


def test_forgotten_it_goes_with_the_purge_of_the_next_day(play: Play) -> None:
    play.pass_time(6)
    assert purge(today=TODAY, now=play.now).activities == 0
    assert (
        purge(today=TODAY + timedelta(days=1), now=play.now) == Receipt()
    )  # nobody was there: nothing to attest
    assert not ClassRun.objects.exists()
    assert going_on(play.now) == []


def test_transparency_counts_no_simulated_student(play: Play) -> None:
    play.pass_time(6)
    play.act(1, Kind.START)
    play.pass_time(10)
    make.class_run(participants=2)
    told = figures()
    assert (told.activities, told.students, told.texts) == (1, 2, 0)
    assert told.next_deletion == NOW.date() + timedelta(days=30)


def test_one_fault_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Rehearsals()
    looked: list[int] = []

    def look(self: Troupe, revision: int, now: datetime) -> None:
        looked.append(self.run_id)
        if len(looked) == 1:
            raise RuntimeError("une panne")

    monkeypatch.setattr(Troupe, "look", look)
    chosen = rehearsal.Setting(make.lesson(), "Répétition", 6, 1, {})
    now = datetime.now(tz=NOW.tzinfo)
    made = [rehearsal.create(owner=make.user(), chosen=chosen, today=now.date(), now=now) for _ in range(2)]
    assert both.look()
    assert looked == [run.pk for run in made]
    rehearsal.end(run=made[0])
    rehearsal.end(run=made[1])
    assert not both.look()
