"""A card of « Ils font autrement » on the projector, from the board and from the page of the cards."""

from html import unescape

import pytest
from django.test import Client

from annexes.models import CaseStudy
from lessons.models import ClassRun
from metroloco_site.kit import steady
from tests.harness import builders as make
from tests.harness.part_two import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    """Part 2 under way, in a lesson of two cards."""
    made = make.class_run(participants=2)
    common = {"collection": made.lesson.collection, "values": ["interest"], "needs": []}
    sources = [{"label": "Nes, podcast", "link": ""}]
    CaseStudy.objects.create(slug="framasoft", name="Framasoft", sources=sources, **common,
                             body="Des **logiciels** libres. <script>")  # fmt: skip
    CaseStudy.objects.create(
        slug="ethiques", name="Designers Éthiques", sources=sources, body="Oui.", **common
    )
    return live(made, (2,), ended=False, now=steady.now())


def projected(run: ClassRun) -> str:
    page = Client().get(f"/ecran/{run.screen_key}/fragment/")
    return unescape(page.content.decode())


def board(run: ClassRun, **data: str) -> str:
    """The board after one of its buttons."""
    teacher = make.teacher_client(run.owner)
    return teacher.post(f"/prof/activites/{run.public_id}/projection/", data, follow=True).content.decode()


def test_the_board_chooses_a_card_and_the_projector_shows_it(run: ClassRun) -> None:
    page = board(run, show="case-0", card="2")
    assert '<option value="2" selected>Framasoft</option>' in page
    shown_now = projected(run)
    assert "<h1>Framasoft</h1>" in shown_now
    assert "<strong>logiciels</strong>" in shown_now
    assert "D’après Nes, podcast." in shown_now
    assert "<script>" not in shown_now
    board(run, move="-1")
    assert "<h1>Designers Éthiques</h1>" in projected(run)
    board(run, move="-1")
    assert "<h1>Designers Éthiques</h1>" in projected(run), "the first stays first"
    board(run, show="annexe-1")
    assert "Framasoft" not in projected(run)


def test_the_page_of_the_cards_projects_one_in_one_click_and_stays(run: ClassRun) -> None:
    teacher = make.teacher_client(run.owner)
    listed = f"/prof/activites/{run.public_id}/ils-font-autrement/"
    assert 'name="show" value="case-2"' in teacher.get(listed).content.decode()
    answer = teacher.post(
        f"/prof/activites/{run.public_id}/projection/", {"show": "case-2", "fiche": "framasoft"}
    )
    assert answer.headers["Location"] == f"{listed}#framasoft"
    assert teacher.get(listed).content.decode().count("Sur l’écran") == 1
    assert "<h1>Framasoft</h1>" in projected(run)


@pytest.mark.parametrize("show", ["case-0", "case-3", "case-999"])
def test_a_card_that_is_not_there_shows_the_instruction(run: ClassRun, show: str) -> None:
    board(run, show=show)
    page = projected(run)
    assert "screen-case" not in page
    assert "screen-clock" in page


def test_a_lesson_without_cards_offers_none() -> None:
    made = live(make.class_run(participants=2), (2,), ended=False, now=steady.now())
    assert "cette fiche" not in board(made, show="case-1")
    assert "screen-clock" in projected(made)


def test_another_teacher_projects_nothing(run: ClassRun) -> None:
    other = make.teacher_client(make.user())
    answer = other.post(f"/prof/activites/{run.public_id}/projection/", {"show": "case-1"})
    assert answer.status_code == 404
    run.refresh_from_db()
    assert run.screen != ClassRun.Screen.CASE


def test_who_searched_finds_the_same_cards_after_projecting_one(run: ClassRun) -> None:
    teacher = make.teacher_client(run.owner)
    listed = f"/prof/activites/{run.public_id}/ils-font-autrement/"
    asked = "q=logiciels+libres&valeur=interest"
    page = unescape(teacher.get(f"{listed}?{asked}").content.decode())
    assert f'name="recherche" value="{asked}"' in page
    sent = {"show": "case-2", "fiche": "framasoft", "recherche": asked}
    answer = teacher.post(f"/prof/activites/{run.public_id}/projection/", sent)
    assert answer.headers["Location"] == f"{listed}?{asked}#framasoft"
    strange = sent | {"recherche": "//ailleurs.example/#x\r\nSet-Cookie: a=b"}
    answer = teacher.post(f"/prof/activites/{run.public_id}/projection/", strange)
    assert answer.headers["Location"].startswith(f"{listed}?%2F%2Failleurs")
    assert "\n" not in answer.headers["Location"]
