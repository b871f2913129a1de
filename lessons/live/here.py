"""Who has a page open, in memory alone: streams counted, polls remembered for a moment."""

import time
from collections import Counter
from threading import Lock

POLL_PRESENT_S = 20.0  # a page that polls counts as present for so long after its last question
KEPT_S = 24 * 3600.0  # who has not been seen for so long is forgotten
SWEEP_S = 600.0


class Presence:
    def __init__(self) -> None:
        self._lock = Lock()
        self._streams: Counter[tuple[int, int]] = Counter()
        self._polls: dict[tuple[int, int], float] = {}
        self._writing: dict[tuple[int, int], float] = {}
        self._seen: dict[tuple[int, int], float] = {}  # when the last open page went
        self._swept = time.monotonic()

    def opened(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._sweep()
            self._streams[run_id, participant_id] += 1

    def closed(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._streams[run_id, participant_id] -= 1
            if self._streams[run_id, participant_id] <= 0:
                del self._streams[run_id, participant_id]
                self._seen[run_id, participant_id] = time.monotonic()

    def polled(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._sweep()
            self._polls[run_id, participant_id] = self._seen[run_id, participant_id] = time.monotonic()

    def wrote(self, run_id: int, participant_id: int) -> None:
        with self._lock:
            self._writing[run_id, participant_id] = time.monotonic()

    def forget(self, run_id: int) -> None:
        """The run is no more. Its open streams end by themselves."""
        with self._lock:
            for kept in (self._polls, self._writing, self._seen):
                for key in [key for key in kept if key[0] == run_id]:
                    del kept[key]

    def runs(self) -> set[int]:
        """The activités of which somebody has been seen."""
        with self._lock:
            everything = (self._streams, self._polls, self._writing, self._seen)
            return {run for kept in everything for run, _ in kept}

    def known(self) -> int:
        """How many entries memory holds, for the tests."""
        with self._lock:
            return len(self._streams) + len(self._polls) + len(self._writing) + len(self._seen)

    def _sweep(self) -> None:
        """Every ten minutes, when a page opens: a server that runs for months does not grow."""
        now = time.monotonic()
        if now - self._swept < SWEEP_S:
            return
        self._swept = now
        for kept in (self._polls, self._writing, self._seen):
            for key in [key for key, at in kept.items() if now - at > KEPT_S]:
                del kept[key]

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
