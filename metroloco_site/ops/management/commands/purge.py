"""`manage.py purge`: what the running server does every day, at once."""

from django.db import DatabaseError
from django.utils import timezone

from metroloco_site.kit.commands import Command as Saying
from metroloco_site.kit.data_folder import why
from metroloco_site.kit.machine import refused
from metroloco_site.ops.actions.purge import purge


class Command(Saying):
    help = "Cache les activités dont la date est venue, efface celles de la veille et ce qui ne doit plus être gardé."

    def handle(self, *args: object, **options: object) -> None:
        """Erases and says how much; a refusal goes to stderr, with exit code 1."""
        today = timezone.localdate()
        try:
            receipt = purge(today=today, now=timezone.now())
        except OSError as error:
            self.give_up(f"{why(error)} : {error.filename}. Recommencez : rien ne se perd à recommencer.")
        except DatabaseError as error:
            self.give_up(f"{refused(error, 'La base de données a refusé')}. Rien n’est effacé : recommencez.")
        self.say(receipt.sentence(today))
        if receipt.hidden:
            self.say(f"Cachées aujourd’hui, effacées demain\u00a0: {receipt.hidden} activité(s).")
