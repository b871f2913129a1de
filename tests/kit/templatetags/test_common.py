"""What is rendered once for a class: nothing of anybody gets into it, and every page is what it would be without."""

import re
from collections.abc import Hashable

import pytest

from annexes.models import Annexe
from lessons.actions import saving
from lessons.actions.clock import act
from lessons.actions.joining import Token
from lessons.models import ClassRun, Participant
from lessons.queries.content import PartContent, lesson_content
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from metroloco_site.kit import steady
from metroloco_site.kit.templatetags import common
from tests.harness import builders as make

pytestmark = pytest.mark.django_db
SECRET = "Le secret de Mouette"
OF_A_LOAD = re.compile(r'data-token="[^"]*"|data-now="\d+"|name="writer" value="[^"]*"')


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run(participants=2)
    make.start(made, now=steady.now())
    return ClassRun.objects.get(pk=made.pk)


def content(run: ClassRun) -> PartContent:
    return lesson_content(run.lesson_id).part(1)


def page(person: Participant) -> str:
    answer = make.student_client(person).get(f"/s/{person.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def write(person: Participant, text: str, *, base: int = 0, writer: str = "page-1234") -> None:
    field = content_field(person.run)
    saving.save_answers(
        token=Token(person.pk, person.token_version),
        phase=person.run.phases.get(part__number=1),
        writer=writer,
        drafts=[Draft(field[0], field[1], text, base, 1)],
        now=steady.now(),
    )


def content_field(run: ClassRun) -> tuple[int, str]:
    question = content(run).questions[0]
    return question.number, question.fields[0].key


def everything_kept(run: ClassRun) -> str:
    kept: dict[Hashable, str] = content(run).kept
    return "".join([*map(str, kept), *kept.values()])


def test_nothing_of_a_student_is_kept_nor_shown_to_another(run: ClassRun) -> None:
    one, other = run.participants.all()
    Participant.objects.filter(pk=one.pk).update(pseudonym="Pseudonyme de Mouette")
    write(one, SECRET)
    write(one, f"{SECRET}, d’une autre page", writer="page-5678")  # kept beside it, to be chosen
    theirs = page(one)
    assert theirs.count(SECRET) >= 2
    personal = [SECRET, "Pseudonyme de Mouette", one.public_id, one.personal_code]
    assert all(word in theirs for word in personal)
    for text in (page(other), everything_kept(run)):
        assert not any(word in text for word in personal)
    assert everything_kept(run), "something is shared"


def test_a_text_taken_back_is_not_shared_either(run: ClassRun) -> None:
    one, other = run.participants.all()
    write(one, SECRET)
    write(one, "", base=1, writer="page-5678")
    number, key = content_field(run)
    base = f'name="base-q{number}-{key}" value="{{}}"'
    assert base.format(2) in page(one)
    assert base.format(0) in page(other)


def test_the_page_is_the_same_from_what_is_kept_and_without(run: ClassRun) -> None:
    one, _ = run.participants.all()
    for text in ("", SECRET):
        if text:
            write(one, text)
        first = page(one)
        again = page(one)
        content(run).kept.clear()
        anew = page(one)
        assert OF_A_LOAD.sub("", first) == OF_A_LOAD.sub("", again) == OF_A_LOAD.sub("", anew)


def test_what_is_shared_follows_the_clock_and_the_run(run: ClassRun) -> None:
    one, _ = run.participants.all()
    assert "readonly" not in page(one)
    act(phase=make.phase(run), kind=Kind.PAUSE, now=steady.now())
    assert "readonly" in page(one)
    act(phase=make.phase(run), kind=Kind.RESUME, now=steady.now())
    assert "readonly" not in page(one)
    Annexe.objects.filter(collection=run.lesson.collection, part=1, number=1).update(kind="video")
    lesson_content.cache_clear()
    other = make.class_run(of=run.lesson, participants=1)
    make.start(other, now=steady.now())
    for asked, link in ((run, "https://exemple.fr/une"), (other, "https://exemple.fr/autre")):
        ClassRun.objects.filter(pk=asked.pk).update(video_link=link)
    assert "exemple.fr/une" in page(one)
    assert "exemple.fr/autre" in page(other.participants.get())
    assert "exemple.fr/autre" not in page(one)


def test_what_never_comes_again_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "MOST", 3)
    kept: dict[Hashable, str] = {}
    for name in "abcde":
        made = common.common(kept, "components/status.html", kind="done", icon="check", word=name)
        assert name in made
        assert len(kept) <= 3
