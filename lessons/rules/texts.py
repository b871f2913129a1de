"""What happens to a student's text before it is stored: nothing that changes its words."""

import re
from zlib import crc32

MAX_LENGTH = 20_000  # characters a field, some ten pages: the page takes no more, and says so
MAX_KEPT = (
    50_000  # what is stored all the same: a text and its draft after a reload may stand one below the other
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+(?:[’'\-‑][^\W_]+)*")


def clean(text: str) -> str:
    """Line ends as line feeds; control characters and lone surrogates, which no database or PDF takes, removed."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def digest(text: str) -> str:
    """Tells whether a text is still the same; nothing secret or lasting hangs on it."""
    return f"{crc32(text.encode()):08x}"


def count_words(text: str) -> int:
    """Words as a French reader counts them: « l’ESS » and « peut-être » are one each."""
    return len(_WORD.findall(text))
