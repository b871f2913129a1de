"""What a yjs update holds, read before it is let in: format V1, of the few shapes that our pages make.

An update is text that somebody else's program wrote. The library takes some garbage for nothing, keeps for
ever what it cannot place yet, and panics on some lengths; so an update is first read here, strictly, to
the last byte. Format: https://github.com/yjs/yjs, src/utils/encoding.js (V1).
"""

from dataclasses import dataclass, field

from lessons.rules.poster import LOOK, MAX_UPDATE, PASSED, is_text

MAX_CLIENT = 2**53 - 1  # what JavaScript counts exactly
MAX_CLOCK = 10_000_000  # characters that one page may ever write
MAX_VALUE = 40  # characters of a choice
MAX_SHIFT = 56  # nine bytes hold 2^63
_GC, _DELETED, _STRING, _ANY = 0, 1, 4, 8
_ORIGIN, _RIGHT, _SUB, _KIND = 0x80, 0x40, 0x20, 0x1F
_MORE = 0x80
_TEXT, _INTEGER, _WORDS = 119, 125, {127, 126, 121, 120}  # of the last: undefined, null, false, true

Id = tuple[int, int]  # client, clock


class Refused(Exception):
    """The update is not let in; `reason` is a word for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Behind(Refused):
    """It builds upon something that is not here: the page must send the whole difference."""

    def __init__(self) -> None:
        super().__init__("behind")


@dataclass
class Update:
    """`spans`: by client, the clocks that it writes (from, up to). `needs`: what it builds upon.

    `pieces`: its stretches of text, by the id of their first character. `stray`: it has a value of which
    the format does not say where it goes, because it stands behind another one.
    """

    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    needs: list[Id] = field(default_factory=list)
    deletes: list[tuple[int, int, int]] = field(default_factory=list)
    pieces: dict[Id, str] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    stray: bool = False
    written: int = 0  # UTF-16 units of text

    @property
    def deleted(self) -> int:
        """Characters that it takes away, those taken away before among them where a page sends all it knows."""
        return sum(length for _, _, length in self.deletes)

    def check_place(self, state: dict[int, int]) -> None:
        """Raises Behind unless all of it can be placed in a document of that state vector."""
        ends = {client: max(state.get(client, 0), end) for client, (_, end) in self.spans.items()}
        if any(start > state.get(client, 0) for client, (start, _) in self.spans.items()):
            raise Behind
        asked = self.needs + [(client, start + length - 1) for client, start, length in self.deletes]
        if any(clock >= ends.get(client, state.get(client, 0)) for client, clock in asked):
            raise Behind

    def writers(self, state: dict[int, int]) -> set[int]:
        """The clients of whom it brings something new."""
        return {client for client, (_, end) in self.spans.items() if end > state.get(client, 0)}


def read(data: bytes, most: int = MAX_UPDATE) -> Update:
    """The update. Raises Refused: « format », « name », or « long » if it has more bytes than `most`."""
    if len(data) > most:
        raise Refused("long")
    try:
        return _Reader(data).update()
    except (IndexError, UnicodeDecodeError) as error:
        raise Refused("format") from error


def read_state(data: bytes) -> dict[int, int]:
    """A state vector: how far each client has written."""
    reader = _Reader(data)
    return {reader.number(): reader.number() for _ in range(reader.number())}


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, most: int = MAX_CLIENT) -> int:
        """A variable-length unsigned integer."""
        found = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            found |= (byte & 0x7F) << shift
            if byte < _MORE:
                break
            shift += 7
            if shift > MAX_SHIFT:
                raise Refused("format")
        if found > most:
            raise Refused("format")
        return found

    def count(self) -> int:
        """How many things follow; each takes a byte at least, so no more than there are bytes left."""
        return self.number(len(self.data) - self.at)

    def text(self) -> str:
        length = self.count()
        self.at += length
        return self.data[self.at - length : self.at].decode()

    def id(self) -> Id:
        return self.number(), self.number(MAX_CLOCK)

    def update(self) -> Update:
        found = Update()
        for _ in range(self.count()):
            self.client(found)
        for _ in range(self.count()):
            client = self.number()
            for _ in range(self.count()):
                start, length = self.number(MAX_CLOCK), self.number(MAX_CLOCK)
                if length:
                    found.deletes.append((client, start, length))
        if self.at != len(self.data):  # V2 begins like an empty V1
            raise Refused("format")
        return found

    def client(self, found: Update) -> None:
        structs = self.count()
        client, start = self.id()
        if client in found.spans or not structs:
            raise Refused("format")
        end = start
        for _ in range(structs):
            length = self.struct(found, (client, end))
            if not length:
                raise Refused("format")
            end += length
        if end > MAX_CLOCK:
            raise Refused("format")
        found.spans[client] = (start, end)

    def struct(self, found: Update, own: Id) -> int:
        """One struct; returns its length in clocks."""
        info = self.data[self.at]
        self.at += 1
        kind = info & _KIND
        if info == _GC:
            return self.number(MAX_CLOCK)
        if info & _ORIGIN:
            found.needs.append(self.id())
        if info & _RIGHT:
            found.needs.append(self.id())
        if not info & (_ORIGIN | _RIGHT):
            found.roots.add(self.root(has_key=bool(info & _SUB), kind=kind))
        elif kind == _ANY:
            found.stray = True
        return self.content(found, own, kind)

    def root(self, *, has_key: bool, kind: int) -> str:
        """Where the struct goes: straight into a root that we know, a text or an entry of a map."""
        if self.number() != 1:  # a type inside another: our documents have none
            raise Refused("name")
        name = self.text()
        if has_key and len(self.text()) > MAX_VALUE:
            raise Refused("name")
        in_map = name in (LOOK, PASSED)
        if (has_key != in_map) or not (in_map or is_text(name)):
            raise Refused("name")
        if kind != _DELETED and (kind == _ANY) != in_map:
            raise Refused("name")
        return name

    def content(self, found: Update, own: Id, kind: int) -> int:
        if kind == _DELETED:
            return self.number(MAX_CLOCK)
        if kind == _STRING:
            text = self.text()
            if "\r" in text:  # a <textarea> has none: its offsets would no longer be ours
                raise Refused("format")
            length = len(text.encode("utf-16-le")) // 2
            found.written += length
            found.pieces[own] = text
            return length
        if kind == _ANY:
            count = self.count()
            for _ in range(count):
                self.value()
            return count
        raise Refused("format")

    def value(self) -> None:
        """A choice: a word, a small number, yes or no."""
        kind = self.number(127)
        if kind == _TEXT:
            if len(self.text()) > MAX_VALUE:
                raise Refused("format")
        elif kind == _INTEGER:
            self.number()  # of the signed form only the bytes matter
        elif kind not in _WORDS:
            raise Refused("format")
