"""Who has a page open, in memory alone: streams counted, polls remembered for a moment."""

import time
from collections import Counter
from threading import Lock

POLL_PRESENT_S = 20.0  # a page that polls counts as present for so long after its last question


class Presence:
    def __init__(self) -> None:
        self._lock = Lock()
        self._streams: Counter[tuple[int, int]] = Counter()
        self._polls: dict[tuple[int, int], float] = {}
        self._writing: dict[tuple[int, int], float] = {}
        self._seen: dict[tuple[int, int], float] = {}  # when the last open page went

    def opened(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._streams[run_id, participant_id] += 1

    def closed(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._streams[run_id, participant_id] -= 1
            if self._streams[run_id, participant_id] <= 0:
                del self._streams[run_id, participant_id]
                self._seen[run_id, participant_id] = time.monotonic()

    def polled(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._polls[run_id, participant_id] = self._seen[run_id, participant_id] = time.monotonic()

    def wrote(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._writing[run_id, participant_id] = time.monotonic()

    def present(self, run_id: int) -> frozenset[int]:
        """Participants with a page open now."""
        since = time.monotonic() - POLL_PRESENT_S
        with self._lock:
            polling = {who for (run, who), at in self._polls.items() if run == run_id and at >= since}
            return frozenset(polling | {who for run, who in self._streams if run == run_id})

    def writing(self, run_id: int, within_s: float = 10.0) -> frozenset[int]:
        """Participants whose text was saved within the last seconds."""
        since = time.monotonic() - within_s
        with self._lock:
            return frozenset(who for (run, who), at in self._writing.items() if run == run_id and at >= since)

    def gone(self, run_id: int) -> dict[int, float]:
        """Seconds since the last page of each participant went, of those that memory has seen."""
        now = time.monotonic()
        with self._lock:
            return {who: now - at for (run, who), at in self._seen.items() if run == run_id}


presence = Presence()
