"""A file too big to be held in memory: how many bytes, their digest, and the way to read them again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK = 1 << 20
HEAD = 4096  # bytes enough to tell what it is


@dataclass(frozen=True)
class Blob:
    """`digest` is the SHA-256 of the bytes; `open` may be called again and again, and raises OSError."""

    size: int
    digest: str
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)

    def head(self) -> bytes:
        """Its first bytes. Raises OSError."""
        with self.open() as file:
            return file.read(HEAD)


def read_blob(opener: Callable[[], BinaryIO], most: int) -> Blob:
    """Reads it once, block by block, to the end or to one byte more than `most`."""
    whole, size = hashlib.sha256(), 0
    with opener() as file:
        while size <= most and (block := file.read(min(BLOCK, most + 1 - size))):
            whole.update(block)
            size += len(block)
    return Blob(size, whole.hexdigest(), opener)


Content = bytes | Blob  # of a file of a pack: a video is the one kind that is a Blob


def size_of(data: Content) -> int:
    """Bytes."""
    return data.size if isinstance(data, Blob) else len(data)
