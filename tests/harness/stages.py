"""The stages of `make test`, side by side: each to a log of its own, printed whole when it has ended.

    python -m tests.harness.stages Types mypy :: Navigateur pytest -m browser

A stage is a name and a command. Browser tests mostly wait and the others compute: together they keep two cores busy,
where one after the other would not. The exit code is 1 if a stage has failed, and its last line is said again at the
end: a success beside it must not have the last word.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from types import FrameType

PAUSE_S = 0.1  # between two looks at who has ended
END_LIMIT_S = 20  # for a stage that is asked to end


class Stage:
    """A command under way."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.started = time.monotonic()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the stage
        # pytest clears away what runs before it have left: not what a stage beside it still needs.
        self.folder = tempfile.mkdtemp(prefix="metroloco-stage-")
        # A session of its own: Ctrl-C is passed on by us, once, and to all that the command has started.
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTEST_DEBUG_TEMPROOT": self.folder},
        )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def failed(self) -> bool:
        return self.process.returncode != 0

    def said(self) -> str:
        """All that it has printed."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def close(self) -> None:
        """End what still runs, as Ctrl-C would, then without asking; leave nothing behind."""
        for way in (signal.SIGINT, signal.SIGKILL):
            if not self.ended:
                os.killpg(self.process.pid, way)
                try:
                    self.process.wait(END_LIMIT_S)
                except subprocess.TimeoutExpired:
                    continue
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def split(words: Sequence[str]) -> Iterator[list[str]]:
    """What stands between two « :: »."""
    part: list[str] = []
    for word in [*words, "::"]:
        if word != "::":
            part.append(word)
        elif part:
            yield part
            part = []


def say(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def follow(stages: Sequence[Stage]) -> int:
    """Show each stage as it ends, whole; 1 if one has failed."""
    left = list(stages)
    while left:
        for stage in [stage for stage in left if stage.ended]:
            left.remove(stage)
            say(f"— {stage.name}, {time.monotonic() - stage.started:.0f} s —\n{stage.said()}")
        time.sleep(PAUSE_S)
    failed = [stage for stage in stages if stage.failed]
    for stage in failed:
        say(f"— {stage.name} : échec —\n" + "".join(stage.said().splitlines(keepends=True)[-1:]))
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    stages: list[Stage] = []
    try:
        stages += [Stage(name, command) for name, *command in split(arguments)]
        return follow(stages)
    except KeyboardInterrupt:
        return 130
    finally:
        for stage in stages:
            stage.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
