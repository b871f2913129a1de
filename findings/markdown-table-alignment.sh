#!/bin/sh
# Question: does the alignment of a Markdown table's column survive an allow-list that lets tables through?
# Guess: yes, as an attribute that such a list names (`align`).
# What happens: Python-Markdown writes it as a style, which nh3's own default list drops in silence; with
#   `use_align_attribute=True` it is `align`, which that list keeps.
# Versions: Markdown 3.11.3, nh3 0.3.8. Date: 2026-11-30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check Markdown==3.11.3 nh3==0.3.8
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import markdown
import nh3
from markdown.extensions.tables import TableExtension

table = "| a | b |\n|---|--:|\n| 1 | 2 |\n"
plain = markdown.markdown(table, extensions=["tables"])
asked = markdown.markdown(table, extensions=[TableExtension(use_align_attribute=True)])
print("Markdown", version("Markdown"), "nh3", version("nh3"))
print("as written:  ", "text-align: right" in plain, "| after nh3.clean:", "right" in nh3.clean(plain))
print("as attribute:", 'align="right"' in asked, "| after nh3.clean:", "right" in nh3.clean(asked))
assert "text-align: right" in plain, "the behaviour has changed"
assert "right" not in nh3.clean(plain), "the behaviour has changed"
assert 'align="right"' in nh3.clean(asked), "the behaviour has changed"
PYTHON
