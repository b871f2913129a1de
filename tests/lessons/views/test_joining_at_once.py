"""The real server: a class joins all at once from one address."""

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


@pytest.mark.slow
def test_35_join_at_the_same_moment_and_each_has_a_number(server: Server) -> None:
    code = access_code(server)

    def join(number: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/rejoindre/{code}/", urlencode({"pseudonym": f"Dune {number}"}), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(35) as pool:
        assert set(pool.map(join, range(35))) == {302}
    assert str(list(range(1, 36))) in server.do(COUNT)
