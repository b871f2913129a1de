"""Several students, one PC: whoever comes next finds nothing. And the teacher's pages, looked at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.accounts.browser.test_administration import first_account
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 360, "height": 740}
NOT_FOUND = (r"404",)  # the page of a place that was left
SECRET = "Ce que la première élève a écrit."


@dataclass
class Class:
    """A teacher with an activité whose part 1 runs, and its access code."""

    server: Server
    teacher: Page
    code: str
    url: str

    def people(self) -> Page:
        self.teacher.goto(self.url + "participants/")
        return self.teacher


@dataclass
class House:
    """One server for this module, and a teacher signed in on it."""

    server: Server
    signed_in: StorageState


@pytest.fixture(scope="module")
def house(browser: Browser, fresh_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = Server(tmp_path_factory.mktemp("house"), seed=fresh_data)
    try:
        context = browser.new_context()
        first_account(server.start(), context.new_page())
        signed_in = context.storage_state()
        context.close()
        yield House(server, signed_in)
    finally:
        server.close()


@pytest.fixture
def school(house: House, new_context: NewContext) -> Class:
    teacher = new_context(tolerate=NOT_FOUND, viewport=WIDE, storage_state=house.signed_in).new_page()
    teacher.goto(f"{house.server.url}/prof/activites/nouvelle/")
    teacher.get_by_label("Nom de l’activité").fill("Seconde 4, jeudi")
    teacher.get_by_role("button", name="Créer l’activité").click()
    expect(teacher.get_by_role("heading", name="Avant la partie 1")).to_be_visible()
    code = teacher.locator(".remote .code").first.inner_text().replace("\u00a0", "")
    return Class(house.server, teacher, code, teacher.url)


def start(school: Class) -> None:
    school.teacher.goto(school.url)
    school.teacher.get_by_role("button", name="Démarrer la partie 1").click()
    expect(school.teacher.get_by_role("button", name="Pause").first).to_be_visible()


def look(page: Page, name: str) -> None:
    """Both widths: axe-core, no sideways scroll, a picture to be looked at."""
    for size, suffix in ((WIDE, ""), (PHONE, "-360")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name}: {wider} px too wide at {size}"
        shot(page, name + suffix)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def join(school: Class, page: Page, name: str) -> None:
    page.goto(f"{school.server.url}/rejoindre/{school.code}/")
    page.get_by_label("Votre pseudonyme").fill(name)
    page.get_by_role("button", name="Rejoindre", exact=True).click()
    expect(page.locator("header").get_by_text(name)).to_be_visible()


def write(page: Page, text: str) -> None:
    page.locator("#q1-reponse").fill(text)
    expect(page.locator('[data-field="q1-reponse"] .saved')).to_have_attribute("data-state", "saved")


def leave(page: Page) -> None:
    page.get_by_text("Mon code personnel, quitter ce poste").click()
    page.get_by_role("button", name="Quitter ce poste").click()
    expect(page.get_by_role("heading", name="Vous avez quitté ce poste")).to_be_visible()


def personal_code(page: Page) -> str:
    return page.locator(".place .code").text_content() or ""


def nothing_is_left(context: BrowserContext, page: Page) -> None:
    assert context.cookies() == []
    kept = page.evaluate("[sessionStorage.length, localStorage.length, document.cookie.length]")
    assert kept == [0, 0, 0]


def test_the_next_student_finds_nothing_even_with_the_back_button(
    school: Class, new_context: NewContext
) -> None:
    start(school)
    pc = new_context(tolerate=NOT_FOUND, viewport=WIDE)
    page = pc.new_page()
    join(school, page, "Huppe vive")
    write(page, SECRET)
    place, code = page.url, personal_code(page)
    leave(page)
    look(page, "poste-quitte")
    nothing_is_left(pc, page)
    assert code not in page.content()
    for _ in range(4):
        page.go_back(wait_until="load")
        assert SECRET not in page.content()
        assert code not in page.content()
    page.goto(place)
    expect(page.get_by_role("heading", name="n’est pas la vôtre")).to_be_visible()
    page.goto(school.server.url)
    assert "Huppe vive" not in page.content()


def test_leaving_sends_what_is_left_first(school: Class, new_context: NewContext) -> None:
    start(school)
    page = new_context(tolerate=NOT_FOUND, viewport=WIDE).new_page()
    join(school, page, "Huppe vive")
    code = personal_code(page)
    page.locator("#q1-reponse").fill(SECRET)
    leave(page)  # at once: the pause of one second before a save is not over
    page.goto(f"{school.server.url}/revenir/")
    page.get_by_label("Code personnel").fill(code)
    page.get_by_role("button", name="Revenir").click()
    expect(page.locator("#q1-reponse")).to_have_value(SECRET)


def test_another_tab_of_the_same_student_closes_too(school: Class, new_context: NewContext) -> None:
    start(school)
    pc = new_context(tolerate=NOT_FOUND, viewport=WIDE)
    first = pc.new_page()
    join(school, first, "Huppe vive")
    write(first, SECRET)
    second = pc.new_page()
    second.goto(first.url)
    expect(second.locator("#q1-reponse")).to_have_value(SECRET)
    leave(first)
    expect(second.get_by_role("heading", name="n’est pas la vôtre")).to_be_visible()
    assert SECRET not in second.content()


def test_a_browser_that_keeps_pages_in_memory_shows_none_of_it(
    school: Class, new_context: NewContext
) -> None:
    """What « pageshow » does when a page comes back from memory, since this browser may not keep ours."""
    start(school)
    page = new_context(tolerate=NOT_FOUND, viewport=WIDE).new_page()
    join(school, page, "Huppe vive")
    write(page, SECRET)
    page.context.clear_cookies()  # somebody left this place in another way
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.get_by_role("heading", name="n’est pas la vôtre")).to_be_visible()


def test_two_students_take_turns_on_one_pc(school: Class, new_context: NewContext) -> None:
    start(school)
    page = new_context(tolerate=NOT_FOUND, viewport=WIDE).new_page()
    codes = {}
    for name in ("Huppe vive", "Loutre calme"):
        join(school, page, name)
        write(page, f"Texte de {name}.")
        codes[name] = personal_code(page)
        leave(page)
    for name in ("Huppe vive", "Loutre calme", "Huppe vive"):
        page.goto(f"{school.server.url}/revenir/")
        page.get_by_label("Code personnel").fill(codes[name])
        page.get_by_role("button", name="Revenir").click()
        expect(page.locator("#q1-reponse")).to_have_value(f"Texte de {name}.")
        leave(page)


def test_without_javascript_leaving_wipes_too(
    school: Class, browser: Browser, new_context: NewContext
) -> None:
    start(school)
    pc = new_context(tolerate=NOT_FOUND, java_script_enabled=False)
    page = pc.new_page()
    join(school, page, "Huppe vive")
    page.locator("#q1-reponse").fill(SECRET)
    page.get_by_text("Mon code personnel, quitter ce poste").click()
    page.get_by_role("button", name="Quitter ce poste").click()
    expect(page.get_by_role("heading", name="Vous avez quitté ce poste")).to_be_visible()
    assert pc.cookies() == []
    page.go_back()
    assert SECRET not in page.content()


# --- the teacher's pages -----------------------------------------------------------------------


def test_a_duplicate_is_merged_and_the_student_chooses(school: Class, new_context: NewContext) -> None:
    start(school)
    first, second = (new_context(tolerate=NOT_FOUND, viewport=WIDE).new_page() for _ in range(2))
    join(school, first, "Huppe vive")
    write(first, "Écrit sur le PC.")
    join(school, second, "Huppe bis")
    write(second, "Écrit sur le téléphone.")
    teacher = school.people()
    look(teacher, "eleves")
    teacher.get_by_role("link", name="Huppe bis").click()
    look(teacher, "eleve-enseignant")
    teacher.get_by_role("combobox", name="La même personne que").select_option(label="Huppe vive")
    teacher.get_by_role("button", name="Réunir les deux").click()
    expect(teacher.get_by_text("Rien n’est perdu")).to_be_visible()
    expect(second.locator("#q1-reponse")).to_have_value("Écrit sur le PC.")
    expect(second.get_by_text("Écrit sur le téléphone.")).to_be_visible()
    assert second.url == first.url
    teacher.get_by_role("link", name="Huppe vive").click()
    expect(teacher.get_by_text("Écrit sur le téléphone.")).to_be_visible()
    look(teacher, "eleve-deux-textes")


def test_a_rude_name_is_hidden_while_everybody_looks(school: Class, new_context: NewContext) -> None:
    student = new_context(tolerate=NOT_FOUND, viewport=WIDE).new_page()
    join(school, student, "Gros Nul")
    start(school)
    board = new_context(tolerate=NOT_FOUND, viewport=WIDE)
    board.add_cookies(school.teacher.context.cookies())  # type: ignore[arg-type]
    shown = board.new_page()
    shown.goto(school.url)
    expect(shown.get_by_text("Gros Nul").first).to_be_visible()
    teacher = school.people()
    teacher.get_by_role("link", name="Gros Nul").click()
    teacher.get_by_role("button", name="Masquer ce pseudonyme").click()
    expect(shown.get_by_text("Élève\u00a01").first).to_be_visible()
    expect(shown.get_by_text("Gros Nul")).to_have_count(0)
    expect(student.get_by_text("Gros Nul").first).to_be_visible()
    teacher.get_by_role("link", name="Élève\u00a01").click()
    look(teacher, "eleve-masque")


def test_a_student_without_a_device_hands_in_paper(school: Class, new_context: NewContext) -> None:
    start(school)
    teacher = school.people()
    teacher.get_by_role("button", name="Ajouter cet élève").click()
    expect(teacher.get_by_text("avec une copie papier")).to_be_visible()
    teacher.locator("table.people").get_by_role("link").click()
    teacher.get_by_role("link", name="Taper sa copie de la partie 1").click()
    look(teacher, "copie-papier")
    teacher.locator("#q1-reponse").fill("Écrit à la main.")
    teacher.get_by_role("button", name="Enregistrer la copie").click()
    expect(teacher.get_by_text("est enregistrée")).to_be_visible()


def test_with_billets_alone_a_billet_opens_the_door(school: Class, new_context: NewContext) -> None:
    school.teacher.goto(f"{school.server.url}/prof/activites/nouvelle/")
    look(school.teacher, "activite-nouvelle")
    teacher = school.people()
    teacher.get_by_role("button", name="Avec billets seulement").click()
    teacher.get_by_label("Nombre de billets à ajouter").fill("2")
    teacher.get_by_role("button", name="Ajouter des billets").click()
    look(teacher, "eleves-billets")
    row = teacher.locator("table.people tbody tr").first
    code, name = row.locator(".code").inner_text(), row.get_by_role("link").inner_text()
    student = new_context(tolerate=NOT_FOUND, viewport=PHONE).new_page()
    student.goto(f"{school.server.url}/rejoindre/{school.code}/")
    look(student, "rejoindre-billet")
    student.get_by_label("Code personnel").fill(code.upper().replace("-", " "))
    student.get_by_role("button", name="Rejoindre").click()
    expect(student.get_by_role("heading", name=f"Vous êtes là, {name}")).to_be_visible()
    assert not re.search(r"revenir|rejoindre", student.url)


def test_choosing_a_pseudonym_again_on_the_same_device(school: Class, new_context: NewContext) -> None:
    student = new_context(tolerate=NOT_FOUND, viewport=PHONE).new_page()
    join(school, student, "Huppe vive")
    student.goto(f"{school.server.url}/rejoindre/{school.code}/")
    look(student, "choisir-deja-la")
    student.goto(school.server.url)
    look(student, "accueil-deja-la")
    student.get_by_role("button", name="Quitter ce poste").click()
    expect(student.get_by_role("heading", name="Vous avez quitté ce poste")).to_be_visible()
