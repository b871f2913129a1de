"""`manage.py load_pack DIR`: one pack into the database, whole or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError, transaction
from django.utils import timezone

from lessons.models import Lesson, Question
from metroloco_site.packs.actions.loading import LoadedPack, load_pack
from metroloco_site.packs.rules import PackErrors


class Command(BaseCommand):
    help = "Charge une leçon depuis le dossier d’un paquet (lesson.md, parts/, questions/…)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="le dossier qui contient lesson.md")
        known = "ne fait rien si une version de la leçon vient déjà de ce paquet"
        parser.add_argument("--unless-known", action="store_true", help=known)

    def handle(self, *args: object, folder: Path, unless_known: bool, **options: object) -> None:
        """Loads and says so; what is wrong goes to stderr, one line each, with exit code 1."""
        try:
            with transaction.atomic():
                loaded = load_pack(folder=folder, now=timezone.now(), unless_known=unless_known)
        except PackErrors as broken:
            for error in broken.errors:
                self.stderr.write(str(error))
            self._give_up(f"{_count(len(broken.errors), 'erreur')} : rien n’a été chargé.")
        except DatabaseError as error:
            self._give_up(f"La base de données a refusé le paquet, rien n’a été chargé : {error}.")
        else:
            self.stdout.write(self.style.SUCCESS(_told(loaded)))

    def _give_up(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        raise SystemExit(1)


def _told(loaded: LoadedPack) -> str:
    return f"{loaded.told[:-1]} ({_content(loaded.lesson)})." if loaded.created else loaded.told


def _content(lesson: Lesson) -> str:
    """« 2 parties, 8 questions, 15 annexes, 18 entrées de lexique »."""
    collection = lesson.collection
    return ", ".join(
        [
            _count(lesson.parts.count(), "partie"),
            _count(Question.objects.filter(part__lesson=lesson).count(), "question"),
            _count(collection.annexes.count(), "annexe"),
            _count(collection.lexicon.count(), "entrée", " de lexique"),
        ]
    )


def _count(number: int, word: str, rest: str = "") -> str:
    return f"{number} {word}{'s' if number > 1 else ''}{rest}"
