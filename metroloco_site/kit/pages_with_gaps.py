"""A page made once for many: rendered with marks in the place of what differs, then cut at them.

Filling the gaps of a page takes a twentieth of rendering it. What it is packed into is the same for all and is
packed once: a deflate stream may be put together from pieces that end with a full flush (RFC 1951, 3.2.4). What
stands in a gap goes between them on its own, so that nothing personal is ever compressed beside anything else.
"""

import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.html import conditional_escape

_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: no name, no time
_LAST = b"\x01\x00\x00\xff\xff"  # an empty block that says it is the last
_SHORT = 200  # bytes of a value that is not worth compressing


class Gap(str):
    """The mark of something that differs, for what would render an empty text otherwise than another."""

    __slots__ = ()


@dataclass(frozen=True)
class Mould:
    """Pieces of a page, and the names of what goes between them. Values are escaped unless they are safe."""

    pieces: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    gaps: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The page with these values. Raises KeyError for a gap without one."""
        return b"".join(self._between(self.pieces, values))

    def pack(self, values: Mapping[str, str]) -> bytes:
        """The same as gzip."""
        check, length = 0, 0
        for part in self._between(self.pieces, values):
            check, length = zlib.crc32(part, check), length + len(part)
        body = b"".join(self._between(self.packed, values, _block))
        return b"".join(
            [_GZIP, body, _LAST, check.to_bytes(4, "little"), (length % 2**32).to_bytes(4, "little")]
        )

    def _between(
        self,
        pieces: tuple[bytes, ...],
        values: Mapping[str, str],
        wrapped: Callable[[bytes], bytes] = bytes,
    ) -> Iterable[bytes]:
        ready = {name: wrapped(conditional_escape(values[name]).encode()) for name in set(self.gaps)}
        yield pieces[0]
        for gap, piece in zip(self.gaps, pieces[1:], strict=True):
            yield ready[gap]
            yield piece


def mould(names: Iterable[str], render: Callable[[Mapping[str, Gap]], str]) -> Mould:
    """`render` is given a mark for each name (a slug) and returns the page with them in it.

    Marks are made of what neither a template nor an address changes, and drawn anew each time: nobody can have
    written one.
    """
    nonce = f"z{secrets.token_hex(8)}"
    html = render({name: Gap(f"{nonce}{name}{nonce}") for name in names})
    cut = re.split(f"{nonce}([-a-zA-Z0-9_]+?){nonce}", html)
    pieces = tuple(piece.encode() for piece in cut[::2])
    return Mould(pieces, tuple(map(_packed, pieces)), tuple(cut[1::2]))


def _packed(piece: bytes) -> bytes:
    packer = zlib.compressobj(6, wbits=-zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


def _block(value: bytes) -> bytes:
    """As it is, in a block of its own, after the byte at which a full flush ends; a long one packed by itself."""
    size = len(value)
    if size > _SHORT:
        return _packed(value)
    return b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + value
