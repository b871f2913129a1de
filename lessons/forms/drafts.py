"""The drafts that a page sends. Whatever is not one of ours is a BadRequest, and nothing is written."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import QueryDict

from lessons.actions.saving import Saved
from lessons.queries.student import field_name
from lessons.rules import texts
from lessons.rules.forgiving import Kept
from lessons.rules.saving import Draft
from metroloco_site.kit.french import minute

_FIELD = re.compile(r"^q(\d{1,3})-([a-z0-9-]{1,50})$")
MOST_FIELDS = 50
MOST_VERSIONS = 50
MOST_PARTS = 100
LONGEST_NUMBER = 18  # digits that a database's number holds
_WRITER = re.compile(r"^[A-Za-z0-9_-]{8,32}$")


@dataclass(frozen=True)
class Sent:
    """The changed fields of one page, of one part."""

    part: int
    writer: str
    drafts: list[Draft]


@dataclass(frozen=True)
class Choice:
    """What a button below a field says of the text kept under this number."""

    kept: int
    takes: bool


def read_json(body: bytes) -> Sent:
    """{"part", "writer", "fields": [{"name", "text", "base", "seq", "settles", "versions"}]}. Raises BadRequest."""
    try:
        data = json.loads(body)
        return _checked(int(data["part"]), str(data["writer"]), [_field(f) for f in data["fields"]])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise BadRequest("fields") from error


def read_form(post: QueryDict, seq: int) -> Sent:
    """The same from a form without JavaScript; `seq` is the time of arrival, in milliseconds.

    It sends every field: those left as they were are none of its business, or an old page would
    ask for a choice where nobody wrote.
    """
    try:
        drafts = [_posted(post, name, seq) for name in post if _FIELD.match(name) and _touched(post, name)]
        return _checked(int(str(post["part"])), str(post["writer"]), drafts)
    except (ValueError, KeyError) as error:
        raise BadRequest("fields") from error


def read_choice(post: QueryDict) -> Choice | None:
    """Whether a text that was taken away is taken back (« reprendre ») or refused (« ecarter »)."""
    for name in ("reprendre", "ecarter"):
        if (number := post.get(name, "")).isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER:
            return Choice(int(number), takes=name == "reprendre")
    return None


def _field(sent: dict[str, object]) -> Draft:
    versions = sent.get("versions", [])
    if not isinstance(versions, list):
        raise TypeError("versions")
    return _draft(
        str(sent["name"]),
        str(sent["text"]),
        int(str(sent["base"])),
        int(str(sent["seq"])),
        settles=sent.get("settles") is True,
        versions=versions,
    )


def _touched(post: QueryDict, name: str) -> bool:
    same = post.get(f"was-{name}") == texts.digest(texts.clean(str(post[name])))
    return not same or f"settle-{name}" in post


def _posted(post: QueryDict, name: str, seq: int) -> Draft:
    return _draft(
        name,
        str(post[name]),
        int(str(post[f"base-{name}"])),
        seq,
        settles=f"settle-{name}" in post,
        versions=str(post.get(f"versions-{name}", "")).split(),
    )


def _draft(
    name: str, text: str, base: int, seq: int, *, settles: bool, versions: Sequence[object] = ()
) -> Draft:
    match = _FIELD.match(name)
    seen = tuple(int(str(version)) for version in versions)
    if match is None or not 0 <= base < 2**31 or not 0 <= seq < 2**62:
        raise ValueError(name)
    if len(seen) > MOST_VERSIONS or not all(0 < version < 2**63 for version in seen):
        raise ValueError(name)
    if len(text) > texts.MAX_KEPT:  # refused whole: nothing is ever cut
        raise ValueError(name)
    return Draft(int(match[1]), match[2], text, base, seq, settles, seen)


def _checked(part: int, writer: str, drafts: list[Draft]) -> Sent:
    if not _WRITER.fullmatch(writer) or len(drafts) > MOST_FIELDS:
        raise ValueError("writer")
    if not 0 < part <= MOST_PARTS:  # a longer number is refused by SQLite's driver, not by SQLite
        raise ValueError("part")
    return Sent(part, writer, drafts)


def as_json(saved: Saved) -> dict[str, object]:
    """What became of one field, as the page that sent it is told. `longer` only where that has changed."""
    longer = {} if saved.longer is None else {"longer": _offer(saved.longer.kept)}
    return longer | {
        "name": field_name(saved.question, saved.field),
        "outcome": saved.outcome,
        "revision": saved.revision,
        "words": saved.words,
        "stored": saved.stored,
    }


def _offer(kept: Kept | None) -> dict[str, object] | None:
    if kept is None:
        return None
    return {"id": kept.pk, "text": kept.text, "words": kept.words, "at": minute(kept.at)}
