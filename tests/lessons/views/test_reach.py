"""What is projected and printed is an address that students can open, whatever the teacher's browser says."""

import asyncio
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import ifaddr
import pytest
import segno
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from lessons import live
from lessons.models import ClassRun, Participant
from lessons.views.guessing import seal
from lessons.views.screen import INK
from metroloco_site.kit import network, pdf
from metroloco_site.kit.reach import read_origin
from metroloco_site.ops.management.commands import serve
from tests.harness import builders as make
from tests.harness.folders import ROOT

pytestmark = pytest.mark.django_db
LOOPBACK = ["localhost:8000", "127.0.0.1:8000", "127.8.8.8:8000", "[::1]:8000", "LOCALHOST:8000"]
ALONE = "cet ordinateur est seul à pouvoir"
EVERYWHERE = "0.0.0.0"  # noqa: S104
PUBLIC = "https://classe.exemple.fr"


@pytest.fixture(autouse=True)
def _answers_all(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.HOST = EVERYWHERE


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run(participants=1)
    Participant.objects.update(ticket_number=1)
    return made


def has(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """The machine's own addresses on the network."""
    monkeypatch.setattr(network, "local_addresses", lambda: list(addresses))


def projected(run: ClassRun, host: str) -> str:
    return Client().get(f"/ecran/{run.screen_key}/", headers={"host": host}).content.decode()


def printed(run: ClassRun, host: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the billets' document is made of."""
    monkeypatch.setattr(pdf, "respond", lambda _, html, filename: HttpResponse(html))  # noqa: ARG005
    client = make.teacher_client(run.owner)
    return client.get(f"/prof/activites/{run.public_id}/billets.pdf", headers={"host": host}).content.decode()


def listed(run: ClassRun, host: str) -> str:
    client = make.teacher_client(run.owner)
    return client.get(
        f"/prof/activites/{run.public_id}/participants/", headers={"host": host}
    ).content.decode()


def everywhere(run: ClassRun, host: str, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Projector and billets, in words and in QR codes, and the page of the billets that tells it before."""
    shown = origin.split("://")[1]
    code, person = str(run.access_code), run.participants.get()
    page = projected(run, host)
    assert f'<span class="address">{shown}</span>' in page
    join = segno.make(f"{origin}/rejoindre/{code}/?sceau={seal(code)}")
    assert join.svg_data_uri(scale=8, border=2, dark=INK).replace("'", "&#x27;") in page
    sheet = printed(run, host, monkeypatch)
    given = f"{origin}/revenir/#{person.personal_code}.{seal(person.personal_code)}"
    assert segno.make(given).svg_data_uri(scale=3, border=2).replace("'", "&#x27;") in sheet
    assert f"ouvrez {origin}/revenir/ et écrivez" in sheet
    assert f'mène à <span translate="no">{shown}</span>.' in listed(run, host)
    for text in (page, sheet, listed(run, host)):
        assert ALONE not in text
        assert host not in text or host == shown


@pytest.mark.parametrize("host", LOOPBACK)
def test_under_a_loopback_name_it_is_the_machines_own(
    run: ClassRun, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, "192.168.1.20", "172.17.0.1")
    everywhere(run, host, "http://192.168.1.20:8000", monkeypatch)


def test_under_a_name_that_others_know_it_is_that_one(run: ClassRun, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, "192.168.1.20")
    everywhere(run, "salle12.local:8000", "http://salle12.local:8000", monkeypatch)


@pytest.mark.parametrize(
    ("origin", "says"),
    [("", ["http://192.168.1.20:8000/", "http://10.0.0.7:8000/"]), (PUBLIC, [f"{PUBLIC}/"])],
)
def test_a_start_says_the_same(
    origin: str, says: list[str], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.ORIGIN = origin
    has(monkeypatch, "192.168.1.20", "10.0.0.7")
    said = io.StringIO()
    serve.Command(stdout=said).welcome()
    assert re.findall(r"(?:en classe|bien)\u00a0: (\S+)", said.getvalue()) == says
    assert f"\n{says[0]}compte/premier/" in said.getvalue()


@pytest.mark.parametrize("host", ["localhost:8000", "192.168.1.20:8000", "classe.exemple.fr"])
def test_where_it_is_set_it_is_that_one(
    run: ClassRun, host: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.ORIGIN = PUBLIC
    everywhere(run, host, PUBLIC, monkeypatch)


@pytest.mark.parametrize("listens", [EVERYWHERE, "127.0.0.1"])
def test_where_none_is_known_a_sentence_says_so(
    run: ClassRun, listens: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Without a network; or with one, on which this server does not listen."""
    settings.HOST = listens
    has(monkeypatch, *(["192.168.1.20"] if listens == "127.0.0.1" else []))
    for page in (projected(run, "localhost:8000"), listed(run, "localhost:8000")):
        assert ALONE in page
        assert "localhost:8000" in page


def test_a_server_on_one_address_is_reached_there(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.HOST = "10.0.0.7"
    has(monkeypatch, "192.168.1.20", "10.0.0.7")
    everywhere(run, "localhost:8000", "http://10.0.0.7:8000", monkeypatch)


def test_the_address_that_leads_out_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's own network sorts before the classroom's, and no pupil reaches it."""
    card = type("Card", (), {})
    found = []
    for name in ("172.17.0.1", "192.168.1.20", "127.0.0.1"):
        one = card()
        one.ips = [type("Address", (), {"ip": name, "is_IPv4": True})]
        found.append(one)
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: found)
    monkeypatch.setattr(network, "_way_out", lambda: "192.168.1.20")
    assert network.local_addresses() == ["192.168.1.20", "172.17.0.1"]
    monkeypatch.setattr(network, "_way_out", lambda: "")
    assert network.local_addresses() == ["172.17.0.1", "192.168.1.20"]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", ""), ("https://classe.exemple.fr/", PUBLIC), ("HTTPS://Classe.Exemple.FR:443", PUBLIC),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"), ("http://[fd00::7]:8000", "http://[fd00::7]:8000"),
        ("https://école.exemple.fr", "https://xn--cole-9oa.exemple.fr"),
    ],
)  # fmt: skip
def test_the_setting_is_read_as_browsers_say_it(said: str, read: str) -> None:
    assert read_origin(said) == read


@pytest.mark.parametrize(
    "said",
    ["classe.exemple.fr", "ftp://classe.fr", "https://", "https://classe.fr/ici", "https://classe.fr?a", "http://a:port",
     "https://moi@classe.fr", "http://a:99999", "http://[::1", "http://" + "a" * 64],
)  # fmt: skip
def test_a_wrong_setting_is_a_sentence(said: str) -> None:
    with pytest.raises(SystemExit, match="écrivez l’adresse que les élèves ouvrent"):
        read_origin(said)


def test_a_start_with_a_wrong_setting_stops(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"METROLOCO_DATA": str(tmp_path), "METROLOCO_ORIGIN": "classe"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "METROLOCO_ORIGIN=classe\u00a0: écrivez" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def behind(settings: Settings) -> str:
    """A proxy that passes the host without its port, and speaks HTTP to us."""
    settings.ORIGIN = "https://classe.exemple.fr:8443"
    settings.CSRF_TRUSTED_ORIGINS = [settings.ORIGIN]
    return str(settings.ORIGIN)


def statuses(run: ClassRun, origin: str) -> set[int]:
    """What each kind of door that writes answers to a page of this origin: pupil, teacher, light part."""
    person = run.participants.get()
    heads = {"origin": origin, "host": "classe.exemple.fr"}
    help_asked = make.student_client(person).post(f"/s/{person.public_id}/aide/", headers=heads).status_code
    teacher = Client(enforce_csrf_checks=True)
    teacher.force_login(run.owner)
    token = teacher.get("/prof/activites/nouvelle/", headers=heads).context["csrf_token"]
    path = f"/prof/activites/{run.public_id}/suspendre/"
    suspended = teacher.post(path, {"csrfmiddlewaretoken": str(token)}, headers=heads).status_code
    return {help_asked, suspended, tried(origin)}


def tried(origin: str) -> int:
    sent: list[Any] = []
    asked = iter([{"type": "http.request", "body": b"mot", "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    scope = {
        "type": "http", "path": "/live/essai/enregistrer", "method": "POST", "scheme": "http",
        "headers": [(b"host", b"classe.exemple.fr"), (b"origin", origin.encode())],
    }  # fmt: skip
    asyncio.run(asyncio.wait_for(live.application(scope, receive, send), 10))
    return 302 if sent[0]["status"] == 200 else int(sent[0]["status"])  # as the two others, if it lets in


def test_pages_of_the_address_that_is_set_may_write(run: ClassRun, behind: str) -> None:
    assert statuses(run, behind) == {302}


@pytest.mark.parametrize(
    "origin",
    ["https://ailleurs.example", "null", "https://classe.exemple.fr", "http://classe.exemple.fr:8443"],
)
def test_pages_of_no_other_address_may(run: ClassRun, behind: str, origin: str) -> None:
    assert statuses(run, origin) == {403}


def test_no_page_builds_an_address_another_way() -> None:
    """`request.build_absolute_uri` says what the browser said: « localhost », on the teacher's own machine."""
    folders = ("metroloco_site", "annexes", "lessons", "evaluations")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if "build_absolute_uri" in path.read_text(encoding="utf-8")] == []
