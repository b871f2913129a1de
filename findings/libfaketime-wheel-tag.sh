#!/bin/sh
# Question: on which machines does the wheel of PyPI's libfaketime work?
# Guess: on those that its tag names; a compiled library has a platform's tag.
# What happens: the wheel is tagged py3-none-any, so pip installs it anywhere, but the library in it is an ELF file for
#   x86-64 alone.
# Versions: libfaketime 3.0.1. Date: 2026-11-30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$folder" libfaketime==3.0.1
python3 - "$folder" <<'PYTHON'
import sys
import zipfile
from pathlib import Path

wheel = next(Path(sys.argv[1]).glob("*.whl"))
with zipfile.ZipFile(wheel) as archive:
    binaries = {}
    for name in archive.namelist():
        head = archive.read(name)[:20]
        if head.startswith(b"\x7fELF"):
            binaries[name] = int.from_bytes(head[18:20], "little")  # e_machine; 62 is x86-64
print(wheel.name)
print("compiled files and their e_machine:", binaries)
assert wheel.name.endswith("py3-none-any.whl") and binaries and set(binaries.values()) == {62}, "the behaviour has changed"
PYTHON
