"""`python -m bench [classroom]`, `python -m bench kill9 --rounds 200`, `python -m bench journal`."""

import argparse
from pathlib import Path

from tests.harness.server import ROOT

OUT = ROOT / ".data" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    commands = parser.add_subparsers(dest="command")
    lesson = commands.add_parser("classroom", help="the scripted lesson (the default)")
    lesson.add_argument("--students", type=int, nargs="+", default=[35, 350])
    lesson.add_argument("--out", type=Path, default=OUT / "classroom.json")
    lesson.add_argument(
        "--plain", action="store_true", help="save through the view of pages without JavaScript"
    )
    kill = commands.add_parser("kill9", help="kill -9 under 35 writers at random moments")
    kill.add_argument("--rounds", type=int, default=200)
    commands.add_parser("journal", help="SQLite's journal modes: commits a second, readers, durability")
    chosen = parser.parse_args()
    if chosen.command == "kill9":
        from bench.kill9 import run as kill_again_and_again

        kill_again_and_again(chosen.rounds, OUT / "kill9.json")
    elif chosen.command == "journal":
        from bench import journal

        journal.run(OUT / "journal.json")
    else:
        from bench import classroom

        given = vars(chosen)
        sizes, out = given.get("students", [35, 350]), given.get("out", OUT / "classroom.json")
        classroom.run(sizes, out, plain=given.get("plain", False))


if __name__ == "__main__":
    main()
