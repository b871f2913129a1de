"""Sheets that hold on one page each: in the child process, beside kit.pdf_child.

WeasyPrint can tell how far down a page its content goes, but neither shares out what is left (a flex column
would, at two to three times the cost) nor chooses a smaller type. So a sheet is laid out, measured, and laid
out again: smaller if it takes two pages, else with what is left as the CSS length `--free`.
"""

from collections.abc import Callable, Sequence

from weasyprint import HTML
from weasyprint.document import Document

END = "fin"  # id of the empty element with which the sheet ends
SPARE_PX = 1.0  # rounding must not push the last line onto a page of its own
LEAST_PX = 4.0  # what is not worth a second layout

Layout = Callable[[HTML], Document]


def fitted(html: HTML, steps: Sequence[str], layout: Layout) -> Document:
    """One sheet laid out with the first of the steps, as `data-fit` on <html>, that one page holds.

    Each step is smaller than the one before. The last one stands even where no page holds it: the sheet then
    goes on over several pages.
    """

    def tried(step: str) -> Document:
        html.etree_element.set("data-fit", step)
        return layout(html)

    step, document = _first_that_holds(steps, tried)
    html.etree_element.set("data-fit", step)
    return _filled(html, document, layout)


def _first_that_holds(steps: Sequence[str], tried: Callable[[str], Document]) -> tuple[str, Document]:
    """Most sheets hold at once; for the others, half of the sizes left are ruled out at each layout."""
    step, document = steps[0], tried(steps[0])
    if len(document.pages) == 1 or len(steps) == 1:
        return step, document
    least, last, held = 1, len(steps) - 1, None
    while least < last:
        middle = (least + last) // 2
        found = tried(steps[middle])
        if len(found.pages) == 1:
            last, held = middle, found
        else:
            least = middle + 1
    return steps[last], tried(steps[last]) if held is None else held


def _filled(html: HTML, document: Document, layout: Layout) -> Document:
    """What is left of the one page goes to the sheet's zones."""
    page = document.pages[0]
    if len(document.pages) > 1 or END not in page.anchors:
        return document
    free = page.height - page.anchors[END][1] - SPARE_PX
    if free < LEAST_PX:
        return document
    html.etree_element.set("style", f"--free: {free:.2f}px")
    filled = layout(html)
    return filled if len(filled.pages) == 1 else document
