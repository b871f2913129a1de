"""Posters graded by keys in a real browser: for the group, for one member, through a cut, in two tabs."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.evaluations.browser.test_grading import WIDE, Class, expect_saved, level, saved
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

SEED = """
import json
import secrets
from evaluations import actions
from lessons.models import Lesson, Poster
from tests.harness import builders as make
run = make.class_run(owner=make.user(secrets.token_hex(4)), of=Lesson.objects.newest().get(slug="metroloco"))
names = ("Goéland curieux", "Sterne libre", "Pin parasol", "Dune blonde", "Huppe vive", "Vague douce")
people = [make.participant(run, name) for name in names]
first, second = make.groups(run)
make.poster_says(Poster.objects.get(group=first), {
    "titre": "Nos données, leur recette ?", "source": "Annexes 1, 3, 5 et 9 ; metroloco.fr",
    "q1-mecanismes": "Un post par jour sur Facebook et Instagram, des vidéos, des avis sur Google. Les clients "
    "écrivent, cliquent, identifient leurs amis ; Meta relève l’heure, la durée et les achats.",
    "q2-valeurs": "La coopérative veut une personne = une voix.", "q2-gafam": "Les GAFAM décident seuls.",
})
actions.set_poster_graded(run=run, graded=True)
print(json.dumps({
    "teacher": make.teacher_client(run.owner).cookies["enseignant"].value,
    "student": make.student_client(people[0]).cookies["participant"].value,
    "run": run.public_id,
    "people": [person.public_id for person in people],
}))
"""
STORED = """
from evaluations.models import Assessment, GroupAssessment
rows = GroupAssessment.objects.filter(group__run__public_id="{run}").order_by("group__number", "criterion__number")
own = Assessment.objects.filter(participant__run__public_id="{run}").order_by("participant__number")
print(list(rows.values_list("group__number", "criterion__number", "level")))
print(list(own.values_list("participant__number", "criterion__number", "level")))
"""


@pytest.fixture
def classroom(shared_server: Server) -> Class:
    return Class(server=shared_server, url=shared_server.url, **json.loads(shared_server.do(SEED)))


def stored(classroom: Class) -> list[str]:
    return classroom.server.do(STORED.format(run=classroom.run)).split("\n")[:2]


def poster(classroom: Class, number: int = 1) -> str:
    return f"{classroom.sheets}affiches/{number}/"


def heading(page: Page, number: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Affiche du groupe {number}")


def own_level(page: Page, row: str, member: str, code: str) -> None:
    group = page.get_by_role("group", name=re.compile(rf"^{row}\s?, {member}$"))
    group.get_by_role("radio", name=re.compile(f"^{code}")).check(force=True)


def test_two_posters_by_keys_alone(classroom: Class, new_context: NewContext) -> None:
    page = classroom.sign_in(new_context(viewport=WIDE))
    page.goto(f"{classroom.sheets}affiches/")
    page.get_by_role("link", name="Évaluer les affiches").click()
    heading(page, 1)
    sheet = page.get_by_role("article", name="Affiche du groupe 1")
    expect(sheet).to_have_attribute("data-fit", re.compile(r"\d\d"))  # measured as for paper
    for key in "4321":
        page.keyboard.press(key)
    expect(page.locator("[data-missing]")).to_have_text("Toutes les lignes sont évaluées.")
    page.keyboard.press("m")  # the last row, for the first member, then for the second
    page.keyboard.press("m")
    page.keyboard.press("3")
    sterne = page.locator("details", has=page.get_by_text("Sterne libre", exact=True)).last
    expect(sterne.locator("summary")).to_have_text(re.compile(r"changé pour cet élève \(Lisibilité S\)$"))
    expect(sterne.get_by_text("comme le groupe : TI")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("4")
    page.keyboard.press("g")  # it went on to the next row, which goes back to the group's
    expect(sterne.locator("summary")).to_have_text(re.compile(r"\(Formuler TS\)$"))
    axe(page)
    shot(page, "evaluation-affiche-membre")
    page.keyboard.press("j")
    heading(page, 2)
    page.keyboard.press("2")
    expect_saved(page)
    assert stored(classroom) == [
        "[(1, 1, 4), (1, 2, 3), (1, 3, 2), (1, 4, 1), (2, 1, 2)]",
        "[(2, 3, 4)]",
    ]
    page.keyboard.press("k")
    heading(page, 1)
    expect(sterne.locator("summary")).to_have_text(re.compile(r"\(Formuler TS\)$"))
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Agrandir l’affiche")).to_have_attribute("aria-pressed", "true")
    axe(page)
    shot(page, "evaluation-affiche-grande")
    page.get_by_role("link", name="Toutes les affiches et ce qui manque").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Évaluer les affiches")
    axe(page)
    shot(page, "affiches-manque")
    page.get_by_role("link", name=re.compile(r"^Formuler\s?, groupe\s2$")).click()
    heading(page, 2)
    row = page.get_by_role("group", name="Formuler").first
    expect(row.get_by_role("radio", name="non évalué")).to_be_focused()


def test_a_cut_and_another_tab_lose_nothing(classroom: Class, new_context: NewContext) -> None:
    context = new_context(viewport=WIDE, tolerate=["ERR_FAILED"])
    page = classroom.sign_in(context)
    page.goto(poster(classroom))
    other = context.new_page()
    other.goto(poster(classroom))
    level(other, "Expliquer", "TS ")
    other.get_by_text("Pin parasol :").click()
    own_level(other, "Expliquer", "Pin parasol", "I ")
    expect_saved(other)
    other.close()
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/enregistrer/", lambda route: route.abort())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    page.get_by_text("Pin parasol :").click()
    own_level(page, "Expliquer", "Pin parasol", "S ")
    page.get_by_label("Observations : Lisibilité").fill("Titre clair.")
    expect(saved(page)).to_have_text("Pas encore enregistré, nouvel essai…")
    page.reload()
    heading(page, 1)
    expect(page.get_by_label("Observations : Lisibilité")).to_have_value("Titre clair.")
    page.unroute("**/enregistrer/")
    group = page.locator(".clash[data-name=niveau-2]")
    expect(group).to_contain_text("a enregistré\xa0: très satisfaisant. Ici\xa0: très insuffisant.")
    own = page.locator(".clash[data-name^=membre]")
    expect(own).to_contain_text("a enregistré\xa0: insuffisant. Ici\xa0: satisfaisant.")
    axe(page)
    group.get_by_role("button", name="Garder la valeur d’ici").click()
    own.get_by_role("button", name="Prendre l’autre").click()
    expect(page.locator(".clash")).to_have_count(0)
    expect_saved(page)
    assert stored(classroom) == ["[(1, 2, 1), (1, 4, None)]", "[(3, 2, 2)]"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_page_at_both_widths_without_javascript_too(
    scheme: str, width: int, classroom: Class, new_context: NewContext
) -> None:
    page = classroom.sign_in(new_context(viewport={"width": width, "height": 720}, color_scheme=scheme))
    page.goto(poster(classroom))
    page.keyboard.press("3")
    expect_saved(page)
    axe(page)
    shot(page, f"evaluation-affiche-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    plain = classroom.sign_in(
        new_context(viewport={"width": width, "height": 720}, color_scheme=scheme, java_script_enabled=False)
    )
    plain.goto(poster(classroom))
    plain.get_by_text("Goéland curieux :").click()
    own_level(plain, "Lisibilité", "Goéland curieux", "TS ")
    plain.get_by_role("button", name="Enregistrer et suivant").click()
    heading(plain, 2)
    plain.get_by_role("link", name="Précédent").click()
    heading(plain, 1)
    expect(plain.get_by_text("changé pour cet élève (Lisibilité TS)")).to_be_visible()
    shot(plain, f"evaluation-affiche-simple-{scheme}")
