"""The history of a lesson: what changed between two versions, one taken up again, one deleted."""

import re

import pytest
from django.db.models.signals import pre_delete
from django.test import Client

from annexes.models import Annexe, Collection
from lessons.models import Lesson
from lessons.queries.content import lesson_content
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules.writing import pack_files
from tests.harness import builders as make
from tests.packs.views.test_changing import AT, act, plain
from tests.packs.views.test_editing import client, form, lesson, newest

__all__ = ["client", "lesson"]


def test_what_changed_is_listed_between_any_two_versions(client: Client, lesson: Lesson) -> None:
    address = f"{AT}annexe/1-1/modifier/"
    client.post(address, form(client, address) | {"title": "Autre titre"})
    act(client, "term/beche/supprimer/")
    client.post(f"{AT}term/ajouter/", {"base": "3", "part": "1", "term": "Compost", "body": "Il chauffe."})
    assert changes(client, "versions/4/") == ["Ajouté : Compost (lexique)"]
    assert changes(client, "versions/4/?avec=1") == [
        "Changé : Partie 1, annexe 1 : Autre titre", "Ajouté : Compost (lexique)", "Retiré : Bêche (lexique)",
    ]  # fmt: skip
    page = plain(client.get(f"{AT}versions/1/?avec=2").content.decode())
    assert changes(client, "versions/1/?avec=2") == ["Changé : Partie 1, annexe 1 : Un texte"]
    assert "Retiré : <del>Titre : Autre titre</del>" in page
    assert "Ajouté : <ins>Titre : Un texte</ins>" in page
    assert page.count("<ins>") == 1
    assert ".md" not in page
    assert "C’est la première version" in client.get(f"{AT}versions/1/").content.decode()
    assert client.get(f"{AT}versions/9/").status_code == 404


def changes(client: Client, path: str) -> list[str]:
    page = plain(client.get(AT + path).content.decode())
    return ["".join(found) for found in re.findall(r"<strong>(\w+)</strong>([^<\n]+)", page)]


def test_what_only_changed_places_is_said_to_have_moved(client: Client, lesson: Lesson) -> None:
    act(client, "annexe/2-2/deplacer/", up="1")
    assert changes(client, "versions/2/") == [
        "Déplacé : Partie 2, annexe 1 : Texte 2, numéro 2 auparavant",
        "Déplacé : Partie 2, annexe 2 : Texte 1, numéro 1 auparavant",
    ]
    assert "<ins>" not in client.get(f"{AT}versions/2/").content.decode()
    kept = plain(client.get(AT).content.decode()).partition("Partie 1, question 2 : ")[2].partition("<")[0]
    act(client, "question/1-1/supprimer/")
    assert (
        changes(client, "versions/3/")[0] == f"Déplacé : Partie 1, question 1 : {kept}, numéro 2 auparavant"
    )
    assert [row.split(",")[0] for row in changes(client, "versions/3/")[1:]] == ["Retiré : Partie 1"]


def test_a_comparison_shows_text_as_text_and_stops_somewhere(client: Client, lesson: Lesson) -> None:
    address = f"{AT}annexe/1-1/modifier/"
    body = "Deux < trois & « quatre » ? " + "\n\n".join(f"Ligne {n}." for n in range(900))
    client.post(address, form(client, address) | {"body": body})
    page = plain(client.get(f"{AT}versions/2/").content.decode())
    assert "<ins>Deux &lt; trois &amp; " in page
    assert page.count("<ins>") + page.count("<del>") == 20
    hidden = re.search(r"Et (\d+) autres lignes", page)
    assert hidden
    assert int(hidden[1]) == 900 + 2 - 20, "two lines left, nine hundred came"


def test_an_earlier_text_is_taken_up_again(client: Client, lesson: Lesson) -> None:
    act(client, "term/beche/supprimer/")
    _, page = act(client, "versions/1/reprendre/")
    assert "c’est la version 3" in page
    assert "versions/1/reprendre/" in client.get(f"{AT}versions/1/").content.decode()
    assert "versions/3/reprendre/" not in client.get(f"{AT}versions/3/").content.decode(), "it is the newest"
    assert pack_files(stored_pack(newest())) == pack_files(stored_pack(lesson))
    assert "Rien n’a changé" in act(client, "versions/3/reprendre/")[1]


def test_a_version_goes_unless_an_activity_keeps_it(client: Client, lesson: Lesson) -> None:
    run = make.class_run(of=lesson, participants=1)
    for word in ("un", "deux"):
        address = f"{AT}annexe/1-1/modifier/"
        client.post(address, form(client, address) | {"body": f"Texte {word}."})
    page = client.get(AT).content.decode()
    assert re.findall(r"versions/(\d+)/supprimer/", page) == ["2"]
    for kept in (1, 3):
        assert f"La version {kept} reste" in act(client, f"versions/{kept}/supprimer/")[1]
    assert "La version 2 est supprimée." in act(client, "versions/2/supprimer/")[1]
    assert list(Lesson.objects.order_by("version").values_list("version", flat=True)) == [1, 3]
    assert Collection.objects.count() == 2
    assert not Annexe.objects.filter(body="Texte un.").exists()
    assert lesson_content(run.lesson_id).part(1).annexes
    assert act(client, "versions/2/supprimer/")[0] == 404


@pytest.mark.django_db(transaction=True)
def test_a_version_stays_if_an_activity_takes_it_at_that_instant(client: Client, lesson: Lesson) -> None:
    act(client, "term/beche/supprimer/")

    def taken(**_signal: object) -> None:
        make.class_run(of=lesson)  # seen by nobody until the database compares, at the commit

    pre_delete.connect(taken, sender=Lesson)
    try:
        assert "La version 1 reste" in act(client, "versions/1/supprimer/")[1]
    finally:
        pre_delete.disconnect(taken, sender=Lesson)
    assert Lesson.objects.filter(pk=lesson.pk).exists()


def test_versions_that_share_their_texts_lose_none(client: Client, lesson: Lesson) -> None:
    act(client, "term/beche/supprimer/")
    act(client, "versions/1/reprendre/")
    assert newest().collection_id == lesson.collection_id
    act(client, "versions/1/supprimer/")
    assert newest().collection.annexes.exists()


def test_a_copy_made_by_mistake_goes_whole(client: Client, lesson: Lesson) -> None:
    client.post(f"{AT}copier/", {"title": "Une erreur"})
    assert client.post("/prof/lecons/petite-lecon-2/versions/1/supprimer/", follow=True).status_code == 200
    assert list(Lesson.objects.values_list("slug", flat=True)) == ["petite-lecon"]
    assert Collection.objects.count() == 1
