"""The best moments of a poster's texts, so that what goes piece by piece is in a state, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from lessons.rules.forgiving import FEWEST_WORDS, PARTS, takes_much
from lessons.rules.texts import count_words


@dataclass(frozen=True)
class Peak:
    """A text at its longest since it last grew beyond that, until it got shorter `at` that instant.

    `number`: of the last update before that. `safe`: a state says it already.
    """

    key: str
    text: str
    number: int
    at: datetime
    safe: bool

    @cached_property
    def words(self) -> int:
        return count_words(self.text)

    def is_gone(self, text: str) -> bool:
        """Whether so little is left of it that a state has to say it."""
        return 2 * len(text) < len(self.text) and takes_much(self.words, count_words(text))

    def lacks(self, text: str) -> bool:
        """Whether it is twenty words, of which this has not four fifths."""
        return self.words >= FEWEST_WORDS and PARTS * count_words(text) < (PARTS - 1) * self.words


@dataclass
class Peaks:
    """Lengths are compared; words, which take longer, are counted once half of a text is gone."""

    state: Mapping[str, str]  # the texts of the newest state
    _of: dict[str, Peak] = field(default_factory=dict)

    def note(self, before: Mapping[str, str], after: Mapping[str, str], number: int, at: datetime) -> None:
        """An edit has made of `before`, which said so at update `number`, `after`."""
        for key, text in before.items():
            if len(after.get(key, "")) >= len(text):
                continue
            peak = self._of.get(key)
            if peak is None or len(text) >= len(peak.text):
                self._of[key] = Peak(key, text, number, at, safe=self.state.get(key) == text)

    def fallen(self, texts: Mapping[str, str]) -> list[Peak]:
        """Those of which more than 80 % is gone, the newest first. They begin anew."""
        found = [peak for peak in self._of.values() if peak.is_gone(texts.get(peak.key, ""))]
        for peak in found:
            del self._of[peak.key]
        return sorted(found, key=lambda peak: peak.number, reverse=True)

    def lacking(self, texts: Mapping[str, str], number: int) -> list[Peak]:
        """Those of which more than a fifth is gone, the newest first: the log before `number` goes.

        The others are from now on those of that update, which lacks no more than that.
        """
        found = [peak for peak in self._of.values() if peak.lacks(texts.get(peak.key, ""))]
        self._of = {key: replace(peak, number=number) for key, peak in self._of.items() if peak not in found}
        return sorted(found, key=lambda peak: peak.number, reverse=True)

    def is_kept(self, peak: Peak) -> bool:
        return peak.safe or self.state.get(peak.key) == peak.text

    def keep(self, texts: Mapping[str, str]) -> None:
        """A state says this."""
        self.state = texts
        for key, peak in self._of.items():
            if peak.text == texts.get(key) and not peak.safe:
                self._of[key] = replace(peak, safe=True)
