"""What simulated students type in a part where each works alone, and what of it the server has acknowledged."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lessons.actions.joining import Token
from lessons.forms.drafts import Sent
from lessons.live import saves
from lessons.rules.poster import field_key
from lessons.rules.saving import Draft, Outcome
from metroloco_site.rehearsal.live.moments import Moment
from metroloco_site.rehearsal.queries import PartNow, Scene, stored_answers
from metroloco_site.rehearsal.rules import behaviour as rules
from metroloco_site.rehearsal.rules import simulated_texts as texts

Key = tuple[int, int, str]  # participant, question, field


@dataclass
class Kept:
    """What the server has of one field. `over`: nothing more is sent, the text is late or somebody else's."""

    revision: int = 0
    length: int = 0
    over: bool = False


@dataclass(frozen=True)
class Page:
    """One request of one page: the fields that changed, how long each is, and the save."""

    participant: int
    part: int
    save: saves.Save
    lengths: tuple[tuple[Key, int], ...]


@dataclass
class Answers:
    """`mark`: random, part of each page's writer id: pages are new after a restart."""

    mark: str
    _kept: dict[int, dict[Key, Kept]] = field(default_factory=dict)
    _seq: int = 0

    def due(self, scene: Scene, moments: Collection[Moment], now: datetime) -> list[Page]:
        """What the pages of these students send now."""
        pages = (self._page(scene, m, now) for m in moments if m.over is None or m.over < rules.FLUSH)
        return [page for page in pages if page.lengths]

    def settle(self, pages: Sequence[Page], done: Sequence[saves.Done]) -> Iterator[int]:
        """What became of them; whose text was saved. What failed is sent again."""
        for page, one in zip(pages, done, strict=False):
            for (key, length), saved in zip(page.lengths, one.results or (), strict=False):
                kept = self._kept[page.part][key]
                kept.over = saved.outcome in (Outcome.LATE, Outcome.UNSEEN)
                if saved.outcome is Outcome.SAVED:
                    kept.revision, kept.length = saved.revision, length
            if one.results:
                yield page.participant

    def _page(self, scene: Scene, moment: Moment, now: datetime) -> Page:
        kept, actor, part = self._kept_of(moment.part), moment.actor, moment.part
        drafts, lengths = [], []
        for (question, name), said, length in _typed(scene, moment):
            key = (actor.pk, question, name)
            before = kept.setdefault(key, Kept())
            if before.over or length <= before.length:
                continue
            self._seq += 1
            drafts.append(Draft(question, name, said[:length], before.revision, self._seq))
            lengths.append((key, length))
        sent = Sent(part.content.number, f"{self.mark}-{actor.number:03d}", drafts)
        save = saves.Save(Token(actor.pk, actor.version), sent, now)
        return Page(actor.pk, part.pk, save, tuple(lengths))

    def _kept_of(self, part: PartNow) -> dict[Key, Kept]:
        """From the database the first time: a server that starts again goes on from there."""
        if part.pk not in self._kept:
            self._kept[part.pk] = {
                key: Kept(revision, len(said)) for key, (revision, said) in stored_answers(part.pk).items()
            }
        return self._kept[part.pk]


def _typed(scene: Scene, moment: Moment) -> Iterator[tuple[tuple[int, str], str, int]]:
    """(question, field), its whole text, and how much of it is typed by now."""
    number, lesson = moment.actor.number, scene.lesson.slug
    fields = [(q, f) for q in moment.part.content.questions for f in q.fields]
    said = [texts.answer(lesson, field_key(q.number, f.key), q.statement, number) for q, f in fields]
    lengths = [len(text) for text in said]
    upto = rules.spread(lengths, moment.plan.typed(moment.at, sum(lengths)))
    for (question, one), text, length in zip(fields, said, upto, strict=True):
        yield (question.number, one.key), text, length
