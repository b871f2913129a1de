"""Line breaks as other programs write them: Word, PowerPoint, old mainframes, Unicode."""

import re

# Vertical tab and form feed are soft breaks of PowerPoint and Word; U+0085, U+2028 and U+2029 Unicode's own (UAX 14).
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def line_feeds(text: str) -> str:
    """Every line break as one line feed: taken out, « revenu⟨VT⟩de » would become one word."""
    return _LINE_ENDS.sub("\n", text)
