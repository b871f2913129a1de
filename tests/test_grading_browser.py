"""Grading in a real browser: every click saved at once, kept through a cut, and without JavaScript too."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import ROOT, Server

SEED = """
import json
import secrets
import django
django.setup()
from lessons.models import Lesson
from tests import builders as make
from tests.sheet_builders import write
run = make.class_run(owner=make.user(secrets.token_hex(4)), of=Lesson.objects.newest().get())
people = [make.participant(run, name) for name in ("Goéland curieux", "Sterne libre")]
make.start(run)
write(people[0], 1, "reponse", "Donner « un travail rémunérateur » à des jeunes.\\n\\nLes former aussi.")
write(people[0], 4, "differences", "Une personne = une voix, ou celui qui possède le capital.")
print(json.dumps({
    "teacher": make.teacher_client(run.owner).cookies["enseignant"].value,
    "student": make.student_client(people[0]).cookies["participant"].value,
    "run": run.public_id,
    "people": [person.public_id for person in people],
}))
"""


@dataclass
class Class:
    """A class that has written, on a server of its own."""

    url: str
    teacher: str
    student: str
    run: str
    people: list[str]

    @property
    def sheets(self) -> str:
        return f"{self.url}/prof/activites/{self.run}/fiches/"

    def sheet(self, index: int = 0) -> str:
        return f"{self.sheets}{self.people[index]}/"

    def own(self) -> str:
        return f"{self.url}/s/{self.people[0]}/fiche/"

    def sign_in(self, context: BrowserContext) -> Page:
        cookies: Any = [
            {"name": name, "value": value, "url": self.url}
            for name, value in (("enseignant", self.teacher), ("participant", self.student))
        ]
        context.add_cookies(cookies)
        return context.new_page()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the module: each test has an activité of its own."""
    made = Server(tmp_path_factory.mktemp("evaluation"))
    try:
        yield made.start()
    finally:
        made.close()


@pytest.fixture
def classroom(shared_server: Server) -> Class:
    server = shared_server
    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "metroloco_site.settings"}
    command = [sys.executable, "-c", SEED]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return Class(url=server.url, **json.loads(made.stdout))


def level(page: Page, row: str, code: str) -> None:
    page.get_by_role("group", name=row).get_by_role("radio", name=re.compile(f"^{code}")).check(force=True)


def test_each_click_is_saved_at_once(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport={"width": 1280, "height": 720}))
    page.goto(classroom.sheet())
    expect(page.get_by_role("button", name="Enregistrer")).to_be_hidden()
    level(page, "Repérer", "TS ")
    expect(page.get_by_role("status").last).to_have_text(
        re.compile(r"^Enregistré à \d+\sh\s\d\d\smin\s\d\d\ss$")
    )
    expect(page.locator("[data-missing]")).to_have_text(
        "Reste non évalué\xa0: Caractériser, Identifier, Comparer, Valeurs de l’ESS."
    )
    page.get_by_label("Observations : Repérer").fill("Emprunts bien signalés.")
    page.get_by_label("Appréciation générale").fill("Une lecture précise.")
    page.get_by_role("link", name="Suivant : Sterne libre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sterne libre")
    page.get_by_role("link", name="Précédent : Goéland curieux").click()
    expect(page.get_by_role("radio", name="TS très satisfaisant").first).to_be_checked()
    expect(page.get_by_label("Observations : Repérer")).to_have_value("Emprunts bien signalés.")
    expect(page.get_by_label("Appréciation générale")).to_have_value("Une lecture précise.")
    axe(page)
    shot(page, "evaluation-1280")


def test_keys_on_the_row_that_has_the_focus(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context())
    page.goto(classroom.sheet())
    comparer = page.get_by_role("group", name="Comparer")
    comparer.get_by_role("radio", name="non évalué").focus()
    page.keyboard.press("3")
    expect(comparer.get_by_role("radio", name=re.compile("^S "))).to_be_checked()
    page.keyboard.press("0")
    expect(comparer.get_by_role("radio", name="non évalué")).to_be_checked()
    page.keyboard.press("1")
    expect(page.get_by_role("status").last).to_contain_text("Enregistré à")
    page.reload()
    expect(comparer.get_by_role("radio", name="TI très insuffisant")).to_be_checked()


def test_a_cut_is_said_and_the_click_sent_again(classroom: Class, new_context: NewContext) -> None:
    context = new_context(tolerate=["ERR_FAILED"])
    page = classroom.sign_in(context)
    page.goto(classroom.sheet())
    cut: list[str] = []

    def refuse(route: Route) -> None:
        cut.append(route.request.post_data or "")
        route.abort()

    page.route("**/niveau/", refuse)
    level(page, "Identifier", "S ")
    level(page, "Identifier", "I ")
    expect(page.get_by_role("status").last).to_have_text("Pas encore enregistré, nouvel essai…")
    page.unroute("**/niveau/")
    expect(page.get_by_role("status").last).to_contain_text("Enregistré à")
    assert cut
    page.reload()
    identifier = page.get_by_role("group", name="Identifier")
    expect(identifier.get_by_role("radio", name="I insuffisant")).to_be_checked()


def test_who_is_signed_out_is_told_and_loses_nothing(classroom: Class, new_context: NewContext) -> None:
    context = new_context(tolerate=["403"])
    page = classroom.sign_in(context)
    page.goto(classroom.sheet())
    context.clear_cookies(name="enseignant")
    level(page, "Repérer", "S ")
    expect(page.get_by_role("status").last).to_contain_text("Votre session est terminée")
    expect(page.get_by_role("radio", name="S satisfaisant").first).to_be_checked()
    classroom.sign_in(context)
    expect(page.get_by_role("status").last).to_contain_text("Enregistré à")


def test_without_javascript_then_published_then_read(classroom: Class, new_context: NewContext) -> None:
    context = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, tolerate=["404"])
    page = classroom.sign_in(context)
    page.goto(classroom.sheet())
    level(page, "Repérer", "TS ")
    level(page, "Comparer", "I ")
    page.get_by_label("Observations : Comparer").fill("Il manque une conclusion.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("radio", name="TS très satisfaisant").first).to_be_checked()
    shot(page, "evaluation-360")
    assert page.goto(classroom.own(), wait_until="commit") is not None
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Votre fiche d’évaluation")
    page.goto(classroom.sheets)
    page.get_by_text("Publier les évaluations…").click()
    shot(page, "fiches-360")
    page.get_by_role("button", name="Publier les évaluations").click()
    expect(page.get_by_text("chaque élève lit sa propre fiche")).to_be_visible()
    page.goto(classroom.own())
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre fiche d’évaluation")
    expect(page.get_by_text("Il manque une conclusion.")).to_be_visible()
    shot(page, "eleve-fiche-360")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme))
    page.goto(classroom.sheet())
    level(page, "Repérer", "TS ")
    axe(page)
    shot(page, f"evaluation-{scheme}")
    page.goto(classroom.sheets)
    page.get_by_text("Publier les évaluations…").click()
    axe(page)
    shot(page, f"fiches-{scheme}")
    page.get_by_role("button", name="Publier les évaluations").click()
    page.goto(classroom.own())
    page.get_by_text("Revoir votre texte").click()
    axe(page)
    shot(page, f"eleve-fiche-{scheme}")
