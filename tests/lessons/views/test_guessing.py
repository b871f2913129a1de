"""Guessing codes: 35 join in a minute, one pupil locks nobody out, and the arithmetic holds."""

import pytest
from django.test import Client, RequestFactory

from lessons.models import ClassRun
from lessons.rules import codes
from lessons.views import guessing
from lessons.views.guessing import OVERALL, PER_ADDRESS, seal
from metroloco_site.kit import throttle
from metroloco_site.kit.throttle import Bucket, Rate, Tried
from tests.harness import builders as make
from tests.harness.builders import ORIGIN

LESSON_MINUTES = 120
LIVE_ACCESS_CODES = 20  # classes at once on one server
LIVE_PERSONAL_CODES = 700  # their students, duplicates' codes included
MOST_CHANCE = 1e-6


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The program's own rates, empty, on a clock of the test's."""
    clock = Clock()
    monkeypatch.setattr(guessing, "PER_ADDRESS", Bucket(PER_ADDRESS.rate, clock))
    monkeypatch.setattr(guessing, "OVERALL", Bucket(OVERALL.rate, clock))
    monkeypatch.setattr(guessing, "TRIED", Tried())
    return clock


# --- the arithmetic, from the real settings ----------------------------------------------------


def test_guessing_an_access_code_in_a_lesson() -> None:
    space = len(set(codes.ALPHABET)) ** codes.ACCESS_LENGTH
    assert len(set(codes.ALPHABET)) == 32
    assert OVERALL.rate.most(LESSON_MINUTES) * LIVE_ACCESS_CODES / space <= MOST_CHANCE


def test_guessing_a_personal_code_in_a_lesson() -> None:
    space = len(set(codes.words())) ** codes.PERSONAL_WORDS
    assert OVERALL.rate.most(LESSON_MINUTES) * LIVE_PERSONAL_CODES / space <= MOST_CHANCE


def test_a_seal_is_not_guessed_even_at_full_speed() -> None:
    seals = 16.0**guessing.SEAL_LENGTH
    requests = 5_000 * 60 * LESSON_MINUTES  # a second, more than one process answers
    assert requests / seals <= 1e-12


def test_one_address_cannot_use_up_what_holds_for_all() -> None:
    assert PER_ADDRESS.rate.burst * 2 <= OVERALL.rate.burst
    assert PER_ADDRESS.rate.per_minute * 2 <= OVERALL.rate.per_minute


def test_hands_cannot_empty_the_bucket_of_an_address() -> None:
    """A class of 35 that each mistype three times at once, beside one pupil who tries every two seconds."""
    rate = PER_ADDRESS.rate
    assert rate.burst > 35 * 3
    assert rate.per_minute > 30


# --- in class ----------------------------------------------------------------------------------


def client(address: str = "10.0.0.1") -> Client:
    return Client(headers={"origin": ORIGIN}, REMOTE_ADDR=address)


def wrong_codes(count: int, address: str = "10.0.0.1") -> None:
    """So many different wrong codes of this address, as the views count them (hundreds of pages take long)."""
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    for number in range(count):
        if guessing.may_try(request):
            guessing.wrong_code(request, f"ZZZZ{number:04d}")


@pytest.mark.django_db
def test_35_join_in_a_minute_from_one_address_each_after_two_mistakes() -> None:
    run = make.class_run()
    for number in range(35):
        device = client()
        for mistake in range(2):
            code = f"ZZZZ{number:02d}{mistake:02d}"
            assert device.post("/rejoindre/", {"code": code}).status_code == 422
        assert device.post("/rejoindre/", {"code": str(run.access_code)}).status_code == 302
        answer = device.post(f"/rejoindre/{run.access_code}/", {"pseudonym": f"Élève {number}"})
        assert answer.status_code == 302
    assert run.participants.count() == 35


@pytest.mark.django_db
def test_a_class_that_types_last_weeks_code_costs_one_try() -> None:
    run = make.class_run()
    guessing.PER_ADDRESS.rate = Rate(burst=3, per_minute=1)
    for _ in range(6):
        answer = client().post("/rejoindre/", {"code": "AAAA-0000"})
        assert "n’est pas reconnu" in answer.content.decode()
    assert client().get(f"/rejoindre/{run.access_code}/").status_code == 200


@pytest.mark.django_db
def test_a_script_is_stopped_and_hears_the_same_of_right_and_wrong() -> None:
    run = make.class_run()
    wrong_codes(PER_ADDRESS.rate.burst - 3)
    for number in range(3):
        assert (
            "n’est pas reconnu" in client().post("/rejoindre/", {"code": f"YYYY000{number}"}).content.decode()
        )
    for code in (str(run.access_code), "ZZZZZZZZ"):
        answer = client().post("/rejoindre/", {"code": code})
        assert answer.status_code == 422
        assert "Trop de codes erronés" in answer.content.decode()
    person = make.participant(run)
    answer = client().post("/revenir/", {"personal_code": person.personal_code})
    assert "Trop de codes erronés" in answer.content.decode()


@pytest.mark.django_db
def test_while_a_script_fills_the_schools_bucket_qr_codes_let_the_class_in() -> None:
    run = make.class_run()
    person = make.participant(run)
    wrong_codes(PER_ADDRESS.rate.burst + 5)
    device = client()
    address = f"/rejoindre/{run.access_code}/?sceau={seal(str(run.access_code))}"
    assert device.get(address).status_code == 200
    assert device.post(address, {"pseudonym": "Dune calme"}).status_code == 302
    back = {"personal_code": person.personal_code, "seal": seal(person.personal_code)}
    assert client().post("/revenir/", back).status_code == 302


@pytest.mark.django_db
def test_who_is_already_there_notices_nothing() -> None:
    run = make.class_run()
    person = make.participant(run)
    wrong_codes(PER_ADDRESS.rate.burst + 5, address="127.0.0.1")
    assert make.student_client(person).get(f"/s/{person.public_id}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("forged", ["", "0" * 20, "é", "x" * 60])
def test_a_forged_seal_opens_nothing(forged: str) -> None:
    run = make.class_run()
    wrong_codes(PER_ADDRESS.rate.burst + 5)
    assert client().get(f"/rejoindre/{run.access_code}/", {"sceau": forged}).status_code == 404


@pytest.mark.django_db
def test_the_seal_of_one_code_is_no_pass_for_another() -> None:
    first, second = make.class_run(), make.class_run()
    wrong_codes(PER_ADDRESS.rate.burst + 5)
    address = f"/rejoindre/{second.access_code}/"
    assert client().get(address, {"sceau": seal(str(first.access_code))}).status_code == 404


@pytest.mark.django_db
def test_another_school_is_not_concerned(fresh: Clock) -> None:
    run = make.class_run()
    wrong_codes(PER_ADDRESS.rate.burst + 5)
    assert client("10.9.9.9").get(f"/rejoindre/{run.access_code}/").status_code == 200
    fresh.now += 1.0
    assert client().get(f"/rejoindre/{run.access_code}/").status_code == 200, "and one second later, this one"


@pytest.mark.django_db
def test_many_addresses_meet_the_limit_of_all() -> None:
    run = make.class_run()
    each = PER_ADDRESS.rate.burst
    for number in range(OVERALL.rate.burst // each + 1):
        wrong_codes(each, address=f"10.0.1.{number}")
    assert client("10.9.9.9").get(f"/rejoindre/{run.access_code}/").status_code == 404


@pytest.mark.django_db
def test_right_codes_cost_nothing() -> None:
    run = make.class_run()
    person = make.participant(run)
    for _ in range(10):
        client().get(f"/rejoindre/{run.access_code}/")
        assert client().post("/revenir/", {"personal_code": person.personal_code}).status_code == 302
    assert guessing.PER_ADDRESS._left == {}


@pytest.mark.django_db
def test_a_right_code_of_a_shut_activity_is_no_guess() -> None:
    run = make.class_run()
    ticket = make.participant(run)
    ClassRun.objects.update(suspended_at=run.created_at)
    run.participants.update(joined_at=None)
    client().post("/revenir/", {"personal_code": ticket.personal_code})
    assert guessing.PER_ADDRESS._left == {}


# --- the bucket itself -------------------------------------------------------------------------


def test_a_bucket_fills_again_with_time_and_never_beyond_its_burst() -> None:
    clock = Clock()
    bucket = Bucket(Rate(burst=2, per_minute=6), clock)
    for _ in range(2):
        assert bucket.allows("x")
        bucket.fail("x")
    assert not bucket.allows("x")
    assert bucket.allows("y")
    clock.now += 10
    assert bucket.allows("x")
    bucket.fail("x")
    assert not bucket.allows("x")
    clock.now += 3600
    bucket.fail("x")
    bucket.fail("x")
    assert not bucket.allows("x")


def test_memory_stays_small_and_holds_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_KEYS", 10)
    clock = Clock()
    bucket, tried = Bucket(Rate(burst=2, per_minute=60), clock), Tried(10)
    for number in range(50):
        clock.now += 10
        bucket.fail(f"10.0.0.{number}")
        tried.again(f"10.0.0.{number} CODE")
    assert len(bucket._left) <= 11
    assert len(tried._known) == 10
    assert not any(b"10.0.0" in key for key in [*bucket._left, *tried._known])
    assert tried.again("10.0.0.49 CODE")
    assert not tried.again("10.0.0.1 CODE"), "the oldest are forgotten first"
