"""`python -m bench [classroom]`, `python -m bench kill9 --rounds 200`, `python -m bench journal`,
`python -m bench grading`, `python -m bench pdf`, `python -m bench poster`."""

import argparse
from pathlib import Path

from tests.harness.folders import ROOT

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
    wide = commands.add_parser(
        "wide", help="the bell of 350, an action on 350 screens, 700 who write, a full store"
    )
    wide.add_argument("parts", nargs="*", default=["bell", "screens", "event", "crowd", "past"])
    commands.add_parser("page", help="the writing page: weight, EcoIndex, a slow link, a lesson's bytes")
    commands.add_parser("journal", help="SQLite's journal modes: commits a second, readers, durability")
    commands.add_parser("grading", help="35 students on one question with 35 keys, in a browser")
    hostile = commands.add_parser("hostile", help="a thousand hostile texts through every way in")
    hostile.add_argument("--texts", type=int, default=1000)
    commands.add_parser(
        "pdf", help="35 graded sheets beside WeasyPrint alone, a poster, a class that writes meanwhile"
    )
    disk = commands.add_parser("disk", help="a full disk under 14 writers (needs root: a small tmpfs)")
    disk.add_argument("--seconds", type=float, default=10)
    poster = commands.add_parser(
        "poster", help="175 groups of four write together; two browsers see each other"
    )
    poster.add_argument("--groups", type=int, default=175)
    poster.add_argument("--seconds", type=float, default=30)
    poster.add_argument("--kills", type=int, default=0, help="and so many kill -9 under writers")
    chosen = parser.parse_args()
    if chosen.command in ("kill9", "disk"):
        faults(chosen)
    elif chosen.command == "wide":
        from bench import wide as many

        many.run(chosen.parts, OUT / "wide.json")
    elif chosen.command == "page":
        from bench import page

        page.run(OUT / "page.json")
    elif chosen.command == "journal":
        from bench import journal

        journal.run(OUT / "journal.json")
    elif chosen.command == "poster":
        from bench import poster as together

        together.run(chosen.groups, chosen.seconds, chosen.kills, OUT / "poster.json")
    elif chosen.command in ("pdf", "hostile"):
        documents(chosen)
    elif chosen.command == "grading":
        from bench import grading

        grading.run(OUT / "grading.json")
    else:
        from bench import classroom

        given = vars(chosen)
        sizes, out = given.get("students", [35, 350]), given.get("out", OUT / "classroom.json")
        classroom.run(sizes, out, plain=given.get("plain", False))


def faults(chosen: argparse.Namespace) -> None:
    """What must lose nothing."""
    from bench import full_disk, kill9

    if chosen.command == "kill9":
        kill9.run(chosen.rounds, OUT / "kill9.json")
    else:
        full_disk.run(chosen.seconds, OUT / "disk.json")


def documents(chosen: argparse.Namespace) -> None:
    """What ends on paper."""
    from bench import hostile, pdf

    if chosen.command == "pdf":
        pdf.run(OUT / "pdf.json")
    else:
        hostile.run(chosen.texts, OUT / "hostile.json")


if __name__ == "__main__":
    main()
