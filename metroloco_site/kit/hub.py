"""What is told to open pages at once: an in-memory board of the newest event of each kind.

Threads publish, the event loop delivers. A slow page misses intermediate states, never the newest. Of
what builds upon what came before, every event is kept in a queue; a page too slow for it is told so.
One process serves an installation (docs/decisions), so memory is enough.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

QUEUE = 300  # events; a page that far behind asks for the whole again
QUEUE_LENGTH = 1_000_000  # characters of all of them
OVERFLOW = "recharge"


class Mailbox:
    """The events that one open page has not been sent yet: the newest of each name, and those in a row."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: dict[str, str] = {}
        self._row: deque[tuple[str, str]] = deque()
        self._length = 0
        self._ready = asyncio.Event()

    def put(self, name: str, text: str) -> None:
        """From inside the event loop."""
        self._waiting[name] = text
        self._ready.set()

    def add(self, name: str, text: str) -> None:
        """From inside the event loop: after those of before, none of which may be left out."""
        self._row.append((name, text))
        self._length += len(text)
        if len(self._row) > QUEUE or self._length > QUEUE_LENGTH:
            self._empty()
            self._waiting[OVERFLOW] = "{}"
        self._ready.set()

    async def take(self, timeout_s: float) -> list[tuple[str, str]]:
        """All that waits; an empty list if nothing came within `timeout_s`."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        except TimeoutError:
            return []
        events, self._waiting = [*self._waiting.items(), *self._row], {}
        self._empty()
        self._ready.clear()
        return events

    def _empty(self) -> None:
        self._row.clear()
        self._length = 0


class Hub:
    """Mailboxes by channel. A channel is any string, for example `run:7` or `run:7:board`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._boxes: dict[str, set[Mailbox]] = defaultdict(set)

    @contextmanager
    def subscribed(self, *channels: str) -> Iterator[Mailbox]:
        """A mailbox on these channels, from inside the event loop."""
        box = Mailbox(asyncio.get_running_loop())
        with self._lock:
            for channel in channels:
                self._boxes[channel].add(box)
        try:
            yield box
        finally:
            with self._lock:
                for channel in channels:
                    self._boxes[channel].discard(box)
                    if not self._boxes[channel]:
                        del self._boxes[channel]

    def publish(self, channel: str, name: str, text: str, *, each: bool = False) -> None:
        """From any thread. The loop is woken once, however many listen. `each`: none may be left out."""
        with self._lock:
            boxes = list(self._boxes.get(channel, ()))
        for loop in {box.loop for box in boxes}:
            # RuntimeError: the loop has closed, the server is stopping.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(
                    _deliver, [box for box in boxes if box.loop is loop], name, text, each
                )

    def move(self, box: Mailbox, old: str, new: str) -> None:
        """The page listens to `new` in place of `old` from now on; "" is none."""
        with self._lock:
            if old:
                self._boxes[old].discard(box)
                if not self._boxes[old]:
                    del self._boxes[old]
            if new:
                self._boxes[new].add(box)

    def listeners(self, channel: str) -> int:
        with self._lock:
            return len(self._boxes.get(channel, ()))


def _deliver(boxes: list[Mailbox], name: str, text: str, each: bool) -> None:  # noqa: FBT001 - through the loop
    for box in boxes:
        (box.add if each else box.put)(name, text)


hub = Hub()
