#!/bin/sh
# Question: is a French word of PyPI's mnemonic equal to the same word as a keyboard types it?
# Guess: yes, « académie » is « académie ».
# What happens: all 366 accented words of its French list are decomposed (NFD), so none is found by what a keyboard
#   gives (NFC) with `in` or `==`; `check` and `expand` normalise by themselves and hide it.
# Versions: mnemonic 0.21. Date: 2026-11-30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check mnemonic==0.21
"$folder/venv/bin/python" - <<'PYTHON'
import unicodedata
from importlib.metadata import version

from mnemonic import Mnemonic

french = Mnemonic("french")
accented = [word for word in french.wordlist if not word.isascii()]
typed = [unicodedata.normalize("NFC", word) for word in accented]
found = sum(word in french.wordlist for word in typed)
phrase = french.to_mnemonic(bytes(range(16)))
both = french.check(phrase), french.check(unicodedata.normalize("NFC", phrase))
print("mnemonic", version("mnemonic"))
print("accented words:", len(accented), "first:", ascii(accented[0]))
print("found as typed:", found, "| check() of a phrase as listed and as typed:", both)
assert (len(accented), found, both) == (366, 0, (True, True)), "the behaviour has changed"
PYTHON
