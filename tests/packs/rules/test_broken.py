"""Whatever is in the folder: a pack that stores and shows, or French sentences; never another exception."""

import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.queries.content import lesson_content
from metroloco_site.kit.lines import line_feeds
from metroloco_site.packs.actions.loading import load_pack, load_zip, store_pack
from metroloco_site.packs.rules import Pack, PackErrors, read_pack
from tests.harness.builders import NOW
from tests.harness.packs import Files, small_pack, write
from tests.packs.actions.test_loading import stored
from tests.packs.rules.test_lots import with_lots
from tests.packs.rules.test_pictures import with_picture
from tests.packs.rules.test_videos import with_video

# What YAML, Markdown and terminals take for a sign, and what databases do not take at all.
SIGNS = (
    "---\n", "\n", "\n\n", ": ", "- ", '"', "'", "|", ">", "> ", "#", "### ", "[", "]", "{", "}", "&a", "*a", "!!int ",
    "%", "@", "`", "\t", "\\", '"\\ud800"', '"\\0"', '"\\U00110000"', "<script>", "<!--", "<br>", "](lexique:", "](",
    "![", "***", "_", "~~~", "    ", "1. ", "| a |\n|---|\n", "===", "https://", "http://[", "javascript:", "null",
    "true", "1e9", "\0", "\r", "\x85", "\u2028", "\u202e", "\ufeff", "\udcff", "é", "e\u0301", "\U0001f331", "\xa0",
    "x" * 500,
)  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(SIGNS),
    st.text(max_size=12),
    st.binary(max_size=6).map(lambda data: data.decode("utf-8", "surrogateescape")),
)
KNOWN = [
    "annexes/3-1.md",
    "parts/3.md",
    "questions/1-3.md",
    "lexicon/x.md",
    "grids/part-2.md",
    "images/a.png",
    "videos/autre.mp4",
    "videos/film.webm",
    "cases/x.md",
]
NAMES = st.one_of(
    st.sampled_from(KNOWN),
    st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
    ).filter(lambda name: name not in {".", ".."}),
)


pytestmark = pytest.mark.slow


def whole_pack() -> Files:
    """The small pack with a picture, a video and lots."""
    return with_picture() | with_video() | with_lots() | {"annexes/1-1.md": with_picture()["annexes/1-1.md"]}


@st.composite
def broken_packs(draw: st.DrawFn) -> Files:
    """The small pack after a few accidents: a passage replaced or repeated, a file gone, lost or invented."""
    files = whole_pack()
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(files)))
        text = files[path]
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        files[path] = text[:start] + draw(PIECES) * draw(st.sampled_from([1, 1, 1, 40])) + text[end:]
    match draw(st.integers(0, 4)):
        case 0:
            del files[draw(st.sampled_from(sorted(files)))]
        case 1:
            files[draw(NAMES)] = draw(st.sampled_from(sorted(whole_pack().values())))
        case 2:
            files[draw(NAMES)] = "".join(draw(st.lists(PIECES, max_size=20)))
    return files


def read(files: Files) -> Pack | None:
    """The pack, or None after every sentence about it was looked at."""
    with TemporaryDirectory() as folder:
        try:
            return read_pack(write(Path(folder), files))
        except PackErrors as broken:
            check(broken, files)
            return None


def check(broken: PackErrors, files: Files) -> None:
    assert broken.errors
    for error in broken.errors:
        assert 0 <= error.line <= 1 + line_feeds(files.get(error.file, "")).count("\n")
        assert error.message.endswith(".")
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", str(error)), "a terminal would obey"


@settings(max_examples=200, deadline=None)
@given(broken_packs())
def test_a_broken_pack_ends_in_sentences(files: Files) -> None:
    read(files)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(broken_packs(), st.booleans())
def test_a_broken_pack_leaves_the_database_as_it_was(files: Files, zipped_too: bool) -> None:
    with TemporaryDirectory() as folder:
        load_pack(folder=write(Path(folder), whole_pack()), now=NOW)  # a lesson of the same name is there
    before = stored()
    with TemporaryDirectory() as folder:
        try:
            with transaction.atomic():
                load(write(Path(folder), files), zipped_too=zipped_too)
                transaction.set_rollback(True)  # an accident may leave a pack that is none the worse
        except PackErrors as broken:
            check(broken, files)
    assert stored() == before


def load(folder: Path, *, zipped_too: bool) -> None:
    """As a folder, or as a ZIP of the same files."""
    if not zipped_too:
        load_pack(folder=folder, now=NOW)
        return
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                archive.writestr(str(path.relative_to(folder)), path.read_bytes())
    load_zip(file=out, size=len(out.getvalue()), now=NOW)


@given(st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map("".join))
def test_a_file_of_signs_ends_in_sentences(front: str, body: str) -> None:
    read(small_pack() | {"lexicon/jardin.md": f"---\n{front}\n---\n{body}"})


@pytest.mark.django_db
@given(body=st.lists(PIECES, max_size=30).map("".join), title=st.text(min_size=1, max_size=20))
def test_what_reads_also_stores_and_shows(body: str, title: str) -> None:
    files = small_pack()
    files["lesson.md"] = files["lesson.md"].replace("Le jardin partagé", title)
    files["annexes/1-1.md"] += body
    if pack := read(files):
        with transaction.atomic():
            lesson = store_pack(pack=pack, now=NOW).lesson
            lesson_content.cache_clear()
            assert lesson_content(lesson.pk).part(1).annexes[0].html
            transaction.set_rollback(True)
