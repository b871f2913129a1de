"""Posters on paper: the very words, one page, tagged, in time, whatever was written; and in colours one can read."""

import io
import re
import subprocess
from itertools import pairwise, product
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from lessons.exports.posters import FITS, MOST_SIGNS, posters_pdf, sizes_to_try
from lessons.models import ClassRun, Poster
from lessons.queries.poster_sheet import poster_sheet, poster_sheets
from lessons.rules.poster import LAYOUTS, MAX_TEXT, PALETTES, SIZES, alt_key, caption_key
from metroloco_site.kit import pdf
from tests.evaluations.exports.test_sheets import _all, _child_cpu_s, check, heard, unmeasured_child, words_of
from tests.harness import builders as make
from tests.harness.sheet_builders import HOSTILE as ON_PAPER

pytestmark = pytest.mark.django_db
__all__ = ["unmeasured_child"]

A3 = (841.9, 1190.6)
HOSTILE = ON_PAPER | {"words wider than a line": ("W" * 29 + " ") * 270}
WORDS = "Chaque clic nourrit un profil, que d’autres vendent. "


@pytest.fixture
def poster() -> Poster:
    run = make.class_run(participants=3)
    make.groups(run, sizes=(3,))
    return Poster.objects.get()


def printed(poster: Poster, paper: str = "A3") -> bytes:
    return posters_pdf([poster_sheet(poster)], paper=paper, title="Affiche")


def pages(content: bytes) -> list[tuple[float, float]]:
    document = pikepdf.open(io.BytesIO(content))
    return [tuple(round(float(side), 1) for side in page.mediabox[2:]) for page in document.pages]  # type: ignore[misc]


def keys(poster: Poster) -> list[str]:
    """The texts of its zones."""
    return [text.key for zone in poster_sheet(poster).zones for text in zone.texts]


def test_every_word_in_reading_order_with_images_and_their_words(poster: Poster, tmp_path: Path) -> None:
    first, second, *_ = keys(poster)
    image = make.image(poster, poster_sheet(poster).zones[0].key)
    said = {alt_key(image.public_id): "Trois parasols sur le sable",
            caption_key(image.public_id): "La plage de Capbreton"}  # fmt: skip
    texts = {"titre": "Qui mange nos données ?", first: "Un post par jour.", second: "À leur profit.",
             "source": "Annexes 3 et 5"}  # fmt: skip
    content = printed(make.poster_says(poster, texts | said))
    check(content, tmp_path)
    spoken = heard(content, tmp_path)
    order = ["Qui mange nos données", "groupe 1", "La plage de Capbreton", "Un post par jour.", "À leur profit.",
             "Sources", "Annexes 3 et 5", "Une leçon"]  # fmt: skip
    places = [spoken.index(piece) for piece in order]
    assert places == sorted(places)
    document = pikepdf.open(io.BytesIO(content))
    (figure,) = _all(document.Root.StructTreeRoot, "/Figure")
    assert str(figure.Alt) == "Trois parasols sur le sable"
    assert str(document.Root.Lang) == "fr"
    assert len(list(_all(document.Root.StructTreeRoot, "/H1"))) == 1
    assert len(list(_all(document.Root.StructTreeRoot, "/H2"))) == len(poster_sheet(poster).shown_zones)


def test_all_looks_on_both_papers_take_one_page_of_their_size(poster: Poster) -> None:
    make.poster_says(poster, {"titre": "Nos données ont du goût"} | dict.fromkeys(keys(poster), WORDS * 3))
    for paper, (layout, palette, size) in zip(
        ["A3", "A4"] * 14, product(LAYOUTS, PALETTES, SIZES), strict=False
    ):
        make.poster_says(poster, layout=layout.key, palette=palette.key, size=size.key)
        (sides,) = pages(printed(poster, paper))
        wanted = sorted(A3) if paper == "A3" else sorted((595.3, 841.9))
        assert sorted(sides) == pytest.approx(wanted, abs=0.2)
        assert (sides[0] > sides[1]) == (layout.key == "colonnes")


@pytest.mark.parametrize(("layout", "lines"), [("colonnes", 9), ("bandes", 19), ("mosaique", 19)])
def test_the_type_gets_smaller_before_a_second_page_comes(poster: Poster, layout: str, lines: int) -> None:
    few, many = (
        printed(make.poster_says(poster, dict.fromkeys(keys(poster), text), layout=layout))
        for text in (WORDS, "\n".join([WORDS] * lines) + "\n")
    )
    assert (len(pages(few)), len(pages(many))) == (1, 1)
    assert words_of(many).count("Chaque clic nourrit") == (lines + 1) * len(keys(poster))
    assert body_height(many) < body_height(few)


@pytest.mark.parametrize("layout", [choice.key for choice in LAYOUTS])
def test_an_image_gets_smaller_with_the_type(poster: Poster, layout: str) -> None:
    """A column of text and an upright picture: still one page that one would hang."""
    out = io.BytesIO()
    Image.new("RGB", (900, 1200), "teal").save(out, "JPEG")
    make.image(poster, poster_sheet(poster).zones[0].key, out.getvalue())
    said = dict.fromkeys(keys(poster), WORDS * 26) | {"titre": "Nos données ont du goût : qui les mange ?"}
    make.poster_says(poster, said, layout=layout, size="petit")
    assert len(pages(printed(poster))) == 1


def test_what_no_page_holds_goes_on_without_losing_a_word(poster: Poster, tmp_path: Path) -> None:
    numbered = "\n".join(f"ligne{number} {WORDS}" for number in range(90))
    make.poster_says(poster, dict.fromkeys(keys(poster), numbered))
    content = printed(poster)
    assert 1 < len(pages(content)) < 9
    found = re.findall(r"ligne(\d+)\b", words_of(content))
    assert sorted(map(int, found)) == sorted(list(range(90)) * len(keys(poster)))
    check(content, tmp_path)


def test_an_empty_poster_is_one_tagged_page(poster: Poster, tmp_path: Path) -> None:
    content = printed(poster)
    assert len(pages(content)) == 1
    assert "Affiche du groupe 1" in words_of(content)
    check(content, tmp_path)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_ends_in_a_sound_document_in_time(name: str, poster: Poster, tmp_path: Path) -> None:
    image = make.image(poster)
    everywhere = ("titre", "source", caption_key(image.public_id), alt_key(image.public_id), *keys(poster))
    make.poster_says(poster, dict.fromkeys(everywhere, HOSTILE[name][:MAX_TEXT]))
    pdf.render("<!doctype html><html lang=fr><title>chaud</title>")
    before = _child_cpu_s()
    content = printed(poster)
    assert _child_cpu_s() - before < 2
    check(content, tmp_path)
    assert "Metroloco en classe" in words_of(content), "the foot is still there"


@pytest.mark.parametrize(
    ("key", "most"), [("titre", 800), ("source", 8000), ("q1-reponse", 8000), ("legende-{}", 8000)]
)
def test_no_size_is_tried_where_none_will_do(key: str, most: int, poster: Poster) -> None:
    """A sign of the title takes the place of ten."""
    key = key.format(make.image(poster).public_id)
    assert sizes_to_try(poster_sheet(make.poster_says(poster, {key: "a" * most}))) == FITS
    assert sizes_to_try(poster_sheet(make.poster_says(poster, {key: "a"}))) == ("suite",)


def test_the_most_that_is_tried_at_several_sizes_takes_no_longer(poster: Poster) -> None:
    words = HOSTILE["words wider than a line"]
    make.poster_says(poster, {keys(poster)[0]: words[:MOST_SIGNS].ljust(MOST_SIGNS, "W")})
    pdf.render("<!doctype html><html lang=fr><title>chaud</title>")
    before = _child_cpu_s()
    assert len(pages(printed(poster))) > 1
    assert _child_cpu_s() - before < 2


def test_one_page_and_one_bookmark_a_poster_in_the_order_of_groups(tmp_path: Path) -> None:
    run = make.class_run(participants=9)
    make.groups(run, sizes=(3, 3, 3))
    for number, poster in enumerate(Poster.objects.order_by("-group__number")):
        make.poster_says(poster, {"titre": f"Affiche {poster.group.number}"}, layout=LAYOUTS[number].key)
    answer = make.teacher_client(run.owner).get(reverse("lessons:posters-print", args=[run.public_id]))
    content = answer.content
    assert len(pages(content)) == 3
    with pikepdf.open(io.BytesIO(content)).open_outline() as outline:
        assert [str(item.title) for item in outline.root] == ["Affiche 1", "Affiche 2", "Affiche 3"]
    check(content, tmp_path)
    one = make.teacher_client(run.owner).get(
        reverse("lessons:poster-print", args=[run.public_id, 2]), {"papier": "A4"}
    )
    assert "Affiche 2" in words_of(one.content)
    assert sorted(pages(one.content)[0]) == pytest.approx([595.3, 841.9], abs=0.2)


def test_the_sheets_of_a_class_cost_the_same_queries(django_assert_num_queries: object) -> None:
    for sizes in ((3,), (3,) * 9):
        run: ClassRun = make.class_run(participants=sum(sizes))
        make.groups(run, sizes=sizes)
        posters = list(Poster.objects.filter(group__run=run))
        for poster in posters:
            make.image(make.poster_says(poster, {"titre": "Oui"}))
        poster_sheets(posters)  # the lesson's content is kept from now on
        posters = list(Poster.objects.filter(group__run=run))
        with django_assert_num_queries(3):  # type: ignore[operator]
            assert len(poster_sheets(posters)) == len(sizes)


# --- colours ----------------------------------------------------------------------------------------


def body_height(content: bytes) -> float:
    """Of the first line of a zone's text, in points."""
    command = ["pdftotext", "-bbox", "-", "-"]
    out = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    found = re.search(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">clic<', out)
    assert found
    return float(found[2]) - float(found[1])


def colours(palette: str) -> dict[str, str]:
    css = Path(settings.BASE_DIR, "static/css/poster.css").read_text()
    block = re.search(rf'\[data-palette="{palette}"\] {{(.*?)}}', css, re.DOTALL)
    common = re.search(r"^\.poster {(.*?)}", css, re.DOTALL | re.MULTILINE)
    assert block
    assert common
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", common[1] + block[1]))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAIRS = [  # what is written in what, on any of the layouts
    ("on-deep", "deep"), ("on-deep", "mid"), ("glow", "mid"), ("deep", "on-deep"),
    *product(("ink", "deep", "mid"), ("paper", "tint", "wash")),
]  # fmt: skip


@pytest.mark.parametrize("palette", [palette.key for palette in PALETTES])
def test_every_text_stands_out_and_still_does_in_grey(palette: str) -> None:
    there = colours(palette)
    weak = {pair: ratio(there[pair[0]], there[pair[1]]) for pair in PAIRS}
    assert {pair: found for pair, found in weak.items() if found < 4.5} == {}
    assert ratio("#51626a", there["paper"]) >= 4.5, "the credit line"
    grounds = [luminance(there[name]) for name in ("deep", "mid", "wash", "tint", "paper")]
    assert all(high - low > 0.02 for low, high in pairwise(grounds)), "five greys, not one"


def test_a_palette_is_no_more_than_known_pairs() -> None:
    used = set(re.findall(r"(?<!-)(?:color|background|background-color): var\(--([\w-]+)\)", css_of_sheet()))
    assert used <= {name for pair in PAIRS for name in pair}


def css_of_sheet() -> str:
    return Path(settings.BASE_DIR, "static/css/poster.css").read_text()
