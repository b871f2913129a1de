"""Where SQLite's file is: never said as a URL, where « # », « ? », « % » and « + » mean something else."""

import sqlite3
from contextlib import closing
from pathlib import Path
from shlex import quote

import environ

NAME = "metroloco.sqlite3"


def database_file(data: Path) -> Path:
    """The file in this data folder.

    Raises SystemExit where an older start, which wrote the folder into a URL, left a database elsewhere: to begin
    an empty one would hide a class, and its own would outlive its date.
    """
    file, misplaced = data / NAME, _older_place(data)
    if misplaced is None or misplaced == file or file.exists() or not _is_ours(misplaced):
        return file
    raise SystemExit(
        f"Une version plus ancienne du programme a écrit la base de {data} ailleurs\u00a0: {misplaced}.\n"
        "Rien n’a changé, et le programme ne démarre pas. Si cette base est la vôtre, déplacez-la\u00a0:\n"
        f"  mv {quote(str(misplaced))} {quote(str(file))}\n"
        "Si un autre dossier s’en sert aussi, copiez-la (cp) au lieu de la déplacer, puis effacez-la quand chacun "
        "a la sienne.\n"
        f"Si elle n’est pas à vous, commencez-en une vide\u00a0:\n  touch {quote(str(file))}"
    )


def _older_place(data: Path) -> Path | None:
    """Where the URL led; None where such a start failed."""
    try:
        return Path(environ.Env.db_url_config(f"sqlite:///{data / NAME}")["NAME"])
    except ValueError:
        return None


def _is_ours(path: Path) -> bool:
    """A database of this program, and no file of somebody else's that happens to be there."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as found:
            found.execute("SELECT 1 FROM lessons_classrun LIMIT 1")
    except sqlite3.Error:
        return False
    return True
