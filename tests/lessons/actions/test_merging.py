"""A student who joined twice: two places become one, and no word of either is lost."""

import random
from datetime import datetime

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from evaluations.models import Assessment, GeneralRemark
from lessons.actions import joining, merging, participants
from lessons.actions.clock import act, set_extra_time
from lessons.actions.joining import Token
from lessons.actions.saving import save_answers
from lessons.models import Answer, ClassRun, Criterion, Participant, SetAside, Sitting
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft, Outcome
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db
SOON = at(1)


@pytest.fixture
def run() -> ClassRun:
    run = make.class_run()
    make.participant(run, "Huppe vive")
    make.participant(run, "Huppe vive bis")
    make.start(run)
    return run


@pytest.fixture
def kept(run: ClassRun) -> Participant:
    return run.participants.select_related("run").get(number=1)


@pytest.fixture
def double(run: ClassRun) -> Participant:
    return run.participants.select_related("run").get(number=2)


def write(person: Participant, text: str, *, field: str = "reponse", question: int = 1, base: int = 0,
          writer: str = "", seq: int = 1, now: datetime = SOON) -> Outcome:  # fmt: skip
    (saved,) = save_answers(
        token=Token(person.pk, person.token_version), phase=make.phase(person.run),
        writer=writer or f"page-{person.pk}", drafts=[Draft(question, field, text, base, seq)], now=now,
    )  # fmt: skip
    return saved.outcome


def answer(person: Participant, field: str = "reponse") -> Answer:
    return Answer.objects.get(sitting__participant=person, field=field)


def merge(double: Participant, into: Participant) -> None:
    merging.merge(duplicate=double, into=into, now=at(5))
    double.refresh_from_db()
    into.refresh_from_db()


# --- texts -------------------------------------------------------------------------------------


def test_where_one_wrote_the_text_is_there_where_both_wrote_both_are(
    kept: Participant, double: Participant
) -> None:
    write(kept, "le premier texte")
    write(double, "le second")
    write(double, "seulement ici", question=2, field="ressemblances")
    merge(double, kept)
    assert answer(kept).text == "le premier texte"
    assert (answer(kept, "ressemblances").text, answer(kept, "ressemblances").words) == ("seulement ici", 2)
    other = SetAside.objects.get(answer=answer(kept))
    assert (other.text, other.reason, other.dismissed_at) == ("le second", "unseen", None)
    assert not Sitting.objects.filter(participant=double).exists()


def test_the_student_is_shown_both_texts(kept: Participant, double: Participant) -> None:
    write(kept, "le premier texte")
    write(double, "le second")
    act(phase=make.phase(kept.run), kind=Kind.PAUSE, now=at(2))
    merge(double, kept)
    page = make.student_client(kept).get(f"/s/{kept.public_id}/").content.decode()
    assert "le premier texte" in page
    assert "le second" in page


def test_the_same_text_twice_asks_nobody(kept: Participant, double: Participant) -> None:
    write(kept, "le même")
    write(double, "le même")
    merge(double, kept)
    assert not SetAside.objects.exists()


def test_a_place_without_a_part_takes_the_whole_work(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    write(double, "tout est ici")
    Sitting.objects.filter(participant=kept).delete()
    merge(double, kept)
    assert answer(kept).text == "tout est ici"


def test_an_open_page_of_the_kept_place_goes_on(kept: Participant, double: Participant) -> None:
    write(kept, "je tape", seq=1)
    write(double, "ailleurs")
    merge(double, kept)
    assert write(kept, "je tape encore", seq=2) is Outcome.SAVED


def test_an_open_page_of_the_kept_place_does_not_overwrite_what_came(
    kept: Participant, double: Participant
) -> None:
    write(kept, "écrit", seq=1)
    write(kept, "", seq=2)  # and erased
    write(double, "venu de l’autre place")
    merge(double, kept)
    assert write(kept, "je reprends", seq=3) is Outcome.UNSEEN
    assert answer(kept).text == "venu de l’autre place"


def test_a_page_of_the_duplicate_that_is_sent_to_the_kept_place_overwrites_nothing(
    kept: Participant, double: Participant
) -> None:
    write(kept, "un", seq=1)
    for seq in range(1, 5):
        write(double, f"essai {seq}", seq=seq)
    merge(double, kept)
    outcome = write(kept, "pas encore envoyé", base=4, seq=9, writer=f"page-{double.pk}")
    assert outcome is Outcome.UNSEEN
    assert answer(kept).text == "un"


def test_the_duplicate_itself_no_longer_writes(kept: Participant, double: Participant) -> None:
    merge(double, kept)
    assert write(double, "encore moi") is Outcome.GONE


def test_late_texts_follow(kept: Participant, double: Participant) -> None:
    assert write(double, "trop tard", now=at(30)) is Outcome.LATE
    merge(double, kept)
    assert SetAside.objects.get(reason="late").answer == answer(kept)


TEXTS = st.sampled_from(["", "  ", "un", "deux mots", "trois mots ici"])


class NothingIsLost(TestCase):
    """Whatever both wrote, in any order and across several duplicates."""

    @given(texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=2, max_size=4))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_every_text_is_an_answer_or_kept_beside_it(self, texts: list[tuple[str, str, str]]) -> None:
        run = make.class_run()
        make.start(run)
        people = [make.participant(run) for _ in texts]
        fields = [(1, "reponse"), (2, "ressemblances"), (2, "differences")]
        for person, written in zip(people, texts, strict=True):
            for (question, field), text in zip(fields, written, strict=True):
                write(person, text, question=question, field=field)
        for double in people[1:]:
            merge(double, people[0])
        for (_, field), written in zip(fields, zip(*texts, strict=True), strict=True):
            stored = answer(people[0], field)
            found = {stored.text, *stored.set_aside.values_list("text", flat=True)}
            assert {text for text in written if text.strip()} <= found


# --- the rest of the place ---------------------------------------------------------------------


def test_both_personal_codes_lead_to_the_kept_place(kept: Participant, double: Participant) -> None:
    merge(double, kept)
    for code in (kept.personal_code, double.personal_code):
        assert joining.come_back(personal_code=code, now=at(6)) == kept


def test_a_chain_of_duplicates_leads_to_the_last(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    third = make.participant(run)
    merge(double, third)
    merge(third, kept)
    assert joining.come_back(personal_code=double.personal_code, now=at(6)) == kept
    double.refresh_from_db()
    assert double.merged_into == kept


def test_a_new_personal_code_closes_both_old_ones(kept: Participant, double: Participant) -> None:
    merge(double, kept)
    old = [kept.personal_code, double.personal_code]
    participants.renew_personal_code(participant=kept)
    for code in old:
        with pytest.raises(joining.UnknownCode):
            joining.come_back(personal_code=code, now=at(6))


def test_who_was_removed_stays_out_by_the_other_code_too(kept: Participant, double: Participant) -> None:
    merge(double, kept)
    participants.remove(participant=kept, now=at(6))
    with pytest.raises(joining.UnknownCode):
        joining.come_back(personal_code=double.personal_code, now=at(7))


def test_the_device_of_the_duplicate_follows_by_itself(kept: Participant, double: Participant) -> None:
    device = make.student_client(double)
    merge(double, kept)
    answer = device.get(f"/s/{double.public_id}/")
    assert answer.headers["Location"] == f"/s/{kept.public_id}/"
    assert device.get(f"/s/{kept.public_id}/").status_code == 200


@pytest.mark.parametrize("cookie", ["none", "other"])
def test_nobody_else_follows(run: ClassRun, kept: Participant, double: Participant, cookie: str) -> None:
    merge(double, kept)
    device = Client() if cookie == "none" else make.student_client(make.participant(run))
    assert device.get(f"/s/{double.public_id}/").status_code == 404


def test_a_withdrawn_cookie_does_not_follow(kept: Participant, double: Participant) -> None:
    device = make.student_client(double)
    participants.renew_personal_code(participant=double)
    merge(double, kept)
    assert device.get(f"/s/{double.public_id}/").status_code == 404


def test_billet_and_extra_time_go_to_who_has_none(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    Participant.objects.filter(pk=double.pk).update(ticket_number=7)
    double.refresh_from_db()
    set_extra_time(participant=double, unit="minutes", amount=5)
    merge(double, kept)
    assert (kept.ticket_number, kept.extra_unit, kept.extra_amount) == (7, "minutes", 5)
    assert Sitting.objects.get(participant=kept).ends_at == at(20)


def test_an_unused_billet_becomes_the_place_of_who_joined_without_it(
    run: ClassRun, double: Participant
) -> None:
    ticket = joining.make_tickets(run=run, count=1, rng=random.SystemRandom())[0]
    write(double, "écrit avant d’avoir trouvé son billet")
    merge(double, ticket)
    assert ticket.joined_at == NOW
    assert answer(ticket).text == "écrit avant d’avoir trouvé son billet"


def test_levels_follow_and_those_of_the_kept_place_stay(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    first, second = Criterion.objects.filter(grid__part__lesson=run.lesson).order_by("number")
    Assessment.objects.create(participant=kept, criterion=first, level=2, updated_at=NOW)
    Assessment.objects.create(participant=double, criterion=first, level=4, updated_at=NOW)
    Assessment.objects.create(participant=double, criterion=second, level=3, updated_at=NOW)
    GeneralRemark.objects.create(participant=double, text="Bien.", updated_at=NOW)
    merge(double, kept)
    levels = Assessment.objects.filter(participant=kept).order_by("criterion__number")
    assert [a.level for a in levels] == [2, 3]
    assert GeneralRemark.objects.get().participant == kept
    assert Assessment.objects.get(participant=double).level == 4, "not lost, with the duplicate"


def test_the_class_counts_one_student_less(run: ClassRun, kept: Participant, double: Participant) -> None:
    write(double, "du travail")
    merge(double, kept)
    teacher = make.teacher_client(run.owner)
    sheets = teacher.get(f"/prof/activites/{run.public_id}/fiches/").content.decode()
    assert "Huppe vive bis" not in sheets
    page = teacher.get(f"/prof/activites/{run.public_id}/participants/").content.decode()
    assert "réuni avec une autre place" in page


# --- what cannot be merged ---------------------------------------------------------------------


def test_a_merged_place_is_not_taken_back(kept: Participant, double: Participant) -> None:
    merge(double, kept)
    with pytest.raises(joining.CannotJoin, match="réunie"):
        participants.readmit(participant=double)


def test_nobody_is_merged_with_themselves_with_the_removed_or_with_another_class(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    with pytest.raises(joining.CannotJoin):
        merge(kept, kept)
    with pytest.raises(joining.CannotJoin):
        merge(kept, make.participant(make.class_run()))
    participants.remove(participant=double, now=at(2))
    with pytest.raises(joining.CannotJoin):
        merge(kept, double)


def test_from_the_page_in_two_gestures_and_once(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    write(double, "du travail")
    teacher = make.teacher_client(run.owner)
    address = f"/prof/activites/{run.public_id}/participants/{double.public_id}/reunir/"
    assert teacher.post(address, {"into": ""}).status_code == 422
    assert teacher.post(address, {"into": double.public_id}).status_code == 422
    assert teacher.post(address, {"into": kept.public_id}).status_code == 302
    assert teacher.post(address, {"into": kept.public_id}).status_code == 422, "the repeat changes nothing"
    assert answer(kept).text == "du travail"


# --- the teacher chooses too -------------------------------------------------------------------


def test_the_teacher_takes_the_other_text_and_the_former_stays_readable(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    write(kept, "le premier texte")
    write(double, "le second")
    merge(double, kept)
    aside = SetAside.objects.get()
    teacher = make.teacher_client(run.owner)
    page = f"/prof/activites/{run.public_id}/participants/{kept.public_id}/"
    shown = teacher.get(page).content.decode()
    assert "le second" in shown
    assert "Prendre ce texte comme réponse" in shown
    teacher.post(f"{page}versions/{aside.pk}/", {"accept": "1"})
    assert answer(kept).text == "le second"
    assert "le premier texte" in teacher.get(page).content.decode()
    former = SetAside.objects.get(text="le premier texte")
    teacher.post(f"{page}versions/{former.pk}/", {"accept": "1"})
    assert answer(kept).text == "le premier texte"


def test_the_teacher_keeps_the_answer_and_the_student_is_no_longer_asked(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    write(kept, "le premier texte")
    write(double, "le second")
    merge(double, kept)
    page = f"/prof/activites/{run.public_id}/participants/{kept.public_id}/"
    make.teacher_client(run.owner).post(f"{page}versions/{SetAside.objects.get().pk}/", {"refuse": "1"})
    assert answer(kept).text == "le premier texte"
    assert SetAside.objects.get().dismissed_at is not None


def test_nobody_chooses_among_the_texts_of_another(
    run: ClassRun, kept: Participant, double: Participant
) -> None:
    write(kept, "le premier texte")
    write(kept, "autre", writer="page-autre")
    page = f"/prof/activites/{run.public_id}/participants/{double.public_id}/"
    answer_ = make.teacher_client(run.owner).post(
        f"{page}versions/{SetAside.objects.get().pk}/", {"accept": "1"}
    )
    assert answer_.status_code == 404


def test_a_late_text_accepted_keeps_what_was_collected(run: ClassRun, kept: Participant) -> None:
    write(kept, "à temps", seq=1)
    write(kept, "trop tard", seq=2, now=at(30))
    participants.decide_late(late=SetAside.objects.get(), accept=True, now=at(31))
    assert answer(kept).text == "trop tard"
    assert SetAside.objects.filter(text="à temps").exists()
