"""The format of packs: its schema, its canonical form, and the way out and back in."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from ruamel.yaml import YAML

from lessons.models import Lesson
from metroloco_site.packs.actions.loading import load_pack
from metroloco_site.packs.actions.pack_files import dump_pack
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.rules import Pack, PackErrors, read_files, read_pack
from metroloco_site.packs.rules.blobs import Blob
from metroloco_site.packs.rules.front_matter import UNPRINTABLE
from metroloco_site.packs.rules.schema import KINDS, json_schema
from metroloco_site.packs.rules.writing import Files, pack_files
from tests.harness.builders import NOW
from tests.harness.folders import ATELIER, METROLOCO, ROOT
from tests.harness.packs import changed, small_pack, write
from tests.packs.rules.test_lots import with_lots
from tests.packs.rules.test_pictures import as_text, photo, with_picture

PACKS = [METROLOCO, ATELIER]
NAMES = [pack.name for pack in PACKS]


def run(*arguments: str) -> int:
    """The exit code of a command."""
    try:
        call_command(*arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }


def held(files: Files) -> dict[str, bytes]:
    """The bytes of each, videos read."""
    return {path: data if isinstance(data, bytes) else _bytes(data) for path, data in files.items()}


def _bytes(video: Blob) -> bytes:
    with video.open() as file:
        return file.read()


# --- out and back in -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("folder", PACKS, ids=NAMES)
def test_a_stored_lesson_comes_back_byte_for_byte(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = load_pack(folder=folder, now=NOW).lesson.slug
    assert run("dump_pack", slug, str(tmp_path / "out")) == 0
    assert files_of(tmp_path / "out") == files_of(folder)
    count = len(files_of(folder))
    assert f"version 1 : {count} fichiers écrits dans " in capsys.readouterr().out
    again = load_pack(folder=tmp_path / "out", now=NOW)
    assert not again.created, "it is the same pack"


@pytest.mark.django_db
def test_an_earlier_version_is_written_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_pack(folder=write(tmp_path / "pack", with_lots()), now=NOW)
    load_pack(folder=write(tmp_path / "pack", changed("annexes/1-2.md", "cultive", "sème")), now=NOW)
    assert run("dump_pack", "petite-lecon", str(tmp_path / "one"), "--lesson-version", "1") == 0
    assert run("dump_pack", "petite-lecon", str(tmp_path / "two")) == 0
    assert "cultive" in (tmp_path / "one/annexes/1-2.md").read_text()
    assert "sème" in (tmp_path / "two/annexes/1-2.md").read_text()
    assert run("dump_pack", "petite-lecon", str(tmp_path / "three"), "--lesson-version", "3") == 1
    assert "Leçons de cette installation : petite-lecon." in capsys.readouterr().err


@pytest.mark.django_db
def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "pack", small_pack())
    load_pack(folder=folder, now=NOW)
    before = files_of(folder)
    assert run("dump_pack", "petite-lecon", str(folder)) == 1
    assert "n’est pas vide : donnez-en un autre. Rien n’a été écrit." in capsys.readouterr().err
    assert files_of(folder) == before
    assert run("dump_pack", "petite-lecon", str(folder / "lesson.md")) == 1
    assert "n’a pas pu être écrit" in capsys.readouterr().err


@pytest.mark.django_db
def test_writing_out_asks_the_same_number_of_queries_whatever_the_size(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small = load_pack(folder=write(tmp_path / "pack", small_pack()), now=NOW).lesson
    big = load_pack(folder=PACKS[0], now=NOW).lesson
    for lesson in (small, big):
        fresh = Lesson.objects.get(pk=lesson.pk)
        with django_assert_num_queries(11):
            stored_pack(fresh)


# --- the canonical form ----------------------------------------------------------------------------


@pytest.mark.parametrize("folder", PACKS, ids=NAMES)
def test_our_packs_are_in_the_canonical_form(folder: Path) -> None:
    assert held(pack_files(read_pack(folder))) == files_of(folder)


def test_fix_writes_the_canonical_form_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {path: "\ufeff" + text.replace("\n", "\r\n") for path, text in with_lots().items()}
    files["lexicon/jardin.md"] = '---\nfull: "Jardin partagé"\nterm: Jardin\npart: 1\n---\nUn lieu.\n\n\n'
    folder = write(tmp_path, files)
    before = read_pack(folder)
    assert run("check_pack", str(folder)) == 0
    told = capsys.readouterr().out
    assert "lexicon/jardin.md : une autre forme que la forme canonique." in told
    assert files_of(folder)["lexicon/jardin.md"] == files["lexicon/jardin.md"].encode(), "it only looked"
    assert run("check_pack", str(folder), "--fix") == 0
    assert (folder / "lexicon/jardin.md").read_text() == (
        '---\npart: 1\nterm: "Jardin"\nfull: "Jardin partagé"\n---\n\nUn lieu.\n'
    )
    after = read_pack(folder)
    assert replace(after, digest="") == replace(before, digest="")
    capsys.readouterr()
    assert run("check_pack", str(folder), "--fix") == 0
    assert "récrit" not in capsys.readouterr().out
    assert (folder / "README.md").read_bytes() == files["README.md"].encode()


def test_fix_takes_out_what_a_photo_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = photo("JPEG", (60, 40), comment=b"chez moi")
    folder = write(tmp_path, with_picture(as_text(data), "images/plan.jpg"))
    assert run("check_pack", str(folder)) == 1
    assert "« check_pack --fix » les retire" in capsys.readouterr().err
    assert run("check_pack", str(folder), "--fix") == 0
    kept = (folder / "images/plan.jpg").read_bytes()
    assert b"chez moi" not in kept
    assert read_pack(folder).pictures[0].width == 60


def test_fix_leaves_a_broken_pack_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = with_picture(as_text(photo("JPEG", comment=b"chez moi")), "images/plan.jpg")
    files["lesson.md"] = files["lesson.md"].replace("subtitle:", "couleur:")
    folder = write(tmp_path, files)
    before = files_of(folder)
    assert run("check_pack", str(folder), "--fix") == 1
    told = capsys.readouterr().err
    assert "lesson.md, ligne 4 : la clé « couleur » est inconnue" in told
    assert "3 erreurs : ce paquet ne se charge pas." in told
    assert files_of(folder) == before


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """The small pack with other words in it, as strange as a pack may hold them."""
    signs = st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda sign: not UNPRINTABLE.search(sign))
    pieces = st.sampled_from(
        ['"', "\\", "\t", ": ", "#", "'", "- ", "true", "2024-01-01", "{", "é", "\u202f"]
    )
    words = st.lists(st.one_of(pieces, signs), min_size=1, max_size=12).map("".join).map(str.strip)
    text = words.filter(bool)
    pack = read_files({path: body.encode() for path, body in PICTURED.items()})
    annexe = replace(
        pack.annexes[0], title=draw(text), note=draw(st.just("") | text), added=draw(st.booleans()),
        slug=draw(st.sampled_from(["true", "2024", "null", "1e9", "un-slug"])), body=draw(text),
    )  # fmt: skip
    part = replace(
        pack.parts[0], title=draw(text), objectives=tuple(draw(st.lists(text, min_size=1, max_size=3)))
    )
    term = replace(pack.lexicon[0], term="Un terme" + draw(text), source=draw(st.just("") | text))
    return replace(
        pack,
        annexes=(annexe, *pack.annexes[1:]),
        parts=(part, *pack.parts[1:]),
        lexicon=(term, *pack.lexicon[1:]),
    )


PICTURED = {path: text for path, text in (with_picture() | with_lots()).items() if path != "README.md"}


@given(packs())
def test_what_is_written_reads_the_same(pack: Pack) -> None:
    files = pack_files(pack)
    assume(_shows(pack.annexes[0].body))
    again = read_files(files)
    assert replace(again, digest="") == replace(pack, digest="")
    assert pack_files(again) == files


def _shows(body: str) -> bool:
    """A page would show this Markdown as it is: what it would not is for tests/packs/rules/test_errors.py."""
    return not re.search(r"[<\[#=\-]|^[ \t]{4}|---", body)


# --- the schema ------------------------------------------------------------------------------------


def test_the_schema_is_what_the_readers_ask() -> None:
    written = (ROOT / "docs" / "pack.schema.json").read_text()
    wanted = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    assert written == wanted, "manage.py shell: write json_schema() as indented JSON to docs/pack.schema.json"


def faults(value: Any, schema: dict[str, Any], where: str = "") -> list[str]:  # noqa: ANN401
    """What JSON Schema would say, for the words of it that ours uses."""
    kinds: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{where}: not one of"]
    if type(value) is not kinds[schema["type"]]:
        return [f"{where}: {type(value).__name__}"]
    found = []
    if isinstance(value, dict):
        known = schema["properties"]
        found += [f"{where}: no {key}" for key in schema["required"] if key not in value]
        found += [f"{where}: unknown {key}" for key in value if key not in known]
        found += [fault for k in value if k in known for fault in faults(value[k], known[k], f"{where}/{k}")]
    elif isinstance(value, list):
        found += [f"{where}: length"] * (not schema["minItems"] <= len(value) <= schema["maxItems"])
        found += [
            fault for n, item in enumerate(value) for fault in faults(item, schema["items"], f"{where}/{n}")
        ]
        found += [f"{where}: twice"] * ("uniqueItems" in schema and len(set(value)) < len(value))
    elif isinstance(value, str):
        found += [f"{where}: length"] * (not schema["minLength"] <= len(value) <= schema["maxLength"])
        found += [f"{where}: pattern"] * (not re.search(schema.get("pattern", ""), value))
    elif not isinstance(value, bool):
        found += [f"{where}: range"] * (not schema["minimum"] <= value <= schema["maximum"])
    return found


def schema_faults(files: dict[str, str]) -> list[str]:
    schema = json_schema()["$defs"]
    found = []
    for path, text in files.items():
        kind = next((name for name, kind in KINDS.items() if kind.folder == path.rpartition("/")[0]), "")
        if path.endswith(".md") and path != "README.md":
            found += faults(YAML(typ="safe").load(text.split("---\n")[1]), schema[kind], path)
    return found


@pytest.mark.parametrize("folder", PACKS, ids=NAMES)
def test_our_packs_follow_the_schema(folder: Path) -> None:
    assert schema_faults({p: d.decode() for p, d in files_of(folder).items() if p.endswith(".md")}) == []


ALIKE = [
    ("lesson.md", "subtitle:", "couleur:"),
    ("lesson.md", "slug: petite-lecon", 'slug: "Petite leçon"'),
    ("lesson.md", "https://example.org/jardin", "javascript:alert(1)"),
    ("parts/1.md", "kind: individual", "kind: seul"),
    ("parts/1.md", "minutes: 15", "minutes: 241"),
    ("parts/1.md", "minutes: 15", 'minutes: "15"'),
    ("parts/1.md", '  - "Comprendre"', "  []"),
    ("questions/1-1.md", "    hint:", "    aide:"),
    ("annexes/1-1.md", "added: true", "added: 1"),
    ("annexes/1-1.md", '"Un texte"', f'"{"é" * 201}"'),
    ("grids/part-1.md", '  - code: TI\n    label: "très insuffisant"\n', ""),
]


@pytest.mark.parametrize(("path", "old", "new"), ALIKE, ids=[f"{row[0]} {row[2][:20]}" for row in ALIKE])
def test_schema_and_reader_refuse_alike(tmp_path: Path, path: str, old: str, new: str) -> None:
    files = changed(path, old, new)
    assert schema_faults(small_pack()) == []
    assert schema_faults(files)
    with pytest.raises(PackErrors):
        read_pack(write(tmp_path, files))


@pytest.mark.django_db
def test_dumping_is_refused_by_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load_pack(folder=PACKS[1], now=NOW).lesson

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    with pytest.raises(OSError, match="No space left"):
        dump_pack(lesson=lesson, folder=tmp_path / "out")
