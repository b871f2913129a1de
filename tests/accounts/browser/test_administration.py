"""The administration in a real browser, under our own Content-Security-Policy: accounts and nothing else."""

import re

from playwright.sync_api import Page, expect

from tests.harness.browser import NewContext, shot
from tests.harness.server import Server

PASSWORD = "sable chaud et marée haute"
OTHER = "genêts et ajoncs en fleur"


def first_account(server: Server, page: Page) -> None:
    match = re.search(r"/compte/premier/\S+", server.log)
    assert match, server.log
    page.goto(server.url + match[0])
    page.get_by_label("Nom de compte").fill("colette")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Mot de passe, une seconde fois").fill(PASSWORD)
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_role("heading", name="Mes activités")).to_be_visible()


def sign_in(page: Page, server: Server, username: str, password: str) -> None:
    page.goto(f"{server.url}/connexion/")
    page.get_by_label("Nom de compte").fill(username)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


def test_a_second_teacher_is_created_reset_and_disabled(server: Server, new_context: NewContext) -> None:
    admin = new_context().new_page()
    first_account(server, admin)
    admin.get_by_role("link", name="Comptes").click()
    expect(admin.get_by_role("heading", name="Comptes des enseignants")).to_be_visible()
    shot(admin, "administration")
    admin.get_by_role("link", name="Ajouter").first.click()
    admin.locator("#id_username").fill("claudine")
    admin.locator("#id_password1").fill(PASSWORD)
    admin.locator("#id_password2").fill(PASSWORD)
    shot(admin, "administration-ajouter")
    admin.locator('input[name="_save"]').click()
    expect(admin.locator(".messagelist .success")).to_be_visible()
    account = admin.url

    # Their own context: an account that does not administer, with its own activités.
    teacher = new_context().new_page()
    sign_in(teacher, server, "claudine", PASSWORD)
    expect(teacher.get_by_role("heading", name="Mes activités")).to_be_visible()
    expect(teacher.get_by_role("link", name="Comptes")).to_have_count(0)

    admin.goto(re.sub(r"change/$", "password/", account))
    admin.locator("#id_password1").fill(OTHER)
    admin.locator("#id_password2").fill(OTHER)
    admin.locator('input[type="submit"]').first.click()
    expect(admin.locator(".messagelist .success")).to_be_visible()
    teacher.goto(f"{server.url}/prof/")
    expect(teacher.get_by_role("heading", name="Se connecter")).to_be_visible()
    sign_in(teacher, server, "claudine", OTHER)
    expect(teacher.get_by_role("heading", name="Mes activités")).to_be_visible()

    admin.goto(account)
    shot(admin, "administration-compte")
    expect(admin.get_by_role("link", name="Supprimer")).to_have_count(0)
    admin.locator("#id_is_active").uncheck()
    admin.locator('input[name="_save"]').click()
    expect(admin.locator(".messagelist .success")).to_be_visible()
    teacher.goto(f"{server.url}/prof/")
    expect(teacher.get_by_role("heading", name="Se connecter")).to_be_visible()
