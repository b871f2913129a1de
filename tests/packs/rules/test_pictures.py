"""Pictures of a pack: read, refused, stored, served, shown, projected, printed."""

import io
import re
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image, PngImagePlugin
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from annexes.models import AnnexeImage
from annexes.queries import embedded
from lessons.queries.content import lesson_content
from lessons.rules.slides import Room, slides
from metroloco_site.kit.markdown import Picture, to_html
from metroloco_site.packs.actions.loading import load_pack
from metroloco_site.packs.rules import PackErrors, read_pack
from metroloco_site.packs.rules.pictures import only_the_picture, without_metadata
from metroloco_site.packs.rules.svg import ATTRIBUTES, ELEMENTS
from tests.evaluations.exports.test_sheets import check
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.folders import METROLOCO
from tests.harness.packs import Files, changed, write
from tests.harness.picture_files import bomb

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><text y="20">Un jardin</text></svg>'
SHOWN = "![Un plan du jardin](image:plan)"


def with_picture(svg: str = SVG, name: str = "images/plan.svg", markdown: str = SHOWN) -> Files:
    """The small pack with a picture in its first annexe."""
    return changed("annexes/1-1.md", "ensemble.", f"ensemble.\n\n{markdown}") | {name: svg}


def as_text(data: bytes) -> str:
    """Bytes as tests.harness.packs.write takes them."""
    return data.decode("utf-8", "surrogateescape")


def photo(kind: str, size: tuple[int, int] = (8, 6), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind, **more)
    return out.getvalue()


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F] = "Un appareil"
    return tags


def told(folder: Path, files: Files) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        read_pack(write(folder, files))
    return [str(error) for error in caught.value.errors]


# --- what a pack may hold --------------------------------------------------------------------------


def svg(inside: str, attributes: str = 'viewBox="0 0 4 3"') -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>\n{inside}\n</svg>'


REFUSED = [
    (svg("<script>alert(1)</script>"), 2, "« <script> » est interdit dans un SVG"),
    (svg("<SCRIPT/>"), 2, "« <SCRIPT> » est interdit"),
    (svg("<foreignObject/>"), 2, "« <foreignObject> » est interdit"),
    (svg('<image href="https://example.org/x.png"/>'), 2, "« <image> » est interdit"),
    (svg('<g>\n<use href="#a"/></g>'), 3, "« <use> » est interdit"),
    (svg("<style>text{fill:red}</style>"), 2, "« <style> » est interdit"),
    (svg('<a href="https://example.org"><text>x</text></a>'), 2, "« <a> » est interdit"),
    (svg('<animate attributeName="href"/>'), 2, "« <animate> » est interdit"),
    (svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>'), 2, "« <script> » est interdit"),
    (svg('<rect onclick="alert(1)"/>'), 2, "l’attribut « onclick » est interdit"),
    (svg("", 'viewBox="0 0 4 3" onload="alert(1)"'), 1, "l’attribut « onload » est interdit"),
    (svg('<rect style="fill:url(//e.org)"/>'), 2, "l’attribut « style » est interdit"),
    (
        svg('<rect xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="//e.org"/>'),
        2,
        "l’attribut « href »",
    ),
    (svg('<rect fill="url(https://example.org/#a)"/>'), 2, "« url(…) » ne peut nommer qu’un élément"),
    (svg('<rect fill="URL ( data:x )"/>'), 2, "« url(…) » ne peut nommer qu’un élément"),
    ("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, 1, "« <!DOCTYPE » est interdit"),
    ('<?xml-stylesheet href="//e.org/a.css"?>' + SVG, 1, "« <?… » est interdit"),
    (svg("<g>" * 25 + "</g>" * 25), 2, "1000 éléments ou de 20 niveaux"),
    (svg("<g/>\n" * 1_001), 1_001, "1000 éléments ou de 20 niveaux"),
    (svg("", 'viewBox="0 0 0 3"'), 1, "doit commencer par <svg viewBox="),
    (svg("", 'viewBox="0 0 99999 3"'), 1, "doit commencer par <svg viewBox="),
    (svg("", 'width="3"'), 1, "doit commencer par <svg viewBox="),
    (svg("<g>"), 3, "n’est pas un SVG bien formé"),
    ("", 1, "n’est pas un SVG bien formé"),
    ('<?xml version="1.0" encoding="nulle-part"?>' + SVG, 1, "SVG"),
    ("<html/>", 1, "« <html> » est interdit"),
]


@pytest.mark.parametrize(
    ("text", "line", "words"), REFUSED, ids=[f"{n}: {row[2][:30]}" for n, row in enumerate(REFUSED)]
)
def test_an_svg_that_acts_or_fetches_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    errors = told(tmp_path, with_picture(text))
    assert len(errors) == 1
    assert errors[0].startswith(f"images/plan.svg, ligne {line} : "), errors
    assert words in errors[0], errors


def test_the_lists_hold_nothing_that_acts() -> None:
    assert not {"script", "style", "use", "image", "a", "foreignObject", "animate", "set"} & ELEMENTS
    assert not [name for name in ATTRIBUTES if name.startswith("on") or "href" in name or name == "style"]


WRONG_FILES = [
    ("png", photo("JPEG"), "ne se lit pas comme PNG"),
    ("jpg", photo("PNG"), "ne se lit pas comme JPEG"),
    ("jpg", SVG.encode(), "ne se lit pas comme JPEG"),
    ("png", photo("PNG")[:-30], "ne se lit pas comme PNG"),
    ("png", bomb(3000, 3000), "cette image a 3000 × 3000 pixels, 4 millions au plus"),
    ("png", bomb(), "cette image"),  # too many for Pillow to open it at all
    ("png", photo("PNG") + b"PK\x03\x04", "métadonnées (appareil, date, lieu…) ou des octets en trop"),
    ("jpg", photo("JPEG") + b"<script>", "des octets en trop : « check_pack --fix » les retire"),
    ("jpg", photo("JPEG", exif=exif()), "métadonnées"),
    ("jpg", photo("JPEG", comment=b"chez moi"), "métadonnées"),
]


@pytest.mark.parametrize(
    ("kind", "data", "words"), WRONG_FILES, ids=[f"{n}: {row[0]}" for n, row in enumerate(WRONG_FILES)]
)
def test_a_file_that_is_more_or_less_than_a_picture_is_refused(
    tmp_path: Path, kind: str, data: bytes, words: str
) -> None:
    errors = told(tmp_path, with_picture(as_text(data), f"images/plan.{kind}"))
    assert len(errors) == 1
    assert errors[0].startswith(f"images/plan.{kind} : ")
    assert words in errors[0], errors


def test_words_in_a_png_are_refused(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Location", "Tarnos")
    data = photo("PNG", pnginfo=info)
    assert "métadonnées" in told(tmp_path, with_picture(as_text(data), "images/plan.png"))[0]
    bare = without_metadata(data, "png")
    assert b"Tarnos" not in bare
    assert only_the_picture(bare, "png")


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_plain_photo_is_read(tmp_path: Path, kind: str) -> None:
    data = photo({"png": "PNG", "jpg": "JPEG"}[kind])
    picture = read_pack(write(tmp_path, with_picture(as_text(data), f"images/plan.{kind}"))).pictures[0]
    assert (picture.slug, picture.width, picture.height, picture.data) == ("plan", 8, 6, data)


IN_TEXT = [
    ("![](image:plan)", "il manque le texte alternatif : entre les crochets"),
    ("![ ](image:plan)", "il manque le texte alternatif"),
    (f"![{'é' * 301}](image:plan)", "le texte alternatif a 301 signes, 300 au plus"),
    ("![Un plan](image:plam)", "il n’y a pas d’image « plam » : écrivez « plan »"),
    ("![Un plan](image:ciel)", "« ciel » : corrigez le nom ou ajoutez images/ciel.svg"),
    ("![Un plan](https://example.org/x.png)", "une image s’écrit « ![ce qu’elle montre](image:nom) »"),
    ("![Un plan][plan]", "une image s’écrit"),
    ("![Un plan](image:plan 'titre')", "une image s’écrit"),
    ("[Un plan](image:plan)", "n’est pas une adresse du web"),
]


@pytest.mark.parametrize(("markdown", "words"), IN_TEXT, ids=[row[0][:30] for row in IN_TEXT])
def test_what_would_not_show_is_told(tmp_path: Path, markdown: str, words: str) -> None:
    errors = told(tmp_path, with_picture(markdown=markdown))
    assert any(error.startswith("annexes/1-1.md, ligne 17 : ") and words in error for error in errors), errors


def test_two_pictures_of_one_name_are_refused(tmp_path: Path) -> None:
    files = with_picture() | {"images/plan.png": as_text(photo("PNG"))}
    assert told(tmp_path, files) == [
        "images/plan.svg : deux images ont le même nom : renommez l’une d’elles."
    ]


def test_pictures_have_a_limit_of_their_own(tmp_path: Path) -> None:
    heavy = SVG.replace("</svg>", f"<!--{' ' * 490_000}--></svg>")
    read_pack(write(tmp_path / "one", with_picture(heavy)))
    many = with_picture() | {f"images/plan-{n}.svg": heavy for n in range(17)}
    assert any("8 Mo d’images" in error for error in told(tmp_path / "many", many))
    assert told(tmp_path / "big", with_picture(heavy + " " * 20_000))[0].startswith("images/plan.svg : ")


# --- on a page -------------------------------------------------------------------------------------

PICTURES = {"plan": Picture("/images/abc/", 40, 30)}


def test_a_picture_is_shown_with_its_words() -> None:
    assert to_html('![Un "plan" <b>](image:plan)', pictures=PICTURES) == (
        '<p><img class="picture" src="/images/abc/" alt="Un &quot;plan&quot; &lt;b&gt;" '
        'width="40" height="30" loading="lazy"></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "![x](image:autre)",
        "![x](https://example.org/x.png)",
        "![x](/images/abc/)",
        "![x](data:image/png;base64,AA)",
        '<img src="/images/abc/" onerror="alert(1)">',
        '<img src="image:plan" onerror="alert(1)">',
        "![x][y]\n\n[y]: javascript:alert(1)",
    ],
)
def test_no_other_picture_passes(text: str) -> None:
    assert "<img" not in to_html(text, pictures=PICTURES)


@pytest.mark.django_db
def test_a_lesson_shows_the_pictures_of_its_own_version(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    old = load_pack(folder=write(tmp_path, with_picture()), now=NOW).lesson
    new = load_pack(folder=write(tmp_path, with_picture(SVG.replace("jardin", "verger"))), now=NOW).lesson
    addresses = []
    for lesson in (old, new):
        html = lesson_content(lesson.pk).part(1).annexes[0].html
        found = re.search(
            r'src="(/images/[0-9a-f]{64}/)" alt="Un plan du jardin" width="400" height="300"', html
        )
        assert found, html
        addresses.append(found[1])
    assert addresses[0] != addresses[1]
    client = Client()
    assert "Un jardin" in client.get(addresses[0]).content.decode()
    with django_assert_num_queries(1):
        assert "Un verger" in client.get(addresses[1]).content.decode()


@pytest.mark.django_db
def test_a_picture_is_served_for_good_and_does_nothing() -> None:
    image = make.picture(make.lesson().collection)
    answer = Client().get(f"/images/{image.digest}/")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("sandbox")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert Client().post(f"/images/{image.digest}/").status_code == 405
    gone = Client().get(f"/images/{image.digest[:-1]}x/")
    assert gone.status_code == 404
    assert gone.headers["Cache-Control"] == "no-store"


# --- projected and printed -------------------------------------------------------------------------


def test_a_picture_stays_with_its_heading_and_takes_its_room() -> None:
    image = PICTURES["plan"].tag("Un plan")
    text = f"<p>{'Avant. ' * 60}</p><h3>Le plan</h3><p>{image}</p><ul><li>{'Après. ' * 30}</li></ul>"
    for zoom in (100, 125):
        screens = slides(text, Room(lines=12, width=66, first=11), zoom)
        there = next(screen for screen in screens if "<img" in screen)
        assert "<h3>Le plan</h3>" in there or zoom > 100
        assert "Après" not in there
        assert sum(screen.count("<img") for screen in screens) == 1


@pytest.mark.django_db
def test_a_document_holds_its_pictures(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    image = make.picture(make.lesson().collection)
    html = (
        f'<p><img class="picture" src="/images/{image.digest}/" alt="Un trait"> /images/{image.digest}/</p>'
    )
    with django_assert_num_queries(1):
        inside = embedded(html * 3)
    assert inside.count('src="data:image/svg+xml;base64,') == 3
    assert inside.count(f"/images/{image.digest}/") == 3, "what is not an address stays as it is"
    with django_assert_num_queries(0):
        assert embedded("<p>rien</p>") == "<p>rien</p>"
    missing = f'<img src="/images/{"0" * 64}/" alt="Un trait">'
    assert embedded(missing) == missing


@pytest.mark.django_db
@pytest.mark.slow
def test_the_drawn_posts_are_in_the_booklet_with_their_words(tmp_path: Path) -> None:
    folder = METROLOCO
    lesson = load_pack(folder=folder, now=NOW).lesson
    assert AnnexeImage.objects.count() == 5
    run = make.class_run(of=lesson)
    answer = make.teacher_client(run.owner).get(f"/prof/activites/{run.public_id}/annexes/2.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    check(answer.content, tmp_path)
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.content)).pages)
    assert text.count("exemple reconstitué") >= 5
    assert "Isomorphisme institutionnel" in text
    teacher = make.teacher_client(run.owner)
    assert teacher.get(f"/prof/activites/{run.public_id}/annexes/3.pdf").status_code == 404
    assert "Trois questions à [prénom], coopérante" in text
