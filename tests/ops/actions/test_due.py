"""On its date an activité is hidden from everybody at once; its teacher is told, and may erase it at once."""

import asyncio
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lessons import live
from lessons.actions.documents import NoPoster, door_of
from lessons.actions.joining import Token
from lessons.actions.saving import holds, save_answers
from lessons.live import routes
from lessons.models import Answer, ClassRun, Participant
from lessons.rules.saving import Draft, Outcome
from metroloco_site.ops.actions.purge import purge
from metroloco_site.ops.models import Look
from tests.harness import backups, looks
from tests.harness import builders as make
from tests.harness.asgi import Page, ask, light_part  # noqa: F401 - a fixture
from tests.harness.builders import NOW, ORIGIN, at
from tests.harness.light_pages import at_one_instant, light
from tests.harness.server import Server

pytestmark = pytest.mark.django_db
ASKED = "L’horloge de cet ordinateur est-elle juste\u202f?"
DATE = date(2026, 12, 23)  # the builders'


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run(participants=2)
    make.start(made)
    return made


def listed(run: ClassRun) -> str:
    return make.teacher_client(run.owner).get("/prof/").content.decode()


def test_one_look_hides_and_the_right_clock_brings_it_back(run: ClassRun) -> None:
    """A clock sixty days ahead, at a start: nothing is lost."""
    person = run.participants.all()[0]
    assert purge(today=NOW.date() + timedelta(days=60), now=NOW + timedelta(days=60)).hidden == 1
    assert Look.objects.get().day == NOW.date() + timedelta(days=60)
    for path, client in (
        (f"/prof/activites/{run.public_id}/", make.teacher_client(run.owner)),
        (f"/s/{person.public_id}/", make.student_client(person)),
        (f"/ecran/{run.screen_key}/", Client()),
    ):
        assert client.get(path).status_code == 404
    purge(today=NOW.date(), now=NOW)
    assert make.student_client(person).get(f"/s/{person.public_id}/").status_code == 200
    assert ASKED not in listed(run)
    assert Participant.objects.count() == 2


def test_its_teacher_is_told_and_erases_it_at_once(run: ClassRun) -> None:
    other = make.class_run(owner=run.owner)
    stranger = make.class_run()
    ClassRun.objects.filter(pk=other.pk).update(delete_on=DATE + timedelta(days=9))
    purge(today=DATE, now=NOW)
    html = listed(run)
    assert html.count(ASKED) == 1
    assert html.count("Effacer dès maintenant") == 1
    assert f"/prof/activites/{run.public_id}/supprimer/" in html
    assert f'href="/prof/activites/{run.public_id}/"' not in html
    assert f'href="/prof/activites/{other.public_id}/"' in html

    address = f"/prof/activites/{run.public_id}/supprimer/"
    client = make.teacher_client(run.owner)
    page = client.get(address).content.decode()
    assert ASKED in page
    assert f"{timezone.localdate():%Y}" in page
    assert "Changer la date" not in page
    assert make.teacher_client(stranger.owner).get(address).status_code == 404
    moved = client.post(f"/prof/activites/{run.public_id}/effacement/", {"delete_on": "2027-03-01"})
    assert moved.status_code == 404  # the day that students were told stays
    assert client.post(address).status_code == 302
    assert set(ClassRun.objects.values_list("pk", flat=True)) == {other.pk, stranger.pk}


def test_it_takes_as_many_queries_with_one_or_many(run: ClassRun, django_assert_num_queries: object) -> None:
    for _ in range(3):
        make.class_run(owner=run.owner, participants=2)
    client = make.teacher_client(run.owner)
    client.get("/prof/")  # reads the lessons, which are then remembered
    for due in (False, True):
        ClassRun.objects.update(due=due)
        with django_assert_num_queries(8):  # type: ignore[operator]
            assert client.get("/prof/").status_code == 200


def test_nobody_joins_or_comes_back(run: ClassRun) -> None:
    code, person = str(run.access_code), run.participants.all()[0]
    ClassRun.objects.update(due=True)
    client = Client(headers={"origin": ORIGIN})
    assert client.post("/rejoindre/", {"code": code}).status_code == 422
    assert client.post(f"/rejoindre/{code}/", {"pseudonym": "Huppe"}).status_code == 404
    answer = client.post("/revenir/", {"personal_code": person.personal_code})
    assert answer.status_code == 422
    assert person.pseudonym not in answer.content.decode()
    assert run.label not in make.student_client(person).get("/").content.decode()
    assert Participant.objects.count() == 2


def test_nothing_is_written_any_more(run: ClassRun) -> None:
    """Not by a page that was open either: its token no longer holds, and the write itself asks."""
    person = run.participants.all()[0]
    token = Token(person.pk, person.token_version)
    draft = Draft(1, "reponse", "Un texte", 0, 1)
    ClassRun.objects.update(due=True)
    (saved,) = save_answers(token=token, phase=make.phase(run), writer="page-abcd", drafts=[draft], now=at(1))
    assert saved.outcome is Outcome.GONE
    assert not holds(token)
    assert not Answer.objects.exclude(text="").exists()
    ClassRun.objects.update(due=False)
    (saved,) = save_answers(token=token, phase=make.phase(run), writer="page-abcd", drafts=[draft], now=at(1))
    assert saved.outcome is Outcome.SAVED


def test_no_poster_is_opened_any_more(run: ClassRun) -> None:
    make.groups(run, sizes=(2,))
    person = run.participants.all()[0]
    token = Token(person.pk, person.token_version)
    assert door_of(token).run == run.pk
    ClassRun.objects.update(due=True)
    with pytest.raises(NoPoster):
        door_of(token)


@pytest.mark.usefixtures("light_part")
def test_the_page_of_the_whole_class_is_given_to_nobody(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_one_instant(monkeypatch)
    person = run.participants.all()[0]
    assert light(person) is not None
    ClassRun.objects.update(due=True)
    assert light(person) is None  # the view answers, with a 404


@pytest.mark.usefixtures("light_part")
@pytest.mark.parametrize("role", ["eleve", "tableau", "ecran"])
def test_open_pages_end_and_their_tokens_open_nothing(run: ClassRun, role: str) -> None:
    person = run.participants.all()[0] if role == "eleve" else None
    token = live.token_for(run, role, person)
    assert ask("GET", f"/live/{token}/etat").status == 200

    async def stream() -> None:
        page = Page(token)
        await page.read()
        await asyncio.get_running_loop().run_in_executor(
            routes._database, lambda: purge(today=DATE, now=NOW)
        )  # as the server's own thread does
        await asyncio.wait_for(page.task, 5)

    asyncio.run(stream())
    assert ask("GET", f"/live/{token}/etat").status == 404


def test_a_rehearsal_waits_for_nothing(run: ClassRun) -> None:
    """Nobody's data: a forgotten one goes on its date, and is no longer proposed from then on."""
    ClassRun.objects.update(rehearsal_speed=5)
    purge(today=DATE, now=NOW)
    assert not ClassRun.objects.exists()


def test_your_data_tells_both_days(run: ClassRun) -> None:
    person = run.participants.all()[0]
    html = make.student_client(person).get("/vos-donnees/").content.decode()
    assert "À partir du <strong>23 décembre 2026</strong>, plus personne ne voit votre activité" in html
    assert "le lendemain, elle est effacée pour de bon" in html


def test_transparency_counts_what_will_go(run: ClassRun) -> None:
    assert "effacées demain" not in Client().get("/transparence/").content.decode()
    ClassRun.objects.update(due=True)
    html = Client().get("/transparence/").content.decode()
    assert "Activités cachées, effacées demain</dt><dd>1</dd>" in html
    assert "rien à effacer" in html


CLOCK = """
import django; django.setup()
import sys
from datetime import timedelta
from django.utils import timezone
ahead = timedelta(days=int(sys.argv[1]))
real = timezone.now
timezone.now = lambda: real() + ahead
from metroloco_site.ops.management.commands import serve
command = serve.Command()
command.prepare()
"""


@pytest.mark.slow
def test_a_start_with_a_clock_sixty_days_ahead_loses_no_class(server: Server) -> None:
    """Three classes, two such starts on one day, then the right one: everything is there, and open."""
    people = [person for number in range(3) for person in backups.seed(server, 2, name=f"Sterne{number}")]
    server.stop()
    rows = backups.content(server)
    for _ in range(2):
        done = backups.python(server, f"import sys; sys.argv = ['', '60']\n{CLOCK}")
        assert done.returncode == 0, done.stderr
    hidden = "from lessons.models import ClassRun\nprint(ClassRun.objects.filter(due=True).count())"
    assert backups.ask(server, hidden) == 3
    server.start()
    assert backups.ask(server, hidden) == 0
    assert backups.content(server)["lessons_participant"] == rows["lessons_participant"] == len(people)
    assert looks.hidden_yesterday(server) == 3
    assert "3 activité(s), 6 élève(s)" in server.manage("purge")
