"""Markdown to HTML that is safe on a page and in a PDF: Python-Markdown, then nh3's allow-list.

No picture passes the allow-list. Those that the caller knows leave a mark, and stand where it was once
all the rest is clean: so nothing that somebody wrote ever becomes an <img>.
"""

import re
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor

MAX_NESTING = 6  # quotes and lists in one another; 200 end in a RecursionError
_TAGS = {
    "a", "abbr", "blockquote", "br", "caption", "cite", "code", "dd", "dl", "dt", "em", "h3", "h4", "h5", "hr",
    "li", "ol", "p", "pre", "q", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SIDES = {"to-center", "to-right"}  # of a table's column
_QUOTES = re.compile(r"^(?:[ \t]*>){%d,}" % (MAX_NESTING + 1), re.MULTILINE)
_INDENT = re.compile(r"^[ \t]{%d,}" % (4 * MAX_NESTING), re.MULTILINE)
_MARK = secrets.token_hex(12)  # nobody can write it
_MARKED = re.compile(rf"{_MARK}-(\d+)-")


@dataclass(frozen=True)
class Picture:
    """`src`: an address of ours or `data:`; width and height in CSS pixels, for the room it takes."""

    src: str
    width: int
    height: int

    def tag(self, alt: str) -> str:
        place = f'width="{self.width}" height="{self.height}"'
        return f'<img class="picture" src="{escape(self.src)}" alt="{escape(alt)}" {place} loading="lazy">'


@dataclass
class _Known:
    """What `app:` and `image:` may name; `tags` are the pictures of this text, in their order."""

    pages: Mapping[str, str]
    pictures: Mapping[str, Picture]
    tags: list[str] = field(default_factory=list)


class _Links(Treeprocessor):
    """Turns `lexique:ptce` into a starred term, `app:vos-donnees` into a page of ours, `image:x` into a mark."""

    def __init__(self, md: markdown.Markdown, known: _Known) -> None:
        super().__init__(md)
        self.known = known

    def run(self, root: ET.Element) -> None:
        for link in root.iter("a"):
            scheme, _, rest = (link.get("href") or "").partition(":")
            if scheme == "lexique":
                link.set("href", f"#lexique-{rest}")
                link.set("class", "term")
            elif scheme == "app":
                link.set("href", self.known.pages.get(rest, "/"))
        for image in root.iter("img"):
            self._mark(image)
        for cell in (*root.iter("th"), *root.iter("td")):
            if (side := cell.attrib.pop("align", "left")) != "left":
                cell.set("class", f"to-{side}")  # a style of its own would not pass the page's policy

    def _mark(self, image: ET.Element) -> None:
        scheme, _, name = (image.get("src") or "").partition(":")
        picture = self.known.pictures.get(name)
        if scheme == "image" and picture:
            image.tag, image.text = (
                "span",
                f"{_MARK}-{len(self.known.tags)}-",
            )  # nh3 leaves the words of a span
            self.known.tags.append(picture.tag(self.unescape(image.get("alt") or "")))

    def unescape(self, text: str) -> str:
        """A code or a backslash in the alternative text is still a mark of Markdown's own here."""
        processor = self.md.treeprocessors["unescape"]
        assert isinstance(processor, UnescapeTreeprocessor)
        return processor.unescape(text)


class _LinkExtension(Extension):
    def __init__(self, known: _Known) -> None:
        super().__init__()
        self.known = known

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Markdown's own name
        md.treeprocessors.register(_Links(md, self.known), "metroloco-links", 5)


def to_html(
    text: str, pages: Mapping[str, str] | None = None, pictures: Mapping[str, Picture] | None = None
) -> str:
    """Safe HTML. Headings start at h3; links go to http(s), to an anchor, or to a page of ours."""
    known = _Known(pages or {}, pictures or {})
    flat = _INDENT.sub(" " * 4 * (MAX_NESTING - 1), _QUOTES.sub(">" * MAX_NESTING, text.replace("\x00", "")))
    tables = TableExtension(use_align_attribute=True)
    html = markdown.markdown(flat, extensions=[tables, "sane_lists", _LinkExtension(known)])
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"a": {"term"}, "td": _SIDES, "th": _SIDES},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    return _MARKED.sub(lambda mark: known.tags[int(mark[1])], clean)


def lexicon_links(text: str) -> set[str]:
    """Slugs of the lexicon entries that this Markdown names."""
    return set(re.findall(r"\]\(lexique:([a-z0-9-]+)\)", text))
