"""What every test may ask for. The helpers themselves are in tests/harness/."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.browser import browser, new_context
from tests.harness.server import Server

__all__ = ["browser", "new_context", "server"]


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what -m does not name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that drive a browser, and run them last.

    Playwright keeps an event loop in the main thread from its start on, and Django refuses its
    ORM in a thread that has one: tests of the first kind would break those of the second.
    """
    for item in items:
        if {"browser", "new_context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of one's own, already answering, with an empty database."""
    made = Server(tmp_path)
    try:
        yield made.start()
    finally:
        made.close()
