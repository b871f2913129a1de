"""The limit: a bare WSGI view in the same kind of server, one UPDATE committed with the same durability.

python -m bench.limit PORT FOLDER
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import local
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

THREADS = 8
PRAGMAS = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
_kept = local()
_path = ""


def _connection() -> sqlite3.Connection:
    if not hasattr(_kept, "connection"):
        _kept.connection = sqlite3.connect(_path, timeout=20, isolation_level=None)
        _kept.connection.executescript(PRAGMAS)
    return cast(sqlite3.Connection, _kept.connection)


def view(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """Reads the body as ours does, writes it, answers."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if body:
        sent = json.loads(body)
        connection = _connection()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO answer (writer, text, seq) VALUES (?, ?, 1) "
            "ON CONFLICT (writer) DO UPDATE SET text = excluded.text, seq = seq + 1",
            (sent["writer"], sent["fields"][0]["text"]),
        )
        connection.execute("COMMIT")
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


def main(port: int, folder: Path) -> None:
    global _path  # noqa: PLW0603 - one process, one table
    _path = str(folder / "limit.sqlite3")
    _connection().execute("CREATE TABLE answer (writer TEXT PRIMARY KEY, text TEXT, seq INTEGER)")
    application = WSGIMiddleware(cast(Any, view), workers=THREADS)
    uvicorn.run(cast(Any, application), host="127.0.0.1", port=port, log_level="warning", access_log=False,
                timeout_keep_alive=75)  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
