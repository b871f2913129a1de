"""`make demo`: a finished class, invented, in a folder of its own that nothing of it outlives."""

import re
import signal
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from evaluations.models import Assessment, GeneralRemark, SelfAssessment
from lessons.models import Answer, ClassRun, Lesson, Participant, Poster, PosterUpdate, SetAside, Sitting
from lessons.queries.documents import document
from lessons.rules import poster
from lessons.rules.poster import essential_key, field_key
from metroloco_site.accounts.models import User
from metroloco_site.kit import throwaway_folder
from metroloco_site.kit.data_folder import sole_use
from metroloco_site.ops.actions import demo_link
from metroloco_site.ops.management.commands.demo import Command
from metroloco_site.rehearsal.actions import invented_class
from metroloco_site.rehearsal.rules import drawings, invented_texts
from tests.harness import builders as make
from tests.harness.demonstrations import Demonstration
from tests.harness.folders import ROOT
from tests.whole.test_house import ours

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


@pytest.fixture
def run(db: None, tmp_path: Path, settings: object) -> ClassRun:
    """The class of the demonstration, made through the actions."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    call_command("load_pack", str(ROOT / "fixtures" / "metroloco"), unless_known=True, verbosity=0)
    lesson = Lesson.objects.newest().get(slug=invented_texts.LESSON)
    return invented_class.make(lesson=lesson, now=NOW, today=date(2026, 11, 23))


# --- the texts -----------------------------------------------------------------------------------------------


def test_there_are_texts_for_every_field_of_the_lesson(db: None) -> None:
    call_command("load_pack", str(ROOT / "fixtures" / "metroloco"), unless_known=True, verbosity=0)
    lesson = Lesson.objects.newest().get(slug=invented_texts.LESSON)
    for part in lesson.parts.all():
        read, count = (invented_texts.answers, 28) if part.number == 1 else (invented_texts.poster_blocks, 8)
        for question in part.questions.all():
            for given in question.fields:
                texts = read(field_key(question.number, given["key"]))
                assert len(texts) == count
                written = [text for text in texts if text]
                assert len(set(written)) == len(written) >= count * 3 // 5, (question, given["key"])
    shared = {
        number
        for lots in lesson.parts.get(number=2).lots
        for lot in lots["lots"]
        for number in lot["annexes"]
    }
    assert all(len(invented_texts.essentials(essential_key(number))) >= 8 for number in shared)


@pytest.mark.parametrize("key", ["q9-reponse", "", "essentiel-7", "name"])
def test_an_unknown_key_has_no_text(key: str) -> None:
    assert invented_texts.essentials(key) == ()
    assert key == "name" or invented_texts.answers(key) == ()
    assert key == "name" or invented_texts.poster_blocks(key) == ()


def test_every_picture_is_drawn_and_told() -> None:
    pictures = [picture for group in invented_texts.groups() for picture in group["images"]]
    assert len(pictures) >= len(invented_texts.groups())
    for picture in pictures:
        assert drawings.png(invented_texts.drawing(picture["drawing"])).startswith(b"\x89PNG")
        assert picture["alt"].endswith(".")
        assert picture["caption"]


# --- the class -----------------------------------------------------------------------------------------------


def a_class_of_28_in_8_groups(run: ClassRun) -> None:
    assert run.participants.count() == 28
    assert Counter(group.memberships.count() for group in run.groups.all()) == {3: 4, 4: 4}
    assert [group.number for group in run.groups.all()] == list(range(1, 9))
    assert run.participants.filter(absent=True).count() == 1
    assert run.participants.filter(on_paper=True).count() == 1
    assert run.participants.exclude(extra_unit="").count() == 1
    assert (
        Participant.objects.filter(
            joined_at__gt=run.phases.get(part__number=1).events.get(number=1).at
        ).count()
        == 1
    )


def everybody_has_written_and_no_two_alike(run: ClassRun) -> None:
    answers = Answer.objects.filter(sitting__phase__part__number=1)
    for person in run.participants.all():
        assert any(answer.text for answer in answers.filter(sitting__participant=person)), person
    firsts = list(answers.filter(question__number=1).values_list("text", flat=True))
    assert len(set(firsts)) == 28
    late = SetAside.objects.get()
    assert late.reason == SetAside.Reason.LATE
    assert late.accepted_at is late.dismissed_at is None
    assert not late.answer.text


def what_is_saved_was_saved_in_time(run: ClassRun) -> None:
    """The actions refuse what is not: instants are those of a real lesson, none of them ahead."""
    for sitting in Sitting.objects.filter(phase__part__number=1, participant__on_paper=False):
        instants = [answer.saved_at for answer in sitting.answers.exclude(saved_at=None)]
        assert sitting.ends_at
        assert all(at and at <= sitting.ends_at for at in instants), sitting.participant
    first, second = run.phases.all()
    assert first.ends_at
    assert second.ends_at
    assert timedelta(minutes=5) < NOW - second.ends_at < timedelta(minutes=15)
    edits = PosterUpdate.objects.order_by("at")
    assert first.ends_at < edits[0].at < edits.last().at < second.ends_at  # type: ignore[union-attr]
    assert not GeneralRemark.objects.filter(updated_at__gt=NOW).exists()


def posters_in_every_layout_palette_and_size(run: ClassRun) -> None:
    documents = [document(one) for one in Poster.objects.filter(group__run=run)]
    for name, choices in (("layout", poster.LAYOUTS), ("palette", poster.PALETTES), ("size", poster.SIZES)):
        assert {said.look[name] for said in documents} == {choice.key for choice in choices}
    assert all(said.texts[poster.TITLE] and said.words > 100 for said in documents)
    assert all(", d’après " in said.texts[poster.SOURCE] for said in documents)  # a card is cited
    for one in Poster.objects.filter(group__run=run):
        authors = one.writers.exclude(participant=None).values("participant").distinct().count()
        assert authors == one.group.memberships.filter(participant__absent=False).count()
        assert all(poster.alt_key(image.public_id) in document(one).texts for image in one.images.all())
    assert sum(len(said.passed) for said in documents) == 8 * 9 - 3


def half_of_the_copies_are_graded_and_some_students_have_said_where_they_stand(run: ClassRun) -> None:
    graded = run.participants.filter(assessments__level__isnull=False).distinct()
    assert graded.count() == 14
    assert Assessment.objects.count() == 14 * 5
    assert all(GeneralRemark.objects.filter(participant=person).exists() for person in graded)
    assert Assessment.objects.exclude(observations="").count() > 14
    assert SelfAssessment.objects.values("participant").distinct().count() >= 5
    assert run.self_assessment_at is run.results_published_at is None


def the_vote_is_closed_and_has_a_result(run: ClassRun) -> None:
    ballot = run.ballots.get()
    assert ballot.closed_at
    assert ballot.closed_at < NOW
    votes = sorted(ballot.tallies.values_list("votes", flat=True))
    assert sum(votes) == ballot.voters.count() == 25
    assert votes[-1] > votes[-2]


def it_is_the_same_story_each_time_but_no_code_twice(run: ClassRun) -> None:
    before = [
        (group.number, [str(m.participant) for m in group.memberships.all()]) for group in run.groups.all()
    ]
    codes = set(run.participants.values_list("personal_code", flat=True))
    User.objects.all().delete()
    again = invented_class.make(lesson=run.lesson, now=NOW, today=date(2026, 11, 23))
    after = [
        (group.number, [str(m.participant) for m in group.memberships.all()]) for group in again.groups.all()
    ]
    assert before == after
    assert not codes & set(again.participants.values_list("personal_code", flat=True))


NOT_HERE = {"download-fetch", "poster-grade", "rehearsal-end"}  # what this class has not, or not yet


def every_page_of_the_teacher_answers(run: ClassRun) -> None:
    """All that an address of theirs can lead to by a GET, but files, which have tests of their own."""
    person = run.participants.all()[0]
    values = {
        "run": run.public_id, "participant": person.public_id, "group": "1", "part": "1",
        "lesson": run.lesson.slug, "kind": "annexe", "name": "1-2", "version": "1",
    }  # fmt: skip
    client, seen = make.teacher_client(run.owner), 0
    for route, pattern in ours():
        names = re.findall(r"<\w+:(\w+)>", route)
        if not route.startswith("prof/") or "." in route or not set(names) <= values.keys():
            continue
        address = "/" + re.sub(r"<\w+:(\w+)>", lambda found: values[found[1]], route)
        answer = client.get(address)
        if answer.status_code != 405:  # an address that only takes a POST
            seen += 1
            assert answer.status_code in (200, 302, 404), (address, answer.status_code)
            assert answer.status_code != 404 or pattern.name in NOT_HERE, address
    assert seen > 25


def test_a_finished_class(run: ClassRun, subtests: pytest.Subtests) -> None:
    """Made once for all that is looked at: it takes seconds."""
    for holds in (
        a_class_of_28_in_8_groups,
        everybody_has_written_and_no_two_alike,
        what_is_saved_was_saved_in_time,
        posters_in_every_layout_palette_and_size,
        half_of_the_copies_are_graded_and_some_students_have_said_where_they_stand,
        the_vote_is_closed_and_has_a_result,
        every_page_of_the_teacher_answers,
        it_is_the_same_story_each_time_but_no_code_twice,
    ):
        with subtests.test(holds.__name__):
            holds(run)


# --- the door -----------------------------------------------------------------------------------------------


@pytest.fixture
def some(db: None) -> ClassRun:
    """Any activité: the door knows nothing of what is in it."""
    run = make.class_run()
    make.start(run)
    return run


@pytest.fixture
def in_demo(settings: object, tmp_path: Path) -> None:
    settings.DEMO, settings.DATA_DIR = True, tmp_path  # type: ignore[attr-defined]


def test_the_link_signs_in_once(some: ClassRun, in_demo: None) -> None:
    address = f"/compte/demonstration/{demo_link.new_link()}/"
    client, other = Client(), Client()
    board = client.get(address, follow=True)
    assert board.redirect_chain == [(f"/prof/activites/{some.public_id}/", 302)]
    assert "Démonstration" in board.content.decode()
    assert client.get(address).status_code == 302  # signed in already: the board again
    spent = other.get(address)
    assert spent.status_code == 410
    assert "Ce lien a déjà servi" in spent.content.decode()
    assert other.get(f"/prof/activites/{some.public_id}/").status_code == 302
    assert client.post(address).status_code == 405


def test_of_two_at_the_same_instant_one_comes_in(
    some: ClassRun, in_demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, read, first = demo_link.new_link(), Path.read_bytes, []

    def overtaken(path: Path) -> bytes:
        found = read(path)
        monkeypatch.setattr(Path, "read_bytes", read)  # the other's sees it still
        first.append(demo_link.spend(token))
        return found

    monkeypatch.setattr(Path, "read_bytes", overtaken)
    assert demo_link.spend(token) is None
    assert first == [some.owner]


@pytest.mark.parametrize("token", ["autre", "é"])
def test_another_link_opens_nothing(some: ClassRun, in_demo: None, token: str) -> None:
    demo_link.new_link()
    client = Client()
    assert client.get(f"/compte/demonstration/{token}/").status_code in (404, 410)
    assert "_auth_user_id" not in client.session


def test_elsewhere_there_is_no_such_door_and_no_band(
    some: ClassRun, tmp_path: Path, settings: object
) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    token = demo_link.new_link()
    assert Client().get(f"/compte/demonstration/{token}/").status_code == 404
    assert "Tout est inventé" not in Client().get("/").content.decode()


@pytest.mark.parametrize("path", ["/", "/vos-donnees/", "/connexion/", "/revenir/", "screen"])
def test_every_page_says_what_it_is(some: ClassRun, in_demo: None, path: str) -> None:
    page = Client().get(f"/ecran/{some.screen_key}/" if path == "screen" else path)
    assert "Tout est inventé" in page.content.decode()


# --- the folder -----------------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(folder: Path) -> Path:
    """As a demonstration that was killed leaves it."""
    left = folder / f"{throwaway_folder.PREFIX}abc"
    left.mkdir()
    (left / throwaway_folder.MARK).touch()
    (left / "metroloco.sqlite3").write_bytes(b"x")
    return left


def test_what_a_killed_demonstration_left_is_removed(folders: Path) -> None:
    left = left_behind(folders)
    throwaway_folder.remove_leftovers()
    assert not left.exists()


def test_one_that_runs_is_left_alone_and_so_is_what_is_not_one(folders: Path) -> None:
    left = left_behind(folders)
    (folders / f"{throwaway_folder.PREFIX}sans-marque").mkdir()
    (folders / "autre").mkdir()
    with sole_use(left):
        throwaway_folder.remove_leftovers()
    assert (left / "metroloco.sqlite3").exists()
    assert len(list(folders.iterdir())) == 3
    throwaway_folder.remove(folders / "autre")
    throwaway_folder.remove(folders / f"{throwaway_folder.PREFIX}sans-marque")
    assert len(list(folders.iterdir())) == 3


def test_a_link_to_somebody_s_folder_is_not_followed(folders: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "mes-documents"
    theirs.mkdir()
    (theirs / throwaway_folder.MARK).touch()
    (folders / f"{throwaway_folder.PREFIX}lien").symlink_to(theirs)
    throwaway_folder.remove_leftovers()
    assert (theirs / throwaway_folder.MARK).exists()


def test_a_folder_that_cannot_be_made_is_said(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folders / "rien"))
    with pytest.raises(SystemExit, match="La démonstration ne démarre pas"):
        throwaway_folder.make()


def test_the_command_touches_no_installation(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Called otherwise than through manage.py, it would fill and delete the data folder of the settings."""
    with pytest.raises(SystemExit):
        Command().handle()
    assert "make demo" in capsys.readouterr().err
    assert Path(settings.DATA_DIR).is_dir()
    assert not User.objects.exists()


# --- the program ------------------------------------------------------------------------------------------------


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Demonstration]]:
    made: list[Demonstration] = []

    def start(*, in_background: bool = False) -> Demonstration:
        made.append(Demonstration(tmp_path, in_background=in_background))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.mark.slow
def test_it_opens_on_the_board_and_leaves_nothing(
    started: Callable[..., Demonstration], tmp_path: Path
) -> None:
    first = started()
    link = first.link()
    first.wait((tmp_path / "ouvert").exists)
    assert (tmp_path / "ouvert").read_text().strip() == link
    opened = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opened.open(link) as page:
        assert "/prof/activites/" in page.url
        assert re.search(r"Groupe\s8\b", page.read().decode())
    (folder,) = first.left
    assert folder.stat().st_mode & 0o077 == 0
    first.end(signal.SIGKILL)
    assert first.left == [folder]

    second = started()
    second.link()
    assert folder not in second.left
    assert len(second.left) == 1
    assert second.end(signal.SIGTERM) == 0
    assert "La démonstration est effacée." in second.said
    assert second.left == []
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize("in_background", [False, True])
def test_it_may_be_stopped_before_it_is_ready(
    started: Callable[..., Demonstration], in_background: bool
) -> None:
    one = started(in_background=in_background)
    one.wait(lambda: "Préparation" in one.said)
    assert one.end(signal.SIGINT) == 0
    assert "Traceback" not in one.said
    assert one.left == []
