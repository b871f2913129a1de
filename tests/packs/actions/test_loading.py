"""Loading a pack: a new immutable version, once, whole or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, models
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annexes.models import Annexe, AnnexeImage, AnnexeVideo, CaseStudy, Collection, LexiconEntry, MethodCard
from lessons.models import Criterion, Grid, Lesson, Part, Question
from lessons.queries.content import LessonContent, lesson_content
from metroloco_site.packs.actions.loading import LoadedPack, load_pack, store_pack
from metroloco_site.packs.rules import Pack, read_pack
from tests.harness.builders import NOW
from tests.harness.folders import METROLOCO
from tests.harness.packs import changed, small_pack, write

CONTENT: tuple[type[models.Model], ...] = (
    Collection, Annexe, AnnexeImage, AnnexeVideo, CaseStudy, LexiconEntry, MethodCard, Lesson, Part, Question, Grid,
    Criterion,
)  # fmt: skip
HOSTILE = "\n\n".join(
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(2)"><iframe src="//example.org"></iframe>',
        "[clic](javascript:alert(3)) [clic](data:text/html,x) <javascript:alert(4)>",
        "[clic](JAVAscript&#58;alert(5))",
        ">" * 200 + " cité",
        "- " * 200 + "listé",
        "\n".join(" " * 4 * depth + "- plus loin" for depth in range(40)),
        "\u202e" + "x" * 10_000,  # no NUL: the reader refuses it, PostgreSQL does not take it
    ]
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The small pack, in a folder."""
    return write(tmp_path / "pack", small_pack())


def load(folder: Path) -> LoadedPack:
    return load_pack(folder=folder, now=NOW)


def stored() -> dict[str, list[dict[str, Any]]]:
    """All rows that loading can make."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in CONTENT}


def content_of(lesson: Lesson) -> LessonContent:
    lesson_content.cache_clear()  # a rolled back test gives its primary keys to the next
    return lesson_content(lesson.pk)


def test_a_pack_becomes_a_lesson(pack: Path) -> None:
    loaded = load(pack)
    assert loaded.created
    lesson = loaded.lesson
    assert (lesson.slug, lesson.version, lesson.loaded_at) == ("petite-lecon", 1, NOW)
    assert lesson.sources == [
        {"label": "Un livre", "link": ""},
        {"label": "Un site", "link": "https://example.org/jardin"},
    ]
    assert [(part.number, part.kind, part.minutes) for part in lesson.parts.all()] == [
        (1, "individual", 15),
        (2, "group", 15),
    ]
    question = lesson.parts.get(number=1).questions.get(number=1)
    assert question.fields == [
        {"key": "outils", "label": "Les outils", "hint": "Deux suffisent."},
        {"key": "usages", "label": "Leurs usages", "hint": ""},
    ]
    assert question.expected == "- La bêche (annexe 1)."
    assert [question.further for question in Question.objects.order_by("pk")] == [False, False, True]
    grid = lesson.parts.get(number=1).grid
    assert [level["code"] for level in grid.levels] == ["TI", "I", "S", "TS"]
    assert [row.expectation for row in grid.criteria.all()] == ["complet", ""]
    annexe = lesson.collection.annexes.get(number=1)
    assert (annexe.kind, annexe.link, annexe.added) == ("text", "https://example.org/texte", True)


def test_what_is_loaded_is_shown(pack: Path) -> None:
    content = content_of(load(pack).lesson)
    part = content.part(1)
    assert 'class="term" href="#lexique-jardin"' in content.opening_html.replace(
        ' rel="noopener noreferrer"', ""
    )
    assert [term.term for term in part.terms] == ["Bêche", "Jardin"]
    assert [question.card.verb for question in part.questions if question.card] == ["Repérer", "Comparer"]
    assert part.annexes[0].html.startswith("<h3>Le jardin</h3>")


def test_cards_stand_in_the_order_of_the_questions(pack: Path) -> None:
    assert [card.slug for card in read_pack(pack).method] == ["reperer", "comparer"]


def test_what_is_loaded_passes_the_models_own_checks(pack: Path) -> None:
    load(pack)
    load(METROLOCO)
    for model in CONTENT:
        for row in model._default_manager.all():
            row.full_clean(exclude={"owner", "common", "lots"})  # empty lists are no fault, but for forms


def test_the_same_pack_twice_changes_nothing(pack: Path) -> None:
    first = load(pack)
    before = stored()
    (pack / "README.md").write_text("Un autre mot d’accueil.\n")
    again = load(pack)
    assert (again.lesson, again.created) == (first.lesson, False)
    assert stored() == before


def test_a_changed_pack_makes_a_version_and_leaves_the_old_one(pack: Path) -> None:
    load(pack)
    before = stored()
    write(pack, changed("annexes/1-2.md", "cultive", "sème"))
    second = load(pack)
    assert second.created
    assert second.lesson.version == 2
    after = stored()
    assert all(row in after[name] for name, rows in before.items() for row in rows)
    assert "sème" in content_of(second.lesson).part(1).annexes[1].html
    assert list(Lesson.objects.newest()) == [second.lesson]


def test_an_earlier_pack_comes_back_as_a_new_version(pack: Path) -> None:
    first = load(pack).lesson
    write(pack, changed("annexes/1-2.md", "cultive", "sème"))
    load(pack)
    third = load(write(pack, small_pack())).lesson
    assert third.version == 3
    assert third.collection == first.collection
    assert third.parts.count() == 2


def test_a_start_does_not_put_the_shipped_pack_back_in_front(pack: Path) -> None:
    shipped = load_pack(folder=pack, now=NOW).lesson
    adapted = store_pack(pack=replace(read_pack(pack), digest="f" * 64), now=NOW).lesson
    again = load_pack(folder=pack, now=NOW, unless_known=True)
    assert (again.created, again.lesson) == (False, shipped)
    assert Lesson.objects.newest().get() == adapted


def test_two_lessons_do_not_share_versions(pack: Path, tmp_path: Path) -> None:
    load(pack)
    other = write(tmp_path / "other", changed("lesson.md", "petite-lecon", "autre-lecon"))
    assert load(other).lesson.version == 1


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    files = {path: "\ufeff" + text.replace("\n", "\r\n") for path, text in small_pack().items()}
    loaded = read_pack(write(tmp_path / "windows", files))
    assert replace(loaded, digest="") == replace(read_pack(write(tmp_path / "unix", small_pack())), digest="")


def test_the_digest_tells_where_one_file_ends(tmp_path: Path) -> None:
    digests = set()
    for name, moved in {"a": ("1", "2"), "b": ("2", "1")}.items():
        files = small_pack()
        files["lexicon/jardin.md"] += moved[0]
        files["lexicon/beche.md"] += moved[1]
        digests.add(read_pack(write(tmp_path / name, files)).digest)
    assert len(digests) == 2


def test_loading_asks_the_same_number_of_queries_whatever_the_size(
    pack: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    files = small_pack()
    more = {
        f"lexicon/mot-{n}.md": files["lexicon/jardin.md"].replace("Jardin", f"Mot {n}", 1) for n in range(30)
    }
    with django_assert_num_queries(13):
        load(pack)
    write(pack, more)
    with django_assert_num_queries(13):
        load(pack)


# --- hostile text --------------------------------------------------------------------------------


def hostile(pack: Pack) -> Pack:
    """Every Markdown text of a pack as an enemy would write it, past the checks of the reader."""
    return replace(
        pack,
        lesson=replace(pack.lesson, opening=HOSTILE),
        parts=tuple(replace(part, instructions=HOSTILE) for part in pack.parts),
        questions=tuple(replace(question, expected=HOSTILE) for question in pack.questions),
        annexes=tuple(replace(annexe, body=HOSTILE) for annexe in pack.annexes),
        lexicon=tuple(replace(term, body=HOSTILE) for term in pack.lexicon),
        method=tuple(replace(card, body=HOSTILE) for card in pack.method),
    )


def test_hostile_markdown_is_shown_safely(pack: Path) -> None:
    content = content_of(store_pack(pack=hostile(read_pack(pack)), now=NOW).lesson)
    part = content.part(1)
    pages = [content.opening_html, part.instructions_html, part.questions[0].expected_html]
    pages += [part.annexes[0].html, part.terms[0].html, part.cards[0].html]
    for html in pages:
        assert "xxx" in html
        for trap in ("<script", "<img", "<iframe", "onerror", 'href="javascript', 'href="data', 'href="JAVA'):
            assert trap not in html
        assert html.count("<blockquote>") <= 6


def test_hostile_markdown_is_refused_by_the_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, changed("annexes/1-1.md", "### Le jardin", HOSTILE.replace("\u202e", "")))
    assert run_command(folder) == 1
    assert "annexes/1-1.md, ligne 13 : « <script… »" in capsys.readouterr().err


# --- the command ---------------------------------------------------------------------------------


def run_command(folder: Path) -> int:
    """The exit code of `manage.py load_pack`."""
    try:
        call_command("load_pack", str(folder))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_command_says_what_was_loaded(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(pack) == 0
    told = capsys.readouterr()
    assert told.out == (
        "Leçon chargée : « Le jardin partagé », version 1 "
        "(2 parties, 3 questions, 2 annexes, 2 entrées de lexique).\n"
    )
    assert told.err == ""
    assert abs(Lesson.objects.get().loaded_at - timezone.now()).total_seconds() < 60
    assert run_command(pack) == 0
    assert capsys.readouterr().out.startswith("Rien de nouveau : « Le jardin partagé », version 1")


def test_the_command_lists_every_error_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(write(tmp_path / "good", small_pack()))
    before = stored()
    files = changed("questions/1-2.md", "verb: comparer", "verb: comparez") | {"notes.txt": ""}
    assert run_command(write(tmp_path / "bad", files)) == 1
    told = capsys.readouterr()
    assert told.out == ""
    lines = told.err.splitlines()
    assert lines[0].startswith("notes.txt : ")
    assert lines[1].startswith("questions/1-2.md, ligne 4 : ")
    assert lines[2:] == ["2 erreurs : rien n’a été chargé."]
    assert stored() == before


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model.__name__)
def test_a_failure_in_the_middle_of_writing_leaves_nothing(
    model: type[models.Model], pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load(write(pack.parent / "good", small_pack()))
    before = stored()
    write(pack, changed("lesson.md", "Bienvenue", "Bonjour"))

    def full(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("disk is full")

    manager = model._default_manager
    for name in ("create", "bulk_create", "get_or_create"):
        monkeypatch.setattr(type(manager), name, full)
    assert run_command(pack) == 1
    assert "rien n’a été chargé : disk is full." in capsys.readouterr().err
    assert stored() == before


def test_metroloco_loads(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(METROLOCO) == 0
    content = content_of(Lesson.objects.get(slug="metroloco"))
    assert all(question.card for part in content.parts for question in part.questions)
