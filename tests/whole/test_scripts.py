"""The scripts of the pages without a browser: their unit tests in Node.js (tests/js/), their types."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.harness.folders import ROOT

UNITS = sorted((ROOT / "tests/js").glob("*.test.js"))

# A fault that only types show, a line; `wrong` is the word that tsc stops at.
MISTYPED = {
    "/** @param {State} state */ export const over = (state) => state.end_at === null;": "end_at",
    'export const mark = () => document.querySelector("textarea.answer").focus();': "document",
    'export const send = () => document.addEventListener("click", ({ target }) => target.hiden);': "hiden",
    'export const box = () => document.querySelector("p, div.box")?.checked;': "checked",
    "export const later = (text) => text;": "text",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name.removesuffix(".test.js"))
def test_unit(unit: Path) -> None:
    command = ["sh", "scripts/node", "--test", str(unit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_tsc_sees_what_is_mistyped(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("\n".join(MISTYPED))
    include = [str(tmp_path / "a.js"), str(ROOT / "static/js/types.d.ts")]
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"extends": str(ROOT / "tsconfig.json"), "include": include})
    )
    command = [
        "sh",
        "scripts/node",
        "node_modules/typescript/bin/tsc",
        "--pretty",
        "false",
        "--project",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    found = re.findall(r"a\.js\((\d+,\d+)\): error", done.stdout)
    assert found == [
        f"{row},{line.index(wrong) + 1}" for row, (line, wrong) in enumerate(MISTYPED.items(), 1)
    ]
