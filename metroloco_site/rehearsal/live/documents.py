"""What simulated students write in their group's common document: each has a replica, as a real page has.

An update is stored by the action that stores those of real pages, then told to the group's other pages.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lessons.actions.documents import NoPoster, Shelf, Written, apply_update
from lessons.actions.joining import Token
from lessons.live import documents, saves
from lessons.models import Poster
from lessons.queries.documents import changes, replica
from lessons.rules.document import Replica
from lessons.rules.poster import LAYOUTS, LOOK, PALETTES, PASSED, SOURCE, TITLE, essential_key, field_key
from metroloco_site.rehearsal.live.moments import Moment
from metroloco_site.rehearsal.queries import Actor, Scene, Table
from metroloco_site.rehearsal.rules import behaviour as rules
from metroloco_site.rehearsal.rules import simulated_texts as texts

LOOK_AT = 0.3  # of the part: when the group chooses its poster's look


@dataclass
class Page:
    """A student's open page: the document as it knows it, and how much of each text it has written."""

    replica: Replica
    written: dict[str, int] = field(default_factory=dict)

    def ahead(self, key: str, said: str) -> int:
        """Characters of `said` that are there; all of them where somebody else writes in this text."""
        if key not in self.written:
            there = self.replica.text(key)
            self.written[key] = len(there) if said.startswith(there) else len(said)
        return self.written[key]


@dataclass(frozen=True)
class Edit:
    """An update that waits for the transaction (saves.Item)."""

    actor: Actor
    group: int
    client: int
    data: bytes
    key: str  # of the text in which the student writes just now, "" for none
    upto: dict[str, int]
    at: datetime
    shelf: Shelf

    def write(self) -> Written | None:
        token = Token(self.actor.pk, self.actor.version)
        try:
            return apply_update(
                token=token,
                client=self.client,
                data=self.data,
                now=self.at,
                shelf=self.shelf,
                group=self.group,
            )
        except NoPoster:
            return None

    def undo(self) -> None:
        self.shelf.clear()


@dataclass
class PosterPages:
    """The pages by (group, participant), and up to which update each group's pages have read."""

    _pages: dict[tuple[int, int], Page] = field(default_factory=dict)
    _read: dict[int, int] = field(default_factory=dict)
    _shelf: Shelf = field(default_factory=Shelf)

    def due(self, scene: Scene, moments: Collection[Moment], now: datetime) -> list[Edit]:
        """What the pages of these students send now. One query, and two a group that others have written for."""
        tables = {m.actor.table.group for m in moments if m.actor.table}
        stored = Poster.objects.filter(group__in=tables).defer("snapshot") if tables else ()
        found = {poster.group_id: poster for poster in stored}
        for poster in found.values():
            self._catch_up(poster)
        edits = (self._edit(scene, m, found, now) for m in moments)
        return [edit for edit in edits if edit]

    def settle(self, edits: Sequence[Edit], done: Sequence[saves.Done]) -> None:
        """What was stored is told to the other pages; a page whose edit was not let in is loaded again."""
        for edit, one in zip(edits, done, strict=True):
            written = one.results
            if written is None or written.refused or written.data is None:
                self._pages.pop((edit.group, edit.actor.pk), None)
                continue
            self._pages[edit.group, edit.actor.pk].written |= edit.upto
            documents.tell(edit.actor.pk, edit.client, written, edit.key)
            self._bring(edit.group, [written.data], but=edit.actor.pk)
            if self._read.get(edit.group) == written.number - 1:
                self._read[edit.group] = written.number

    def _catch_up(self, poster: Poster) -> None:
        """What real members have written since."""
        known = self._read.setdefault(poster.group_id, poster.last_number)
        if known != poster.last_number:
            found = changes(poster.pk, known)
            self._bring(poster.group_id, found.updates)
            self._read[poster.group_id] = found.number

    def _bring(self, group: int, updates: Sequence[bytes], but: int = 0) -> None:
        for (table, person), page in list(self._pages.items()):
            if table == group and person != but:
                for update in updates:
                    page.replica.apply(update)

    def _edit(self, scene: Scene, moment: Moment, found: dict[int, Poster], now: datetime) -> Edit | None:
        table = moment.actor.table
        if table is None or table.group not in found:
            return None
        key = (table.group, moment.actor.pk)
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = Page(replica(Poster.objects.get(pk=found[table.group].pk)))
        changed, upto, values = _step(scene, moment, table, page)
        data = page.replica.write_all(changed, values) if changed or values else None
        if data is None:
            return None
        where = next(iter(changed), "")
        return Edit(moment.actor, table.group, page.replica.client, data, where, upto, now, self._shelf)


Changed = dict[str, tuple[str, str]]
Values = dict[str, dict[str, object]]


def _step(scene: Scene, moment: Moment, table: Table, page: Page) -> tuple[Changed, dict[str, int], Values]:
    """What this student adds now: texts as (before, after), how far each is then, and what the group decides."""
    script = list(_script(scene, moment, table))
    lengths = [len(said) for _, said in script]
    upto = rules.spread(lengths, moment.plan.typed(moment.at, sum(lengths)))
    changed: Changed = {}
    for (key, said), length in zip(script, upto, strict=True):
        before = page.ahead(key, said)
        if length > before:
            there = page.replica.text(key)
            changed[key] = there, there + said[before:length]
    whole = {key for (key, said), length in zip(script, upto, strict=True) if said and length == len(said)}
    values: Values = {}
    passed = {str(n): True for n in table.reads if essential_key(n) in whole}
    if passed.keys() - page.replica.entries(PASSED).keys():
        values[PASSED] = dict(passed)
    if not table.rank and moment.at > LOOK_AT * moment.plan.seconds and not page.replica.entries(LOOK):
        values[LOOK] = _look(table.number)
    return changed, dict(zip((key for key, _ in script), upto, strict=True)), values


def _look(group: int) -> dict[str, object]:
    return {
        "layout": LAYOUTS[group % len(LAYOUTS)].key,
        "palette": PALETTES[group // len(LAYOUTS) % len(PALETTES)].key,
    }


def _script(scene: Scene, moment: Moment, table: Table) -> Iterator[tuple[str, str]]:
    """(name, whole text) of all that this student writes, in order: what they pass on, then their share."""
    lesson, part = scene.lesson.slug, moment.part.content
    for number in table.reads:
        key = essential_key(number)
        yield key, texts.essential(lesson, key, number, table.number)
    blocks = [(TITLE, "")]
    blocks += [(field_key(q.number, f.key), q.statement) for q in part.questions for f in q.fields]
    for index, (key, about) in enumerate([*blocks, (SOURCE, "")]):
        if index % table.members == table.rank:
            yield key, texts.block(lesson, key, about, table.number)
