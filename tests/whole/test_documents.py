"""What README, CONTRIBUTING and docs name is there: a newcomer follows them line by line."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.harness.folders import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|js|html|css|md|toml|json|sh))`")
LINKED = re.compile(r"\]\((?!\w+:|#)([^)#]+)(?:#[^)]*)?\)")


@cache
def files() -> tuple[str, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return tuple(f"/{path}" for path in listed.stdout.splitlines())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    """A path may leave out the app that the sentence is about."""
    if not files():
        pytest.skip("an export without git has nothing to look at")
    text = document.read_text(encoding="utf-8")
    named = {path for path in NAMED.findall(text) if not any(file.endswith(f"/{path}") for file in files())}
    linked = {path for path in LINKED.findall(text) if not (document.parent / path).exists()}
    assert (named, linked) == (set(), set())


def test_decisions_are_numbered_without_holes_and_listed() -> None:
    held = sorted(path.name for path in (ROOT / "docs/decisions").glob("0*.md"))
    assert [int(name[:4]) for name in held] == list(range(1, len(held) + 1))
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert re.findall(r"^- \[\d+\. .+\]\((.+)\)$", index, re.MULTILINE) == held


def test_every_decision_that_the_code_names_is_there() -> None:
    named = {
        found
        for path in files()
        if path.endswith((".py", ".js", ".css", ".html", ".toml", "Makefile"))
        for found in re.findall(
            r"decisions/(0[\w-]*(?:\.md)?)", (ROOT / path[1:]).read_text(encoding="utf-8")
        )
    }
    assert {found for found in named if not (ROOT / "docs/decisions" / found).is_file()} == set()
