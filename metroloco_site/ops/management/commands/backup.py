"""`manage.py backup FILE`: everything in one file, while the class runs."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from metroloco_site.kit.commands import Command as Saying
from metroloco_site.kit.data_folder import why
from metroloco_site.kit.french import size
from metroloco_site.kit.machine import refused
from metroloco_site.ops.actions.backup import Refused, backup
from metroloco_site.ops.queries.installation import last_deletion

KEPT = "Rien n’a été écrit ; une sauvegarde plus ancienne de ce nom est intacte."


class Command(Saying):
    help = "Sauvegarde la base et les fichiers, même pendant la classe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help="le fichier à écrire (.zip)")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        """Writes the file and says what it holds; a refusal goes to stderr, with exit code 1."""
        try:
            manifest = backup(file=file, now=timezone.now())
        except Refused as error:
            self.give_up(str(error))
        except OSError as error:
            self.give_up(f"{why(error)} : {error.filename or file}. {KEPT}")
        except (DatabaseError, sqlite3.Error) as error:
            self.give_up(f"{refused(error, 'La base de données n’a pas pu être lue')}. {KEPT}")
        else:
            media = sum(name.startswith("media/") for name in manifest.members)
            rows = sum(manifest.rows.values())
            self.say(
                f"Sauvegardé dans {file} : {rows} lignes, {media} fichiers, {size(file.stat().st_size)}."
            )
            self._warn()

    def _warn(self) -> None:
        """A copy outlives the purge: whoever keeps it must know until when."""
        last = last_deletion()
        if last:
            self.say(f"Elle contient des données d’élèves : effacez-la au plus tard le {last:%d/%m/%Y}.")
