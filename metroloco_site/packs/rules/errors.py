"""What is wrong with a pack: one French sentence each, with the file, the line and the remedy."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import category

SHOWN = 60  # characters of somebody's text that an error repeats


@dataclass(frozen=True, order=True)
class PackError:
    """`file` is relative to the pack; `line` counts from 1, 0 is the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}, ligne {self.line}" if self.line else self.file
        return f"{where} : {self.message}"


class PackErrors(Exception):
    """A pack that cannot be loaded, with all that was found, in the order of files and lines."""

    def __init__(self, errors: Iterable[PackError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(map(str, self.errors)))


def printable(text: str) -> str:
    """On one line and without what a terminal would obey: a file name may hold anything."""
    return "".join(char if char.isprintable() or category(char) == "Zs" else "�" for char in text)


def shown(text: str) -> str:
    """Somebody's text inside an error, shortened."""
    return printable(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def one_of(names: Iterable[str]) -> str:
    """« a, b ou c »."""
    *first, last = names
    return f"{', '.join(first)} ou {last}" if first else last


def nearest(name: str, known: Collection[str], folder: str, suffix: str = "md") -> str:
    """« name », then what its author may have meant, or the file that is missing."""
    near = get_close_matches(name, known, n=1)
    remedy = (
        f"écrivez « {near[0]} »" if near else f"corrigez le nom ou ajoutez {folder}/{shown(name)}.{suffix}"
    )
    return f"« {shown(name)} » : {remedy}"
