"""A document that names a file or an address gets neither, whatever the way."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pikepdf
import pytest

from metroloco_site.kit import pdf
from tests.harness.serving import serving

SECRET = "canari-du-fichier"
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
        "c0f01f0005000186a0311d0c0000000049454e44ae426082"
    )
).decode()


class Listener(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Listener) as here:
        yield f"{here}/x"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "canari.txt"
    path.write_text(SECRET)
    return path.as_uri()


VECTORS = {
    "import": "<style>@import url({url});</style>",
    "import string": "<style>@import '{url}';</style>",
    "import in data": "<style>@import url(data:text/css,@import%20url({quoted}));</style>",
    "link stylesheet": "<link rel=stylesheet href='{url}'>",
    "link in data": "<link rel=stylesheet href=\"data:text/css,@import '{quoted}'\">",
    "link attachment": "<link rel=attachment href='{url}'>",
    "a attachment": "<a rel=attachment href='{url}'>ici</a>",
    "img": "<img alt='' src='{url}'>",
    "img srcset": "<img alt='' srcset='{url} 2x'>",
    "picture": "<picture><source srcset='{url}'><img alt='' src='{url}'></picture>",
    "input image": "<input type=image src='{url}'>",
    "video poster": "<video poster='{url}' src='{url}'></video>",
    "object": "<object data='{url}'></object>",
    "embed": "<embed src='{url}'>",
    "iframe": "<iframe src='{url}'></iframe>",
    "background": "<p style='background: url({url})'>a</p>",
    "background attribute": "<table background='{url}'><tr><td>a</table>",
    "border image": "<p style='border: 9px solid; border-image: url({url}) 1'>a</p>",
    "list style": "<ul style='list-style: url({url})'><li>a</ul>",
    "content": "<style>p::before {{ content: url({url}) }}</style><p>a",
    "cursor": "<p style='cursor: url({url}), auto'>a",
    "mask": "<p style='mask: url({url})'>a",
    "page background": "<style>@page {{ background: url({url}) }}</style>",
    "page margin": "<style>@page {{ @top-left {{ content: url({url}) }} }}</style>",
    "font": "<style>@font-face {{ font-family: f; src: url({url}) }}</style><p style='font-family: f'>a",
    "color profile": "<style>@color-profile --p {{ src: url({url}) }}</style><p style='color: color(--p 1)'>a",
    "base then img": "<base href='{url}'><img alt='' src='y'>",
    "base then link": "<base href='{url}'><link rel=stylesheet href='y.css'>",
    "inline svg image": "<svg><image href='{url}' width=9 height=9 /></svg>",
    "inline svg xlink": "<svg xmlns:xlink='http://www.w3.org/1999/xlink'>"
    "<image xlink:href='{url}' width=9 height=9 /></svg>",
    "inline svg use": "<svg><use href='{url}#a'/></svg>",
    "inline svg style": "<svg><style>@import url({url});</style><rect width=9 height=9 /></svg>",
    "inline svg fill": "<svg><rect width=9 height=9 fill='url({url}#a)'/></svg>",
    "svg image in data": "<img alt='' src=\"data:image/svg+xml,{svg}\">",
    "meta refresh": "<meta http-equiv=refresh content='0;url={url}'>",
}


def document(vector: str, url: str) -> str:
    svg = quote(f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}' width='9' height='9'/></svg>")
    body = VECTORS[vector].format(url=url, quoted=quote(url, safe=""), svg=svg)
    return f"<!doctype html><html lang=fr><head><title>t</title></head><body>{body}<p>fin</body></html>"


def attempt(html: str) -> bytes:
    """What comes out; nothing where WeasyPrint refuses the whole document."""
    try:
        return pdf.render(html)
    except pdf.PdfFailed:
        return b""


def everything_in(content: bytes) -> bytes:
    """All streams and strings of a PDF, unpacked."""
    if not content:
        return b""
    unpacked = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as opened:
        streams = [bytes(o.read_bytes()) for o in opened.objects if isinstance(o, pikepdf.Stream)]
        opened.save(unpacked, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return unpacked.getvalue() + b"".join(streams)


@pytest.mark.parametrize("vector", VECTORS)
def test_no_address_is_asked(vector: str, address: str) -> None:
    Listener.asked.clear()
    attempt(document(vector, address))
    assert Listener.asked == []


@pytest.mark.parametrize("vector", VECTORS)
def test_no_file_is_read(vector: str, file: str) -> None:
    content = everything_in(attempt(document(vector, file)))
    assert SECRET.encode() not in content
    assert b"EmbeddedFile" not in content


@pytest.mark.parametrize("url", ["{path}", "FILE://{path}", "file:{path}", "//127.0.0.1{path}"])
def test_no_file_is_read_under_another_spelling(url: str, tmp_path: Path) -> None:
    path = tmp_path / "canari.txt"
    path.write_text(SECRET)
    spelled = url.format(path=path)
    for vector in ("import", "link attachment", "img", "base then link"):
        assert SECRET.encode() not in everything_in(attempt(document(vector, spelled)))


def test_the_vectors_do_work_where_nothing_is_forbidden(address: str, file: str) -> None:
    """Else the two tests above would pass for want of a trap."""
    script = (
        "import sys, json; from weasyprint import HTML\n"
        "for html in json.load(sys.stdin):\n"
        "    try: HTML(string=html).write_pdf()\n"
        "    except Exception: pass\n"
    )
    Listener.asked.clear()
    pages = [document(vector, f"{address}/{number}") for number, vector in enumerate(VECTORS)]
    subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(pages), text=True, check=True, capture_output=True
    )
    reached = {path.rpartition("/")[2] for path in Listener.asked}
    assert len(reached) >= 15


def test_a_style_sheet_of_ours_is_no_way_either(address: str) -> None:
    Listener.asked.clear()
    pdf.render(
        document("img", "data:,"), css=f"@import url({address}); body {{ background: url({address}) }}"
    )
    assert Listener.asked == []


def test_a_picture_in_the_document_itself_is_drawn() -> None:
    drawn = pdf.render(document("img", f"data:image/png;base64,{PIXEL}").replace("alt=''", "alt='Point'"))
    with pikepdf.open(io.BytesIO(drawn)) as opened:
        assert len(opened.pages[0].get_images()) == 1


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "file:///etc/hostname",
        "data:text/html,x",
        "ftp://h/x",
        "y",
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(target: str) -> None:
    body = f"<a href='{target}'>lien</a> <span style='-weasy-link: url({target})'>lien</span>"
    links = _links(f"<!doctype html><html lang=fr><title>t</title><body>{body}")
    assert links == []


def test_web_links_and_anchors_stay() -> None:
    body = "<a href='https://www.cnil.fr/'>CNIL</a> <a href='#ici'>ici</a> <p id=ici>là"
    assert _links(f"<!doctype html><html lang=fr><title>t</title><body>{body}") == [
        "https://www.cnil.fr/",
        "#ici",
    ]


def _links(html: str) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf.render(html))) as opened:
        notes = [note for page in opened.pages for note in page.get("/Annots", [])]
        return [str(note.A.URI) if "/A" in note else f"#{note.Dest}" for note in notes]
