"""What a page writes in the document of its group, from the light part to the commit."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from lessons import live
from lessons.models import Phase, PosterLate, PosterUpdate, PosterWriter
from lessons.queries.posters import document
from tests.asgi import Page, ask
from tests.posters import Member, inline_writer, open_group, poster_of
from tests.test_save_path import Inline


@pytest.fixture
def inline(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inline]:
    with inline_writer(monkeypatch) as made:
        yield made


@pytest.fixture
def group(db: None) -> list[Member]:
    return open_group((3,))[0]


def texts(member: Member) -> dict[str, str]:
    return document(poster_of(member)).texts


def test_what_one_writes_is_stored_and_another_reads_it(group: list[Member], inline: Inline) -> None:
    ada, ben, _ = group
    reply = ada.post(ada.types("Bonjour 😀"))
    assert (reply.status, reply.json()["number"]) == (200, 1)
    assert texts(ada) == {"titre": "Bonjour 😀"}
    ben.catch_up()
    assert ben.replica.text("titre") == "Bonjour 😀"
    assert ben.post(ben.types("Bonjour à tous 😀")).status == 200
    assert texts(ada) == {"titre": "Bonjour à tous 😀"}
