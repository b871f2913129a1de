"""The register sheet and the note for families: pre-filled or with lines to fill in, on screen and as sound PDF."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from metroloco_site.privacy.queries.your_data import THEMES
from tests.evaluations.exports.test_sheets import check, words_of

pytestmark = pytest.mark.django_db
FILLED = {
    "controller": "Lycée des Salines, M\u1d50\u1d49 Roux, proviseure",
    "contact": "1 quai du Large, 44000 Nantes",
    "dpo": "dpd@academie.example",
    "host": "serveur de l’établissement",
}
NAMES = ("registre", "familles")


def text_of(paper: str) -> str:
    page = Client().get(f"/vos-donnees/{paper}/")
    assert page.status_code == 200
    main = page.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize("paper", NAMES)
def test_what_the_settings_say_is_there(paper: str, settings: Settings) -> None:
    settings.REGISTER = FILLED
    said = text_of(paper)
    for value in FILLED.values():
        assert value in said, value
    for page in ("/vos-donnees/", "/transparence/"):
        assert FILLED["controller"] in html.unescape(Client().get(page).content.decode())


def test_what_they_do_not_say_is_a_line_to_fill_in(settings: Settings) -> None:
    settings.REGISTER = dict.fromkeys(FILLED, "")
    empty = text_of("registre").count("À compléter")
    settings.REGISTER = FILLED
    assert empty - text_of("registre").count("À compléter") == len(FILLED)


@pytest.mark.parametrize("paper", NAMES)
def test_every_kind_of_data_is_told(paper: str) -> None:
    said = text_of(paper)
    for theme in THEMES:
        for value in (theme.title, theme.why, theme.seen, theme.kept):
            assert " ".join(value.split()) in said, value


@pytest.mark.slow
@pytest.mark.parametrize("paper", NAMES)
def test_the_pdf_says_the_same_and_is_sound(paper: str, tmp_path: Path, settings: Settings) -> None:
    settings.REGISTER = FILLED
    answer = Client().get(f"/vos-donnees/{paper}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    said = words_of(answer.content)
    for value in (FILLED["dpo"], FILLED["host"], "CNIL" if paper == "familles" else "art. 6.1.e"):
        assert value in said, value
    check(answer.content, tmp_path)


@pytest.mark.parametrize("address", ["autre/", "autre.pdf", "registre"])
def test_there_is_no_other_sheet(address: str) -> None:
    assert Client().get(f"/vos-donnees/{address}").status_code in (301, 404)


def test_both_are_one_click_from_where_people_look() -> None:
    for page in ("/vos-donnees/", "/transparence/"):
        text = Client().get(page).content.decode()
        assert all(f'href="/vos-donnees/{paper}/"' in text for paper in NAMES), page
