"""Whatever the order of pages, requests and answers, nobody's text is silently replaced or dropped.

The pages are a model of static/js/student/autosave.js; the saves are the real action on a real table.
Requests may be lost, repeated, late or out of order; so may their answers; pages come and go.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lessons.actions import participants
from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.actions.saving import Saved, save_answers
from lessons.models import Answer, Participant, Phase, SetAside
from lessons.queries.student import student_page
from lessons.rules.clock import GRACE, Kind
from lessons.rules.saving import Draft, Outcome
from tests.harness import builders as make
from tests.harness.builders import at

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Request:
    """What a page sent, and what it had been shown by then (revisions of the stored text)."""

    page: "Page"
    draft: Draft
    seen: frozenset[int]


@dataclass(eq=False)
class Page:
    """One open page: what it shows, what it believes the server to hold."""

    writer: str
    area: str
    safe: str
    base: int
    seen: set[int]
    versions: tuple[int, ...]
    seq: int = 0
    settles: bool = False
    conflict: tuple[str, int] | None = None

    def request(self) -> Request | None:
        if self.area == self.safe and not self.settles:
            return None
        self.seq += 1
        draft = Draft(1, "reponse", self.area, self.base, self.seq, self.settles, self.versions)
        return Request(self, draft, frozenset(self.seen))

    def learn(self, sent: Draft, result: Saved) -> None:
        self.safe = sent.text
        if sent.settles:
            self.settles = False
        if result.outcome is Outcome.SAVED:
            self.base = result.revision
            if sent.settles:
                self.conflict, self.versions = None, ()
        elif result.outcome is Outcome.UNSEEN:
            assert result.stored is not None
            self.conflict = (result.stored, result.revision)
            self.seen.add(result.revision)

    def choose(self, *, mine: bool) -> None:
        if self.conflict is None:
            return
        text, self.base = self.conflict
        if not mine:
            self.area = text
        self.conflict, self.settles = None, True


@dataclass
class World:
    """The class's one answer, its open pages, and what is on its way."""

    person: Participant
    phase: Phase
    now: datetime = field(default_factory=lambda: at(1))
    pages: list[Page] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[Request, Saved]] = field(default_factory=list)
    history: dict[int, tuple[str, str]] = field(default_factory=lambda: {0: ("", "")})  # text and writer
    delivered: dict[str, tuple[int, str]] = field(default_factory=dict)  # a writer's newest text
    count: int = 0

    def answer(self) -> Answer:
        return Answer.objects.get(sitting__participant=self.person, question__number=1, field="reponse")

    def open(self) -> None:
        shown = student_page(Participant.objects.get(pk=self.person.pk), self.now).questions[0].fields[0]
        self.count += 1
        versions = tuple(version.pk for version in shown.versions)
        self.pages.append(
            Page(f"page-{self.count:04}", shown.text, shown.text, shown.revision, {shown.revision}, versions)
        )

    def type(self, page: Page) -> None:
        self.count += 1
        page.area += f" {self.count}"

    def send(self, page: Page) -> None:
        if request := page.request():
            self.requests.append(request)

    def deliver(self, index: int, *, again: bool) -> None:
        request = self.requests[index] if again else self.requests.pop(index)
        before = self.answer()
        page, draft = request.page, request.draft
        (result,) = save_answers(
            token=Token(self.person.pk, self.person.token_version),
            phase=self.phase,
            writer=page.writer,
            drafts=[draft],
            now=self.now,
        )
        after = self.answer()
        newest = self.delivered.get(page.writer, (0, ""))
        self.delivered[page.writer] = max(newest, (draft.seq, draft.text))
        if after.revision != before.revision:
            assert before.writer in ("", page.writer) or before.revision in request.seen, "silent overwrite"
            assert after.revision == before.revision + 1
            self.history[after.revision] = (after.text, page.writer)
        self.answers.append((request, result))

    def hear(self, index: int) -> None:
        request, result = self.answers.pop(index)
        if result.outcome is Outcome.SAVED:
            self.check_told_saved(request)
        request.page.learn(request.draft, result)

    def check_told_saved(self, request: Request) -> None:
        """« Enregistré » is true: the text is, or was, the answer; or its own page has sent a newer one."""
        was_stored = any(text == request.draft.text for text, _ in self.history.values())
        newest, _ = self.delivered[request.page.writer]
        assert was_stored or request.draft.seq < newest

    def check_nothing_dropped(self) -> None:
        """The newest text of every page is the answer, was it, or is kept apart."""
        stored = {text for text, _ in self.history.values()}
        aside = {aside.text for aside in SetAside.objects.filter(answer=self.answer())}
        for _, text in self.delivered.values():
            assert text in stored | aside, text

    def check_waiting_is_shown(self) -> None:
        """What waits for a choice, and differs from the answer, is on the page of whoever opens it next."""
        answer = self.answer()
        waiting = {
            aside.text
            for aside in SetAside.objects.filter(answer=answer, reason="unseen", dismissed_at=None)
            if aside.text != answer.text
        }
        shown = student_page(Participant.objects.get(pk=self.person.pk), self.now).questions[0].fields[0]
        assert {version.text for version in shown.versions} == waiting


STEP = st.tuples(
    st.sampled_from(
        ["open", "type", "type", "send", "send", "deliver", "deliver", "repeat", "lose", "hear", "hear",
         "silence", "mine", "other", "close"]
    ),
    st.integers(min_value=0, max_value=7),
)  # fmt: skip


def step(world: World, name: str, number: int) -> None:
    page = world.pages[number % len(world.pages)] if world.pages else None
    if name == "open" and len(world.pages) < 4:
        world.open()
    elif name in ("deliver", "repeat", "lose") and world.requests:
        index = number % len(world.requests)
        if name == "lose":
            world.requests.pop(index)
        else:
            world.deliver(index, again=name == "repeat")
    elif name in ("hear", "silence") and world.answers:
        index = number % len(world.answers)
        if name == "hear":
            world.hear(index)
        else:
            world.answers.pop(index)
    elif page:
        on_page(world, page, name)


def on_page(world: World, page: Page, name: str) -> None:
    if name == "type":
        world.type(page)
    elif name == "send":
        world.send(page)
    elif name in ("mine", "other"):
        page.choose(mine=name == "mine")
    elif name == "close":
        world.pages.remove(page)


def settle_down(world: World) -> None:
    """The network is whole again: all that is open sends until the server holds it."""
    while world.requests:
        world.deliver(0, again=False)
    world.answers.clear()  # every one of them was lost: the pages repeat
    for page in world.pages:
        for _ in range(4):
            world.send(page)
            if not world.requests:
                break
            world.deliver(0, again=False)
            world.hear(0)
        assert page.area == page.safe, "the page goes on sending for ever"


class Interleavings(TestCase):
    def world(self) -> World:
        run = make.class_run(participants=1)
        phase = make.start(run)
        world = World(run.participants.select_related("run").get(), phase)
        world.open()
        world.open()
        return world

    @given(steps=st.lists(STEP, max_size=40))
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def test_never_a_silent_overwrite_and_nothing_dropped(self, steps: list[tuple[str, int]]) -> None:
        world = self.world()
        for name, number in steps:
            step(world, name, number)
        settle_down(world)
        world.check_nothing_dropped()
        world.check_waiting_is_shown()

    @given(
        before=st.lists(STEP, max_size=15),
        after=st.lists(STEP, max_size=15),
        seconds=st.integers(min_value=-60, max_value=120),
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_same_across_the_bell(
        self, before: list[tuple[str, int]], after: list[tuple[str, int]], seconds: int
    ) -> None:
        """`seconds` after the deadline and its grace: what is too late is kept apart, never the answer."""
        world = self.world()
        for name, number in before:
            step(world, name, number)
        collected = world.answer()
        world.now = at(15) + GRACE + timedelta(seconds=seconds)
        for name, number in after:
            step(world, name, number)
        settle_down(world)
        if seconds > 0:
            assert world.answer().text == collected.text
        world.check_nothing_dropped()


def test_a_late_text_that_was_accepted_is_not_replaced_by_a_page_that_has_not_seen_it() -> None:
    run = make.class_run(participants=1)
    phase = make.start(run)
    person = run.participants.select_related("run").get()
    token = Token(person.pk, person.token_version)

    def save(text: str, writer: str, seq: int, now: datetime) -> Saved:
        draft = Draft(1, "reponse", text, 1 if writer == "page-late" else 0, seq)
        (result,) = save_answers(token=token, phase=phase, writer=writer, drafts=[draft], now=now)
        return result

    assert save("à l’heure", "page-open", 1, at(1)).outcome is Outcome.SAVED
    assert save("en retard", "page-late", 1, at(20)).outcome is Outcome.LATE
    participants.decide_late(late=SetAside.objects.get(reason="late"), accept=True, now=at(21))
    act(phase=phase, kind=Kind.REOPEN, now=at(22), seconds=300)
    result = save("à l’heure, et plus", "page-open", 2, at(23))
    assert (result.outcome, result.stored) == (Outcome.UNSEEN, "en retard")
