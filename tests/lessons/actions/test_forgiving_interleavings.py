"""Whatever is saved, the longest text that was taken away can be taken back, until it was decided or bounded out."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lessons.actions import forgiving
from lessons.actions.saving import Saved
from lessons.models import Participant, SetAside
from lessons.rules.forgiving import MOST_KEPT, Kept, is_much_longer, takes_much
from lessons.rules.saving import Outcome
from tests.harness import builders as make
from tests.harness.builders import at
from tests.lessons.actions.test_forgiving import field_of, waiting, words
from tests.lessons.actions.test_saving import answer, save

pytestmark = pytest.mark.django_db

COUNTS = st.sampled_from([0, 1, 3, 4, 5, 12, 19, 20, 21, 25, 40, 79, 99, 100, 120])
STEP = st.tuples(st.sampled_from(["new", "cut", "cut", "add", "tab", "take", "refuse"]), COUNTS)


class Model:
    """A page that writes whatever it likes, and what it may ask back.

    `since`: what was stored since it last decided; `owed`: what waited before the last step.
    """

    def __init__(self, person: Participant) -> None:
        self.person = person
        self.seq = 0
        self.since = [""]
        self.owed: list[SetAside] = []

    def step(self, name: str, count: int) -> None:
        self.seq += 1
        now = answer(self.person)
        texts_now = now.text.split()
        if name in ("take", "refuse"):
            self.decide(takes=name == "take")
            return
        text = {
            "new": words(count, f"s{self.seq}x"),
            "cut": " ".join(texts_now[:count]),
            "add": " ".join([*texts_now, *words(count, f"s{self.seq}x").split()]),
            "tab": words(count, f"b{self.seq}x"),
        }[name]
        writer = "page-b" if name == "tab" else "page-a"
        self.save(text, writer=writer, base=now.revision)
        self.check()

    def save(self, text: str, **more: object) -> Saved:
        now = at(1) + timedelta(seconds=self.seq)
        result = save(self.person, text, seq=self.seq, now=now, **more)  # type: ignore[arg-type]
        assert (result.outcome, answer(self.person).text) == (Outcome.SAVED, text)
        self.since.append(text)
        return result

    def decide(self, *, takes: bool) -> None:
        shown = field_of(self.person).longer
        if shown is None:
            return
        before = answer(self.person)
        draft = forgiving.choice(participant=self.person, kept=shown.pk, takes=takes, seq=self.seq)
        assert draft is not None
        self.save(draft.text, base=draft.base, settles=True, versions=draft.versions)
        assert before.text.strip() in draft.text  # nothing of what stood there is lost
        assert (shown.text in draft.text) or not takes
        assert shown.pk not in {aside.pk for aside in waiting(self.person)}
        self.since = [draft.text]
        self.owed = waiting(self.person)

    def longest_cut(self) -> str:
        """The longest text since the last decision of which a later one has left less than a fifth."""
        least = [
            min(map(len, map(str.split, self.since[n + 1 :])), default=10**6) for n in range(len(self.since))
        ]
        cut = [t for t, left in zip(self.since, least, strict=True) if takes_much(len(t.split()), left)]
        return max(reversed(cut), key=lambda text: len(text.split()), default="")

    def check(self) -> None:
        kept = waiting(self.person)
        assert len(kept) <= MOST_KEPT
        count = max((len(aside.text.split()) for aside in kept), default=0)
        owed = max((len(aside.text.split()) for aside in self.owed), default=0)
        longest = len(self.longest_cut().split())
        assert count >= max(owed, longest), (longest, owed, [len(a.text.split()) for a in kept])
        if len(kept) < MOST_KEPT:  # nothing was bounded out
            lengths = {len(aside.text.split()) for aside in kept}
            assert not longest or longest in lengths
            assert {aside.pk for aside in self.owed} <= {aside.pk for aside in kept}
        self.owed = kept

    def can_come_to_all(self) -> None:
        """Refusing one after the other, the student is asked about every text that is worth it."""
        field = field_of(self.person)
        kept = [Kept(a.pk, a.text, len(a.text.split()), a.received_at) for a in waiting(self.person)]
        worth = {one.pk for one in kept if is_much_longer(one, field.text, field.words)}
        asked = []
        while (shown := field_of(self.person).longer) is not None:
            asked.append(shown)
            self.seq += 1
            self.decide(takes=False)
        assert {one.pk for one in asked} == worth
        assert all(a.at >= b.at for a, b in pairwise(asked))


class Forgiving(TestCase):
    @given(steps=st.lists(STEP, min_size=2, max_size=25))
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_longest_that_was_taken_away_can_be_taken_back(self, steps: list[tuple[str, int]]) -> None:
        run = make.class_run(participants=1)
        make.start(run)
        model = Model(run.participants.select_related("run").get())
        for name, count in steps:
            model.step(name, count)
        model.can_come_to_all()
