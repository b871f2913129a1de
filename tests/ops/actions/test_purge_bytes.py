"""Part 2 too: after an erasure and after the purge, no byte of a name or of a text in the data folder."""

import http.client

import pytest

from tests.harness import backups, looks
from tests.harness.server import Server
from tests.ops.actions.test_purge import SQLITE, in_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Every place that part 2 has for what somebody wrote: document, states, late edits, image, request, export, session.
LIVE_PART_TWO = """
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from evaluations.models import Assessment, ExportJob, GeneralRemark, exports_folder
from lessons.models import *
from lessons.rules.document import Replica
from metroloco_site.privacy.actions.data_requests import ask as ask_for
from tests.harness.builders import make
from tests.harness.picture_files import jpeg
now = timezone.now()
with transaction.atomic():
    run = ClassRun.objects.get()
    groups = make.groups(run, sizes=(3, 3))
    for person in run.participants.all():
        poster = Poster.objects.get(group__memberships__participant=person)
        page = Replica([bytes(poster.snapshot)])
        said = page.write("titre", page.text("titre"), page.text("titre") + "Chevalier guignette ")
        PosterUpdate.objects.create(
            poster=poster, number=poster.last_number + 1, data=said, participant=person, at=now)
        PosterWriter.objects.create(poster=poster, client=page.client, participant=person)
        PosterState.objects.create(poster=poster, number=poster.last_number + 1, data=page.whole(), at=now)
        late = Replica().write("source", "", f"Phalarope tardif {person.pseudonym}.")
        PosterLate.objects.create(poster=poster, participant=person, data=late, received_at=now)
        poster.last_number += 1
        poster.snapshot, poster.snapshot_number, poster.saved_at = page.whole(), poster.last_number, now
        poster.save()
        ask_for(participant=person, kind="correction", text=f"Je suis {person.pseudonym}.", now=now)
        gone = {"kept": [{"text": f"Phalarope repris {person.pseudonym}.", "at": now.isoformat()}]}
        GeneralRemark.objects.create(
            participant=person, text=f"Bravo {person.pseudonym}.", longer=gone, updated_at=now)
        image = make.image(poster)
        PosterImage.objects.filter(pk=image.pk).update(participant=person)
    exports_folder().mkdir(exist_ok=True)
    (exports_folder() / "classe.pdf").write_bytes(b"Gravelot 0. Gravelot 4.")
    ExportJob.objects.create(run=run, kind="sheets", state="done", asked_at=now, file="classe.pdf")
print(run.participants.count())
"""
SEEN_BY_A_PAGE = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from lessons import live
from lessons.models import ClassRun, Poster
from tests.harness.builders import make
with transaction.atomic():
    run = ClassRun.objects.get()
    make.groups(run, sizes=(3,))
    make.poster_says(Poster.objects.get(), {"titre": "Chevalier guignette"})
    session = SessionStore()
    session[SESSION_KEY] = str(run.owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = run.owner.get_session_auth_hash()
    session.create()
person = run.participants.order_by("number").first()
print(json.dumps([
    session.session_key, live.token_for(run, "eleve", person), f"/prof/activites/{run.public_id}/affiches/1/"]))
"""
ERASE = """
from django.utils import timezone
from lessons.models import Participant
from metroloco_site.privacy.actions.erasure import erase_student
erase_student(participant=Participant.objects.get(pseudonym="Gravelot 0"), today=timezone.localdate())
print(Participant.objects.count())
"""


def test_a_purge_beside_a_server_leaves_it_nothing_to_say(server: Server) -> None:
    """A page is open and its poster read; after the command the stream ends and no address knows anything."""
    people = backups.seed(server, 3, name="Gravelot", days=1)
    teacher, token, poster = backups.ask(server, SEEN_BY_A_PAGE)
    mine = {"Cookie": f"participant={people[0]['cookie']}"}
    stream = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    stream.request("GET", f"/live/{token}/flux")
    events = stream.getresponse()
    asked = [(f"/s/{people[0]['id']}/", mine), (f"/s/{people[0]['id']}/donnees.json", mine),
             (poster, {"Cookie": f"enseignant={teacher}"}), (f"/live/{token}/affiche/suite?depuis=0", {}),
             (f"/live/{token}/etat", {})]  # fmt: skip
    assert [said(server, *one)[0] for one in asked] == [200] * len(asked)
    assert "Gravelot" in said(server, *asked[0])[1]
    assert "Chevalier guignette" in said(server, *asked[2])[1]
    assert looks.hidden_yesterday(server) == 1

    assert "1 activité(s), 3 élève(s)" in server.manage("purge")
    for path, cookie in asked[:-1]:  # at once: each of them asks the database
        status, text = said(server, path, cookie)
        assert status == 404, path
        assert not any(word in text for word in ("Gravelot", "Chevalier", people[0]["code"])), path
    assert "event: etat" in events.read().decode()  # to its end: the server ends the stream by itself
    stream.close()
    backups.until(lambda: said(server, *asked[-1])[0] == 404)  # the clock alone was remembered, for seconds


def said(server: Server, path: str, cookie: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=cookie)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_nothing_is_left_of_who_was_erased_then_of_anybody(server: Server) -> None:
    people = backups.seed(server, 6, name="Gravelot")
    assert backups.ask(server, LIVE_PART_TWO) == 6
    cookie = {"Cookie": f"participant={people[0]['cookie']}"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for address in ("donnees.json", "", "nulle-part/Gravelot%200/"):  # read, and asked for in vain
        connection.request("GET", f"/s/{people[0]['id']}/{address}", headers=cookie)
        connection.getresponse().read()
    connection.close()
    media = [path for path in (server.data / "media").rglob("*") if path.is_file()]
    assert len(media) == 6
    assert not SQLITE or all(
        in_bytes(server.data, word) for word in ("Gravelot 0", "Phalarope", "Chevalier g")
    )

    assert backups.ask(server, ERASE) == 5
    assert in_bytes(server.data, "Gravelot 0") == []  # at once, and no VACUUM in a request
    assert not SQLITE or in_bytes(server.data, "Gravelot 4")
    assert not SQLITE or in_bytes(server.data, "Chevalier guignette")  # the group's poster stays
    assert len([path for path in media if path.exists()]) == 5

    assert looks.hidden_yesterday(server) == 1
    assert "1 activité(s), 5 élève(s)" in server.manage("purge")
    for word in ("Gravelot", "Phalarope", "Chevalier g", people[3]["code"]):
        assert in_bytes(server.data, word) == []
        assert word not in server.log
    assert not any(path.exists() for path in media)
    assert not any((server.data / "exports").iterdir())
    left = backups.content(server)
    about = ("participant", "poster", "ballot", "membership", "answer", "assessment", "request", "exportjob")
    assert {
        table: rows for table, rows in left.items() if rows and any(word in table for word in about)
    } == {}
