"""What a group's poster cites, one line each, and how a card of « Ils font autrement » is found."""

import re
import unicodedata
from collections.abc import Sequence
from html import unescape

_ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
_BOLD = re.compile(r"<strong>(.*?)</strong>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MARKS = re.compile(r"[^\w]+")


def case_line(name: str, sources: Sequence[str]) -> str:
    """« Framasoft, d’après Nes, podcast… »."""
    return f"{name}, d’après " + "\u202f; ".join(sources)


def annexe_line(number: int, title: str, tool: str = "") -> str:
    """« Framapad, d’après l’annexe 7 », or the annexe itself."""
    return f"{tool}, d’après l’annexe\u00a0{number}" if tool else f"Annexe\u00a0{number}, {title}"


def tools(html: str) -> tuple[str, ...]:
    """What an annexe that is a catalogue names: the words in bold of its lists, in their order."""
    bold = (name for item in _ITEM.findall(html) for name in _BOLD.findall(item))
    return tuple(dict.fromkeys(unescape(_TAG.sub("", name)).strip(" .,:\u00a0") for name in bold))


def cites(text: str, line: str) -> bool:
    """One of the lines of this text is that one, whatever its spaces."""
    return line.split() in (one.split() for one in text.split("\n"))


def with_line(text: str, line: str) -> str:
    """The same text with this line below it; what is cited already is not cited twice."""
    return text if cites(text, line) else f"{text.rstrip()}\n{line}".lstrip("\n")


def folded(text: str) -> str:
    """Without accents, capitals, nor punctuation: « Designers Éthiques » is found by « ethique »."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_MARKS.split(letters.casefold())).strip()


def found(text: str, query: str) -> bool:
    """Every word of the query stands in a text that is `folded` already."""
    return all(word in text for word in folded(query).split())
