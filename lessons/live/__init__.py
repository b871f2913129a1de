"""The live part: who may listen, what they are told, who is present, and the saves of open pages.

A page holds a signed token (run, role, participant) that opens the stream or, where no stream gets
through, a cheap poll. The database is asked whether it still holds, and again after each withdrawal.
"""

from lessons.live.documents import poster_changed, tell_group
from lessons.live.forgetting import forget_deleted
from lessons.live.here import presence
from lessons.live.pages import TEMPLATE, context, own_values
from lessons.live.routes import ROUTES, application, serve_student
from lessons.live.telling import (
    announce,
    announcing,
    arrived,
    board_changed,
    run_deleted,
    screen_command,
    tell_participant,
    voted,
)
from lessons.live.tokens import listener_of, read_seat, seat_for, token_for

__all__ = [
    "ROUTES",
    "TEMPLATE",
    "announce",
    "announcing",
    "application",
    "arrived",
    "board_changed",
    "context",
    "forget_deleted",
    "listener_of",
    "own_values",
    "poster_changed",
    "presence",
    "read_seat",
    "run_deleted",
    "screen_command",
    "seat_for",
    "serve_student",
    "tell_group",
    "tell_participant",
    "token_for",
    "voted",
]
