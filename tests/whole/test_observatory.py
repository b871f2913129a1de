"""The Observatory's published scoring, applied to what a real server sends behind HTTPS.

The table: developer.mozilla.org/en-US/observatory/docs/tests_and_scoring. It begins at 100, takes points for what is
missing, and adds bonus points only where 90 are left without them. What depends on a public name (the preload list) is
left out, which can only lower the score.
"""

import http.client
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from tests.harness import backups
from tests.harness.server import Server

pytestmark = pytest.mark.django_db

PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
SIX_MONTHS = 15_768_000  # seconds
Headers = dict[str, str]


def csp(headers: Headers, body: str) -> int:
    """All directives that a script, a style or a form obeys; without a policy −25, without a hole at most +10."""
    rules = [rule.split() for rule in headers.get("content-security-policy", "").split(";") if rule.strip()]
    policy = {rule[0]: set(rule[1:]) for rule in rules}
    if not policy:
        return -25
    scripts, styles = (policy.get(n, policy.get("default-src", {"*"})) for n in ("script-src", "style-src"))
    loose = {"'unsafe-inline'", "data:", "http:", "https:", "*"}
    if scripts & loose or policy.get("object-src", policy.get("default-src", {"*"})) & loose:
        return -20
    if any("http:" in source for sources in policy.values() for source in sources):
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    if styles & loose:
        return 0
    closed = policy.get("default-src") == {"'none'"} and policy.get("form-action", set()) <= {
        "'self'",
        "'none'",
    }
    return 10 if closed and "form-action" in policy else 5


def cookies(headers: Headers, body: str) -> int:
    """Every cookie of ours is a session's: all of them Secure, HttpOnly and SameSite, or points go."""
    found = SimpleCookie(headers.get("set-cookie", ""))
    if not found:
        return 0
    if not all(cookie["httponly"] for cookie in found.values()):
        return -30
    if not all(cookie["secure"] for cookie in found.values()):
        return -10
    return 5 if all(cookie["samesite"] in ("Lax", "Strict") for cookie in found.values()) else -20


def hsts(headers: Headers, body: str) -> int:
    age = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def referrer(headers: Headers, body: str) -> int:
    value = headers.get("referrer-policy", "")
    return 5 if value in PRIVATE_REFERRERS else -5 if value else 0


def scripts(headers: Headers, body: str) -> int:
    """From our own origin alone: 0 without integrity hashes."""
    return (
        0
        if all(
            src.startswith("/") and src[1] != "/" for src in re.findall(r"<script[^>]*src=\"([^\"]*)", body)
        )
        else -50
    )


def rest(headers: Headers, body: str) -> int:
    """CORS, nosniff, frames (through the policy), CORP."""
    points = -50 if "access-control-allow-origin" in headers else 0
    points += 0 if headers.get("x-content-type-options") == "nosniff" else -5
    framed = "frame-ancestors 'none'" in headers.get("content-security-policy", "")
    points += 5 if framed else 0 if headers.get("x-frame-options") == "DENY" else -20
    return points + (10 if headers.get("cross-origin-resource-policy") in ("same-origin", "same-site") else 0)


def score(headers: Headers, body: str, *, to_https: bool) -> int:
    points = [part(headers, body) for part in (csp, cookies, hsts, referrer, scripts, rest)]
    points.append(0 if to_https else -20)
    without_bonus = 100 + sum(point for point in points if point < 0)
    return without_bonus + (sum(point for point in points if point > 0) if without_bonus >= 90 else 0)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, fresh_data: Path) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("https"), seed=fresh_data, METROLOCO_HTTPS="1")
    try:
        yield made.start()
    finally:
        made.close()


def ask(
    server: Server, method: str, path: str, body: str = "", *, https: bool = True
) -> tuple[int, Headers, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    host = f"127.0.0.1:{server.port}"
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{host}"}
    connection.request(method, path, body, sent | ({"X-Forwarded-Proto": "https"} if https else {}))
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    text = answer.read().decode()
    connection.close()
    return answer.status, headers, text


@pytest.mark.parametrize(
    "path", ["/", "/rejoindre/", "/connexion/", "/vos-donnees/", "/essai/", "/nulle-part/"]
)
def test_every_page_has_a_hundred_points_or_more(secured: Server, path: str) -> None:
    status, headers, _ = ask(secured, "GET", path, https=False)
    to_https = status == 301 and headers["location"] == f"https://127.0.0.1:{secured.port}{path}"
    _, headers, body = ask(secured, "GET", path)
    assert score(headers, body, to_https=to_https) >= 130
    assert score({**headers, "strict-transport-security": ""}, body, to_https=to_https) < 130  # it does count


def test_the_cookie_of_who_joins_keeps_them(secured: Server) -> None:
    backups.seed(secured, 1)
    code = backups.ask(
        secured, "from lessons.models import ClassRun\nprint(json.dumps(ClassRun.objects.get().access_code))"
    )
    _, headers, body = ask(secured, "POST", f"/rejoindre/{code}/", "pseudonym=Gravelot")
    assert "participant=" in headers["set-cookie"]
    assert score(headers, body, to_https=True) >= 135
