"""What a start checks and makes: quick when nothing has changed."""

import hashlib
import socket
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import reverse

from lessons.models import Lesson
from lessons.queries.content import lesson_content

BACKLOG = 2048  # a class that comes at once waits in the queue, not at a shut door


def collect_static() -> bool:
    """Copies, names and compresses the static files, unless the last time still holds. True if it did."""
    stamp, now = Path(settings.STATIC_ROOT) / ".collected", _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now, encoding="ascii")
    return True


def warm() -> None:
    """What the first visitor of a start would wait for, and the class with them: addresses, templates, lessons."""
    reverse("lessons:home-read")
    for folder in ("lessons", "components"):
        for path in sorted((Path(settings.BASE_DIR) / "templates" / folder).glob("*.html")):
            get_template(f"{folder}/{path.name}")
    for lesson in Lesson.objects.newest():
        lesson_content(lesson.pk)


def _fingerprint() -> str:
    """Name, size and date of every source, so that seconds of compression are spent once."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def listening_socket(host: str, port: int) -> socket.socket:
    """The server's own socket, taken before anything else is done. Raises OSError.

    It says that it speaks TCP: asyncio sends at once (TCP_NODELAY) only on sockets that do, and an answer of
    two pieces would wait 40 ms for the browser's acknowledgement of the first.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(False)
    return listener
