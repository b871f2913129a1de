"""The pictures of the demonstration's posters: drawn by the program, so that they are ours (fixtures/samples/)."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image, ImageDraw

SIZE = (1000, 640)
FINER = 2  # drawn so many times larger, then reduced: Pillow's edges are stairs
_ROUND = 12

Draw = ImageDraw.ImageDraw
Numbers = Sequence[float]


def png(drawing: dict[str, Any]) -> bytes:
    """A drawing of drawings.toml, as a member of a group would send it."""
    canvas = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), drawing["ground"])
    draw = ImageDraw.Draw(canvas)
    for kind, colour, *numbers in drawing["shapes"]:
        _SHAPES[kind](draw, colour, numbers)
    out = io.BytesIO()
    canvas.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _scaled(numbers: Numbers) -> list[float]:
    return [number * FINER for number in numbers]


def _disc(draw: Draw, colour: str, numbers: Numbers) -> None:
    draw.ellipse(_scaled(numbers), fill=colour)


def _slab(draw: Draw, colour: str, numbers: Numbers) -> None:
    draw.rounded_rectangle(_scaled(numbers), radius=_ROUND * FINER, fill=colour)


def _shape(draw: Draw, colour: str, numbers: Numbers) -> None:
    draw.polygon(_scaled(numbers), fill=colour)


def _stroke(draw: Draw, colour: str, numbers: Numbers) -> None:
    """With round ends."""
    width, *points = _scaled(numbers)
    draw.line(points, fill=colour, width=int(width), joint="curve")
    for x, y in zip(points[::2], points[1::2], strict=True):
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def _arch(draw: Draw, colour: str, numbers: Numbers) -> None:
    width, *corners = _scaled(numbers[:5])
    draw.arc(corners, start=numbers[5], end=numbers[6], fill=colour, width=int(width))


_SHAPES: dict[str, Callable[[Draw, str, Numbers], None]] = {
    "disc": _disc,
    "slab": _slab,
    "shape": _shape,
    "stroke": _stroke,
    "arch": _arch,
}
