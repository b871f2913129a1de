"""A line in the sources of a group's poster."""

from datetime import datetime

from lessons.actions import documents
from lessons.actions.joining import Token
from lessons.models import Poster
from lessons.queries.documents import document
from lessons.rules.citing import with_line
from lessons.rules.poster import MAX_TEXT, SOURCE


def cite(*, token: Token, line: str, now: datetime) -> documents.Written:
    """Adds the line once; nothing after the bell (« closed »), nor to a text that is full. Raises NoPoster."""
    door = documents.door_of(token, lock=True)
    if not door.is_open(now):
        return documents.Written(door.group, door.run, door.last, refused="closed")
    said = document(Poster.objects.get(pk=door.poster)).texts.get(SOURCE, "")
    text = with_line(said, line)
    if len(text) > MAX_TEXT:
        return documents.Written(door.group, door.run, door.last, refused="full")
    return documents.write_texts(token=token, texts={SOURCE: (said, text)}, now=now)
