"""docs/security.md names tests that exist, and a reader finds how to report a fault."""

import ast
import re

from tests.harness.folders import ROOT

TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+/test_\w+)\.(test_\w+)`", TEXT)


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 50
    for file, name in NAMED:
        tree = ast.parse((ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (
            file,
            name,
        )


def test_every_threat_has_a_proof() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(rows) > 25
    assert [row for row in rows if not re.search(r"`[\w/]+/test_\w+\.test_\w+`", row)] == []


def test_a_fault_can_be_reported() -> None:
    assert "## Report a fault" in (ROOT / "README.md").read_text(encoding="utf-8")
