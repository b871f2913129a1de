"""« Vos données » and « Transparence »: true, complete, short, and one's own alone."""

import re
from datetime import date

import pytest
from django.templatetags.static import static
from django.test import Client
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from evaluations.models import Assessment, GeneralRemark
from lessons.actions.joining import Token
from lessons.actions.saving import save_answers
from lessons.models import ClassRun, Criterion, Participant
from lessons.rules.saving import Draft
from metroloco_site.ops.queries.installation import figures
from metroloco_site.privacy.queries.your_data import THEMES, TITLES, your_data
from tests.harness.builders import NOW, at, make

pytestmark = pytest.mark.django_db


def lived() -> tuple[ClassRun, Participant, Participant]:
    """A class of two who wrote, one of whom is graded; nothing is published."""
    run = make.class_run(participants=2)
    phase = make.start(run)
    one, other = Participant.objects.filter(run=run).order_by("pk")
    for person in (one, other):
        for writer, text, minutes in (("page-aaaa", "Mon texte à moi", 1), ("page-bbbb", "Trop tard", 30)):
            save_answers(
                token=Token(person.pk, 1), phase=phase, writer=writer,
                drafts=[Draft(1, "reponse", f"{text} {person.pk}", 0, 1)], now=at(minutes),
            )  # fmt: skip
    criterion = Criterion.objects.filter(grid__part__lesson=run.lesson).earliest("number")
    Assessment.objects.create(
        participant=one, criterion=criterion, level=3, observations="Bien vu.", updated_at=NOW
    )
    GeneralRemark.objects.create(participant=one, text="Continuez ainsi.", updated_at=NOW)
    return run, one, other


def page(client: Client, path: str = "/vos-donnees/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.content.decode()


def words(html: str) -> int:
    """What a reader reads without opening anything."""
    main = html.split("<main")[1].split("</main>", maxsplit=1)[0]
    shown = re.sub(r"<details.*?</details>", "", main, flags=re.DOTALL)
    return len(re.sub(r"<[^>]+>", " ", shown).split())


def test_it_is_read_in_two_minutes() -> None:
    assert words(page(Client())) <= 480  # at 240 words a minute


def test_the_five_questions_are_answered() -> None:
    html = page(Client())
    for question in ("Quelles données", "Pour quoi faire", "Où", "Combien de temps", "Qui les voit"):
        assert question in html
    assert "CNIL" in html


def test_every_sentence_of_every_model_is_there_and_has_a_theme() -> None:
    html = page(Client())
    for model in your_data(None).models:
        assert model.title in html
        for sentence in model.sentences:
            assert sentence in html
    themed = [name for theme in THEMES for name in theme.models]
    assert sorted(themed) == sorted(TITLES)  # a new model says why it is kept, for how long, who sees it


def test_a_student_sees_their_own_rows_as_they_are() -> None:
    run, one, other = lived()
    html = page(make.student_client(one))
    for value in (
        one.pseudonym,
        one.personal_code,
        f"Mon texte à moi {one.pk}",
        f"Trop tard {one.pk}",
        "Seconde 4",
    ):
        assert value in html, value
    assert date_format(run.delete_on, "j F Y") in html
    for secret in (other.pseudonym, other.personal_code, f"Mon texte à moi {other.pk}", run.owner.username):
        assert secret not in html, secret


def test_an_evaluation_is_there_once_published() -> None:
    run, one, _ = lived()
    html = page(make.student_client(one))
    assert "Bien vu." not in html
    assert "Continuez ainsi." not in html
    ClassRun.objects.filter(pk=run.pk).update(results_published_at=NOW)
    html = page(make.student_client(one))
    for value in ("Bien vu.", "Continuez ainsi.", "satisfaisant"):
        assert value in html


def test_a_removed_student_is_nobody_here() -> None:
    _, one, _ = lived()
    client = make.student_client(one)
    Participant.objects.filter(pk=one.pk).update(left_at=NOW)
    assert one.personal_code not in page(client)


@pytest.mark.parametrize("others", [0, 33])
def test_the_queries_do_not_grow_with_the_class(
    others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run, one, _ = lived()
    for _ in range(others):
        make.participant(run)
    ClassRun.objects.filter(pk=run.pk).update(results_published_at=NOW)
    client = make.student_client(one)
    with django_assert_num_queries(19):
        page(client)


def test_transparency_counts_what_is_there(settings: Settings) -> None:
    run, _, _ = lived()
    ClassRun.objects.filter(pk=run.pk).update(delete_on=date(2026, 12, 24))
    counted = figures()
    assert (counted.activities, counted.students, counted.texts) == (1, 2, 2)
    html = page(Client(), "/transparence/")
    assert "24 décembre 2026" in html
    assert f"version {counted.version}" in html
    weight = re.search(r"première visite</dt><dd>([\d,]+)\xa0(k?o)", html)
    assert weight
    assert weight[1] != "0"
    for secret in (run.label, run.owner.username, str(settings.DATA_DIR)):
        assert secret not in html


def test_a_browser_that_asks_for_an_icon_is_sent_to_ours() -> None:
    answer = Client().get("/favicon.ico")
    assert (answer.status_code, answer.headers["Location"]) == (301, static("img/favicon.svg"))
    assert not answer.cookies
