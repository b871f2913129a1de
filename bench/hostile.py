"""A thousand hostile texts through every way in: each page safe and each PDF made within two seconds of CPU.

`python -m bench hostile`: the tests of fifty (tests/test_hostile_paths.py), with 950 more crossed from them.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.report import write_json
from tests.harness.server import ROOT


def run(count: int, out: Path) -> None:
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/test_hostile_paths.py"],
        cwd=ROOT, env={**os.environ, "HOSTILE_TEXTS": str(count)}, check=False,
    )  # fmt: skip
    seconds = round(time.monotonic() - start)
    write_json({"texts": count, "passed": done.returncode == 0, "seconds": seconds}, out)
    print(f"{count} textes hostiles, {seconds} s : {'tous sûrs' if done.returncode == 0 else 'ÉCHEC'}")
