"""French sentences: a space that never breaks stands before « : ; ! ? » and inside « »."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.harness.folders import ROOT
from tests.whole.test_house import SOURCES, name

PLAIN = re.compile(r"[\w)»…’%}] [:;!?](?=[\s<{]|$)|« | »")
HOLDERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
KEPT = {"« Pour aller plus loin »"}  # a help_text that a migration froze; on no page


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """The string constants of a file with their lines, docstrings left out."""
    tree = ast.parse(path.read_text())
    nodes = list(ast.walk(tree))
    docs = {id(node.body[0].value) for node in nodes if isinstance(node, HOLDERS) and node.body
            and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def test_the_rule_sees_a_plain_space_and_no_other() -> None:
    for bad in ("le vote : rien", "Encore ?", "« oui", "oui »", "{{ n }} : oui", "rien ; puis"):
        assert PLAIN.search(bad), bad
    for good in ("le vote\u00a0: rien", "Encore\u202f?", "«\u00a0oui\u00a0»", "http://x", "q ?x", "a:b"):
        assert not PLAIN.search(good), good


def test_no_plain_space_before_a_high_sign_in_python() -> None:
    found = [
        f"{name(path)}:{line}: {text}"
        for path in SOURCES
        for line, text in sentences(path)
        if PLAIN.search(text) and text not in KEPT
    ]
    assert found == []


def test_no_plain_space_before_a_high_sign_in_templates() -> None:
    comment = re.compile(r"\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
    found = [
        f"{name(path)}: {text}"
        for path in (ROOT / "templates").rglob("*.html")
        for text in comment.sub("", path.read_text()).splitlines()
        if PLAIN.search(text)
    ]
    assert found == []
