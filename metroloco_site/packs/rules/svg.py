"""Which SVG a pack may hold: shapes and text, and nothing that acts, fetches or styles the page.

A browser that opens such a file as a page of its own is told the same by its headers (annexes.views).
"""

import re
from xml.parsers import expat

MAX_ELEMENTS = 1_000
MAX_DEPTH = 20
MAX_SIDE = 10_000  # units of the view box
_NAMESPACE = "http://www.w3.org/2000/svg"
# No <use>: a dozen that name each other draw for hours. No <style>: the page's policy would drop it.
ELEMENTS = frozenset(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan "
    "linearGradient radialGradient stop clipPath".split()
)
ATTRIBUTES = frozenset(
    "xmlns viewBox width height id role aria-hidden lang x y dx dy x1 y1 x2 y2 cx cy r rx ry fx fy d points "
    "transform offset gradientUnits gradientTransform clipPathUnits clip-path clip-rule preserveAspectRatio "
    "fill fill-opacity fill-rule opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray "
    "stroke-opacity stop-color stop-opacity font-family font-size font-weight font-style text-anchor "
    "letter-spacing dominant-baseline".split()
)
_URL = re.compile(r"url\s*\(", re.IGNORECASE)
_OWN_URL = re.compile(r"url\(#[A-Za-z][\w-]*\)")
_BOX = re.compile(r"\s*0[\s,]+0[\s,]+(\d{1,5}(?:\.\d+)?)[\s,]+(\d{1,5}(?:\.\d+)?)\s*")


class PictureRefused(Exception):
    """`line` counts from 1; the message says the remedy."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def svg_size(data: bytes) -> tuple[int, int]:
    """Width and height of the view box, rounded. Raises PictureRefused at the first thing out of place."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - expat takes no names
    except expat.ExpatError as error:
        message = "ce fichier n’est pas un SVG bien formé : enregistrez-le de nouveau depuis votre logiciel."
        raise PictureRefused(error.lineno, message) from None
    except (ValueError, LookupError):  # an encoding that expat does not know
        raise PictureRefused(1, "ce SVG a un codage inconnu : enregistrez-le en UTF-8.") from None
    return reader.size


class _Reader:
    """Follows expat through the file; nothing is kept but the depth and the count."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._no_doctype
        self.parser.ProcessingInstructionHandler = self._no_instruction
        self.size = (0, 0)
        self.depth = self.count = 0

    def _refuse(self, message: str) -> None:
        raise PictureRefused(self.parser.CurrentLineNumber, message)

    def _no_doctype(self, *_args: object) -> None:
        self._refuse("« <!DOCTYPE » est interdit dans un SVG : retirez cette ligne.")

    def _no_instruction(self, *_args: object) -> None:
        self._refuse("« <?… » est interdit dans un SVG, sauf « <?xml » au début : retirez cette ligne.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        namespace, _, tag = name.rpartition(" ")
        if namespace != _NAMESPACE or tag not in ELEMENTS:
            self._refuse(f"« <{tag[:30]}> » est interdit dans un SVG : ne gardez que des formes et du texte.")
        if self.depth > MAX_DEPTH or self.count > MAX_ELEMENTS:
            self._refuse(
                f"ce SVG a plus de {MAX_ELEMENTS} éléments ou de {MAX_DEPTH} niveaux : simplifiez-le."
            )
        for key, value in attributes.items():
            self._check(key, value)
        if self.count == 1:
            self.size = self._box(tag, attributes.get("viewBox", ""))

    def _check(self, key: str, value: str) -> None:
        if key not in ATTRIBUTES:
            name = key.rpartition(" ")[2][:30]
            self._refuse(f"l’attribut « {name} » est interdit dans un SVG : retirez-le.")
        if _URL.search(value) and not _OWN_URL.fullmatch(value.strip()):
            self._refuse("« url(…) » ne peut nommer qu’un élément du même SVG : écrivez « url(#nom) ».")

    def _box(self, tag: str, box: str) -> tuple[int, int]:
        match = _BOX.fullmatch(box)
        width, height = (round(float(side)) for side in match.groups()) if match else (0, 0)
        if tag != "svg" or not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
            self._refuse('le SVG doit commencer par <svg viewBox="0 0 largeur hauteur"> : corrigez-le.')
        return width, height

    def _end(self, _name: str) -> None:
        self.depth -= 1
