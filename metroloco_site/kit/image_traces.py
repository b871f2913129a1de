"""What an image file tells beside its picture, in plain French: for whoever sends it, once, kept nowhere.

EXIF 2.32 (CIPA DC-008), XMP, PNG texts and JPEG comments. No map and nobody else is asked: a place is said
in degrees, minutes and seconds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from metroloco_site.kit.french import NBSP

LONGEST = 80  # characters of a text that is repeated
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
SECOND_PER_DEGREE = 3600
_DATE = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)")
_XMP = {
    "Logiciel": re.compile(rb"xmp:CreatorTool(?:=\"|>)([^\"<]{1,200})"),
    "Auteur": re.compile(rb"<dc:creator>\s*<rdf:Seq>\s*<rdf:li[^>]*>([^<]{1,200})"),
    "Ville": re.compile(rb"photoshop:City(?:=\"|>)([^\"<]{1,200})"),
}
_PNG_TEXTS = {"author": "Auteur", "software": "Logiciel", "creation time": "Date", "comment": "Commentaire",
              "description": "Description", "source": "Appareil", "title": "Titre"}  # fmt: skip


@dataclass(frozen=True)
class Trace:
    """« Appareil », « Apple iPhone 13 »."""

    label: str
    words: str


def read(image: Image.Image) -> tuple[Trace, ...]:
    """Everything that the file tells of a person, a device, an instant or a place; nothing is decoded."""
    found: dict[str, str] = {}
    for label, words in _all(image):
        if words and label not in found:
            found[label] = words
    return tuple(Trace(label, words) for label, words in found.items())


def _all(image: Image.Image) -> Iterator[tuple[str, str]]:
    try:
        yield from _exif(image.getexif())
    except Exception:  # noqa: BLE001 - a broken block tells nothing; the picture itself may be sound
        yield "Autres informations", "un bloc de données illisible"
    yield from _xmp(image.info.get("xmp"))
    yield from _texts(image.info)


def _exif(exif: Image.Exif) -> Iterator[tuple[str, str]]:
    detail = exif.get_ifd(IFD.Exif)
    yield "Appareil", _device(exif)
    yield (
        "Numéro de série",
        _said(detail.get(Base.BodySerialNumber)) or _said(detail.get(Base.LensSerialNumber)),
    )
    yield "Date", _date(detail.get(Base.DateTimeOriginal) or exif.get(Base.DateTime))
    yield from _place(exif.get_ifd(IFD.GPSInfo))
    yield "Auteur", _said(exif.get(Base.Artist)) or _said(detail.get(Base.CameraOwnerName)) or _wide(exif)
    yield "Droits", _said(exif.get(Base.Copyright))
    yield "Logiciel", _said(exif.get(Base.Software))
    yield "Ordinateur", _said(exif.get(Base.HostComputer))
    yield "Description", _said(exif.get(Base.ImageDescription))
    yield "Commentaire", _said(detail.get(Base.UserComment))
    if exif.get_ifd(IFD.IFD1):
        yield "Miniature", "une petite copie de la photo d’origine, parfois d’avant un recadrage"


def _device(exif: Image.Exif) -> str:
    make, model = _said(exif.get(Base.Make)), _said(exif.get(Base.Model))
    return model if make and model.lower().startswith(make.lower()) else f"{make} {model}".strip()


def _wide(exif: Image.Exif) -> str:
    """Windows writes its author as UTF-16."""
    value = exif.get(Base.XPAuthor)
    return _said(value.decode("utf-16-le", "ignore")) if isinstance(value, bytes) else ""


def _date(value: object) -> str:
    match = _DATE.match(_said(value))
    if not match:
        return ""
    year, month, day, hour, minute = map(int, match.groups())
    try:
        datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the camera's own clock: there is no zone
    except ValueError:
        return ""
    shown = "1er" if day == 1 else str(day)
    return f"le {shown} {MONTHS[month - 1]} {year} à {hour}{NBSP}h{NBSP}{minute:02d}, à la seconde près"


def _place(gps: Mapping[int, Any]) -> Iterator[tuple[str, str]]:
    north = _degrees(gps.get(GPS.GPSLatitude))
    east = _degrees(gps.get(GPS.GPSLongitude))
    if north is None or east is None:
        return
    south = _said(gps.get(GPS.GPSLatitudeRef)).upper().startswith("S")
    west = _said(gps.get(GPS.GPSLongitudeRef)).upper().startswith("W")
    yield (
        "Lieu",
        (
            "un lieu précis, à quelques mètres près, dans l’hémisphère "
            f"{'sud' if south else 'nord'}, à l’{'ouest' if west else 'est'} du méridien de Greenwich{NBSP}: "
            f"{_angle(north)} de latitude {'sud' if south else 'nord'}, "
            f"{_angle(east)} de longitude {'ouest' if west else 'est'}. "
            "Avec ces deux nombres, n’importe qui retrouve l’endroit sur une carte."
        ),
    )
    height = _number(gps.get(GPS.GPSAltitude))
    if height is not None:
        yield "Altitude", f"{round(height)}{NBSP}mètres"
    if gps.get(GPS.GPSImgDirection) is not None:
        yield "Direction", "vers où l’appareil était tourné"


def _degrees(value: object) -> Fraction | None:
    """Three rationals: degrees, minutes, seconds."""
    if not isinstance(value, tuple) or not value:
        return None
    parts = [_number(part) for part in value[:3]]
    if any(part is None for part in parts):
        return None
    return sum((part / 60**i for i, part in enumerate(parts) if part is not None), Fraction())


def _number(value: object) -> Fraction | None:
    try:
        return Fraction(float(value)).limit_denominator(10**7)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _angle(degrees: Fraction) -> str:
    """« 43 degrés 31 minutes 12 secondes »."""
    seconds = round(abs(degrees) * SECOND_PER_DEGREE)
    whole, rest = divmod(seconds, SECOND_PER_DEGREE)
    minutes, left = divmod(rest, 60)
    return " ".join(
        f"{count}{NBSP}{word}{'s' if count > 1 else ''}"
        for count, word in ((whole, "degré"), (minutes, "minute"), (left, "seconde"))
    )


def _xmp(packet: object) -> Iterator[tuple[str, str]]:
    raw = packet.encode() if isinstance(packet, str) else packet
    if not isinstance(raw, bytes):
        return
    for label, pattern in _XMP.items():
        if match := pattern.search(raw):
            yield label, _said(match[1])
    yield "Autres informations", "un bloc de données (XMP) qu’un logiciel a ajouté"


def _texts(info: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    yield "Commentaire", _said(info.get("comment"))
    for name, value in info.items():
        if isinstance(name, str) and isinstance(value, str) and name.lower() in _PNG_TEXTS:
            yield _PNG_TEXTS[name.lower()], _said(value)
    if info.get("photoshop"):
        yield "Légende de presse", "un bloc de données (IPTC) où l’on note auteur, lieu et sujet"


def _said(value: object) -> str:
    """A text as it may be repeated: on one line, without control characters, not too long."""
    if isinstance(value, bytes):
        value = value.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0").decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
