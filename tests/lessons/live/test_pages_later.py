"""Whatever has happened in a class, a page from the light part is byte for byte the view's."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annexes.models import Annexe
from lessons.actions.clock import act
from lessons.models import ClassRun
from lessons.queries.content import lesson_content
from lessons.rules.clock import Kind, NoGroups, NotPossible
from tests.harness import builders as make
from tests.harness.light_pages import HAPPENINGS, HERE, at_one_instant, light, told, view

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_part", "one_instant")]
STAGES = ("waiting", "running", "ended", "part 2", "part 2 alone", "all ended")
ALIKE = {
    "is helped", "is renamed", "is hidden", "is absent", "writes on paper", "extends", "goes on",
    "gives another name", "gives a video", "raises the revision", "ends", "ends but for some",
}  # fmt: skip
# Nothing comes of it while the part runs.
REFUSED = {"starts", "resumes", "reopens", "takes back", "starts part 2"}


@pytest.fixture
def one_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    at_one_instant(monkeypatch)


@pytest.fixture
def run() -> ClassRun:
    """With a video among the annexes, and groups."""
    run = make.class_run(participants=3)
    Annexe.objects.filter(collection=run.lesson.collection, part=1).update(kind="video")
    lesson_content.cache_clear()
    make.groups(run, (2, 1))
    return run


def bring(run: ClassRun, stage: str) -> None:
    if stage not in ("waiting", "part 2 alone"):
        make.start(run)
    if stage in ("ended", "part 2", "all ended"):
        act(phase=make.phase(run), kind=Kind.END, now=HERE, keeps_extra=False)
    if stage in ("part 2", "part 2 alone", "all ended"):
        act(phase=make.phase(run, 2), kind=Kind.START, now=HERE)
    if stage == "all ended":
        act(phase=make.phase(run, 2), kind=Kind.END, now=HERE)


@pytest.mark.parametrize("stage", STAGES)
def test_whatever_happens_to_one_every_page_is_the_views(run: ClassRun, stage: str) -> None:
    bring(run, stage)
    for what, happens in HAPPENINGS.items():
        with transaction.atomic():
            one, other, _ = run.participants.all()
            with suppress(NotPossible, NoGroups):
                happens(one)
            told(other)  # first: what is kept is theirs, and not the page of who has something of their own
            filled = told(one)
            assert what != "leaves" or (not filled and view(one).status == 404)
            if stage == "running":
                assert filled == (what in ALIKE | REFUSED), what
            transaction.set_rollback(True)


@pytest.mark.parametrize("stage", STAGES)
def test_which_stages_are_filled_in(run: ClassRun, stage: str) -> None:
    bring(run, stage)
    assert [light(person) is not None for person in run.participants.all()] == [
        stage in ("waiting", "running", "ended")
    ] * 3


def test_another_content_makes_another_page(run: ClassRun) -> None:
    bring(run, "running")
    one, other, _ = run.participants.all()
    assert told(one)
    Annexe.objects.filter(collection=run.lesson.collection, part=1).update(title="Un autre titre")
    lesson_content.cache_clear()
    assert told(other)
    page = light(one)
    assert page is not None
    assert "Un autre titre" in page.body.decode()


steps = st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), st.integers(0, 1)), max_size=6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_happens_one_after_the_other(run: ClassRun, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        for what, who in steps:
            with suppress(NotPossible, NoGroups):
                HAPPENINGS[what](run.participants.all()[who])
            for each in run.participants.filter(left_at=None):
                told(each)
        transaction.set_rollback(True)
