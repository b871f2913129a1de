"""The oldest browsers: one file says them, everything else reads it; the checkers see what would break them."""

import re
import subprocess

import pytest
from django.test import Client

from metroloco_site.kit.browsers import OLDEST
from tests.harness.folders import ROOT

WORDS = {"chrome": "Chrome", "edge": "Edge", "firefox": "Firefox", "safari": "Safari"}

TOO_NEW = {
    "a.css": [
        ("a:not(.b, .c) { color: red }", "floor/not-list"),
        ("a:not(.b > .c) { color: red }", "floor/not-list"),
        (":is(a, b) { color: red }", "css/use-baseline"),
        ("a:has(b) { color: red }", "css/use-baseline"),
        ("a { float: inline-start }", "css/use-baseline"),
        ("a { aspect-ratio: 1 }", "css/use-baseline"),
    ],
    "a.js": [
        ("export const last = (a) => a.at(-1);", "no-restricted-syntax"),
        ("export const button = (event) => event.submitter;", "no-restricted-syntax"),
        ("export const open = (dialog) => dialog.showModal();", "no-restricted-syntax"),
        (
            'export const on = (a, signal) => a.addEventListener("x", () => {}, { signal });',
            "no-restricted-syntax",
        ),
        ('export const is = (a) => a.matches("a:not(.b, .c)");', "no-restricted-syntax"),
        ('export const is = (a) => a.closest(":is(a, b)");', "no-restricted-syntax"),
        ("export const copy = (a) => structuredClone(a);", "compat/compat"),
        ('export const all = (a) => a.replaceAll("a", "b");', "es-x/no-string-prototype-replaceall"),
        ("export const last = (a) => a.findLast(Boolean);", "es-x/no-array-prototype-findlast-findlastindex"),
    ],
}
FINE = {
    "a.css": "a:not(.b):not(.c) { inset: 0 } @supports selector(:has(*)) { a:has(b) { color: red } }",
    "a.js": 'export const go = (a) => a.querySelector("a:not(.b)").focus();',
}


def complaints(name: str, text: str) -> set[tuple[int, str]]:
    """The lines of a file of ours that a rule speaks against, with that rule."""
    folder = "css" if name.endswith(".css") else "js"
    done = subprocess.run(
        [
            "sh", "scripts/node", "node_modules/eslint/bin/eslint.js",
            "--config", "scripts/eslint.config.mjs", "--stdin", "--stdin-filename", f"static/{folder}/{name}",
        ],
        cwd=ROOT, input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    found = re.findall(r"^ +(\d+):\d+ .*  (\S+)$", done.stdout, re.MULTILINE)
    return {(int(line), rule) for line, rule in found}


@pytest.mark.parametrize("name", ["a.css", "a.js"])
def test_the_checkers_see_what_an_old_browser_would_not_know(name: str) -> None:
    assert complaints(name, FINE[name]) == set()
    separated = "\n".join(text for text, _ in TOO_NEW[name])
    if name == "a.js":  # names may be declared once a file
        separated = re.sub(r"export const (\w+)", lambda m: f"export const {m[1]}{m.start()}", separated)
    assert complaints(name, separated) == {(line, rule) for line, (_, rule) in enumerate(TOO_NEW[name], 1)}


@pytest.mark.django_db
def test_the_connection_test_and_the_readme_name_the_same_browsers() -> None:
    page = Client().get("/essai/").content.decode()
    readme = (ROOT / "README.md").read_text()
    for name, version in OLDEST.items():
        assert f"{WORDS[name]} {version}" in page
        assert f"{WORDS[name]} {version}" in readme


def test_the_bundler_writes_for_them() -> None:
    told = subprocess.run(
        ["sh", "-xc", (ROOT / "scripts/bundle").read_text().split("set --")[0].replace('cd "$(dirname "$0")/.."', ":")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    wanted = ",".join(["es2020", *(f"{name}{version}" for name, version in OLDEST.items())])
    assert f"targets={wanted}" in told
