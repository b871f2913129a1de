"""One process: /live/, static files and many loads of a student's page in the event loop, Django in threads as WSGI.

Under ASGI an ordinary Django page costs three to five times as much (docs/decisions/0006-serving.md).
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "metroloco_site.settings")

from typing import cast

from django.conf import settings

from metroloco_site.wsgi import application as django_application

from lessons import live  # isort: skip  # after Django's set-up
from metroloco_site.kit import asgi_answers  # isort: skip
from metroloco_site.kit.machine import Wsgi, guarded  # isort: skip
from metroloco_site.kit.static_files import StaticFiles  # isort: skip
from metroloco_site.kit.django_threads import Pages  # isort: skip

static_files = StaticFiles()
pages = Pages(guarded(cast(Wsgi, django_application)), workers=settings.WSGI_THREADS)


async def application(
    scope: asgi_answers.Scope, receive: asgi_answers.Receive, send: asgi_answers.Send
) -> None:
    """The router of the whole server."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/live/"):
        await live.application(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] in static_files:
        await static_files(scope, receive, send)
    elif scope["type"] == "http":
        if not await live.serve_student(scope, receive, send):
            await pages(scope, receive, send)
    elif scope["type"] == "websocket":  # where a library for them is installed: a refusal, not silence
        await receive()
        await send({"type": "websocket.close", "code": 1008})


async def _lifespan(receive: asgi_answers.Receive, send: asgi_answers.Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
