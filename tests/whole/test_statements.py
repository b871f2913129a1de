"""Which tests PostgreSQL is spared (tests/harness/statements.py)."""

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.harness import statements
from tests.harness.statements import WITNESSES, _chosen, shape


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SELECT a WHERE b IN (%s)", "SELECT a WHERE b IN (%s, %s, %s)", True),
        ("INSERT INTO a VALUES (%s, %s)", "INSERT INTO a VALUES (%s, %s), (%s, %s)", True),
        ("SELECT a LIMIT 1", "SELECT a LIMIT 21", True),
        ('SAVEPOINT "s1_x12"', 'SAVEPOINT "s140_x3"', True),
        ("SELECT a WHERE b = 'x'", "SELECT a WHERE b = 'y z'", True),
        ("SELECT a WHERE b = %s", "SELECT a WHERE b < %s", False),
        ("SELECT a ORDER BY b", "SELECT a ORDER BY b DESC", False),
        ("SELECT a FOR UPDATE", "SELECT a", False),
    ],
)
def test_values_do_not_make_another_statement(one: str, other: str, same: bool) -> None:
    assert (shape(one) == shape(other)) is same


def test_every_statement_keeps_its_witnesses() -> None:
    sent = [[n % 7, n % 5 + 10, n % 11 + 20] for n in range(60)] + [[99]]
    items = cast("list[pytest.Item]", [SimpleNamespace(place=place) for place in range(len(sent))])
    chosen = list(_chosen(items, sent, Counter({0: WITNESSES})))
    told = Counter(one for item in chosen for one in sent[cast("Any", item).place])
    assert all(told[one] >= WITNESSES for row in sent[:-1] for one in row if one)
    assert told[99] == 1
    assert len(chosen) < len(items) // 1.5


def test_what_was_not_noted_is_run(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(statements, "FOLDER", "")
    assert statements.needed([request.node]) == [request.node]
