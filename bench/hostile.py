"""A thousand hostile texts through every way in: each page safe and each PDF made within two seconds of CPU.

`python -m bench hostile`: the tests of fifty (tests/whole/test_hostile_paths.py), with 950 more crossed from them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.report import write_json
from tests.harness.folders import ROOT


def run(count: int, out: Path) -> None:
    """Writes the figures and every fault; says the slowest page of each part."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "parts"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/whole/test_hostile_paths.py"],
            cwd=ROOT, env={**os.environ, "HOSTILE_TEXTS": str(count), "HOSTILE_REPORT": str(report)}, check=False,
        )  # fmt: skip
        parts = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
    seconds = round(time.monotonic() - start)
    figures = {"texts": count, "passed": done.returncode == 0, "seconds": seconds, "parts": parts}
    write_json(figures, out)
    pages = sum(part["pages"] for part in parts)
    slowest = max((part["slowest"][0] for part in parts), default=0)
    said = "tous sûrs" if done.returncode == 0 else "ÉCHEC"
    print(
        f"{count} textes hostiles, {pages} pages et documents, {seconds} s : {said} ; le plus lent : {slowest} s"
    )
