"""What every answer carries, Django's and the light part's: read from the real server."""

import http.client
import json
import re

import pytest
from django.urls import get_resolver

from lessons.live import ROUTES
from tests.harness import backups
from tests.harness.server import Server
from tests.whole.test_house import patterns

pytestmark = pytest.mark.django_db
VALUES = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def filled(route: str, run: dict[str, str], person: dict[str, str]) -> str:
    """An address of ours with real values where it asks for one."""
    values = {"run": run["id"], "participant": person["id"], "key": run["key"], "code": run["code"]}
    return "/" + re.sub(r"<(\w+):(\w+)>", lambda m: values.get(m[2], "1" if m[1] == "int" else "abc"), route)


def check(path: str, answer: http.client.HTTPResponse) -> None:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    for name, value in VALUES.items():
        assert headers.get(name) == value, (path, name, headers)
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'"), path
    assert "unsafe" not in policy, path
    assert "*" not in policy, path
    for name in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert name in policy, path
    assert "server" not in headers, path
    assert "x-powered-by" not in headers, path
    if not path.startswith("/static/"):
        assert "no-store" in headers["cache-control"] or path.endswith((".mp4", ".vtt")), (path, headers)


def test_every_address_carries_the_safety_headers_and_no_cookie(shared_server: Server) -> None:
    """Asked by nobody, then by a student; whatever the answer is."""
    person = backups.seed(shared_server, 1)[0]
    run = backups.ask(
        shared_server,
        "from lessons.models import ClassRun\nr = ClassRun.objects.get()\n"
        "print(json.dumps({'id': r.public_id, 'key': r.screen_key, 'code': r.access_code}))",
    )
    token = backups.ask(
        shared_server,
        "from lessons import live\nfrom lessons.models import Participant\np = Participant.objects.get()\n"
        "print(json.dumps(live.token_for(p.run, 'eleve', p)))",
    )
    connection = http.client.HTTPConnection("127.0.0.1", shared_server.port, timeout=20)
    asked = [
        filled(route, run, person) for route, _ in patterns(get_resolver()) if not route.startswith("admin/")
    ]
    static = json.loads((shared_server.data / "static/staticfiles.json").read_text())["paths"]["css/site.css"]
    asked += ["/admin/", "/admin/login/", "/nulle-part/", f"/static/{static}", "/static/nulle-part.css"]
    asked += [
        "/live/",
        "/live/abc/etat",
        f"/live/{token}/etat",
        "/live/essai/etat",
        f"/live/{token}/enregistrer",
    ]
    for path in asked:
        for cookie in ({}, {"Cookie": f"participant={person['cookie']}"}):
            connection.request("GET", path, headers=cookie)
            answer = connection.getresponse()
            answer.read()
            check(path, answer)
            assert answer.status < 500, path
            if not cookie and not path.startswith("/admin/"):
                assert answer.headers["Set-Cookie"] is None, path
    connection.close()
    assert "Traceback" not in shared_server.log


def test_streams_carry_them_too(shared_server: Server) -> None:
    streams = [name for name in ROUTES if name.endswith("-stream")]
    assert streams
    connection = http.client.HTTPConnection("127.0.0.1", shared_server.port, timeout=20)
    connection.request("GET", "/live/essai/flux")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["X-Accel-Buffering"] == "no"  # or a proxy holds the events back
    check("/live/essai/flux", answer)
    connection.close()


@pytest.mark.parametrize("path", ["/connexion/", "/rejoindre/", "/essai/", "/live/essai/enregistrer"])
def test_a_refusal_carries_them_too(shared_server: Server, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", shared_server.port, timeout=20)
    connection.request("POST", path, "x=1", {"Origin": "http://ailleurs.example"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 403
    check(path, answer)
    assert answer.headers["Set-Cookie"] is None
    connection.close()


def test_an_unknown_host_is_refused_without_saying_more(shared_server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", shared_server.port, timeout=20)
    connection.request("GET", "/", headers={"Host": "ailleurs.example"})
    answer = connection.getresponse()
    body = answer.read().decode()
    assert answer.status == 400
    assert "ailleurs" not in body
    check("/", answer)
    connection.close()
