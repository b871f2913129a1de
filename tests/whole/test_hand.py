"""What a hand has written on a page: the rule of static/js/lib/hand.js, in Node.js (tests/js/)."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_only_a_hand_replaces_what_a_hand_wrote_by_less() -> None:
    command = ["sh", "scripts/node", "--test", "tests/js/hand.test.js"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
