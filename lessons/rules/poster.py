"""The names, limits and looks of a group's common document: the same in the browser, on paper and here.

A document has root texts (yjs Y.Text) and two root maps. Texts: `titre`, `source`, one a question field
(`q1-mecanismes`), one an annexe (`essentiel-4`, what its reader passes on), two an image (`legende-…`,
`alt-…`). Maps: `forme` ({"layout", "palette", "size"}), `transmis` ({"4": true}: said to the group).
"""

import re
from dataclasses import dataclass

TITLE, SOURCE = "titre", "source"
LOOK, PASSED = "forme", "transmis"
MAX_TEXT = 8_000  # characters of one text: an A3 sheet holds fewer
MAX_UPDATE = 256 * 1024  # bytes of one update
MAX_DOCUMENT = 2 * 1024 * 1024  # bytes of a whole state
MAX_IMAGES = 6  # a poster
_TEXT = re.compile(r"titre|source|(q\d{1,3}|legende|alt)-[\w-]{1,60}|essentiel-\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class Choice:
    key: str
    label: str


LAYOUTS = (
    Choice("colonnes", "Trois colonnes"),
    Choice("bandes", "Trois bandes"),
    Choice("mosaique", "Mosaïque"),
)
PALETTES = (Choice("ocean", "Océan"), Choice("pin", "Pin"), Choice("corail", "Corail"))
SIZES = (Choice("grand", "Grand"), Choice("moyen", "Moyen"), Choice("petit", "Petit"))


def field_key(question: int, field: str) -> str:
    """The text of one field of a question."""
    return f"q{question}-{field}"


def essential_key(annexe: int) -> str:
    """« L’essentiel à transmettre » of an annexe."""
    return f"essentiel-{annexe}"


def caption_key(image: str) -> str:
    """The caption of an image."""
    return f"legende-{image}"


def alt_key(image: str) -> str:
    """Its text alternative, for those who do not see it."""
    return f"alt-{image}"


def is_text(key: str) -> bool:
    """Whether a document may have a text of that name."""
    return _TEXT.fullmatch(key) is not None


def is_counted(key: str) -> bool:
    """Whether its words are the poster's: the title and the answers, not what a reader passes on to the group."""
    return key == TITLE or re.match(r"q\d", key) is not None


def look(stored: dict[str, object]) -> dict[str, str]:
    """What the document asks for, the first of each where it asks for nothing known."""
    known = {"layout": LAYOUTS, "palette": PALETTES, "size": SIZES}
    return {
        name: next((c.key for c in choices if c.key == stored.get(name)), choices[0].key)
        for name, choices in known.items()
    }
