"""The drafts that a page sends. Whatever is not one of ours is a BadRequest, and nothing is written."""

import json
import re
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import QueryDict

from lessons.rules.saving import Draft

_FIELD = re.compile(r"^q(\d{1,3})-([a-z0-9-]{1,50})$")
MOST_FIELDS = 50
_WRITER = re.compile(r"^[A-Za-z0-9_-]{8,32}$")


@dataclass(frozen=True)
class Sent:
    """The changed fields of one page, of one part."""

    part: int
    writer: str
    drafts: list[Draft]


def read_json(body: bytes) -> Sent:
    """{"part", "writer", "fields": [{"name", "text", "base", "seq", "settles"}]}. Raises BadRequest."""
    try:
        data = json.loads(body)
        drafts = [
            _draft(
                str(f["name"]),
                str(f["text"]),
                int(f["base"]),
                int(f["seq"]),
                settles=f.get("settles") is True,
            )
            for f in data["fields"]
        ]
        return _checked(int(data["part"]), str(data["writer"]), drafts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadRequest("fields") from error


def read_form(post: QueryDict, seq: int) -> Sent:
    """The same from a form without JavaScript; `seq` is the time of arrival, in milliseconds."""
    try:
        drafts = [
            _draft(name, str(text), int(str(post[f"base-{name}"])), seq, settles=f"settle-{name}" in post)
            for name, text in post.items()
            if _FIELD.match(name)
        ]
        return _checked(int(str(post["part"])), str(post["writer"]), drafts)
    except (ValueError, KeyError) as error:
        raise BadRequest("fields") from error


def _draft(name: str, text: str, base: int, seq: int, *, settles: bool) -> Draft:
    match = _FIELD.match(name)
    if match is None or not 0 <= base < 2**31 or not 0 <= seq < 2**62:
        raise ValueError(name)
    return Draft(int(match[1]), match[2], text, base, seq, settles)


def _checked(part: int, writer: str, drafts: list[Draft]) -> Sent:
    if not _WRITER.match(writer) or len(drafts) > MOST_FIELDS:
        raise ValueError("writer")
    return Sent(part, writer, drafts)
