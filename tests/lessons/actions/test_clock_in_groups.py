"""The clock of a part in groups: one time for all, started once there are groups, beside who still writes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.actions import clock as actions
from lessons.actions import participants, runs
from lessons.models import Answer, ClassRun, Participant, Phase, Sitting
from lessons.queries.clock import clock_of, longest_extra, place_of
from lessons.rules import clock as rules
from tests.harness import builders as make
from tests.harness.builders import at
from tests.lessons.views.test_group_work import in_groups, page_of, people

pytestmark = pytest.mark.django_db


def act(run: ClassRun, number: int, kind: str, minutes: float, **more: object) -> None:
    actions.act(phase=make.phase(run, number), kind=rules.Kind(kind), now=at(minutes), **more)  # type: ignore[arg-type]


@pytest.fixture
def run() -> ClassRun:
    """Three students, the first of whom has 5 minutes more; part 1 ended for the others at 10 min."""
    run = make.class_run(participants=3)
    actions.set_extra_time(participant=run.participants.all()[0], unit="minutes", amount=5)
    make.start(run)
    act(run, 1, "end", 10, keeps_extra=True)
    return run


def slow(run: ClassRun) -> Participant:
    return run.participants.select_related("run").order_by("pk")[0]


def where(person: Participant, minutes: float) -> int:
    fresh = Participant.objects.select_related("run").get(pk=person.pk)
    phase = place_of(fresh, at(minutes)).phase
    assert phase is not None
    return phase.part.number


def test_it_does_not_start_without_groups(run: ClassRun) -> None:
    with pytest.raises(rules.NoGroups):
        act(run, 2, "start", 11)
    (group,) = make.groups(run, sizes=(3,))
    group.memberships.all().delete()
    with pytest.raises(rules.NoGroups):
        act(run, 2, "start", 11)
    assert make.phase(run, 2).status == Phase.Status.PENDING


def test_the_board_says_that_groups_come_first() -> None:
    run = make.class_run(participants=1)
    make.start(run, timezone.now() - timedelta(minutes=20))
    client = make.teacher_client(run.owner)
    board = f"/prof/activites/{run.public_id}/"
    assert "former les groupes" in client.get(board).content.decode()
    answer = client.post(f"{board}horloge/", {"part": "2", "kind": "start"}, follow=True)
    assert "Formez d’abord les groupes" in answer.content.decode()
    assert make.phase(run, 2).status == Phase.Status.PENDING
    make.groups(run, sizes=(3,))
    assert "Démarrer la partie 2" in client.get(board).content.decode()
    client.post(f"{board}horloge/", {"part": "2", "kind": "start"})
    assert make.phase(run, 2).status == Phase.Status.RUNNING


def test_it_does_not_start_while_the_class_still_writes() -> None:
    run = make.class_run(participants=3)
    make.groups(run, sizes=(3,))
    make.start(run)
    with pytest.raises(rules.NotPossible):
        act(run, 2, "start", 5)
    act(run, 1, "pause", 6)
    with pytest.raises(rules.NotPossible):
        act(run, 2, "start", 7)
    act(run, 1, "resume", 8)
    act(run, 2, "start", 18)  # rung, and nobody pressed « Terminer »
    assert make.phase(run, 2).ends_at == at(58)


def test_one_time_for_all_and_no_answers(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    sittings = Sitting.objects.filter(phase=make.phase(run, 2))
    assert {(s.extra_seconds, s.ends_at) for s in sittings} == {(0, at(51))}
    assert not Answer.objects.filter(sitting__in=sittings).exists()
    actions.set_extra_time(participant=slow(run), unit="third", amount=0)
    assert longest_extra(make.phase(run, 2)) == 0
    act(run, 2, "extend", 12, seconds=300)
    assert set(sittings.values_list("ends_at", flat=True)) == {at(56)}


def test_who_still_has_time_stays_in_part_1_until_it_is_over(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    other = run.participants.order_by("pk")[1]
    assert where(other, 11.5) == 2
    assert where(slow(run), 11.5) == 1
    assert where(slow(run), 15) == 2  # the bell of 15 min is theirs


def test_saying_one_has_finished_leads_to_the_group(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    client = make.student_client(slow(run))
    # On a page whose clock is far from this test's: the door is what is asked here.
    participants.say_done(participant=slow(run), phase=make.phase(run), now=at(12), done=True)
    assert where(slow(run), 12) == 2
    assert client.get(f"/s/{slow(run).public_id}/").status_code == 200


def test_the_class_stops_and_goes_on_as_one(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    act(run, 2, "pause", 12)
    assert make.phase(run).status == Phase.Status.PAUSED
    assert where(slow(run), 30) == 1
    act(run, 2, "resume", 30)
    assert slow(run).sittings.get(phase__part__number=1).ends_at == at(33)
    assert make.phase(run, 2).ends_at == at(69)


def test_suspended_in_part_2_nobody_loses_time_of_part_1(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    runs.suspend(run=run, now=at(12))
    runs.unsuspend(run=run)
    act(run, 2, "resume", 600)
    assert slow(run).sittings.get(phase__part__number=1).ends_at == at(603)
    assert clock_of(make.phase(run, 2)).deadline(0) == at(600) + timedelta(minutes=39)


def test_part_1_is_not_opened_again_under_the_groups(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    for kind in ("reopen", "extend", "start"):
        with pytest.raises(rules.NotPossible):
            act(run, 1, kind, 12, seconds=60)
    act(run, 1, "end", 13, keeps_extra=False)  # their extra time may still be ended
    assert where(slow(run), 13.5) == 2


def test_a_latecomer_has_a_place_without_answers(run: ClassRun) -> None:
    make.groups(run, sizes=(3,))
    act(run, 2, "start", 11)
    late = make.participant(run, now=at(13))
    sitting = late.sittings.get()
    assert (sitting.phase.part.number, sitting.ends_at, sitting.extra_seconds) == (2, at(51), 0)
    assert not sitting.answers.exists()


def test_who_may_no_longer_write_is_not_offered_to_organise_the_group() -> None:
    shared = in_groups()
    person = people(shared)[0]
    offered = ('id="tourner"', "Je la prends", 'id="echanges"')
    actions.act(phase=make.phase(shared, 2), kind=rules.Kind.PAUSE, now=timezone.now())
    assert all(word in page_of(person) for word in offered)
    actions.act(phase=make.phase(shared, 2), kind=rules.Kind.END, now=timezone.now())
    closed = page_of(person)
    assert not [word for word in offered if word in closed]
    assert 'id="membres"' in closed
