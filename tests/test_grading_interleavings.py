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
    ever: set[int | None] = field(default_factory=lambda: {None})  # all that this tab has shown, or sent itself
    clash: bool = False
    waits: bool = False

    def press(self, value: int) -> None:
        if not self.waits:
            self.seen = {self.shown}
        self.wants, self.waits = value, True

    def show(self, stored: int | None) -> None:
        self.shown = stored
        self.ever.add(stored)


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
        elif what == "choose" and tab.clash:  # both are on screen: the teacher keeps the one of this page
            tab.show(stored)
            tab.seen, tab.clash = {stored}, False
        elif tab.waits and not tab.clash:
            mark = Mark("niveau-1", Field.LEVEL, 1, tab.wants, tuple(tab.seen))
            tab.seen.add(tab.wants)
            if stored == mark.value or may_write(stored, mark):
                assert stored in tab.ever or stored == mark.value, "replaced unseen"
                stored = mark.value
                tab.ever.add(stored)
                if what == "send":
                    tab.shown, tab.waits = stored, False
            elif what == "send":
                tab.clash = True
    for tab in tabs:  # what was pressed last is stored, or still waits on its page: nothing is gone
        assert tab.waits or tab.shown in tab.ever
