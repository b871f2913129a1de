#!/bin/sh
# Question: which x-height does DejaVu Sans tell a program that sets type at equal size (font-size-adjust)?
# Guess: the one that is drawn, about 0.55 em.
# What happens: its OS/2 table is of version 1, which has no sxHeight at all: each program measures, or guesses, its own.
# Versions: dejavu-fonts-ttf 2.37.3 (npm), fonttools 4.60.1. Date: 2026-11-30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check fonttools==4.60.1
(cd "$folder" && npm install --silent --no-audit --no-fund --ignore-scripts dejavu-fonts-ttf@2.37.3 >/dev/null)
"$folder/venv/bin/python" - "$folder/node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf" <<'PYTHON'
import sys
from importlib.metadata import version

from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

font = TTFont(sys.argv[1])
os2, glyphs = font["OS/2"], font.getGlyphSet()
pen = BoundsPen(glyphs)
glyphs["x"].draw(pen)
drawn = pen.bounds[3] / font["head"].unitsPerEm
print("fonttools", version("fonttools"), "| DejaVu Sans", font["name"].getDebugName(5))
print("OS/2 version:", os2.version, "| has sxHeight:", hasattr(os2, "sxHeight"), "| drawn:", round(drawn, 3))
assert os2.version == 1 and not hasattr(os2, "sxHeight") and 0.54 < drawn < 0.56, "the behaviour has changed"
PYTHON
