"""`manage.py dump_pack SLUG DIR`: a stored lesson as a pack, in the canonical form."""

from argparse import ArgumentParser
from pathlib import Path

from lessons.models import Lesson
from metroloco_site.kit.commands import Command as Saying
from metroloco_site.kit.data_folder import why
from metroloco_site.packs.actions.pack_files import FolderNotEmpty, dump_pack


class Command(Saying):
    help = "Écrit une leçon de la base dans un dossier, comme paquet (docs/pack.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="le nom court de la leçon, par exemple metroloco")
        parser.add_argument("folder", type=Path, metavar="DIR", help="un dossier vide ou à créer")
        parser.add_argument(
            "--lesson-version", type=int, metavar="N", help="une autre version que la dernière"
        )

    def handle(
        self, *args: object, slug: str, folder: Path, lesson_version: int | None, **options: object
    ) -> None:
        """Writes and says so; exit code 1 and a sentence where it cannot."""
        versions = Lesson.objects.filter(slug=slug).order_by("-version")
        lesson = (versions.filter(version=lesson_version) if lesson_version else versions).first()
        if lesson is None:
            known = ", ".join(Lesson.objects.order_by("slug").values_list("slug", flat=True).distinct())
            self.give_up(
                f"Cette leçon ou cette version n’existe pas. Leçons de cette installation : {known}."
            )
        try:
            count = dump_pack(lesson=lesson, folder=folder)
        except FolderNotEmpty:
            self.give_up(f"Le dossier {folder} n’est pas vide : donnez-en un autre. Rien n’a été écrit.")
        except OSError as error:
            self.give_up(f"Le paquet n’a pas pu être écrit dans {folder} : {why(error)}.")
        self.say(f"« {lesson.title} », version {lesson.version} : {count} fichiers écrits dans {folder}.")
