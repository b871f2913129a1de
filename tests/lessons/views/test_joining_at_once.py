"""The real server: a class joins all at once from one address, and one student presses again and again."""

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.harness.server import Server

MAKE_RUN = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from lessons.actions.runs import create_run
from lessons.models import Lesson
from metroloco_site.accounts.models import User
now = timezone.now()
with transaction.atomic():
    run = create_run(owner=User.objects.create_user("colette", "une phrase assez longue"),
        lesson=Lesson.objects.get(), label="Seconde 4", minutes={}, delete_on=now.date() + timedelta(days=9), now=now)
print("CODE", run.access_code)
"""
COUNT = "from lessons.models import Participant as P; print('N', sorted(P.objects.values_list('number', flat=True)))"


def access_code(server: Server) -> str:
    match = re.search(r"CODE (\w{8})", server.do(MAKE_RUN))
    assert match
    return match[1]


def send(server: Server, method: str, path: str, **fields: str) -> tuple[int, str, str, str]:
    """Without a cookie: status, Location, Set-Cookie, page."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, urlencode(fields), headers)
    answer = connection.getresponse()
    got = answer.status, answer.headers.get("Location", ""), answer.headers.get("Set-Cookie", "")
    page = answer.read().decode()
    connection.close()
    return *got, page


@pytest.mark.slow
def test_eight_presses_at_the_same_moment_are_one_student(server: Server) -> None:
    door = f"/rejoindre/{access_code(server)}/"
    page = send(server, "GET", door)
    number = re.search(r'name="numero" value="([^"]+)"', page[3])
    assert number, page
    press = {"pseudonym": "Dune calme", "numero": number[1]}
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: send(server, "POST", door, **press)[:3], range(8)))
    assert {status for status, _, _ in made} == {302}
    assert len({place for _, place, _ in made}) == 1
    assert all(cookie.startswith("participant=") for _, _, cookie in made)
    assert "N [1]" in server.do(COUNT)


@pytest.mark.slow
def test_35_join_at_the_same_moment_and_each_has_a_number(server: Server) -> None:
    code = access_code(server)

    def join(number: int) -> int:
        return send(server, "POST", f"/rejoindre/{code}/", pseudonym=f"Dune {number}")[0]

    with ThreadPoolExecutor(35) as pool:
        assert set(pool.map(join, range(35))) == {302}
    assert str(list(range(1, 36))) in server.do(COUNT)
