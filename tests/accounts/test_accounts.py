"""Teachers' accounts: signing in and out, throttling by account name, password change, first link."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metroloco_site.accounts import actions, rules
from metroloco_site.accounts.models import SignInThrottle, User
from tests.harness import builders as make
from tests.harness.builders import NOW, ORIGIN

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase assez longue"
LONG = "sable et marée haute"
WRONG = "ne vont pas ensemble"
WAIT = "Trop d’essais"


@pytest.fixture
def teacher() -> User:
    return make.user("colette")


def client() -> Client:
    return Client(headers={"origin": ORIGIN}, enforce_csrf_checks=True)


def sign_in(who: Client, username: str, password: str = PASSWORD, then: str = "") -> tuple[int, str]:
    answer = who.post(f"/connexion/{then}", {"username": username, "password": password})
    return answer.status_code, answer.headers.get("Location") or answer.content.decode()


def same(page: str, username: str) -> str:
    return page.replace(f'value="{username}"', "")


# --- signing in and out ------------------------------------------------------------------------


def test_signing_in_leads_to_ones_activities(teacher: User) -> None:
    who = client()
    assert sign_in(who, "colette") == (302, "/prof/")
    assert who.get("/prof/").status_code == 200


def test_the_session_key_changes_at_sign_in_and_at_sign_out(teacher: User) -> None:
    who = Client(headers={"origin": ORIGIN})
    session = who.session
    session["left"] = "by somebody before"
    session.save()
    planted = str(session.session_key)
    who.cookies["enseignant"] = planted
    sign_in(who, "colette")
    inside = str(who.cookies["enseignant"].value)
    assert inside != planted
    thief = Client()
    thief.cookies["enseignant"] = planted
    assert thief.get("/prof/").status_code == 302
    who.post("/deconnexion/")
    thief.cookies["enseignant"] = inside
    assert thief.get("/prof/").status_code == 302, "the key of the session that ended opens nothing"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(teacher: User) -> None:
    known, unknown = sign_in(client(), "colette", "faux"), sign_in(client(), "personne", "faux")
    assert known[0] == unknown[0] == 422
    assert WRONG in known[1]
    assert same(known[1], "colette") == same(unknown[1], "personne")


def test_a_disabled_account_gets_that_answer_too_and_its_session_ends(teacher: User) -> None:
    who = client()
    sign_in(who, "colette")
    User.objects.update(is_active=False)
    assert who.get("/prof/").status_code == 302
    assert WRONG in sign_in(client(), "colette")[1]


@pytest.mark.parametrize("there", ["/prof/activites/nouvelle/", "/prof/"])
def test_one_goes_on_where_one_was(teacher: User, there: str) -> None:
    asked = client().get(there)
    assert asked.headers["Location"] == f"/connexion/?next={there}"
    assert sign_in(client(), "colette", then=f"?next={there}") == (302, there)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example", "http:///ailleurs.example",
     "javascript:alert(1)", "https:ailleurs.example", "\x00//ailleurs.example"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(teacher: User, elsewhere: str) -> None:
    who = client()
    answer = who.post(
        "/connexion/", {"username": "colette", "password": PASSWORD}, query_params={"next": elsewhere}
    )
    assert answer.headers["Location"] == "/prof/"


# --- throttling --------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["colette", "personne"])
def test_after_a_few_wrong_passwords_a_name_waits_whether_it_exists_or_not(
    teacher: User, username: str
) -> None:
    for _ in range(rules.FREE_FAILURES):
        assert WRONG in sign_in(client(), username, "faux")[1]
    status, page = sign_in(client(), username, "faux")
    assert (status, WAIT in page) == (422, True)
    assert WAIT in sign_in(client(), username.upper(), PASSWORD)[1], "the right password waits as well"


def test_the_wait_is_the_names_and_nobody_elses(teacher: User) -> None:
    make.user("claudine")
    for _ in range(rules.FREE_FAILURES + 1):
        sign_in(client(), "colette", "faux")
    assert sign_in(client(), "claudine") == (302, "/prof/")


def test_who_waited_signs_in_and_starts_afresh(teacher: User) -> None:
    for _ in range(rules.FREE_FAILURES + 1):
        sign_in(client(), "colette", "faux")
    SignInThrottle.objects.update(last_failure_at=timezone.now() - timedelta(seconds=30))
    assert sign_in(client(), "colette") == (302, "/prof/")
    assert not SignInThrottle.objects.exists()


def test_no_name_is_kept_in_clear_and_none_longer_than_a_day(teacher: User) -> None:
    sign_in(client(), "vrai-nom-de-quelqu-un", "faux")
    assert "vrai" not in SignInThrottle.objects.get().name_key
    SignInThrottle.objects.update(last_failure_at=timezone.now() - timedelta(hours=25))
    sign_in(client(), "autre", "faux")
    assert SignInThrottle.objects.count() == 1


@given(failures=st.integers(0, 10_000))
def test_the_wait_grows_and_stays_bearable(failures: int) -> None:
    assert rules.wait_after(failures) <= rules.wait_after(failures + 1) <= timedelta(minutes=5)


@given(failures=st.integers(0, 2000), later=st.timedeltas(timedelta(0), timedelta(days=3)))
def test_nobody_waits_longer_than_five_minutes_after_a_wrong_password(
    failures: int, later: timedelta
) -> None:
    instant: datetime = NOW + later
    allowed = rules.may_try(failures, NOW, instant)
    assert allowed or later < timedelta(minutes=5)


@pytest.mark.parametrize("pause_after", [0, 10, 100, 240, 270, 290, 300, 350, 1000])
def test_guessing_a_password_takes_years(pause_after: int) -> None:
    """Some hundred thousand tries a year, also for one who comes back once everything is forgotten.

    A password has twelve signs at least and is none of the common ones; from one installation of the program,
    that is a chance of one in ten thousand a year for a password drawn among a thousand million.
    """
    spent, tries = timedelta(), 0
    while spent < timedelta(days=365):
        in_a_row = tries % pause_after if pause_after else tries
        spent += rules.wait_after(in_a_row)
        if pause_after and in_a_row == pause_after - 1:
            spent += rules.FORGOTTEN_AFTER
        tries += 1
    assert tries < 110_000


def test_a_pupil_who_tries_the_teachers_name_all_lesson_keeps_nobody_out(teacher: User) -> None:
    """By hand, with a wrong password each time that one may: the teacher waits ten seconds at most."""
    with transaction.atomic():
        for second in range(0, 2100, 10):  # thirty-five minutes
            actions.may_sign_in(username="colette", now=NOW + timedelta(seconds=second))
        last = NOW + timedelta(seconds=2090)
        assert not actions.may_sign_in(username="colette", now=last + timedelta(seconds=9))
        assert actions.may_sign_in(username="colette", now=last + timedelta(seconds=10))


@pytest.mark.parametrize(("address", "opens"), [("127.0.0.1", True), ("192.168.7.7", False)])
def test_wrong_tries_from_the_classroom_count_for_nothing_at_the_servers_own_machine(
    teacher: User, address: str, opens: bool
) -> None:
    for _ in range(rules.FREE_FAILURES + 1):
        client().post("/connexion/", {"username": "colette", "password": "faux"}, REMOTE_ADDR="192.168.7.7")
    answer = client().post("/connexion/", {"username": "colette", "password": PASSWORD}, REMOTE_ADDR=address)
    assert (answer.status_code == 302) is opens


def test_tries_sent_in_the_same_instant_are_counted_one_by_one(teacher: User) -> None:
    """Each is counted before its password is looked at: none of them slips in between."""
    allowed = [actions.may_sign_in(username="colette", now=NOW) for _ in range(rules.FREE_FAILURES + 5)]
    assert allowed == [True] * rules.FREE_FAILURES + [False] * 5


# --- passwords ---------------------------------------------------------------------------------


def test_a_new_password_keeps_this_session_and_ends_the_others(teacher: User) -> None:
    here, elsewhere = make.teacher_client(teacher), make.teacher_client(teacher)
    new = "une tout autre phrase longue"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/prof/mot-de-passe/", form).status_code == 302
    assert here.get("/prof/").status_code == 200
    assert elsewhere.get("/prof/").status_code == 302
    assert WRONG in sign_in(client(), "colette")[1]
    assert sign_in(client(), "colette", new)[0] == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("faux", "une tout autre phrase", "une tout autre phrase"),
        (PASSWORD, "court", "court"),
        (PASSWORD, "123456789012345", "123456789012345"),
        (PASSWORD, "motdepassecolette", "motdepassecolette x"),
        (PASSWORD, "colette-2026", "colette-2026"),
    ],
)
def test_a_bad_password_is_refused_and_the_old_one_stays(
    teacher: User, old: str, new: str, again: str
) -> None:
    form = {"old_password": old, "new_password1": new, "new_password2": again}
    assert make.teacher_client(teacher).post("/prof/mot-de-passe/", form).status_code == 422
    assert sign_in(client(), "colette")[0] == 302


# --- the first account -------------------------------------------------------------------------


def first_link() -> str:
    return f"/compte/premier/{actions.first_link_token()}/"


def new_account(username: str = "colette", password: str = LONG) -> dict[str, str]:
    return {"username": username, "password": password, "again": password}


def test_the_first_link_makes_the_account_that_looks_after_the_others_once() -> None:
    link = first_link()
    assert client().post(link, new_account()).status_code == 302
    assert User.objects.get().is_staff
    for method in ("get", "post"):
        answer = getattr(client(), method)(link, new_account("intruse"))
        assert answer.status_code == 404
    assert User.objects.count() == 1
    assert actions.first_link_token() is None


def test_a_weak_first_password_does_not_spend_the_link() -> None:
    link = first_link()
    for bad in (new_account(password="court"), {**new_account(), "again": "autre chose de long"}):
        assert client().post(link, bad).status_code == 422
    assert client().post(link, new_account()).status_code == 302


def test_the_link_survives_a_restart_and_only_its_owner_reads_it() -> None:
    token = actions.first_link_token()
    assert actions.first_link_token() == token
    assert actions._token_file().stat().st_mode & 0o077 == 0


def test_with_an_account_there_is_no_first_link(teacher: User) -> None:
    assert client().get("/compte/premier/None/").status_code == 404
    assert client().get("/compte/premier/abc/").status_code == 404


# --- the administration ------------------------------------------------------------------------


@pytest.fixture
def staff() -> Client:
    return make.teacher_client(User.objects.create_user("administratrice", PASSWORD, is_staff=True))


def test_the_administration_shows_accounts_and_nothing_else(staff: Client) -> None:
    from django.contrib import admin  # noqa: PLC0415 - the registry is what is tested

    assert [model.__name__ for model in admin.site._registry] == ["User"]


@pytest.mark.ignore_template_errors
def test_the_administrator_sees_no_class(staff: Client) -> None:
    run = make.class_run(participants=1)
    page = staff.get("/admin/").content.decode()
    assert "compte" in page.casefold()
    assert run.label not in page
    assert staff.get(f"/prof/activites/{run.public_id}/").status_code == 404


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("path", ["", "accounts/user/", "accounts/user/add/"])
def test_a_teacher_does_not_administer(teacher: User, path: str) -> None:
    answer = make.teacher_client(teacher).get(f"/admin/{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


@pytest.mark.ignore_template_errors
def test_the_administrations_own_sign_in_waits_too(teacher: User) -> None:
    who = client()
    answer = who.get("/admin/login/?next=/admin/")
    assert answer.headers["Location"] == "/connexion/?next=%2Fadmin%2F"


@pytest.mark.ignore_template_errors
def test_an_account_is_disabled_never_deleted_with_its_classes_in_sight(staff: Client) -> None:
    run = make.class_run(participants=1)
    for path in (f"{run.owner_id}/delete/", f"{run.owner_id}/history/"):
        page = staff.get(f"/admin/accounts/user/{path}")
        assert run.label not in page.content.decode()
        assert run.participants.get().pseudonym not in page.content.decode()
    staff.post(f"/admin/accounts/user/{run.owner_id}/delete/", {"post": "yes"})
    staff.post(
        "/admin/accounts/user/",
        {"action": "delete_selected", "_selected_action": run.owner_id, "post": "yes"},
    )
    assert User.objects.filter(pk=run.owner_id).exists()
