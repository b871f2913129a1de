"""Two tabs of a teacher, and answers that are lost: whatever the order, no value is replaced unseen."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.marks import Field, Mark, may_write

TABS = 2
STEPS = st.lists(
    st.tuples(
        st.integers(0, TABS - 1),
        st.sampled_from(["press", "send", "lose", "reload", "choose"]),
        st.integers(1, 4),
    ),
    max_size=40,
)


@dataclass
class Tab:
    """A page as static/js/grading/queue.js is: what it wants, what it has seen or sent, what clashes."""

    shown: int | None = None
    wants: int | None = None
    seen: set[int | None] = field(default_factory=set)
    ever: set[int | None] = field(default_factory=lambda: {None})  # all that it has shown, or sent
    clash: bool = False
    waits: bool = False

    def press(self, value: int) -> None:
        if not self.waits:
            self.seen = {self.shown}
        self.wants, self.waits = value, True

    def show(self, stored: int | None) -> None:
        self.shown = stored
        self.ever.add(stored)

    def choose(self, stored: int | None) -> None:
        """Both values are on screen, and the teacher keeps the one of this page."""
        if self.clash:
            self.show(stored)
            self.seen, self.clash = {stored}, False

    def send(self, stored: int | None, *, lost: bool) -> int | None:
        """What is stored afterwards; of a lost answer the page learns nothing."""
        if self.clash or not self.waits:
            return stored
        wanted = self.wants
        mark = Mark("niveau-1", Field.LEVEL, 1, wanted, tuple(self.seen))
        self.seen.add(wanted)
        if stored != wanted and not may_write(stored, mark):
            self.clash = not lost
            return stored
        assert stored in self.ever or stored == wanted, "replaced unseen"
        self.ever.add(wanted)
        if not lost:
            self.shown, self.waits = wanted, False
        return wanted


@given(STEPS)
def test_no_value_is_replaced_by_a_page_that_has_not_seen_it(steps: list[tuple[int, str, int]]) -> None:
    stored: int | None = None
    tabs = [Tab() for _ in range(TABS)]
    for number, what, value in steps:
        tab = tabs[number]
        if what == "press":
            tab.press(value)
        elif what == "reload":
            tab.show(stored)
        elif what == "choose":
            tab.choose(stored)
        else:
            stored = tab.send(stored, lost=what == "lose")
    for tab in tabs:  # what was pressed last is stored, or still waits on its page: nothing is gone
        assert tab.waits or tab.shown in tab.ever
