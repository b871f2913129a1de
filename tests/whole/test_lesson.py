"""The lesson as it is lived: a teacher, a projector, four students in four browsers, a server killed.

This is the bar of the whole program; what a single behaviour asks for is tested nearer to it.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

PASSWORD = "sable chaud et marée haute"
WIDE: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 360, "height": 740}
# While the server is down a page cannot but say so in the console.
OUTAGE = (
    r"ERR_CONNECTION_REFUSED",
    r"ERR_CONNECTION_RESET",
    r"ERR_EMPTY_RESPONSE",
    r"ERR_INCOMPLETE",
    r"ERR_FAILED",
    r"/live/\S+ .*\b404\b",  # a page still open asks once more for an activité that was just deleted
)


@dataclass
class Student:
    page: Page
    context: BrowserContext
    name: str

    def area(self, field: str) -> Locator:
        return self.page.locator(f"#{field}")

    def state(self, field: str) -> Locator:
        return self.page.locator(f'[data-field="{field}"] .saved')

    def write(self, field: str, text: str) -> None:
        self.area(field).press_sequentially(text)

    def write_and_wait(self, field: str, text: str) -> None:
        self.area(field).fill(text)
        expect(self.state(field)).to_have_attribute("data-state", "saved", timeout=15_000)
        expect(self.state(field)).to_have_text(re.compile(r"Enregistré à \d+\sh\s\d\d\smin\s\d\d\ss"))


def look(page: Page, name: str) -> None:
    """axe-core, and a picture to be looked at."""
    axe(page)
    shot(page, name)


def first_account(server: Server, page: Page) -> None:
    match = re.search(r"/compte/premier/\S+", server.log)
    assert match, server.log
    page.goto(server.url + match[0])
    look(page, "compte-premier")
    page.get_by_label("Nom de compte").fill("colette")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Mot de passe, une seconde fois").fill(PASSWORD)
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_role("heading", name="Mes activités")).to_be_visible()
    look(page, "activites-vides")


def new_run(page: Page) -> None:
    page.get_by_role("link", name="Nouvelle activité").click()
    look(page, "activite-nouvelle")
    page.get_by_label("Nom de l’activité").fill("Seconde 4, jeudi")
    page.get_by_label("Durée de la partie 1").fill("15")
    page.get_by_role("button", name="Créer l’activité").click()
    expect(page.get_by_role("heading", name="Avant la partie 1")).to_be_visible()


def join_by_code(server: Server, new_context: NewContext, code: str, name: str, **options: object) -> Student:
    context = new_context(tolerate=OUTAGE, **options)
    page = context.new_page()
    page.goto(server.url)
    assert context.cookies() == [], "no cookie before joining"
    page.get_by_label("Code d’accès").fill(code.lower())
    page.get_by_role("button", name="Rejoindre").click()
    assert context.cookies() == []
    page.get_by_label("Votre pseudonyme").fill(name)
    page.get_by_role("button", name="Rejoindre").click()
    expect(page.get_by_role("heading", name=f"Vous êtes là, {name}")).to_be_visible()
    assert [cookie["name"] for cookie in context.cookies()] == ["participant"]
    return Student(page, context, name)


def join_by_ticket(server: Server, new_context: NewContext, teacher: Page) -> Student:
    """A billet's QR holds the personal code after « # »."""
    teacher.get_by_role("link", name="Élèves et billets").click()
    teacher.get_by_label("Nombre de billets à ajouter").fill("3")
    teacher.get_by_role("button", name="Ajouter des billets").click()
    row = teacher.locator("table.people tbody tr").first
    code, name = row.locator(".code").inner_text(), row.get_by_role("link").inner_text()
    look(teacher, "participants")
    context = new_context(tolerate=OUTAGE, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{server.url}/revenir/#{code}")
    expect(page.get_by_label("Code personnel")).to_have_value(code)
    assert code not in page.url
    look(page, "revenir-360")
    page.get_by_role("button", name="Revenir").click()
    expect(page.get_by_role("heading", name=f"Vous êtes là, {name}")).to_be_visible()
    look(page, "eleve-attente-360")
    return Student(page, context, name)


def give_a_third(teacher: Page, name: str) -> None:
    teacher.get_by_role("link", name=name).click()
    teacher.get_by_role("combobox", name="Temps supplémentaire").select_option("third")
    look(teacher, "eleve-fiche-enseignant")
    teacher.get_by_role("button", name="Enregistrer ce temps").click()
    expect(teacher.get_by_text("un tiers de la durée")).to_be_visible()


def press(board: Page, name: str) -> None:
    board.get_by_role("button", name=name, exact=False).first.click()


def figure(page: Page) -> str:
    return page.locator(".time-figure").first.inner_text()


def pdf_text(context: BrowserContext, url: str, path: Path) -> str:
    answer = context.request.get(url)
    assert answer.status == 200, answer.status
    path.write_bytes(answer.body())
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
def test_the_lesson_from_the_first_account_to_the_graded_sheet(
    server: Server, new_context: NewContext, tmp_path: Path
) -> None:
    teacher_context = new_context(tolerate=OUTAGE, viewport=WIDE)
    board = teacher_context.new_page()
    board.goto(server.url)
    look(board, "accueil")
    first_account(server, board)
    new_run(board)
    look(board, "tableau-avant")
    code = board.locator(".remote .code").inner_text().replace("\u00a0", "")
    run_url = board.url

    # The projector has its own address and needs no session.
    projector = new_context(tolerate=OUTAGE, viewport=WIDE).new_page()
    projector.goto(board.get_by_role("link", name="Ouvrir la projection").evaluate("link => link.href"))
    expect(projector.locator(".screen-code")).to_have_text(code[:4] + "\u00a0" + code[4:])
    look(projector, "projection-code")

    ticket = join_by_ticket(server, new_context, board)
    huppe = join_by_code(server, new_context, code, "Voilier bleu", viewport=WIDE)
    loutre = join_by_code(server, new_context, code, "Boussole 7", viewport=WIDE)
    sterne = join_by_code(server, new_context, code, "Pirogue", viewport=WIDE, color_scheme="dark")
    board.goto(run_url.rstrip("/") + "/participants/")
    give_a_third(board, "Pirogue")
    board.goto(run_url)
    expect(board.locator(".tile")).to_have_count(4)

    press(board, "Démarrer la partie 1")
    for student in (ticket, huppe, loutre, sterne):
        expect(student.area("q1-reponse")).to_be_visible()
    expect(projector.locator(".big-clock .time-figure")).to_have_text(re.compile(r"1[45]:\d\d"))
    expect(sterne.page.locator(".time-figure")).to_have_text(re.compile(r"(19|20):\d\d"))
    expect(huppe.page.locator(".time-figure")).to_have_text(re.compile(r"1[45]:\d\d"))
    look(huppe.page, "eleve-redaction")
    look(sterne.page, "eleve-redaction-sombre")
    look(ticket.page, "eleve-redaction-360")
    look(projector, "projection-consigne")

    huppe.write_and_wait("q1-reponse", "Donner un « travail rémunérateur » aux jeunes des Landes.")
    loutre.write("q1-reponse", "Former les jeunes par la coopération.")
    loutre.page.reload()  # at once: what was not acknowledged comes back
    expect(loutre.area("q1-reponse")).to_have_value("Former les jeunes par la coopération.")
    loutre.write_and_wait("q4-conclusion", "Une autre façon d’entreprendre.")
    sterne.write_and_wait("q1-reponse", "Avant la coupure.")

    press(board, "Pause")
    expect(huppe.area("q1-reponse")).to_have_attribute("readonly", "")
    expect(huppe.page.get_by_text("Le temps est arrêté")).to_be_visible()
    look(huppe.page, "eleve-pause")
    expect(board.get_by_role("button", name="Reprendre")).to_be_visible()
    paused_at = figure(board)

    server.kill9()  # in the middle, then on again: the clock is derived, the texts are there
    server.start()
    board.reload()
    expect(board.locator(".time-figure").first).to_have_text(paused_at)
    press(board, "Reprendre")
    expect(huppe.area("q1-reponse")).not_to_have_attribute("readonly", "", timeout=20_000)
    before = figure(board)
    press(board, "+1 min")
    expect(board.locator(".time-figure").first).to_have_text(
        re.compile(rf"^{int(before.split(':')[0]) + 1}:|^{int(before.split(':')[0])}:5")
    )
    huppe.write_and_wait("q2-critere-1", "Forme juridique : une coopérative.")
    sterne.write_and_wait("q1-reponse", "Avant la coupure, et après.")
    expect(board.locator(".tile").filter(has_text="Voilier bleu").locator(".tile-words")).not_to_have_text(
        "0 mot"
    )
    look(board, "tableau-pendant")
    board.set_viewport_size(PHONE)
    look(board, "tableau-pendant-360")
    board.set_viewport_size(WIDE)

    # The projector shows an annexe, then the instruction again.
    press(board, "Annexe 2")
    expect(projector.get_by_role("heading", level=1)).to_contain_text("restaurant coopératif")
    look(projector, "projection-annexe")

    # The bell for all but the one who has a third more.
    board.get_by_text("Terminer la partie").click()
    press(board, "Terminer, en leur laissant leur temps")
    expect(huppe.page.get_by_text("Vos réponses sont relevées")).to_be_visible()
    expect(sterne.area("q1-reponse")).to_be_editable()
    sterne.write_and_wait("q3-reperage", "Les producteurs, la ville de Tarnos.")
    look(huppe.page, "eleve-releve")
    expect(board.get_by_role("button", name="Correction, question 1")).to_have_count(0)
    board.get_by_text("Terminer la partie").click()
    press(board, "Terminer pour tous, maintenant")
    expect(sterne.page.get_by_text("Vos réponses sont relevées")).to_be_visible(timeout=15_000)

    press(board, "Correction, question 1")
    expect(projector.get_by_role("heading", name="Éléments attendus")).to_be_visible()
    look(projector, "projection-correction")
    live_part_2(board, run_url, (huppe, loutre, sterne, ticket), tmp_path)
    grade_and_publish(board, run_url, huppe, tmp_path)
    read_own_sheet(huppe, loutre, server, tmp_path)
    close_and_delete(board, run_url, huppe, server)


def live_part_2(board: Page, run_url: str, students: tuple[Student, ...], tmp_path: Path) -> None:
    """Groups drawn by the teacher, a poster written by several at once, the end, the sheet of paper."""
    board.goto(run_url)
    board.get_by_role("link", name="former les groupes").click()
    board.get_by_role("button", name="Tirer les groupes au sort").click()
    expect(board.get_by_text("Groupe\u00a01").first).to_be_visible()
    board.goto(run_url)
    press(board, "Démarrer la partie 2")
    for student in students:
        expect(student.page.locator("#titre-groupe")).to_have_text("Groupe\u00a01")
        student.page.get_by_role("tab", name="Écrire").click()
    one, two, *_ = students
    one.area("titre").fill("Nos données, notre affaire")
    one.write("q1-mecanismes", "Une fiche Google. ")
    expect(two.area("q1-mecanismes")).to_have_value("Une fiche Google. ")
    two.area("q1-mecanismes").press("End")
    two.write("q1-mecanismes", "Des cookies.")
    for student in students:
        expect(student.area("q1-mecanismes")).to_have_value("Une fiche Google. Des cookies.")
        expect(student.area("titre")).to_have_value("Nos données, notre affaire")
    expect(two.page.locator("#etat-affiche .saved")).to_have_attribute("data-state", "saved")
    look(one.page, "eleve-affiche")
    board.get_by_text("Terminer la partie").click()
    press(board, "Terminer maintenant")
    expect(one.page.get_by_text("Votre affiche est relevée")).to_be_visible()
    expect(one.area("titre")).to_have_attribute("readonly", "")
    one.page.get_by_role("tab", name="Feuille").click()
    url = one.page.get_by_role("link", name="Notre affiche en PDF").evaluate("link => link.href")
    text = " ".join(pdf_text(one.context, url, tmp_path / "affiche.pdf").split())
    for words in ("Nos données, notre affaire", "Une fiche Google. Des cookies."):
        assert words in text, text


def grade_and_publish(board: Page, run_url: str, student: Student, tmp_path: Path) -> None:
    board.goto(run_url)
    board.get_by_role("link", name="Fiches d’évaluation").click()
    look(board, "fiches")
    board.get_by_role("link", name=student.name).first.click()
    look(board, "evaluation")
    board.set_viewport_size(PHONE)
    look(board, "evaluation-360")
    board.set_viewport_size(WIDE)
    board.get_by_role("group", name="Repérer").get_by_text("TS").click()
    expect(board.get_by_text(re.compile(r"Enregistré à"))).to_be_visible()
    sheet = board.url.rstrip("/") + ".pdf"
    text = pdf_text(board.context, sheet, tmp_path / "fiche.pdf")
    for words in (
        student.name,
        "travail rémunérateur",
        "Forme juridique",
        "Repérer",
        "Valeurs de l’ESS",
        "TS",
    ):
        assert words in text, text
    board.get_by_role("link", name="Fiches d’évaluation").first.click()
    board.get_by_text("Publier les évaluations…").click()
    look(board, "publier")
    board.get_by_role("button", name="Publier les évaluations").click()
    expect(board.get_by_text("Masquer aux élèves").first).to_be_visible()


def read_own_sheet(student: Student, other: Student, server: Server, tmp_path: Path) -> None:
    student.page.get_by_role("link", name="Voir ma fiche d’évaluation").click(timeout=15_000)
    student.page.get_by_text("Revoir votre texte").click()
    expect(student.page.get_by_text("travail rémunérateur")).to_be_visible()
    look(student.page, "eleve-fiche")
    url = student.page.url.rstrip("/") + ".pdf"
    assert "travail rémunérateur" in pdf_text(student.context, url, tmp_path / "sienne.pdf")
    assert other.context.request.get(url).status == 404


def close_and_delete(board: Page, run_url: str, student: Student, server: Server) -> None:
    board.goto(run_url)
    board.get_by_role("link", name="Clore l’activité").click()
    look(board, "clore")
    board.get_by_role("button", name="Clore l’activité").click()
    expect(board.get_by_role("heading", name="Activité close")).to_be_visible()
    student.page.goto(f"{server.url}/vos-donnees/")
    expect(student.page.get_by_text("Voilier bleu").first).to_be_visible()
    look(student.page, "vos-donnees")
    board.goto(run_url)
    board.get_by_role("link", name="Supprimer l’activité").click()
    board.get_by_role("button", name="Supprimer pour de bon").click()
    expect(board.get_by_text("sont effacés")).to_be_visible()
    look(board, "activites")
    board.get_by_role("button", name="Se déconnecter").click()
    expect(board.get_by_role("heading", name="Rejoindre l’activité")).to_be_visible()
