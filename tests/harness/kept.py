"""Rows that a file of tests makes once, and that each of its tests finds as they were made.

@pytest.fixture(scope="module")
def made(kept: Kept) -> World:
    return kept(make_world)

@pytest.fixture
def world(db: None, made: World) -> World:
    return copy.deepcopy(made)

A transaction is held around the whole file, so a test of an ordinary `django_db` undoes its own changes alone. Not for
a file with a test of `transaction=True`, which empties every table. Objects of Python and files are not undone: each
test is given a copy of the first, and nothing here may take away the second before a commit, which never comes.
"""

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import TypeVar

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from lessons.live.telling import newest
from lessons.queries import documents
from lessons.queries.cases import cases_of
from lessons.queries.content import lesson_content
from lessons.views import screen

Made = TypeVar("Made")


def forget() -> None:
    """A test's rows are undone and their ids come again: no content of another test may be remembered.

    Nor may an answer that it left open hold a place of the next: a server closes each of them.
    """
    lesson_content.cache_clear()
    cases_of.cache_clear()
    documents.forget()
    newest.clear()
    screen._wholes = BoundedSemaphore(2)


class Kept:
    """Calls what makes the rows; gives what it gave."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self.blocker = blocker

    def __call__(self, made_by: Callable[[], Made]) -> Made:
        forget()
        with self.blocker.unblock():
            return made_by()


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Kept]:
    """A transaction around the tests of this file."""
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
    yield Kept(django_db_blocker)
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
