"""What a file is, by its first bytes: its name and its announced type prove nothing."""

import re

MAX_VIDEO = 300_000_000  # bytes: some 20 minutes in good quality
MAX_SUBTITLES = 500_000  # bytes
TYPES = {".mp4": "video/mp4", ".webm": "video/webm"}
HEAD = 4096  # bytes enough to tell
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
_MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV")


def video_suffix(head: bytes) -> str | None:
    """« .mp4 » or « .webm », from the first bytes of the file; None for anything else."""
    if head[4:8] == b"ftyp" and head[8:12] in _MP4:
        return ".mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return ".webm"
    return None


def is_webvtt(content: bytes) -> bool:
    """True for UTF-8 text that begins as the WebVTT standard says (w3.org/TR/webvtt1, 4.1)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return re.match(r"WEBVTT(?:[ \t\r\n]|$)", text) is not None


class NotSatisfiable(Exception):
    """The range begins after the end of the file (RFC 9110, 14.4: answer 416)."""


def asked_range(header: str, size: int, most: int) -> tuple[int, int] | None:
    """First and last byte to send, at most `most` of them; None where the header asks for no range of ours.

    A server may send less than was asked for: the player asks for what follows (RFC 9110, 15.3.7).
    """
    match = _RANGE.match(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = int(match[2]) if match[1] and match[2] else size - 1
    if first >= size or last < first:
        raise NotSatisfiable
    return first, min(last, size - 1, first + most - 1)
