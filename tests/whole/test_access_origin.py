"""Doors that hang on no activité: who posts from another site is refused; the first account's link works once."""

import pytest
from django.test import Client

from metroloco_site.accounts.actions import first_link_token
from metroloco_site.accounts.models import User
from tests.harness import builders as make
from tests.harness.builders import ORIGIN

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("origin", ["http://ailleurs.example", "null", "https://testserver", None])
@pytest.mark.parametrize("path", ["/rejoindre/", "/revenir/", "/connexion/"])
def test_a_post_from_elsewhere_is_refused(origin: str | None, path: str) -> None:
    client = Client(headers={"origin": origin} if origin else {})
    answer = client.post(path, {"code": "AAAAAAAA"})
    assert answer.status_code == 403
    assert "Cette action est refusée" in answer.content.decode()


def test_a_student_post_from_elsewhere_is_refused() -> None:
    person = make.participant(make.class_run())
    client = make.student_client(person)
    answer = client.post(f"/s/{person.public_id}/aide/", headers={"origin": "http://ailleurs.example"})
    assert answer.status_code == 403
    person.refresh_from_db()
    assert person.help_at is None


def test_a_teacher_post_without_a_csrf_token_is_refused() -> None:
    run = make.class_run()
    client = Client(enforce_csrf_checks=True)
    client.force_login(run.owner)
    answer = client.post(f"/prof/activites/{run.public_id}/suspendre/")
    assert answer.status_code == 403
    run.refresh_from_db()
    assert run.suspended_at is None


def test_the_first_account_link_works_once() -> None:
    User.objects.all().delete()
    token = first_link_token()
    client = Client(headers={"origin": ORIGIN})
    assert client.get(f"/compte/premier/{token}x/").status_code == 404
    form_data = {"username": "colette", "password": "sable et marée haute", "again": "sable et marée haute"}
    assert client.post(f"/compte/premier/{token}/", form_data).status_code == 302
    assert User.objects.get().is_staff
    assert client.get(f"/compte/premier/{token}/").status_code == 404
    assert client.get("/prof/").status_code == 200
