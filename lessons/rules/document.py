"""The common document of a group, as the server holds it: a replica of what the browsers have.

pycrdt counts offsets in UTF-8 bytes, sticky indexes and clocks in UTF-16 units, as JavaScript does.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pycrdt import Assoc, Doc, Map, Text

from lessons.rules import document_updates
from lessons.rules.poster import LOOK, MAX_DOCUMENT, MAX_TEXT, PASSED, is_counted, is_text
from lessons.rules.poster import look as known_look
from lessons.rules.text_merging import merge
from lessons.rules.texts import clean, count_words

# A page stops its writer at MAX_TEXT. Four who each come back with a full text still lose nothing.
MOST_TEXT = 4 * MAX_TEXT
MOST_TEXTS = 80
LAST_STATES = 10  # kept as close as they are


@dataclass(frozen=True)
class Document:
    """What a document says: its texts by name, its look, the annexes whose essentials were passed on."""

    texts: dict[str, str]
    look: dict[str, str]
    passed: frozenset[int]

    @property
    def words(self) -> int:
        """Of the poster, as the teacher's pages count them."""
        return sum(count_words(text) for key, text in self.texts.items() if is_counted(key))


class Replica:
    """A document that takes updates. After any exception but Refused it is to be thrown away."""

    def __init__(self, states: Iterable[bytes] = (), client: int | None = None) -> None:
        self.client = client or secrets.randbits(32) or 1
        self._doc: Doc[Any] = Doc(client_id=self.client)
        self._bytes = 0
        self.load(states)

    def load(self, states: Iterable[bytes]) -> None:
        """Updates that were let in before: they are stored."""
        for state in states:
            if state:
                self._doc.apply_update(state)
                self._bytes += len(state)
        self._measure()

    def apply(self, data: bytes, client: int | None = None) -> bytes | None:
        """Lets an update in; returns what it changed, as an update, or None if all of it was there.

        Raises updates.Refused, with the document as it was. `client`: whoever else's writing is new in
        it is refused (« client »): ids are how a replica knows what it has, a forged one makes two differ.
        """
        read = document_updates.read(data)
        state = self.state
        read.check_place(state)
        if client is not None and read.writers(state) - {client}:
            raise document_updates.Refused("client")
        if read.written > self._room or read.stray or not read.roots <= self._roots or self._is_big(data):
            self._try(data)
        changed = self._told(lambda: self._doc.apply_update(data))
        if any(self.state.get(who, 0) < end for who, (_, end) in read.spans.items()):
            raise ValueError("an update that stays pending")  # it waits for itself
        self._room -= read.written
        self._bytes += len(data)
        return changed

    def has(self, data: bytes) -> bool:
        """Whether all of an update is there already."""
        return Replica([self.whole()]).apply(data) is None

    def _told(self, change: Callable[[], object]) -> bytes | None:
        """What the change says to other replicas.

        It is listened to for no longer: the library holds the document in what listens, a circle that Python's
        collector does not see, and the document would stay in memory for ever.
        """
        said: list[bytes] = []
        listens = self._doc.observe(lambda event: said.append(event.update))
        try:
            change()
        except BaseException as error:  # the library panics with an exception of its own
            raise ValueError("the document can no longer be trusted") from error
        self._doc.unobserve(listens)
        return said[-1] if said else None

    @property
    def state(self) -> dict[int, int]:
        """How far each client has written."""
        return document_updates.read_state(self._doc.get_state())

    @property
    def vector(self) -> bytes:
        """The same as bytes, for a page."""
        return self._doc.get_state()

    def whole(self) -> bytes:
        """The whole document as one update: what is stored in place of the updates it is made of."""
        return self._doc.get_update()

    def texts(self) -> dict[str, str]:
        """The texts as they stand, empty ones too."""
        return {key: self.text(key) for key in self._doc.keys() if is_text(key)}  # noqa: SIM118 - no dict

    def text(self, key: str) -> str:
        return str(self._doc.get(key, type=Text))

    def entries(self, key: str) -> dict[str, object]:
        """The entries of one of the two maps."""
        return dict(self._doc.get(key, type=Map).to_py() or {})

    def read(self) -> Document:
        """What the document says, for screens and paper."""
        passed = self.entries(PASSED)
        return Document(
            texts={key: said for key, text in self.texts().items() if (said := clean(text))},
            look=known_look(self.entries(LOOK)),
            passed=frozenset(int(key) for key, said in passed.items() if said is True and key.isdecimal()),
        )

    def runs(self) -> dict[str, list[tuple[int | None, str]]]:
        """Each text as stretches with the client that wrote them: from the ids, never from the content."""
        pieces = document_updates.read(self.whole(), most=2 * MAX_DOCUMENT).pieces
        return {key: self._runs(key, text, pieces) for key, text in self.texts().items() if text}

    def _runs(
        self, key: str, whole: str, pieces: dict[document_updates.Id, str]
    ) -> list[tuple[int | None, str]]:
        found: list[tuple[int | None, str]] = []
        text, said, at = self._doc.get(key, type=Text), whole.encode(), 0
        while at < len(said):
            item = text.sticky_index(at, Assoc.AFTER).to_json().get("item") or {"client": 0, "clock": -1}
            piece = pieces.get((item["client"], item["clock"]), "")
            if not piece or not said.startswith(piece.encode(), at):
                return [*found, (None, said[at:].decode())]
            found.append((item["client"], piece))
            at += len(piece.encode())
        return found

    # --- sizes --------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """What is near a limit is tried out on a copy first; what is not costs nothing."""
        self._roots = set(self._doc.keys())
        self._longest = max((_units(text) for text in self.texts().values()), default=0)
        self._room = MOST_TEXT - self._longest

    def _is_big(self, data: bytes) -> bool:
        """Whether the whole may be too big by now; the log weighs more than the state that it makes."""
        if self._bytes + len(data) > MAX_DOCUMENT:
            self._bytes = len(self.whole())
        return self._bytes + len(data) > MAX_DOCUMENT

    def fits(self) -> bool:
        """Whether it is within the limits that `apply` keeps, after edits of the server's own."""
        self._measure()
        return (
            self._longest <= MOST_TEXT
            and len(self._roots) <= MOST_TEXTS
            and len(self.whole()) <= MAX_DOCUMENT
        )

    def _try(self, data: bytes) -> None:
        """Raises Refused if the document would no longer be one of ours. What makes it shorter is let in."""
        copy = Replica([self.whole()])
        before, size = copy._longest, copy._bytes
        copy._told(lambda: copy._doc.apply_update(data))
        copy._measure()
        if any(
            len(copy._doc.get(key, type=Text)) != len(said.encode()) for key, said in copy.texts().items()
        ):
            raise document_updates.Refused("name")  # something else than text in a text
        grown = len(copy.whole())
        if copy._longest > max(MOST_TEXT, before) or grown > max(MAX_DOCUMENT, size):
            raise document_updates.Refused("long")
        if len(copy._roots) > MOST_TEXTS:
            raise document_updates.Refused("long")
        self._roots, self._room = copy._roots, MOST_TEXT - before

    # --- edits of the server's own ----------------------------------------------------------------------

    def write(self, key: str, base: str, text: str) -> bytes | None:
        """What a writer who saw `base` made of it, merged with what others wrote since; None if nothing."""
        return self.write_all({key: (base, text)})

    def write_all(
        self,
        texts: Mapping[str, tuple[str, str]],
        values: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    ) -> bytes | None:
        """One edit: texts as (what their writer saw, what it is to be), and entries of the two maps."""

        def change() -> None:
            with self._doc.transaction():
                for key, (base, text) in texts.items():
                    now = self.text(key)
                    for start, end, new in reversed(merge(base, now, text)):
                        self._replace(key, now, start, end, new)
                for name, entries in values.items():
                    self._set(name, entries)

        return self._told(change)

    def replace(self, key: str, start: int, end: int, new: str) -> bytes | None:
        """One edit: `new` in place of the characters from `start` up to `end`."""
        return self._told(lambda: self._replace(key, self.text(key), start, end, new))

    def _replace(self, key: str, now: str, start: int, end: int, new: str) -> None:
        text = self._doc.get(key, type=Text)
        first, last = (len(now[:offset].encode()) for offset in (start, end))
        with self._doc.transaction():
            if last > first:
                del text[first:last]
            if new:
                text.insert(first, new)

    def _set(self, name: str, entries: Mapping[str, object]) -> None:
        """Makes these the entries of a map: only what differs is written."""
        stored, now = self._doc.get(name, type=Map), self.entries(name)
        for key, value in entries.items():
            if now.get(key) != value:
                stored[key] = value


def _units(text: str) -> int:
    """Its length as yjs counts it."""
    return len(text.encode("utf-16-le")) // 2


def thinned(states: list[tuple[int, datetime]]) -> int:
    """Which of these (id, instant), oldest first, is missed least: never the first, nor one of the last."""
    gaps = [
        (states[index + 1][1] - states[index - 1][1], pk)
        for index, (pk, _) in enumerate(states[:-LAST_STATES])
        if index
    ]
    return min(gaps)[1]
