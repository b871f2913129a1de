"""Ending a child process that reads from a pipe."""

import contextlib
import subprocess


def end(process: subprocess.Popen[bytes], within_s: float) -> None:
    """Closes its input, by which it ends of itself; kills it if it has not within so many seconds."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
