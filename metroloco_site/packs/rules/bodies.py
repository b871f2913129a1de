"""Markdown that shows as it is written: what the page would drop, or be slow over, is refused with its line.

`metroloco_site.kit.markdown` makes any text safe; these rules tell the author what it would take away.
"""

import re
from collections.abc import Collection

from metroloco_site.kit.markdown import MAX_NESTING
from metroloco_site.packs.rules.content import APP_PAGES
from metroloco_site.packs.rules.errors import nearest, one_of, shown
from metroloco_site.packs.rules.file_kinds import Sheet
from metroloco_site.packs.rules.keys import link_fault

# Python-Markdown's time grows with the square of these: 200 kB of « # » take minutes, 30,000 signs 0.1 s.
MAX_BODY = 30_000  # characters, ten pages
MAX_LINES = 2_000
MAX_BRACKETS = 500
MAX_ALT = 300  # characters; what takes longer to say stands in the text
_CODE = re.compile(r"(?<!\\)`[^`\n]*`")
_HTML = re.compile(
    r"(?<!\\)<(?=[a-z!?])"
    r'(?!(?:abbr|cite|q|sub|sup)>|br ?/?>|abbr title="[^"<>]*">|https?://[^\s<>]*>)[^\s<>]*',
    re.IGNORECASE,
)
_IMAGE = re.compile(r"(?<!\\)!\[(?:(?P<alt>[^\]\n]*)\]\((?P<target>[^\s()]*)\))?")
_TARGET = re.compile(
    r"\]\(\s*<?(?P<inline>[^\s)>]*)|^ {0,3}\[[^\]\n]+\]:[ \t]*<?(?P<named>[^\s>]+)", re.MULTILINE
)
_HEADING = re.compile(r"^ {0,3}(?:#{1,2}(?!#)|#{6})|(?<=\S\n)^(?:=+|-+)[ \t]*$", re.MULTILINE)
_MARKER = re.compile(r"([ \t]*)(?:>|(?:[-*+]|\d{1,9}\.)(?=[ \t]))")
_RULE = re.compile(r"[ \t]*([-*_])[ \t]*(?:\1[ \t]*){2,}")


def check_body(sheet: Sheet, terms: Collection[str], pictures: Collection[str]) -> None:
    """Notes what is wrong with the Markdown of one file; `terms` and `pictures` are slugs of the pack."""
    if fault := _size_fault(sheet.body):
        sheet.keys.refuse(sheet.document.body_line, fault)
        return
    text = _CODE.sub(lambda code: " " * len(code.group()), sheet.body)
    text = _check_pictures(sheet, text, pictures)
    _check_signs(sheet, text)
    for match in _TARGET.finditer(text):
        if fault := _target_fault(match["inline"] or match["named"] or "", terms):
            _refuse(sheet, text, match.start(match.lastgroup or 0), fault)
    for number, line in enumerate(text.split("\n")):
        if _depth(line) > MAX_NESTING:
            fault = f"plus de {MAX_NESTING} citations ou listes l’une dans l’autre : enlevez des retraits ou des « > »."
            sheet.keys.refuse(sheet.document.body_line + number, fault)
            return


def _refuse(sheet: Sheet, text: str, index: int, fault: str) -> None:
    sheet.keys.refuse(sheet.document.body_line + text.count("\n", 0, index), fault)


def _size_fault(body: str) -> str:
    if len(body) > MAX_BODY:
        return f"ce texte a {len(body)} signes, {MAX_BODY} au plus : partagez-le entre deux fichiers."
    if body.count("\n") >= MAX_LINES:
        return f"ce texte a plus de {MAX_LINES} lignes : partagez-le entre deux fichiers."
    if body.count("[") > MAX_BRACKETS:
        return f"ce texte a plus de {MAX_BRACKETS} crochets « [ » : partagez-le entre deux fichiers."
    return ""


def _check_signs(sheet: Sheet, text: str) -> None:
    for match in _HTML.finditer(text):
        fault = f"« {shown(match.group())}… » : le HTML serait retiré de la page ; écrivez en Markdown."
        _refuse(sheet, text, match.start(), fault)
    for match in _HEADING.finditer(text):
        fault = "un titre commence par « ### », « #### » ou « ##### » : corrigez-le."
        _refuse(sheet, text, match.start(), fault)


def _check_pictures(sheet: Sheet, text: str, pictures: Collection[str]) -> str:
    """Notes the pictures that would not show; the text comes back with none, as long as it was."""
    for match in _IMAGE.finditer(text):
        if fault := _picture_fault(match["alt"], match["target"] or "", pictures):
            _refuse(sheet, text, match.start(), fault)
    return _IMAGE.sub(lambda match: "x" * len(match.group()), text)


def _picture_fault(alt: str | None, target: str, pictures: Collection[str]) -> str:
    """Why this picture would not be shown, or not to everyone, or ""."""
    scheme, _, name = target.partition(":")
    if alt is None or scheme != "image":
        return "une image s’écrit « ![ce qu’elle montre](image:nom) », avec un fichier du dossier images : corrigez-la."
    if not alt.strip():
        return "il manque le texte alternatif : entre les crochets, dites ce que l’image montre."
    if len(alt) > MAX_ALT:
        return f"le texte alternatif a {len(alt)} signes, {MAX_ALT} au plus : le reste va dans le texte."
    return "" if name in pictures else f"il n’y a pas d’image {nearest(name, pictures, 'images', 'svg')}."


def _target_fault(target: str, terms: Collection[str]) -> str:
    """Why this link leads nowhere, or ""."""
    scheme, _, name = target.partition(":")
    if scheme == "lexique":
        return "" if name in terms else f"le lexique n’a pas d’entrée {nearest(name, terms, 'lexicon')}."
    if scheme == "app" and name not in APP_PAGES:
        return f"« app:{shown(name)} » n’existe pas : écrivez app:{one_of(APP_PAGES)}."
    return "" if scheme == "app" else link_fault(target)


def _depth(line: str) -> int:
    """How many quotes and lists this line is in; four spaces of indent count as one."""
    if _RULE.fullmatch(line):
        return 0
    depth = at = 0
    while marker := _MARKER.match(line, at):
        depth += 1 + len(marker[1].expandtabs(4)) // 4
        at = marker.end()
    rest = line[at:].expandtabs(4)
    return depth + (len(rest) - len(rest.lstrip(" "))) // 4
