"""Documents of a lesson added, moved and deleted in the application."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from annexes.models import AnnexeImage
from lessons.models import Lesson
from metroloco_site.packs.actions.loading import load_pack
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules import read_files
from metroloco_site.packs.rules.writing import pack_files
from tests.harness import builders as make
from tests.harness import picture_files as files
from tests.harness.builders import NOW
from tests.harness.folders import METROLOCO
from tests.packs.views.test_editing import client, form, lesson, newest

__all__ = ["client", "lesson"]
AT = "/prof/lecons/petite-lecon/"


def act(client: Client, path: str, **data: str) -> tuple[int, str]:
    """What a small form of the lesson's page does, and the page that follows."""
    answer = client.post(AT + path, {"base": str(newest().version), **data}, follow=True)
    return answer.status_code, plain(answer.content.decode())


def plain(text: str) -> str:
    """With the spaces of this file, for its sentences."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def annexes(part: int = 2) -> list[tuple[int, str]]:
    return [(a.number, a.slug) for a in newest().collection.annexes.filter(part=part)]


def sound() -> bool:
    """The newest version is a pack that loads."""
    files_now = pack_files(stored_pack(newest()))
    return pack_files(read_files(files_now)) == files_now


# --- adding ----------------------------------------------------------------------------------------

NEW = [
    ("term", {"term": "L’Œuvre commune", "body": "Faire ensemble."}, "lexicon/l-oeuvre-commune.md"),
    ("card", {"verb": "Décrire", "definition": "Dire.", "action": "Voir.", "body": "Regarder."}, "method/decrire.md"),
    ("case", {"name": "Les Jardins", "values-people": "1", "needs-share": "1", "sources-0-label": "Un livre",
              "body": "Un jardin."}, "cases/les-jardins.md"),
    ("annexe", {"title": "Le compost", "kind": "text", "body": "Il chauffe.", "partie": "1"}, "annexes/1-3.md"),
    ("question", {"statement": "Comparer deux jardins.", "verb": "comparer", "partie": "1", "fields-0-key": "a",
                  "fields-0-label": "A"}, "questions/1-3.md"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "path"), NEW, ids=[row[0] for row in NEW])
def test_a_document_is_added_by_a_plain_form(
    client: Client, lesson: Lesson, kind: str, data: dict[str, str], path: str
) -> None:
    address = f"{AT}{kind}/ajouter/"
    assert address in client.get(AT).content.decode()
    before = set(pack_files(stored_pack(lesson)))
    answer = client.post(address, form_of(client, address) | data, follow=True)
    assert "Enregistré : c’est la version 2." in plain(answer.content.decode())
    assert set(pack_files(stored_pack(newest()))) - before == {path}
    assert sound()


def form_of(client: Client, address: str) -> dict[str, str]:
    """What the empty form holds."""
    page = client.get(address)
    assert page.status_code == 200
    return form(client, address)


def test_a_new_document_that_is_wrong_is_told_and_kept_on_the_page(client: Client, lesson: Lesson) -> None:
    answer = client.post(
        f"{AT}term/ajouter/", {"base": "1", "part": "1", "term": "", "body": "[x](lexique:rien)"}
    )
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "« Terme » est vide" in page
    assert "[x](lexique:rien)" in page
    assert Lesson.objects.count() == 1


@pytest.mark.parametrize("kind", [row[0] for row in NEW])
def test_an_empty_form_blames_nobody_and_speaks_as_a_form(client: Client, lesson: Lesson, kind: str) -> None:
    address = f"{AT}{kind}/ajouter/"
    assert "field-errors" not in client.get(address).content.decode()
    page = plain(client.post(address, form_of(client, address)).content.decode())
    assert "Rien n’est enregistré." in page
    assert "est vide" in page
    assert re.findall(r"---|\.md|retirez la ligne|ajoutez une ligne| clé", page) == []


def test_a_term_of_the_same_name_is_refused_not_written_over(client: Client, lesson: Lesson) -> None:
    data = {"base": "1", "part": "1", "term": "Jardin", "body": "Autre chose."}
    assert client.post(f"{AT}term/ajouter/", data).status_code == 422
    assert newest().collection.lexicon.get(slug="jardin").body != "Autre chose."


def test_the_preview_shows_what_is_not_stored_yet(client: Client, lesson: Lesson) -> None:
    data = {"part": "1", "term": "Compost", "body": "Il **chauffe**."}
    page = client.post(f"{AT}term/_/apercu/", data).content.decode()
    assert "<strong>chauffe</strong>" in page
    assert Lesson.objects.count() == 1


def test_a_new_annexe_of_a_part_with_lots_is_for_everybody(client: Client, lesson: Lesson) -> None:
    data = {"base": "1", "partie": "2", "title": "Une de plus", "kind": "text", "body": "Texte."}
    assert client.post(f"{AT}annexe/ajouter/", data).status_code == 302
    number = annexes()[-1][0]
    assert number in newest().parts.get(number=2).common
    assert sound()


@pytest.mark.parametrize("kind", ["lesson", "part", "grid", "rien"])
def test_what_a_lesson_has_once_is_not_added(client: Client, lesson: Lesson, kind: str) -> None:
    assert client.get(f"{AT}{kind}/ajouter/").status_code == 404


# --- moving ----------------------------------------------------------------------------------------


def test_an_annexe_moves_and_its_lots_follow(client: Client, lesson: Lesson) -> None:
    before = annexes()
    lots = lots_by_slug(newest())
    status, page = act(client, f"annexe/2-{before[1][0]}/deplacer/", up="1")
    assert status == 200
    assert "Déplacé : c’est la version 2." in page
    after = annexes()
    assert [slug for _, slug in after[:2]] == [before[1][1], before[0][1]]
    assert [number for number, _ in after] == [number for number, _ in before]
    assert lots_by_slug(newest()) == lots, "everybody reads the same texts as before"
    assert sound()
    act(client, f"annexe/2-{after[0][0]}/deplacer/", down="1")
    assert pack_files(stored_pack(newest())) == pack_files(stored_pack(lesson))


def lots_by_slug(lesson: Lesson) -> object:
    part = lesson.parts.get(number=2)
    names = dict(lesson.collection.annexes.filter(part=2).values_list("number", "slug"))
    held = [[sorted(names[n] for n in lot["annexes"]) for lot in size["lots"]] for size in part.lots]
    return sorted(names[n] for n in part.common), held


def test_texts_that_call_an_annexe_by_its_number_are_named(client: Client, lesson: Lesson) -> None:
    _, page = act(client, "annexe/1-1/deplacer/", down="1")
    assert "Ces textes nomment une annexe par son numéro" in page
    assert "Partie 1, question 1 : Repérer" in page


def test_the_first_stays_first_and_what_has_no_order_stays(client: Client, lesson: Lesson) -> None:
    _, page = act(client, "annexe/1-1/deplacer/", up="1")
    assert newest() == lesson
    assert "Rien n’a changé : ce document est déjà au bout de sa partie." in page
    assert "Déplacé" not in page
    for path in ("term/jardin", "annexe/9-9", "part/1", "lesson/lesson"):
        assert act(client, f"{path}/deplacer/", up="1")[0] == 404
    assert client.get(f"{AT}annexe/1-1/deplacer/").status_code == 405


def test_a_question_moves_with_its_expected_answer(client: Client, lesson: Lesson) -> None:
    second = newest().parts.get(number=1).questions.get(number=2).verb
    act(client, "question/1-2/deplacer/", up="1")
    assert newest().parts.get(number=1).questions.get(number=1).verb == second
    assert sound()


# --- deleting --------------------------------------------------------------------------------------


def test_what_nothing_names_goes_and_the_earlier_version_keeps_it(client: Client, lesson: Lesson) -> None:
    _, page = act(client, "term/beche/supprimer/")
    assert "Supprimé : c’est la version 2." in page
    assert not newest().collection.lexicon.filter(slug="beche").exists()
    assert lesson.collection.lexicon.filter(slug="beche").exists()
    assert sound()


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("term/jardin", "« Partie 1, annexe 1 : Un texte » s’en sert encore : modifiez d’abord ce texte."),
        ("card/comparer", "« Partie 1, question 2 : "),
        ("annexe/2-1", "« Partie 2 : Partie 2 » s’en sert encore : cochez « L’en retirer aussi »"),
        ("question/2-1", "« Partie 2 : Partie 2 » : cette partie n’a pas de question."),
    ],
)
def test_what_is_still_named_stays_and_says_where(
    client: Client, lesson: Lesson, path: str, where: str
) -> None:
    status, page = act(client, f"{path}/supprimer/")
    assert status == 422
    assert "Rien n’est supprimé." in page
    assert where in page
    assert newest() == lesson
    assert ".md" not in page
    assert 'name="base"' in page, "its form is there as it was"


def test_the_only_annexe_of_a_lot_says_what_the_box_cannot_do(client: Client, lesson: Lesson) -> None:
    status, page = act(client, "annexe/2-1/supprimer/", lots="1")
    assert status == 422
    assert "C’est la seule annexe d’un lot de « Partie 2 : Partie 2 »" in page
    assert newest() == lesson


def test_deleting_in_the_middle_says_that_the_others_keep_their_numbers(
    client: Client, lesson: Lesson
) -> None:
    _, page = act(client, "annexe/1-1/supprimer/")
    assert [number for number, _ in annexes(1)] == [2]
    assert "Les autres annexes gardent leur numéro." in page
    assert "Ces textes nomment l’annexe 1, relisez-les : « Partie 1, question 1 : Repérer" in page
    assert "numéro" not in act(client, "term/beche/supprimer/")[1]


def test_an_annexe_says_its_lots_and_leaves_them_when_asked(client: Client, lesson: Lesson) -> None:
    in_lots = annexes()
    page = client.get(f"{AT}annexe/2-{in_lots[-1][0]}/modifier/").content.decode()
    assert re.search(r"Cette annexe est dans (les annexes pour tous|le lot «)", page)
    lots = [lot["annexes"] for size in newest().parts.get(number=2).lots for lot in size["lots"]]
    free = next(number for number, _ in in_lots if [number] not in lots)
    status, _ = act(client, f"annexe/2-{free}/supprimer/", lots="1")
    assert status == 200
    assert free not in [number for number, _ in annexes()]
    assert sound()


def test_questions_close_ranks(client: Client, lesson: Lesson) -> None:
    verb = newest().parts.get(number=1).questions.get(number=2).verb
    act(client, "question/1-1/supprimer/")
    assert [(q.number, q.verb) for q in newest().parts.get(number=1).questions.all()] == [(1, verb)]
    assert sound()


def test_what_somebody_changed_meanwhile_is_not_deleted(client: Client, lesson: Lesson) -> None:
    other = make.teacher_client(make.user())
    address = f"{AT}term/beche/modifier/"
    other.post(address, form(other, address) | {"term": "Bêches"})
    answer = client.post(f"{AT}term/beche/supprimer/", {"base": "1"}, follow=True)
    assert "quelqu’un d’autre vient de modifier ce document" in plain(answer.content.decode())
    assert newest().collection.lexicon.get(slug="beche").term == "Bêches"


@pytest.mark.parametrize(
    "path", ["term/absent", "part/1", "lesson/lesson", "grid/part-1", "picture/rien", "rien/1"]
)
def test_what_is_not_there_or_must_stay_is_not_found(client: Client, lesson: Lesson, path: str) -> None:
    assert act(client, f"{path}/supprimer/")[0] == 404


def test_the_cards_of_others_are_listed_by_the_name_shown(client: Client, lesson: Lesson) -> None:
    for name in ("Zèbre", "Les Jardins", "Écluse", "abeille"):
        data = dict(NEW[2][1]) | {"name": name}
        address = f"{AT}case/ajouter/"
        client.post(address, form_of(client, address) | data)
    address = f"{AT}case/zebre/modifier/"
    client.post(address, form(client, address) | {"name": "Âne", "values-people": "1", "needs-share": "1"})
    cases = re.findall(r"case/[^/]+/modifier/\">([^<]+)<", client.get(AT).content.decode())
    assert cases == ["abeille", "Âne", "Écluse", "Les Jardins"]


# --- pictures --------------------------------------------------------------------------------------


def send_picture(client: Client, data: bytes, alt: str = "Un jardin vu d’en haut") -> str:
    address = f"{AT}annexe/1-1/modifier/"
    sent = form(client, address) | {"image": SimpleUploadedFile("IMG_2041.jpg", data), "alt": alt}
    return plain(client.post(address, sent, follow=True).content.decode())


def test_a_picture_comes_into_the_text_bare_and_described(client: Client, lesson: Lesson) -> None:
    page = send_picture(client, files.talkative_jpeg())
    assert "L’image est à la fin du texte" in page
    assert "Son fichier disait aussi : " in page
    assert "appareil" in page
    kept = newest().collection.images.get()
    assert kept.slug == "1-1-un-jardin-vu-d-en-haut"
    assert [secret for secret in files.SECRETS if secret in bytes(kept.data)] == []
    body = newest().collection.annexes.get(part=1, number=1).body
    assert body.endswith("\n\n![Un jardin vu d’en haut](image:1-1-un-jardin-vu-d-en-haut)")
    assert f'src="/images/{kept.digest}/"' in page, "in the preview"
    assert 'alt="Un jardin vu d’en haut"' in page
    assert not lesson.collection.images.exists()
    assert sound()


@pytest.mark.parametrize(
    ("data", "alt", "said"),
    [
        (b"<svg/>", "Un dessin", "Les dessins SVG"),
        (b"rien", "Rien", "n’est pas une image"),
        ("photo", "", "Dites ce que l’image montre"),
        ("photo", "un [crochet]", "Dites ce que l’image montre"),
        ("photo", "x" * 301, "Dites ce que l’image montre"),
    ],
)
def test_a_picture_that_cannot_come_is_told_and_the_text_stays(
    client: Client, lesson: Lesson, data: bytes | str, alt: str, said: str
) -> None:
    page = send_picture(client, files.jpeg() if isinstance(data, str) else data, alt)
    assert said in page
    assert "Rien n’est enregistré." in page
    assert newest() == lesson
    assert not AnnexeImage.objects.exists()


def test_a_heavy_photo_is_made_lighter(client: Client, lesson: Lesson) -> None:
    noisy = files.jpeg(Image.effect_noise((1600, 1000), 120).convert("RGB"), quality=95)
    assert len(noisy) > 600_000
    send_picture(client, noisy)
    assert 50_000 < len(bytes(newest().collection.images.get().data)) <= 500_000


def test_a_picture_goes_once_no_text_shows_it(client: Client, lesson: Lesson) -> None:
    send_picture(client, files.jpeg())
    path = f"picture/{newest().collection.images.get().slug}/supprimer/"
    _, page = act(client, path)
    assert "Rien n’est supprimé. « Partie 1, annexe 1" in page
    address = f"{AT}annexe/1-1/modifier/"
    client.post(address, form(client, address) | {"body": "Sans image."})
    _, page = act(client, path)
    assert "Supprimé" in page
    assert not newest().collection.images.exists()


def test_the_page_of_a_lesson_costs_the_same_whatever_its_size(
    client: Client, lesson: Lesson, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load_pack(folder=METROLOCO, now=NOW)
    for slug in ("petite-lecon", "metroloco"):
        client.get(f"/prof/lecons/{slug}/")
        with django_assert_num_queries(15):
            client.get(f"/prof/lecons/{slug}/")
