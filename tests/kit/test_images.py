"""kit.images: what comes in is bounded and refused in clear French; what comes out is pixels alone."""

import io
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from metroloco_site.kit import images
from metroloco_site.kit.images import Refused, clean
from tests.harness import picture_files as files

TALKATIVE = {"jpeg": files.talkative_jpeg, "png": files.talkative_png, "webp": files.talkative_webp}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", TALKATIVE)
def test_nothing_of_the_file_is_left_but_its_pixels(kind: str) -> None:
    sent = TALKATIVE[kind]()
    assert any(secret in sent for secret in files.SECRETS), "the file has something to hide"
    kept = clean(sent).jpeg
    assert [secret for secret in files.SECRETS if secret in kept] == []
    image = opened(kept)
    assert image.format == "JPEG"
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    marks = {kept[at + 1] for at in range(len(kept) - 1) if kept[at] == 0xFF and 0xE1 <= kept[at + 1] <= 0xFE}
    segments = kept[: kept.index(b"\xff\xda")]
    assert b"\xff\xfe" not in segments, marks  # a comment
    assert not [n for n in range(0xE1, 0xF0) if bytes((0xFF, n)) in segments]  # APP1 to APP15


@pytest.mark.parametrize("kind", TALKATIVE)
def test_the_student_is_told_what_the_file_would_have_told(kind: str) -> None:
    told = {trace.label: trace.words for trace in clean(TALKATIVE[kind]()).traces}
    assert told["Appareil"] == "Huppe SECRET-MODEL 12"
    assert told["Date"] == "le 14 mars 2026 à 15\u00a0h\u00a009, à la seconde près"
    assert told["Numéro de série"] == "SECRET-SERIAL"
    assert told["Logiciel"] == "SECRET-SOFTWARE 3.1"
    assert told["Auteur"] == "SECRET-ARTIST"
    assert told["Altitude"] == "4\u00a0mètres"
    assert (
        "à quelques mètres près, dans l’hémisphère nord, à l’ouest du méridien de Greenwich" in told["Lieu"]
    )
    assert "43\u00a0degrés 31\u00a0minutes 12\u00a0secondes de latitude nord" in told["Lieu"]
    assert "1\u00a0degré 27\u00a0minutes 45\u00a0secondes de longitude ouest" in told["Lieu"]


def test_comments_and_other_blocks_are_told_too() -> None:
    told = {trace.label: trace.words for trace in clean(files.talkative_jpeg()).traces}
    assert told["Commentaire"] == "SECRET-COMMENT"
    assert told["Ville"] == "Capbreton"
    assert {t.label for t in clean(files.jpeg(xmp=files.XMP)).traces} >= {"Logiciel", "Ville"}


def test_a_silent_file_tells_nothing() -> None:
    assert clean(files.png()).traces == ()


@pytest.mark.parametrize(
    ("south", "east", "said"),
    [
        ("S", "E", "l’hémisphère sud, à l’est"),
        ("N", "E", "l’hémisphère nord, à l’est"),
        ("S", "W", "sud, à l’ouest"),
    ],
)
def test_hemispheres(south: str, east: str, said: str) -> None:
    told = clean(files.jpeg(exif=files.exif(latitude=south, longitude=east))).traces
    assert any(said in trace.words for trace in told)


def test_a_picture_taken_sideways_stands_upright() -> None:
    kept = clean(files.jpeg(exif=files.exif(turned=6)))
    assert (kept.width, kept.height) == (40, 60)
    red, blue = (opened(kept.jpeg).getpixel((20, y)) for y in (5, 55))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 200
    assert red[2] < 60
    assert blue[2] > 200
    assert blue[0] < 60


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_what_lets_through_stands_on_white(kind: str) -> None:
    data = {"png": files.png, "webp": files.webp}[kind](files.drawn(mode="RGBA"))
    right = opened(clean(data).jpeg).getpixel((55, 20))
    assert isinstance(right, tuple)
    assert min(right) > 240


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "F"])
def test_every_kind_of_pixels_or_a_clear_refusal(mode: str) -> None:
    image = Image.new(mode, (8, 6))
    data = files.jpeg(image) if mode == "CMYK" else files.png(image) if mode != "F" else None
    if data is not None:
        assert clean(data).width == 8


def test_a_large_picture_comes_down_to_what_paper_shows() -> None:
    kept = clean(files.jpeg(files.drawn((4032, 3024))))
    assert kept.width <= images.BOX[0]
    assert kept.height <= images.BOX[1]
    assert kept.width / kept.height == pytest.approx(4032 / 3024, rel=0.01)


def test_the_limits_themselves_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 2400)
    assert clean(files.png(files.drawn((60, 40)))).width == 60
    with pytest.raises(Refused, match="trop de pixels"):
        clean(files.png(files.drawn((61, 40))))
    data = files.png()
    monkeypatch.setattr(images, "MAX_BYTES", len(data))
    assert clean(data).width == 60
    monkeypatch.setattr(images, "MAX_BYTES", len(data) - 1)
    with pytest.raises(Refused, match="dépasse 5 Mo"):
        clean(data)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (files.bomb, "trop de pixels"),
    "svg": (lambda: files.SVG, "dessins SVG"),
    "svg without a head": (lambda: b"<svg onload=alert(1)>", "dessins SVG"),
    "moving PNG": (lambda: files.moving("PNG"), "animée"),
    "moving WebP": (lambda: files.moving("WEBP"), "animée"),
    "GIF": (lambda: files._saved(files.drawn(), "GIF"), "n’est pas une image"),
    "BMP": (lambda: files._saved(files.drawn(), "BMP"), "n’est pas une image"),
    "TIFF": (lambda: files._saved(files.drawn(), "TIFF"), "n’est pas une image"),
    "JPEG and archive": (files.with_archive, "cache autre chose"),
    "JPEG and page": (files.with_page, "cache autre chose"),
    "JPEG and document": (files.with_document, "cache autre chose"),
    "page": (lambda: b"<!doctype html><html><img src=x>", "cache autre chose"),
    "text": (lambda: b"bonjour", "n’est pas une image"),
    "nothing": (lambda: b"", "n’est pas une image"),
    "cut short": (lambda: files.jpeg(files.drawn((600, 400)))[:900], "abîmée"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_still_picture_is_refused_in_a_sentence(name: str) -> None:
    make, sentence = REFUSED[name]
    with pytest.raises(Refused, match=sentence) as refusal:
        clean(make())
    assert "Rien n’a été gardé" in str(refusal.value)


def test_a_text_that_unpacks_without_end_is_not_unpacked() -> None:
    data = files.text_bomb()
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            clean(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20_000_000


@given(st.data())
def test_a_damaged_file_gives_a_picture_or_a_sentence(draw: st.DataObject) -> None:
    data = bytearray(TALKATIVE[draw.draw(st.sampled_from(sorted(TALKATIVE)))]())
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        kept = clean(bytes(data[: draw.draw(st.integers(1, len(data)))]))
    except Refused as refusal:
        said = str(refusal)
        assert "Rien n’a été gardé" in said
    else:
        assert opened(kept.jpeg).size == (kept.width, kept.height)
        assert [secret for secret in files.SECRETS if secret in kept.jpeg] == []
        told = [
            trace.words.replace("\u00a0", " ") for trace in kept.traces
        ]  # our own spaces between figure and unit
        assert all(len(words) < 400 and words.isprintable() for words in told)
