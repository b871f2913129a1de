"""« Transparence »: what this installation holds, counted now; and the versions of its parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tomllib import loads

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from lessons.models import Answer, ClassRun, Participant

PACKAGES = ("Django", "WeasyPrint", "uvicorn", "nh3")
# What a page of ours asks for besides itself.
ASSETS = ("css/site.css", "img/icons.svg", "img/favicon.svg")


@dataclass(frozen=True)
class Figures:
    """Counts of rows, sizes in bytes."""

    activities: int
    students: int
    texts: int
    next_deletion: date | None
    due: int
    database: str
    database_bytes: int
    media_bytes: int
    static_bytes: int
    other_bytes: int
    version: str
    versions: tuple[tuple[str, str], ...]

    @property
    def data_bytes(self) -> int:
        return self.database_bytes + self.media_bytes + self.static_bytes + self.other_bytes


def figures() -> Figures:
    """What this installation holds, counted now."""
    data, classes = Path(settings.DATA_DIR), ClassRun.objects.with_students()
    total, media, static = (
        _size(Path(folder)) for folder in (data, settings.MEDIA_ROOT, settings.STATIC_ROOT)
    )
    database = _database_size()
    inside = database if connection.vendor == "sqlite" else 0
    return Figures(
        activities=classes.count(),
        students=Participant.objects.filter(run__in=classes).exclude(joined_at=None).count(),
        texts=Answer.objects.filter(sitting__phase__run__in=classes).exclude(text="").count(),
        due=classes.filter(due=True).count(),
        next_deletion=classes.shown().order_by("delete_on").values_list("delete_on", flat=True).first(),
        database=connection.display_name,
        database_bytes=database,
        media_bytes=media,
        static_bytes=static,
        other_bytes=max(0, total - media - static - inside),
        version=program_version(),
        versions=tuple((package, version(package)) for package in PACKAGES),
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _database_size() -> int:
    if connection.vendor == "sqlite":
        path = Path(str(settings.DATABASES["default"]["NAME"]))
        return path.stat().st_size if path.is_file() else 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def page_weight(html: str) -> int:
    """Bytes on the wire of a page and of what it asks for, as a first visit pays them."""
    return len(html.encode()) + sum(_sent(name) for name in ASSETS)


def _sent(name: str) -> int:
    """The compressed file, where the set-up made one."""
    path = Path(settings.STATIC_ROOT) / staticfiles_storage.url(name).removeprefix(settings.STATIC_URL)
    found = [made for made in (path.with_name(path.name + ".br"), path) if made.is_file()]
    return found[0].stat().st_size if found else 0


@cache
def program_version() -> str:
    """The version of this program, from its one place."""
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    return str(loads(text)["project"]["version"])


def applied_migrations() -> tuple[str, ...]:
    """Every migration that the database has seen, as « app.name »."""
    applied = MigrationRecorder(connection).applied_migrations()
    return tuple(sorted(f"{app}.{name}" for app, name in applied))


def unknown_migrations(names: Iterable[str]) -> list[str]:
    """Those that this version of the program does not have: they come from a newer one."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations or {}}
    replaced = {f"{app}.{name}" for m in (loader.disk_migrations or {}).values() for app, name in m.replaces}
    return sorted(set(names) - known - replaced)


def last_deletion() -> date | None:
    """The latest deletion date of an activité; None while there is none."""
    return ClassRun.objects.order_by("-delete_on").values_list("delete_on", flat=True).first()
