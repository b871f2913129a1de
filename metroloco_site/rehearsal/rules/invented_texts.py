"""Invented texts for the lesson Metroloco: what a class could have written (fixtures/samples/).

Keys are those of the application: `rules.poster.field_key(question.number, field["key"])` for answers of part 1
and blocks of a poster (`q2-critere-1`), `essential_key(annexe.number)` (`essentiel-4`), `titre`, `source`. An
unknown key gives an empty tuple, and so does all of another lesson: ask `LESSON` first. Texts of one index belong
together: `answers(key)[5]` is always the sixth student's; an empty one was left blank.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LESSON = "metroloco"  # the slug of the lesson that these texts answer
FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "samples"


def answers(question_key: str) -> tuple[str, ...]:
    """What 28 students wrote in a field of part 1, from one line to excellent."""
    return _column(pupils(), question_key)


def essentials(annexe_key: str) -> tuple[str, ...]:
    """« L’essentiel à transmettre » of an annexe of part 2, in several versions."""
    return tuple(_read("essentials").get(annexe_key, ()))


def poster_blocks(block_key: str) -> tuple[str, ...]:
    """What 8 groups wrote in a block of their poster."""
    return _column(groups(), block_key)


def pupils() -> tuple[dict[str, Any], ...]:
    """The students of the demonstration: their texts by key, and what their teacher thinks of them."""
    return tuple(_read("pupils")["pupil"])


def groups() -> tuple[dict[str, Any], ...]:
    """The groups of the demonstration: the texts of their poster by key, its look, its images."""
    return tuple(_read("groups")["group"])


def drawing(name: str) -> dict[str, Any]:
    """A picture of a poster, as rules.drawings paints it."""
    found: dict[str, Any] = _read("drawings")[name]
    return found


def _column(rows: tuple[dict[str, Any], ...], key: str) -> tuple[str, ...]:
    """Empty where no row has the key."""
    return tuple(row.get(key, "") for row in rows) if any(key in row for row in rows) else ()


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
