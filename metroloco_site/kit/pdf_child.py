"""The process that renders PDFs beside the server: `python -m metroloco_site.kit.pdf_child`.

It knows neither Django nor the database, opens no file and no address that a document names, and
ends when its stdin closes, so with its parent.
"""

import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import lru_cache, partial
from queue import SimpleQueue
from typing import IO

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from metroloco_site.kit import logs, pdf_fit, pdf_frames

LAST_RENDER_S = 1  # what a render may still take once the parent has gone
LINK_SCHEMES = ("http://", "https://")

# `data:` and nothing else: no file, no network, no redirect, whatever the document says.
FETCHER = URLFetcher(timeout=1, allowed_protocols=("data",), allow_redirects=False)
FONTS = FontConfiguration()  # kept: finding the fonts anew costs 14 ms a document
_laid: list[Document] = []


def to_pdf(html: str, css: str) -> bytes:
    """A tagged PDF/UA-1 document. Links lead to http(s) addresses or to anchors, else they are dropped."""
    return _written(_layout(_parsed(html), css))


def sheets_to_pdf(sheets: list[str], steps: list[list[str]], css: str) -> bytes:
    """One PDF of sheets that hold on a page each (kit.pdf_fit); `steps` of each, in the same order."""
    return _bound([_fitted(sheet, tried, css) for sheet, tried in zip(sheets, steps, strict=True)])


def lay(page: str, css: str, steps: list[str], *, first: bool) -> bytes:
    """Lays out one document of a PDF that `bind` will write; `first` forgets what was laid before."""
    if first:
        _forget()
    _laid.append(_fitted(page, steps, css) if steps else _layout(_parsed(page), css))
    gc.freeze()  # else the collector goes through all that was laid again and again: a quarter of the time
    return b""


def bind(title: str) -> bytes:
    """One PDF of all that was laid, in that order; each keeps its bookmarks and the numbers of its pages."""
    _laid[0].metadata.title = title
    try:
        return _bound(_laid)
    finally:
        _forget()


def _forget() -> None:
    _laid.clear()
    gc.unfreeze()


def _parsed(html: str) -> HTML:
    return HTML(string=html, url_fetcher=FETCHER)


def _fitted(html: str, steps: list[str], css: str) -> Document:
    return pdf_fit.fitted(_parsed(html), steps, partial(_layout, css=css, cache={}))


def _bound(documents: list[Document]) -> bytes:
    return _written(documents[0].copy([page for document in documents for page in document.pages]))


def _layout(html: HTML, css: str, cache: dict[str, object] | None = None) -> Document:
    """`cache` keeps the images that were decoded for the layout before."""
    style = [_stylesheet(css)]
    document: Document = html.render(
        stylesheets=style, font_config=FONTS, pdf_variant="pdf/ua-1", cache=cache
    )
    return document


def _written(document: Document) -> bytes:
    for page in document.pages:
        page.links = [link for link in page.links if _may_lead(link[0], link[1])]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


@lru_cache(maxsize=8)
def _stylesheet(css: str) -> CSS:
    return CSS(string=css, url_fetcher=FETCHER)


def _may_lead(kind: str, target: str) -> bool:
    return kind == "internal" or (kind == "external" and target.lower().startswith(LINK_SCHEMES))


def main() -> None:
    """Renders what comes on stdin, one document after the other, until stdin closes."""
    os.nice(int(sys.argv[1]))
    logs.alone()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our stdin
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    jobs: SimpleQueue[bytes | None] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while (job := jobs.get()) is not None:
        try:
            done, payload = _render(job)
            pdf_frames.write(answers, payload, flag=done)
        except BrokenPipeError:
            break


def _render(job: bytes) -> tuple[bool, bytes]:
    try:
        wanted = json.loads(job)
        return True, _ANSWERS[wanted.pop("what")](**wanted)
    except Exception as error:  # noqa: BLE001 - whatever this document did, the next one must be rendered
        return False, logs.told(error).encode()  # not its message, which may quote a student


_ANSWERS: dict[str, Callable[..., bytes]] = {
    "pdf": to_pdf,
    "sheets": sheets_to_pdf,
    "lay": lay,
    "bind": bind,
}


def _read(stdin: IO[bytes], jobs: SimpleQueue[bytes | None]) -> None:
    """Passes the jobs on. What is still rendering when the parent goes is cut short."""
    try:
        while (frame := pdf_frames.read(stdin)) is not None:
            jobs.put(frame[1])
        jobs.put(None)
        time.sleep(LAST_RENDER_S)
    finally:  # a child that can no longer hear ends: the next document starts another one
        os._exit(1)


if __name__ == "__main__":
    main()
