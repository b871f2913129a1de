"""What the processes of the tests have measured: a file each (coverage's own, SQLite), put together at the end."""

import contextlib
import sqlite3
from pathlib import Path


def leave_out_half_written(folder: Path) -> list[Path]:
    """Removes the measures that a process was killed in the middle of writing, and gives them.

    coverage writes without a journal: what a kill cuts off is malformed, and would stop the putting together of all.
    """
    return [file for file in sorted(folder.glob(".coverage.*")) if not _whole(file) and _removed(file)]


def _whole(file: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as measures:
            return bool(measures.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _removed(file: Path) -> bool:
    file.unlink(missing_ok=True)
    return True
