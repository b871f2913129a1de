"""A picture that somebody sends becomes another one: the same to look at, and nothing else of the file.

What is decoded is bounded before it is (bytes, pixels, formats); what comes out is a JPEG painted on a
fresh canvas, because `open().save()` keeps comments and what else its reader put aside.
"""

import io
import logging
import re
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps

from metroloco_site.kit import image_traces

MAX_BYTES = 5_000_000
# 12 « Mpx » of the shops: phones that are sold as such give 4032 × 3024 or 4080 × 3072.
MAX_PIXELS = 12 * 1024 * 1024
BOX = (1600, 1000)  # pixels: the widest zone of an A3 sheet at 200 dpi
PAGE = (2000, 2000)  # pixels: handwriting on A4 stays readable, at 170 dpi
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPT = "image/jpeg,image/png,image/webp"
WHITE = (255, 255, 255)

# A file that is an image and something else at once (« polyglotte »): browsers and unpackers would differ.
_PAGE = re.compile(rb"<(?:script|iframe|html[\s>]|!doctype\s+html|\?php)", re.IGNORECASE)
_HEAD = 1024  # bytes within which a reader of PDF looks for its mark
_DRAWING = re.compile(rb"<(?:svg|\?xml)", re.IGNORECASE)

_ONLY = "Choisissez une photo ou une image au format JPEG, PNG ou WebP."
TOO_BIG = "Cette image dépasse 5 Mo. Rien n’a été gardé\u00a0: choisissez-en une plus légère, ou réduisez-la."
TOO_MANY_PIXELS = (
    "Cette image a trop de pixels (plus de 12 millions). Rien n’a été gardé\u00a0: réduisez-la d’abord."
)
NOT_AN_IMAGE = f"Ce fichier n’est pas une image que l’on peut afficher ici. Rien n’a été gardé. {_ONLY}"
DRAWING = f"Les dessins SVG peuvent contenir du code\u00a0: ils sont refusés. Rien n’a été gardé. {_ONLY}"
MOVING = f"Cette image est animée\u00a0: sur une affiche, rien ne bouge. Rien n’a été gardé. {_ONLY}"
TWO_IN_ONE = (
    "Ce fichier cache autre chose qu’une image (une page web, une archive ou un document). "
    f"Rien n’a été gardé. {_ONLY}"
)
BROKEN = (
    "Cette image est abîmée ou incomplète. Rien n’a été gardé\u00a0: essayez de l’enregistrer de nouveau."
)

logging.getLogger("PIL").setLevel(logging.WARNING)  # below, it writes out what a file tells of its author
# Pillow only warns above its own limit; ours is tested below, on the header alone, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


class Refused(Exception):
    """Carries the French sentence that says why, and that nothing was kept."""


@dataclass(frozen=True)
class Picture:
    """`jpeg` has pixels and nothing else; `traces` is what the file would have told, to be said and forgotten."""

    jpeg: bytes
    width: int
    height: int
    traces: tuple[image_traces.Trace, ...]


def clean(data: bytes, box: tuple[int, int] = BOX) -> Picture:
    """The picture alone, upright, on white, within so many pixels. Raises Refused."""
    _test_bytes(data)
    refuse_damage()
    with _opened(data) as image:
        _test_header(image)
        traces = image_traces.read(image)
        try:
            canvas = _painted(image, box)
        except (OSError, ValueError, SyntaxError, MemoryError, IndexError, TypeError) as error:
            raise Refused(BROKEN) from error
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), canvas.width, canvas.height, traces)


def refuse_damage() -> None:
    """Pillow reads half a file, or a text without end, where WeasyPrint was imported: it sets so for all."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False


def _test_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Refused(TOO_BIG)
    head = data[:_HEAD]
    if _DRAWING.search(head) and not head.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        raise Refused(DRAWING)
    if b"%PDF-" in head or _PAGE.search(data) or zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused(TWO_IN_ONE)


def _opened(data: bytes) -> Image.Image:
    """The header alone is read."""
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused(NOT_AN_IMAGE) from error


def _test_header(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise Refused(TOO_MANY_PIXELS)
    # Phones put a second picture (depth, preview) behind the first: « MPO » does not move.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise Refused(MOVING)


def _painted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    side = max(box) * 2
    image.draft("RGB", (side, side))  # a large JPEG is decoded at half or a quarter of its size
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    pixels = upright.convert("RGBA" if has_alpha else "RGB")
    pixels.thumbnail(box, Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", pixels.size, WHITE)
    canvas.paste(pixels, mask=pixels.getchannel("A") if has_alpha else None)
    return canvas
