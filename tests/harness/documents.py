"""A group at work on its document, for tests of the light part: members, their replicas, their requests."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import transaction
from django.utils import timezone

from lessons import live
from lessons.actions.clock import act
from lessons.actions.documents import Shelf, Written, apply_update
from lessons.actions.joining import Token
from lessons.live import documents, routes, saves
from lessons.live.tokens import COOKIE, COOKIE_SALT
from lessons.models import Group, Participant, Poster
from lessons.queries.documents import document
from lessons.rules.clock import Kind
from lessons.rules.document import Replica
from tests.harness import builders as make
from tests.harness.asgi import Reply, ask, shared_connection
from tests.lessons.live.test_saves import Inline


@dataclass
class Member:
    """One page of one member: a replica with a client id of its own."""

    person: Participant
    replica: Replica = field(default_factory=Replica)

    @property
    def token(self) -> Token:
        return Token(self.person.pk, self.person.token_version)

    @property
    def page(self) -> str:
        return live.token_for(self.person.run, "eleve", self.person)

    def types(self, text: str, key: str = "titre") -> bytes:
        """Makes the text say this on this page alone; gives the edit."""
        edit = self.replica.write(key, self.replica.text(key), text)
        assert edit is not None
        return edit

    def post(self, edit: bytes, **more: Any) -> Reply:
        """Sends an edit through the light part."""
        held = more.pop("cookie_of", self.person)
        cookie = signing.dumps([held.pk, held.token_version], salt=COOKIE_SALT)
        headers = {"origin": "http://testserver", "cookie": f"{COOKIE}={cookie}"} | more.pop("headers", {})
        query = more.pop("query", f"client={self.replica.client}&bloc=titre")
        path = more.pop("path", f"/live/{self.page}/affiche")
        return ask("POST", f"{path}?{query}", edit, headers, **more)

    def save(self, edit: bytes, shelf: Shelf | None = None, **more: Any) -> Written:
        """The same straight to the action."""
        given = {"token": self.token, "client": self.replica.client, "now": timezone.now(), **more}
        with transaction.atomic():
            return apply_update(data=edit, shelf=shelf or Shelf(), **given)

    def lacks(self, since: int = 0) -> Any:  # noqa: ANN401 - whatever JSON says
        return ask("GET", f"/live/{self.page}/affiche/suite?depuis={since}").json()

    def catch_up(self, since: int = 0) -> None:
        for update in self.lacks(since)["u"]:
            self.replica.apply(base64.b64decode(update))


def open_group(sizes: tuple[int, ...] = (3, 3)) -> list[list[Member]]:
    """Groups in a part 2 that runs for another half hour."""
    with transaction.atomic():
        run = make.class_run(participants=sum(sizes))
        made = make.groups(run, sizes)
        act(phase=make.phase(run, 2), kind=Kind.START, now=timezone.now() - timedelta(minutes=5))
    return [members(group) for group in made]


def members(group: Group) -> list[Member]:
    people = Participant.objects.filter(membership__group=group).select_related("run")
    return [Member(person) for person in people.order_by("membership__seat")]


def poster_of(member: Member) -> Poster:
    return Poster.objects.get(group__memberships__participant=member.person)


@contextmanager
def inline_writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inline]:
    """The writer thread in the test's own transaction, its memory empty."""
    with shared_connection() as pool:
        made = Inline(pool)
        monkeypatch.setattr(saves, "writer", made)
        monkeypatch.setattr(routes, "_database", pool)
        monkeypatch.setattr(documents, "_shelf", Shelf())
        monkeypatch.setattr(documents, "writing", documents.Writing())
        yield made


def texts(member: Member) -> dict[str, str]:
    """What the document of this member's group says, by name."""
    return document(poster_of(member)).texts


@pytest.fixture
def inline(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inline]:
    with inline_writer(monkeypatch) as made:
        yield made


@pytest.fixture
def group(db: None) -> list[Member]:
    """Three members of a group at work."""
    return open_group((3,))[0]
