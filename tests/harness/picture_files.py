"""Image files as phones, cameras and the ill-willed make them."""

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

SECRETS = (
    b"SECRET-MODEL", b"SECRET-SERIAL", b"SECRET-ARTIST", b"SECRET-SOFTWARE", b"SECRET-COMMENT", b"SECRET-XMP",
    b"SECRET-ICC", b"SECRET-THUMB", b"SECRET-TEXT", b"2026:03:14", b"Exif\x00", b"http://ns.adobe.com/xap",
    b"ICC_PROFILE", b"8BIM",
)  # fmt: skip


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new(mode, size, (255, 0, 0) if mode == "RGB" else (255, 0, 0, 255))
    image.paste((0, 0, 255) if mode == "RGB" else (0, 0, 255, 0), (size[0] // 2, 0, size[0], size[1]))
    return image


def exif(*, latitude: str = "N", longitude: str = "W", turned: int = 1) -> Image.Exif:
    """What a phone writes."""
    made = Image.Exif()
    made[Base.Make], made[Base.Model] = "Huppe", "SECRET-MODEL 12"
    made[Base.Orientation] = turned
    made[Base.Software], made[Base.Artist] = "SECRET-SOFTWARE 3.1", "SECRET-ARTIST"
    detail = made.get_ifd(IFD.Exif)
    detail[Base.DateTimeOriginal] = "2026:03:14 15:09:26"
    detail[Base.BodySerialNumber] = "SECRET-SERIAL"
    place = made.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = latitude, (43.0, 31.0, 12.0)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = longitude, (1.0, 27.0, 45.0)
    place[GPS.GPSAltitude] = 4.2
    return made


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:CreatorTool="SECRET-XMP Studio" '
    b'photoshop:City="Capbreton"/></rdf:RDF></x:xmpmeta>'
)


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    return _saved(image or drawn(), "JPEG", **options)


def png(image: Image.Image | None = None, **options: object) -> bytes:
    return _saved(image or drawn(), "PNG", **options)


def webp(image: Image.Image | None = None, **options: object) -> bytes:
    return _saved(image or drawn(), "WEBP", **options)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def talkative_jpeg() -> bytes:
    icc = b"SECRET-ICC" + bytes(200)
    return jpeg(exif=exif(), comment=b"SECRET-COMMENT", xmp=XMP, icc_profile=icc)


def talkative_png() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "SECRET-ARTIST")
    said.add_text("Comment", "SECRET-TEXT", zip=True)
    return png(pnginfo=said, exif=exif())


def talkative_webp() -> bytes:
    return webp(exif=exif(), xmp=XMP)


def bomb(width: int = 40_000, height: int = 40_000) -> bytes:
    """A PNG whose header announces 1.6 billion pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small PNG with a text that unpacks to 100 MB."""
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "a" * 100_000_000, zip=True)
    return png(pnginfo=said)


def moving(kind: str) -> bytes:
    frames = [drawn(), drawn().rotate(180)]
    return _saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def with_archive() -> bytes:
    """A JPEG that an unpacker opens as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("virus.exe", b"MZ")
    return jpeg() + out.getvalue()


def with_page() -> bytes:
    return jpeg(comment=b"<script>alert(1)</script>")


def with_document() -> bytes:
    return jpeg(comment=b"%PDF-1.7\n1 0 obj")


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
