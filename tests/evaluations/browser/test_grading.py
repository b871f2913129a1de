"""Grading in a real browser: every click saved at once, kept through a cut, and without JavaScript too."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, Route, expect

from tests.harness.browser import NewContext, axe, shot, until
from tests.harness.picture_files import drawn, jpeg
from tests.harness.server import Server

WIDE = {"width": 1280, "height": 720}
SEED = """
import json
import secrets
from lessons.models import Lesson
from tests.harness import builders as make
from tests.harness.sheet_builders import write
run = make.class_run(owner=make.user(secrets.token_hex(4)), of=Lesson.objects.newest().get(slug="metroloco"))
people = [make.participant(run, name) for name in ("Goéland curieux", "Sterne libre")]
people += [make.participant(run) for _ in range(2, count)]
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
    """A class that has written."""

    server: Server
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


@pytest.fixture
def classroom(shared_server: Server) -> Class:
    return made(shared_server, 2)


def made(server: Server, count: int) -> Class:
    return Class(server=server, url=server.url, **json.loads(server.do(f"count = {count}\n{SEED}")))


def level(page: Page, row: str, code: str) -> None:
    page.get_by_role("group", name=row).get_by_role("radio", name=re.compile(f"^{code}")).check(force=True)


def saved(page: Page) -> Locator:
    return page.locator(".next-copy .saved")


def expect_saved(page: Page) -> None:
    expect(saved(page)).to_have_text(re.compile(r"^Enregistré à \d+\sh\s\d\d\smin\s\d\d\ss$"))


def done_typing(page: Page) -> None:
    """What is typed is sent when its field is left; « Enregistré » is said once all that was sent is stored."""
    page.keyboard.press("Tab")
    expect_saved(page)


def show_names(page: Page) -> None:
    page.get_by_role("button", name="Noms masqués, ordre mélangé").click()
    expect(page.get_by_role("button", name="Noms masqués, ordre mélangé")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_copy_graded_by_keys_alone(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport=WIDE))
    page.goto(classroom.sheets)
    page.get_by_role("link", name="Évaluer les copies").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa01")
    expect(page.get_by_role("button", name="Enregistrer")).to_have_count(0)
    for key in "4320":  # each goes on to the next row
        page.keyboard.press(key)
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("1")
    expect(page.locator("[data-missing]")).to_have_text("Reste non évalué\xa0: Comparer, Valeurs de l’ESS.")
    page.keyboard.press("o")
    page.keyboard.type("Concluez 1 fois de plus.")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa02")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa01")
    expect_saved(page)
    rows = page.locator("fieldset.criterion input:checked")
    assert [rows.nth(n).input_value() for n in range(5)] == ["4", "3", "1", "", ""]
    page.reload()
    assert [rows.nth(n).input_value() for n in range(5)] == ["4", "3", "1", "", ""]
    expect(page.get_by_label("Observations : Comparer")).to_have_value("Concluez 1 fois de plus.")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa02")
    page.get_by_role("group", name="Comparer").get_by_text("Déjà utilisées").click()
    axe(page)
    shot(page, "evaluation-remarques")
    page.get_by_role("button", name="Concluez 1 fois de plus.").click()
    expect(page.get_by_label("Observations : Comparer")).to_have_value("Concluez 1 fois de plus.")
    expect_saved(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Évaluer au clavier")).to_be_visible()
    axe(page)
    shot(page, "evaluation-aide")
    page.get_by_label("Raccourcis d’une seule touche").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa02")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa01")


def test_35_students_on_one_question_with_35_keys(shared_server: Server, new_context: NewContext) -> None:
    classroom = made(shared_server, 35)
    page = classroom.sign_in(new_context(viewport=WIDE))
    page.goto(classroom.sheets)
    page.get_by_role("link", name="Évaluer les copies").click()
    page.get_by_role("link", name="Question 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa01 question 2")
    for number in range(1, 36):
        page.keyboard.press(str(1 + number % 4))
        following = f"Copie\xa0{number + 1} question 2" if number < 35 else "Copie\xa01 question 3"
        expect(page.get_by_role("heading", level=1)).to_have_text(following)
    expect_saved(page)
    stored = shared_server.do(
        "from evaluations.models import Assessment\n"
        f"rows = Assessment.objects.filter(participant__run__public_id='{classroom.run}')\n"
        "print(sorted(rows.values_list('criterion__label', 'level')))"
    )
    assert stored.count("Caractériser") == 35
    assert [stored.count(f"'Caractériser', {rank}") for rank in (1, 2, 3, 4)] == [8, 9, 9, 9]
    page.goto(f"{classroom.sheets}a-evaluer/")
    expect(page.get_by_text("140\xa0lignes n’ont pas encore de niveau")).to_be_visible()
    axe(page)
    shot(page, "ce-qui-manque")
    page.goto(f"{classroom.url}/prof/activites/{classroom.run}/bilan/")
    axe(page)
    shot(page, "coup-d-oeil")
    page.go_back()
    page.get_by_role("link", name=re.compile(r"^Valeurs de l’ESS\s?, Copie\s3$")).click()
    expect(
        page.get_by_role("group", name="Valeurs de l’ESS").get_by_role("radio", name="non évalué")
    ).to_be_focused()


def test_a_cut_is_said_survives_a_reload_and_is_sent_again(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(tolerate=["ERR_FAILED"]))
    page.goto(classroom.sheet())
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.route("**/enregistrer/", lambda route: route.abort())
    level(page, "Identifier", "S ")
    level(page, "Identifier", "I ")
    page.get_by_label("Observations : Identifier").fill("Parties prenantes oubliées.")
    page.keyboard.press("Tab")
    expect(saved(page)).to_have_text("Pas encore enregistré, nouvel essai…")
    page.reload()
    assert warned == ["beforeunload"]
    identifier = page.get_by_role("group", name="Identifier")
    expect(identifier.get_by_role("radio", name="I insuffisant")).to_be_checked()
    expect(page.get_by_label("Observations : Identifier")).to_have_value("Parties prenantes oubliées.")
    expect(saved(page)).to_have_text("Pas encore enregistré, nouvel essai…")
    page.unroute("**/enregistrer/")
    expect_saved(page)
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(identifier.get_by_role("radio", name="I insuffisant")).to_be_checked()
    expect(page.get_by_label("Observations : Identifier")).to_have_value("Parties prenantes oubliées.")


def test_an_answer_that_was_lost_is_no_clash(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(tolerate=["ERR_FAILED"]))
    page.goto(classroom.sheet())

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/enregistrer/", lose, times=1)
    level(page, "Identifier", "S ")
    expect(saved(page)).to_have_attribute("data-state", "error")
    level(page, "Identifier", "TS ")
    expect_saved(page)
    expect(page.locator(".clash")).to_have_count(0)


def test_two_tabs_never_overwrite_silently(classroom: Class, new_context: NewContext) -> None:
    context = new_context(viewport=WIDE)
    page = classroom.sign_in(context)
    page.goto(classroom.sheet())
    show_names(page)
    other = context.new_page()
    other.goto(classroom.sheet())
    level(other, "Repérer", "S ")
    other.get_by_label("Observations : Comparer").fill("De l’autre onglet")
    other.get_by_label("Appréciation générale").fill("Autre")
    done_typing(other)
    other.close()
    level(page, "Repérer", "TI ")
    clash = page.locator(".clash[data-name=niveau-1]")
    expect(clash).to_contain_text("Une autre page a enregistré\xa0: satisfaisant. Ici\xa0: très insuffisant.")
    page.get_by_label("Observations : Comparer").fill("D’ici")
    page.get_by_label("Appréciation générale").fill("Ici aussi")
    page.keyboard.press("Tab")
    expect(page.locator(".clash")).to_have_count(3)
    axe(page)
    shot(page, "evaluation-deux-valeurs")
    page.get_by_role("link", name="Suivant : Sterne libre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sterne libre")
    page.get_by_role("link", name="Goéland curieux", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Goéland curieux")
    clash.get_by_role("button", name="Garder la valeur d’ici").click()
    page.locator(".clash[data-name=observations-4]").get_by_role("button", name="Prendre l’autre").click()
    page.locator(".clash[data-name=generale]").get_by_role("button", name="Garder la valeur d’ici").click()
    expect(page.locator(".clash")).to_have_count(0)
    expect_saved(page)
    page.reload()
    expect(page.get_by_role("group", name="Repérer").get_by_role("radio", name="TI très")).to_be_checked()
    expect(page.get_by_label("Observations : Comparer")).to_have_value("De l’autre onglet")
    expect(page.get_by_label("Appréciation générale")).to_have_value("Ici aussi")


LATER = """
from django.utils import timezone
from evaluations import actions
from evaluations.queries.report import grid_of
from lessons.models import Participant
person = Participant.objects.select_related("run").get(public_id="{person}")
actions.set_level(participant=person, criterion=grid_of(person.run)[0], level=3, now=timezone.now())
"""


def test_what_was_fetched_long_ago_is_fetched_anew(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport=WIDE))
    page.clock.install()
    page.goto(classroom.sheets)
    with page.expect_response(lambda response: "x-fragment" in response.request.headers):
        page.get_by_role("link", name="Évaluer les copies").click()  # and the next one is fetched
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa01")
    for person in classroom.people:
        classroom.server.do(LATER.format(person=person))
    page.clock.fast_forward(150_000)  # the first one is read for long
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copie\xa02")
    row = page.get_by_role("group", name="Repérer")
    expect(row.get_by_role("radio", name=re.compile("^S "))).to_be_checked()


def test_who_is_signed_out_is_told_and_loses_nothing(classroom: Class, new_context: NewContext) -> None:
    context = new_context(tolerate=["403"])
    page = classroom.sign_in(context)
    page.goto(classroom.sheet())
    context.clear_cookies(name="enseignant")
    level(page, "Repérer", "S ")
    expect(saved(page)).to_contain_text("Votre session est terminée")
    expect(page.get_by_role("radio", name="S satisfaisant").first).to_be_checked()
    classroom.sign_in(context)
    expect_saved(page)


def test_without_javascript_then_published_then_read(classroom: Class, new_context: NewContext) -> None:
    context = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, tolerate=["404"])
    page = classroom.sign_in(context)
    page.goto(classroom.sheet())
    level(page, "Repérer", "TS ")
    level(page, "Comparer", "I ")
    page.get_by_label("Observations : Comparer").fill("Il manque une conclusion.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
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


PAPER = """
from lessons.models import Participant
Participant.objects.filter(public_id="{person}").update(on_paper=True)
"""


def test_a_paper_copy_is_photographed_graded_and_the_picture_taken_away(
    classroom: Class, new_context: NewContext, tmp_path: Path
) -> None:
    classroom.server.do(PAPER.format(person=classroom.people[1]))
    sheet = tmp_path / "copie.jpg"
    sheet.write_bytes(jpeg(drawn((900, 1200))))
    page = classroom.sign_in(new_context(viewport={"width": 360, "height": 740}, color_scheme="dark"))
    page.goto(classroom.sheet(1))
    page.get_by_text("Photographier la copie…").click()
    page.locator("#photographie").set_input_files(sheet)
    axe(page)
    page.get_by_role("button", name="Ajouter la photographie").click()
    expect(page.get_by_text("La photographie est à côté de la grille")).to_be_visible()
    picture = page.get_by_role("img", name=re.compile("photographie 1"))
    picture.scroll_into_view_if_needed()
    until(page, "() => document.querySelector('.photos img').naturalWidth === 900")
    level(page, "Repérer", "S ")
    expect_saved(page)
    axe(page)
    shot(page, "evaluation-photographie")
    page.get_by_role("button", name="Effacer cette photographie").click()
    expect(page.get_by_text("La photographie est effacée.")).to_be_visible()
    expect(picture).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(scheme: str, width: int, classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport={"width": width, "height": 720}, color_scheme=scheme))
    page.goto(classroom.sheet())
    level(page, "Repérer", "TS ")
    axe(page)
    shot(page, f"evaluation-{scheme}")
    page.set_viewport_size({"width": min(width, 960), "height": 720})
    nav, word = (page.locator(one).bounding_box() for one in (".nav", ".nav .btn-link"))
    assert nav
    assert word
    assert word["x"] + word["width"] <= nav["x"] + nav["width"] + 1, "« Mode discret » is cut"
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(f"{classroom.url}/prof/activites/{classroom.run}/bilan/")
    axe(page)
    shot(page, f"coup-d-oeil-{scheme}")
    page.goto(classroom.sheets)
    page.get_by_role("button", name="Ouvrir l’autoévaluation").click()
    page.goto(classroom.own().replace("fiche/", "autoevaluation/"))
    level(page, "Repérer", "S ")
    page.get_by_role("button", name="Enregistrer").click()
    axe(page)
    shot(page, f"autoevaluation-{scheme}")
    page.goto(classroom.sheets)
    page.get_by_text("Publier les évaluations…").click()
    axe(page)
    shot(page, f"fiches-{scheme}")
    page.get_by_role("button", name="Publier les évaluations").click()
    page.goto(classroom.own())
    page.get_by_text("Revoir votre texte").click()
    axe(page)
    shot(page, f"eleve-fiche-{scheme}")
