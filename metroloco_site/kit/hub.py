"""What is told to open pages at once: an in-memory board of the newest event of each kind.

Threads publish, the event loop delivers. A slow page misses intermediate states, never the newest.
One process serves an installation (docs/decisions), so memory is enough.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock


class Mailbox:
    """The events that one open page has not been sent yet: the newest of each name."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: dict[str, str] = {}
        self._ready = asyncio.Event()

    def put(self, name: str, text: str) -> None:
        """From inside the event loop."""
        self._waiting[name] = text
        self._ready.set()

    async def take(self, timeout_s: float) -> list[tuple[str, str]]:
        """All that waits; an empty list if nothing came within `timeout_s`."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        except TimeoutError:
            return []
        events, self._waiting = list(self._waiting.items()), {}
        self._ready.clear()
        return events


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

    def publish(self, channel: str, name: str, text: str) -> None:
        """From any thread. The loop is woken once, however many listen."""
        with self._lock:
            boxes = list(self._boxes.get(channel, ()))
        for loop in {box.loop for box in boxes}:
            # RuntimeError: the loop has closed, the server is stopping.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_deliver, [box for box in boxes if box.loop is loop], name, text)

    def listeners(self, channel: str) -> int:
        with self._lock:
            return len(self._boxes.get(channel, ()))


def _deliver(boxes: list[Mailbox], name: str, text: str) -> None:
    for box in boxes:
        box.put(name, text)


hub = Hub()
