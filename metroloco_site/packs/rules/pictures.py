"""The pictures of a pack: what kind, how big, and nothing in them but the picture.

A photograph may tell where and with what it was taken; a file may hold a second one behind the first.
Both are refused here, so that what is stored is what was read, byte for byte.
"""

import io
import warnings
from collections.abc import Iterator, Sequence

from PIL import Image, ImageFile

from metroloco_site.packs.rules.content import PackPicture
from metroloco_site.packs.rules.errors import PackError
from metroloco_site.packs.rules.files import PICTURES, PackFile
from metroloco_site.packs.rules.svg import PictureRefused, svg_size

MAX_PIXELS = 4_000_000  # twice a projector's
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg"}
SUFFIXES = {media_type: suffix for suffix, media_type in MEDIA_TYPES.items()}
_FORMATS = {"png": "PNG", "jpg": "JPEG"}
_PNG_START = b"\x89PNG\r\n\x1a\n"
# What draws; not tEXt, iTXt, zTXt, eXIf, tIME, iCCP, which tell of people and machines.
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"})
_MARKER, _SCAN, _COMMENT = 0xFF, 0xDA, 0xFE  # of a JPEG: every segment's first byte, the data, words
_JPEG_TELLS = frozenset({*range(0xE1, 0xEE), 0xEF, _COMMENT})  # APP1-13, APP15 and comments
METADATA = (
    "cette image contient des métadonnées (appareil, date, lieu…) ou des octets en trop : "
    "« check_pack --fix » les retire."
)


def read_pictures(files: Sequence[PackFile], errors: list[PackError]) -> tuple[PackPicture, ...]:
    """The pictures of the folder, by slug; what is wrong with one goes to `errors`."""
    seen: set[str] = set()
    found = []
    for file in (file for file in files if file.folder == PICTURES and file.data is not None):
        slug = file.named[0]
        if slug in seen:
            message = "deux images ont le même nom : renommez l’une d’elles."
            errors.append(PackError(file.path, 0, message))
        seen.add(slug)
        try:
            found.append(_picture(file))
        except PictureRefused as refused:
            errors.append(PackError(file.path, refused.line, refused.message))
    return tuple(found)


def _picture(file: PackFile) -> PackPicture:
    """Raises PictureRefused, with line 0 where the file is no text."""
    slug, kind = file.named
    data = file.bytes
    width, height = svg_size(data) if kind == "svg" else _pixels(data, _FORMATS[kind])
    if kind != "svg" and not only_the_picture(data, kind):
        raise PictureRefused(0, METADATA)
    return PackPicture(slug, MEDIA_TYPES[kind], width, height, data)


def _pixels(data: bytes, wanted: str) -> tuple[int, int]:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, where it was imported, has set it for all
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow only warns of a bomb
            with Image.open(io.BytesIO(data), formats=[wanted]) as image:
                size = image.size
                if size[0] * size[1] <= MAX_PIXELS:
                    image.load()
                    return size
    except Exception:  # noqa: BLE001 - Pillow raises anything at all on a broken file
        message = f"cette image ne se lit pas comme {wanted} : enregistrez-la de nouveau."
        raise PictureRefused(0, message) from None
    message = f"cette image a {size[0]} × {size[1]} pixels, 4 millions au plus : réduisez-la."
    raise PictureRefused(0, message)


def only_the_picture(data: bytes, kind: str) -> bool:
    """Neither metadata nor bytes behind the end. `data` opens with Pillow."""
    return _png_is_bare(data) if kind == "png" else _jpeg_is_bare(data)


def _png_is_bare(data: bytes) -> bool:
    at = len(_PNG_START)
    while at + 12 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if name not in _PNG_CHUNKS:
            return False
        at += 12 + length
        if name == b"IEND":
            return at == len(data)
    return False


def _jpeg_is_bare(data: bytes) -> bool:
    return (
        not _JPEG_TELLS & set(_jpeg_markers(data))
        and data.count(b"\xff\xd9") == 1
        and data.endswith(b"\xff\xd9")
    )


def _jpeg_markers(data: bytes) -> Iterator[int]:
    """The segments before the picture's own data, and a comment where the file is not built like one."""
    at = 2
    while at + 4 <= len(data) and data[at] == _MARKER:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        yield marker
        if marker == _SCAN:
            return
        at += 2 + length
    yield _COMMENT


def without_metadata(data: bytes, kind: str) -> bytes:
    """The same picture on a fresh canvas. `data` opens with Pillow."""
    with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
        mode = "RGB" if kind == "jpg" else "RGBA" if image.has_transparency_data else "RGB"
        canvas = Image.new(mode, image.size)
        canvas.paste(image.convert(mode))
    out = io.BytesIO()
    canvas.save(out, _FORMATS[kind], quality=85, optimize=True)
    return out.getvalue()


def lighter(jpeg: bytes, most: int) -> bytes:
    """The same picture in at most so many bytes, as far as a smaller and coarser one can be it."""
    data = jpeg
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        image.load()
        for quality, share in ((75, 1.0), (70, 0.75), (60, 0.5), (40, 0.4)):
            if len(data) <= most:
                break
            small = image.resize((max(1, int(image.width * share)), max(1, int(image.height * share))))
            out = io.BytesIO()
            small.save(out, "JPEG", quality=quality, optimize=True)
            data = out.getvalue()
    return data
