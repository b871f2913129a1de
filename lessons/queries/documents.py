"""What the groups' common documents say, read from the store."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from lessons.models import Poster, PosterState, PosterUpdate, PosterWriter
from lessons.rules import document_updates
from lessons.rules.document import Document, Replica
from lessons.rules.peaks import Peaks

__all__ = ["Document", "authors", "document", "documents", "replica"]

Run = tuple[int | None, str]  # participant, None where nobody is known; what they wrote
MOST_KNOWN = 400
Version = tuple[int, datetime | None]  # number of the last update, when it was saved
_known: OrderedDict[int, tuple[Version, Document]] = OrderedDict()  # the newest of each poster


def document(poster: Poster) -> Document:
    """What the poster's document says now: one query at most."""
    return documents([poster])[poster.pk]


def documents(posters: Iterable[Poster]) -> dict[int, Document]:
    """The same of several, by the poster's id, in one query at most."""
    asked = list(posters)
    found = {poster.pk: _remembered(poster) for poster in asked}
    read = {made.pk: _read(made) for made in _stored([p for p in asked if found[p.pk] is None])}
    return {pk: known for pk, known in found.items() if known is not None} | read


def _remembered(poster: Poster) -> Document | None:
    version, known = _known.get(poster.pk, (None, None))
    return known if version == (poster.last_number, poster.saved_at) else None


def authors(poster: Poster) -> dict[str, tuple[Run, ...]]:
    """Who wrote what: of each text, its stretches with the participant whose page wrote them."""
    writers = dict(PosterWriter.objects.filter(poster=poster).values_list("client", "participant_id"))
    return {
        key: tuple(
            (who, "".join(text for _, text in stretch))
            for who, stretch in groupby(
                ((writers.get(client or 0), text) for client, text in runs), key=lambda run: run[0]
            )
        )
        for key, runs in replica(poster).runs().items()
    }


def replica(poster: Poster) -> Replica:
    """The document itself, as stored; one query."""
    (found,) = _stored([poster])
    return Replica([bytes(found.snapshot), *found.log])


def replica_at(poster: Poster, number: int) -> Replica:
    """The document as it was at an update that is still in the log, or at its snapshot; one query."""
    (found,) = _stored([poster])
    return Replica([found.snapshot, *found.log[: number - found.snapshot_number]])


def peaks(poster: Poster, state: PosterState | None) -> tuple[Replica, Peaks]:
    """The document as stored, and the best moments of its texts as the log tells them; one query.

    `state`: the newest one.
    """
    log = PosterUpdate.objects.filter(poster=poster, number__gt=poster.snapshot_number).order_by("number")
    made = Replica([bytes(poster.snapshot)])
    best = Peaks(Replica([bytes(state.data)]).texts() if state else {})
    for number, data, at in log.values_list("number", "data", "at"):
        if not document_updates.read(bytes(data)).deletes:
            made.load([bytes(data)])
            continue
        before = made.texts()
        made.load([bytes(data)])
        best.note(before, made.texts(), number - 1, at)
        best.fallen(made.texts())  # a state was kept then
    return made, best


@dataclass(frozen=True)
class Changes:
    """What a page that has seen `since` still lacks, and whose page each client id is."""

    number: int
    updates: tuple[bytes, ...]
    writers: dict[int, tuple[str, str]]  # public id, shown name


def changes(poster_id: int, since: int) -> Changes:
    """Three queries. The whole document where the updates since then were made one."""
    poster = Poster.objects.get(pk=poster_id)
    if since > poster.last_number:  # a backup was put back since
        since = 0
    (found,) = _stored([poster], since=since)
    whole = since < found.snapshot_number
    rows = PosterWriter.objects.filter(poster=poster_id).select_related("participant")
    return Changes(
        number=found.version[0],
        updates=tuple(data for data in ([found.snapshot] if whole else []) + found.log if data),
        writers={
            w.client: (w.participant.public_id, w.participant.shown_name) for w in rows if w.participant
        },
    )


def known() -> set[int]:
    """Ids of the posters of which something is remembered."""
    return set(_known)


def forget() -> None:
    """Drops what is remembered: activités are deleted (or, in tests, a database is rolled back)."""
    _known.clear()


@dataclass
class _Stored:
    pk: int
    version: Version
    snapshot_number: int
    snapshot: bytes
    log: list[bytes]


def _stored(posters: list[Poster], since: int = 0) -> list[_Stored]:
    """Snapshots and the updates above them, whole even where a compaction came between two reads.

    With `since`, of one poster: only the updates above it.
    """
    if not posters:
        return []
    logs: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    rows = PosterUpdate.objects.filter(poster__in=posters, number__gt=since).order_by("poster", "number")
    for pk, number, data in rows.values_list("poster_id", "number", "data"):
        logs[pk].append((number, bytes(data)))
    return [made for poster in posters for made in _whole(poster, logs[poster.pk], since)]


def _whole(poster: Poster, log: list[tuple[int, bytes]], since: int) -> list[_Stored]:
    above = [(number, data) for number, data in log if number > poster.snapshot_number]
    reached = above[-1][0] if above else max(poster.snapshot_number, since)
    if reached < poster.last_number:
        return _stored([Poster.objects.get(pk=poster.pk)], since)
    version = (max(reached, poster.last_number), poster.saved_at)
    return [
        _Stored(poster.pk, version, poster.snapshot_number, bytes(poster.snapshot), [d for _, d in above])
    ]


def _read(stored: _Stored) -> Document:
    made = Replica([stored.snapshot, *stored.log]).read()
    _known[stored.pk] = stored.version, made
    while len(_known) > MOST_KNOWN:
        _known.popitem(last=False)
    return made
