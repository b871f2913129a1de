"""`manage.py restore FILE`: a backup in the place of what is there."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from metroloco_site.kit.commands import Command as Saying
from metroloco_site.kit.data_folder import InUse, sole_use, why
from metroloco_site.kit.french import clock_time
from metroloco_site.kit.machine import refused
from metroloco_site.ops.actions.backup import Refused
from metroloco_site.ops.actions.database_copy import is_sqlite
from metroloco_site.ops.actions.restore import is_cut, restore
from metroloco_site.ops.rules.backup_file import BadBackup

KEPT = "Rien n’a changé ici."


class Command(Saying):
    help = "Remet une sauvegarde en place, après l’avoir vérifiée. Le serveur doit être arrêté."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help="la sauvegarde à remettre en place")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        """Restores and says where the old data is; a refusal goes to stderr, with exit code 1."""
        try:
            with sole_use(Path(settings.DATA_DIR)):
                self._restore(file.absolute())
        except InUse:
            self.give_up(f"Un serveur utilise ces données : arrêtez-le d’abord (Ctrl+C). {KEPT}")
        except (BadBackup, Refused) as error:
            self.give_up(f"{error} {KEPT}")
        except OSError as error:
            self.give_up(f"{why(error)} : {error.filename or file}. {self._state()}")
        except DatabaseError as error:
            self.give_up(f"{refused(error, 'La base de données a refusé')}. {self._state()}")

    def _restore(self, file: Path) -> None:
        if not is_sqlite():
            call_command("migrate", interactive=False, verbosity=0)  # its tables must be there
        manifest, before = restore(file=file, now=timezone.now())
        connection.close()
        rows = sum(manifest.rows.values())
        made = timezone.localtime(datetime.fromisoformat(manifest.made_at))
        self.say(f"Restauré : l’état du {made:%d/%m/%Y} à {clock_time(made)}, {rows} lignes.")
        if before:
            self.say(f"Ce qui était là avant est gardé sept jours dans {before}.")
        self.say("Les élèves reviennent avec leur code personnel, les enseignants avec leur mot de passe.")

    def _state(self) -> str:
        if is_cut():
            return "La restauration est commencée : elle finira au prochain démarrage du serveur."
        return KEPT
