"""What happens to a student's text before it is stored: nothing that changes its words."""

import re
import unicodedata
from itertools import groupby
from zlib import crc32

from metroloco_site.kit.lines import line_feeds

MAX_LENGTH = 20_000  # characters a field, some ten pages: the page takes no more, and says so
MAX_KEPT = (
    50_000  # what is stored all the same: a text and its draft after a reload may stand one below the other
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def _signs(*categories: str) -> str:
    """Of the first plane, as ranges for a regular expression, which knows no category by itself."""
    found = (code for code in range(0x10000) if unicodedata.category(chr(code)) in categories)
    runs = (list(run) for _, run in groupby(enumerate(found), lambda pair: pair[1] - pair[0]))
    return "".join(f"\\u{run[0][1]:04x}-\\u{run[-1][1]:04x}" for run in runs)


# An accent may be a sign of its own (macOS, Arabic vowels); a soft hyphen or a joiner stands for nothing.
_UNCOUNTED = re.compile(f"[{_signs('Mn', 'Mc', 'Me', 'Cf')}]")
_RARE = re.compile(
    "[\xad\u0300-\u200f\u2028-\u202e\u2030-\uffff]"
)  # a save's text is looked through once, quickly
_WORD = re.compile(r"[^\W_]+(?:[’'\-‑][^\W_]+)*")


def clean(text: str) -> str:
    """Line ends as line feeds; control characters and lone surrogates, which no database or PDF takes, removed."""
    return _CONTROLS.sub("", line_feeds(text))


def digest(text: str) -> str:
    """Tells whether a text is still the same; nothing secret or lasting hangs on it."""
    return f"{crc32(text.encode()):08x}"


def count_words(text: str) -> int:
    """Words as a French reader counts them: « l’ESS » and « peut-être » are one each."""
    return len(_WORD.findall(_UNCOUNTED.sub("", text) if _RARE.search(text) else text))
