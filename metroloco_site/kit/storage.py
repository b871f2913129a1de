"""Files of people: whole or not at all, and none without the row that names it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.db import transaction

_written: ContextVar[list[Path] | None] = ContextVar("written", default=None)


class WholeFiles(FileSystemStorage):
    """The default storage: what a full disk cut short goes at once."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        path = Path(self.path(name))  # free: `save` has looked
        try:
            kept: str = super()._save(name, content)  # type: ignore[misc]
        except BaseException:
            _remove([path])
            raise
        if (written := _written.get()) is not None:
            written.append(Path(self.path(kept)))
        return kept


@contextmanager
def atomic() -> Iterator[None]:
    """As transaction.atomic; the files stored within go again if it does not take place, its commit included."""
    written: list[Path] = []
    token = _written.set(written)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        _remove(written)
        raise
    finally:
        _written.reset(token)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
