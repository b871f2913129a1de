"""An earlier state of a document as new edits of the present one: nothing that pages have is taken back.

What is written again is signed by whoever had written it, with a new client id for each of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lessons.rules.document import Replica
from lessons.rules.poster import LOOK, PASSED
from lessons.rules.text_merging import edits

Owner = Callable[[int | None], int | None]  # whose client id this is, None if nobody's
Runs = list[tuple[int | None, str]]  # a text as stretches with the client that wrote them


@dataclass(frozen=True)
class Signed:
    """An edit, and in whose name it is: `owner` as Owner gave it."""

    owner: int | None
    client: int
    data: bytes


class _Hands:
    """A replica for each who writes, all of which know of each other's edits."""

    def __init__(self, start: bytes) -> None:
        self.start = start
        self.edits: list[Signed] = []
        self._replicas: dict[int | None, tuple[Replica, int]] = {}

    def of(self, owner: int | None) -> Replica:
        replica, seen = self._replicas.get(owner) or (Replica([self.start]), 0)
        for edit in self.edits[seen:]:
            if edit.client != replica.client:
                replica.apply(edit.data)
        self._replicas[owner] = replica, len(self.edits)
        return replica

    def did(self, owner: int | None, data: bytes | None) -> None:
        if data is not None:
            self.edits.append(Signed(owner, self._replicas[owner][0].client, data))


def revive(now: Replica, old: Replica, owner: Owner) -> list[Signed]:
    """The edits, in order, that make `now` say what `old` says."""
    hands = _Hands(now.whole())
    runs = old.runs()
    changes = {key: edits(now.text(key), _said(runs.get(key, []))) for key in sorted(now.texts() | runs)}
    for key, found in changes.items():  # first what goes: near the limit, it makes room for what comes
        for start, end, _ in reversed(found):
            hands.did(None, hands.of(None).replace(key, start, end, ""))
    for key, found in changes.items():
        _write_again(hands, key, found, runs.get(key, []), owner)
    teacher = hands.of(None)
    hands.did(None, teacher.write_all({}, {name: old.entries(name) for name in (LOOK, PASSED)}))
    return hands.edits


def _said(runs: Runs) -> str:
    return "".join(text for _, text in runs)


def _write_again(
    hands: _Hands, key: str, found: list[tuple[int, int, str]], runs: Runs, owner: Owner
) -> None:
    grown = 0  # by how much the text is longer up to here than it was
    for start, end, new in found:
        at = start + grown
        for client, piece in _pieces(runs, at, len(new)):
            who = owner(client)
            hands.did(who, hands.of(who).replace(key, at, at, piece))
            at += len(piece)
        grown += len(new) - (end - start)


def _pieces(runs: Runs, start: int, length: int) -> Iterator[tuple[int | None, str]]:
    """The stretches of a part of the old text; what came before it is the same in both by now."""
    at = 0
    for client, text in runs:
        piece = text[max(0, start - at) : max(0, start + length - at)]
        if piece:
            yield client, piece
        at += len(text)
