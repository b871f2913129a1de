"""A slow network, and « Copier » or « Enregistrer » pressed again: one lesson, one version."""

import re
from collections.abc import Mapping

import pytest
from django.test import Client

from lessons.models import Lesson
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules.writing import pack_files
from tests.packs.views.test_changing import AT
from tests.packs.views.test_editing import client, lesson, newest

__all__ = ["client", "lesson"]
pytestmark = pytest.mark.django_db
NUMBER = re.compile(r'name="numero" value="([^"]+)"')


def twice(client: Client, page: str, address: str, sent: Mapping[str, str]) -> list[tuple[int, str]]:
    number = NUMBER.search(client.get(page).content.decode())
    assert number
    answers = [client.post(address, {**sent, "numero": number[1]}) for _ in range(2)]
    return [(answer.status_code, answer.headers.get("Location", "")) for answer in answers]


def test_one_copy(client: Client, lesson: Lesson) -> None:
    first, second = twice(client, AT, AT + "copier/", {"title": "Une autre"})
    assert first == second
    assert first[0] == 302
    assert Lesson.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("annexe", {"partie": "2", "title": "Une de plus", "kind": "text", "body": "Texte."}),
        ("term", {"part": "1", "term": "Compost", "body": "Il chauffe."}),
    ],
)
def test_one_new_document(client: Client, lesson: Lesson, kind: str, sent: dict[str, str]) -> None:
    before = set(pack_files(stored_pack(lesson)))
    address = f"{AT}{kind}/ajouter/"
    first, second = twice(client, address, address, {"base": "1", **sent})
    assert first == second == (302, AT)
    assert newest().version == 2
    assert len(set(pack_files(stored_pack(newest()))) - before) == 1
