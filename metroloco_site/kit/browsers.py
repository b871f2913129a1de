"""The oldest browsers in which every page works: one file, read here, by scripts/bundle and by eslint.config.mjs."""

import json
from pathlib import Path

OLDEST: dict[str, int] = json.loads(Path(__file__).with_name("browsers.json").read_text())
