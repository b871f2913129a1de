"""What our commands share: a sentence on the screen, and a refusal without a traceback."""

from typing import NoReturn

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def give_up(self, sentence: str) -> NoReturn:
        """Ends with exit code 1."""
        self.stderr.write(sentence)
        raise SystemExit(1)
