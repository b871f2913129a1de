"""Markdown to HTML that is safe on a page and in a PDF: Python-Markdown, then nh3's allow-list."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

import markdown
import nh3
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

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
_QUOTES = re.compile(r"^(?:[ \t]*>){%d,}" % (MAX_NESTING + 1), re.MULTILINE)
_INDENT = re.compile(r"^[ \t]{%d,}" % (4 * MAX_NESTING), re.MULTILINE)


class _Links(Treeprocessor):
    """Turns `lexique:ptce` into a starred term and `app:vos-donnees` into the program's own page."""

    def __init__(self, md: markdown.Markdown, pages: Mapping[str, str]) -> None:
        super().__init__(md)
        self.pages = pages

    def run(self, root: ET.Element) -> None:
        for link in root.iter("a"):
            scheme, _, rest = (link.get("href") or "").partition(":")
            if scheme == "lexique":
                link.set("href", f"#lexique-{rest}")
                link.set("class", "term")
            elif scheme == "app":
                link.set("href", self.pages.get(rest, "/"))


class _LinkExtension(Extension):
    def __init__(self, pages: Mapping[str, str]) -> None:
        super().__init__()
        self.pages = pages

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Markdown's own name
        md.treeprocessors.register(_Links(md, self.pages), "metroloco-links", 5)


def to_html(text: str, pages: Mapping[str, str] | None = None) -> str:
    """Safe HTML. Headings start at h3; links go to http(s), to an anchor, or to a page of ours."""
    flat = _INDENT.sub(" " * 4 * (MAX_NESTING - 1), _QUOTES.sub(">" * MAX_NESTING, text.replace("\x00", "")))
    html = markdown.markdown(flat, extensions=["tables", "sane_lists", _LinkExtension(pages or {})])
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"a": {"term"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def lexicon_links(text: str) -> set[str]:
    """Slugs of the lexicon entries that this Markdown names."""
    return set(re.findall(r"\]\(lexique:([a-z0-9-]+)\)", text))
