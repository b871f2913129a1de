"""A lesson edited in the application: one reader, one version a save, and no class that sees it change."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lessons.models import Lesson
from lessons.queries.content import lesson_content
from metroloco_site.packs.actions.loading import load_pack
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules import read_pack
from metroloco_site.packs.rules.editing import FIXED, file_of, posted, values_of
from metroloco_site.packs.rules.labels import BODIES, CHOICES, LABELS
from metroloco_site.packs.rules.schema import KINDS, Key
from metroloco_site.packs.rules.writing import items, pack_files
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.packs import write
from tests.packs.rules.test_format import PACKS
from tests.packs.rules.test_lots import with_lots

ANNEXE = "/prof/lecons/petite-lecon/annexe/1-1/modifier/"
GRID = "/prof/lecons/petite-lecon/grid/part-1/modifier/"


@pytest.fixture
def lesson(tmp_path: Path, db: None) -> Lesson:
    return load_pack(folder=write(tmp_path, with_lots()), now=NOW).lesson


@pytest.fixture
def client(db: None) -> Client:
    return make.teacher_client(make.user())


def form(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send if nothing were changed."""
    context = client.get(address).context
    data = {"base": context["opened"].lesson.version}
    for field in context["fields"]:
        rows = [inner for row in field.rows for inner in row]
        data |= {inner.name: inner.value for inner in rows or [field] if inner.value}
    return data


def newest() -> Lesson:
    return Lesson.objects.order_by("-version", "-pk")[0]


def test_a_save_makes_a_version_and_the_class_keeps_its_own(client: Client, lesson: Lesson) -> None:
    run = make.class_run(of=lesson, participants=1)
    make.start(run)
    answer = client.post(ANNEXE, form(client, ANNEXE) | {"body": "Un **autre** texte.\r\n\r\n"}, follow=True)
    assert "Enregistré : c’est la version 2." in answer.content.decode()
    assert "<strong>autre</strong>" in lesson_content(newest().pk).part(1).annexes[0].html
    page = make.student_client(run.participants.get()).get(f"/s/{run.participants.get().public_id}/")
    assert "On y " in page.content.decode()
    assert "<strong>autre</strong>" not in page.content.decode()
    later = make.class_run(participants=1, of=Lesson.objects.newest().get(slug=lesson.slug))
    make.start(later)
    student = later.participants.get()
    assert (
        "<strong>autre</strong>"
        in make.student_client(student).get(f"/s/{student.public_id}/").content.decode()
    )


def test_saving_without_a_change_makes_nothing(client: Client, lesson: Lesson) -> None:
    page = client.post(ANNEXE, form(client, ANNEXE), follow=True).content.decode()
    assert "Rien n’a changé." in page
    assert Lesson.objects.count() == 1


def test_a_mistake_is_told_and_the_text_kept(client: Client, lesson: Lesson) -> None:
    bad = {"title": "", "body": "[x](lexique:rien) <script>"}
    answer = client.post(ANNEXE, form(client, ANNEXE) | bad)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "« Titre » est vide" in page
    assert "Le lexique n’a pas d’entrée « rien »" in page
    assert "[x](lexique:rien) &lt;script&gt;" in page
    assert Lesson.objects.count() == 1


def test_the_text_of_somebody_else_is_not_written_over_unseen(client: Client, lesson: Lesson) -> None:
    mine = form(client, ANNEXE) | {"body": "Le mien."}
    other = make.teacher_client(make.user())
    other.post(ANNEXE, form(other, ANNEXE) | {"body": "Le sien."})
    answer = client.post(ANNEXE, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Quelqu’un d’autre vient de modifier ce même texte" in page
    assert "Le mien." in page
    assert newest().version == 2
    client.post(ANNEXE, mine | {"base": answer.context["opened"].lesson.version})
    assert newest().collection.annexes.get(part=1, number=1).body == "Le mien."


def test_two_files_changed_at_once_are_both_kept(client: Client, lesson: Lesson) -> None:
    mine = form(client, ANNEXE) | {"body": "Le mien."}
    client.post(GRID, form(client, GRID) | {"title": "Une autre fiche"})
    assert client.post(ANNEXE, mine).status_code == 302
    assert newest().version == 3
    assert newest().parts.get(number=1).grid.title == "Une autre fiche"
    assert newest().collection.annexes.get(part=1, number=1).body == "Le mien."


def test_rows_are_added_and_taken_away(client: Client, lesson: Lesson) -> None:
    data = form(client, GRID)
    data |= {"criteria-2-group": "Connaissances", "criteria-2-label": "Les saisons"}
    data |= {"criteria-0-group": "", "criteria-0-label": "", "criteria-0-expectation": ""}
    assert client.post(GRID, data).status_code == 302
    rows = newest().parts.get(number=1).grid.criteria.values_list("number", "label")
    assert list(rows) == [(1, "Les outils"), (2, "Les saisons")]


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("part", "2", {"minutes": "30", "lots-0-annexes": "1", "lots-2-annexes": "4, 3"}),
        ("question", "1-1", {"statement": "Repérer « les » outils.", "further": "1"}),
        ("term", "jardin", {"term": "Jardins", "note": 'Une "note" \\ ici'}),
        ("card", "reperer", {"action": "Le montrer."}),
        ("lesson", "lesson", {"title": "Autre titre", "sources-2-label": "Un film"}),
    ],
)  # fmt: skip
def test_every_kind_of_file_is_edited(
    client: Client, lesson: Lesson, kind: str, name: str, data: dict[str, str]
) -> None:
    address = f"/prof/lecons/petite-lecon/{kind}/{name}/modifier/"
    assert client.post(address, form(client, address) | data).status_code == 302
    assert newest().version == 2
    assert pack_files(stored_pack(newest())) != pack_files(stored_pack(lesson))
    shown = client.get(address).content.decode()
    assert all(value.split('"')[0] in shown for value in data.values())


@pytest.mark.parametrize(
    ("field", "value"), [("minutes", "1]\nkind: x"), ("minutes", "²"), ("lots-0-annexes", "1] #"), ("title", "a\nb")]
)  # fmt: skip
def test_nothing_typed_becomes_a_key(client: Client, lesson: Lesson, field: str, value: str) -> None:
    address = "/prof/lecons/petite-lecon/part/2/modifier/"
    answer = client.post(address, form(client, address) | {field: value})
    assert answer.status_code == 422
    assert "inconnue" not in answer.content.decode()


def test_the_name_of_a_file_stays(client: Client, lesson: Lesson) -> None:
    client.post(ANNEXE, form(client, ANNEXE) | {"slug": "autre", "number": "9", "part": "2", "body": "Oui."})
    annexe = newest().collection.annexes.get(part=1, number=1)
    assert (annexe.slug, annexe.body) == ("texte", "Oui.")


def test_the_preview_is_the_page_of_the_student(client: Client, lesson: Lesson) -> None:
    data = form(client, ANNEXE) | {"body": "On y [cultive](lexique:jardin). <b>x</b>", "title": "Vu <ici>"}
    told = client.post(ANNEXE.replace("modifier", "apercu"), data).content.decode()
    assert 'class="term" href="#lexique-jardin"' in told
    assert "<h2>Vu &lt;ici&gt;</h2>" in told
    assert "<b>" not in told
    assert 'class="added"' in told
    without_script = client.post(ANNEXE, data | {"preview": "1"}).content.decode()
    assert told.strip() in without_script
    assert Lesson.objects.count() == 1
    empty = client.post(ANNEXE.replace("modifier", "apercu"), {}).content.decode()
    assert "« Titre » est vide" in empty


def test_a_copy_is_a_lesson_of_its_own(client: Client, lesson: Lesson) -> None:
    for number in (2, 3):
        answer = client.post(
            "/prof/lecons/petite-lecon/copier/", {"title": f"Mon jardin {number}"}, follow=True
        )
        assert f"Leçon copiée : « Mon jardin {number} »." in answer.content.decode()
    copy = Lesson.objects.get(slug="petite-lecon-2")
    assert (copy.version, copy.title) == (1, "Mon jardin 2")
    files, copied = pack_files(stored_pack(lesson)), pack_files(stored_pack(copy))
    assert {path for path in files if files[path] != copied[path]} == {"lesson.md"}
    refused = client.post("/prof/lecons/petite-lecon/copier/", {"title": "x" * 201}, follow=True)
    assert "Rien n’a été copié" in refused.content.decode()
    assert Lesson.objects.count() == 3


@pytest.mark.parametrize("path", ["annexe/9-9", "annexe/x", "rien/1", "lesson/1", "term/absent", "grid/1"])
def test_what_is_not_there_is_not_found(client: Client, lesson: Lesson, path: str) -> None:
    assert client.get(f"/prof/lecons/petite-lecon/{path}/modifier/").status_code == 404
    assert client.get("/prof/lecons/absente/").status_code == 404


def test_every_file_of_the_lesson_is_listed(client: Client, lesson: Lesson) -> None:
    page = client.get("/prof/lecons/petite-lecon/").content.decode()
    files = [path for path, *_ in items(stored_pack(lesson))]
    assert page.count("/modifier/") == len(files)


# --- without a database ----------------------------------------------------------------------------


@pytest.mark.parametrize("folder", PACKS, ids=[pack.name for pack in PACKS])
def test_a_form_sent_back_unchanged_is_the_same_file(folder: Path) -> None:
    pack = read_pack(folder)
    files = pack_files(pack)
    for path, kind, item in items(pack):
        values = values_of(kind, item)
        flat: dict[str, str] = {}
        for name, value in values.items():
            rows = value if isinstance(value, list) and value and isinstance(value[0], dict) else None
            for number, row in enumerate(rows or []):
                flat |= {f"{name}-{number}-{key}": _typed(held) for key, held in row.items()}
            flat |= {} if rows else {name: _typed(value)}
            if name in {"values", "needs"}:  # boxes of a card, each with a name of its own
                flat |= {f"{name}-{word}": "1" for word in value}
        assert file_of(kind, posted(kind, flat, values)) == files[path]


def _typed(value: object) -> str:
    """As it stands in a control: lists one a line, or numbers with commas."""
    if isinstance(value, list):
        return (", " if all(isinstance(item, int) for item in value) else "\n").join(map(str, value))
    return ("1" if value else "") if isinstance(value, bool) else str(value)


def test_every_key_has_a_name_on_screen() -> None:
    def names(keys: tuple[Key, ...]) -> set[str]:
        return {name for key in keys for name in ({key.name} | names(key.of))}

    keys = {name for kind in KINDS.values() for name in names(kind.keys)}
    assert keys - set(LABELS) <= set().union(*FIXED.values())
    assert set(BODIES) == set(KINDS)
    assert {value for kind in KINDS.values() for key in kind.keys for value in key.values} == set(CHOICES)
