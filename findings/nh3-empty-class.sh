#!/bin/sh
# Question: what is left of a class that nh3's `allowed_classes` does not name?
# Guess: nothing, the attribute goes with its last class.
# What happens: an empty `class=""` stays on a tag that the mapping names, so that a selector [class] still finds it;
#   a tag that it does not name loses the attribute whole.
# Versions: nh3 0.3.8. Date: 2026-11-30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check nh3==0.3.8
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import nh3

html = '<p class="x">a</p><em class="x">b</em>'
cleaned = nh3.clean(html, tags={"p", "em"}, allowed_classes={"p": {"kept"}})
print("nh3", version("nh3"))
print(html, "->", cleaned)
assert cleaned == '<p class="">a</p><em>b</em>', "the behaviour has changed"
PYTHON
