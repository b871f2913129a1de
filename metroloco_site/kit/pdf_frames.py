"""How the server and its PDF child talk: a flag, a length, as many bytes."""

import struct
from typing import IO

_HEAD = struct.Struct(">?I")


def write(stream: IO[bytes], payload: bytes, *, flag: bool = True) -> None:
    """One frame, sent at once. Raises OSError if the other end has gone."""
    stream.write(_HEAD.pack(flag, len(payload)))
    stream.write(payload)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[bool, bytes] | None:
    """The next frame; None if the other end has gone, even in the middle of one."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    flag, length = _HEAD.unpack(head)
    payload = stream.read(length)
    return (flag, payload) if len(payload) == length else None
