"""`manage.py serve`: prepares the data folder and runs the one server process."""

import io
from pathlib import Path
from typing import Any

import segno
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from metroloco_site.accounts.actions import first_link_token
from metroloco_site.kit.network import local_addresses

GRACEFUL_S = 3  # open streams would keep a stop waiting
KEEP_ALIVE_S = 75  # uvicorn's 5 s are short for a class that types


class Command(BaseCommand):
    help = "Prépare l’installation et lance le serveur."

    def handle(self, *args: Any, **options: Any) -> None:
        self.prepare()
        self.welcome()
        uvicorn.run(
            "metroloco_site.asgi:application",
            host=settings.HOST,
            port=settings.PORT,
            log_level="warning",
            access_log=False,  # no address of a student is written anywhere
            server_header=False,
            timeout_graceful_shutdown=GRACEFUL_S,
            timeout_keep_alive=KEEP_ALIVE_S,
        )

    def prepare(self) -> None:
        """Database, static files and the Metroloco lesson; quick when there is nothing to do."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_pack", str(Path(settings.BASE_DIR) / "fixtures" / "metroloco"))

    def welcome(self) -> None:
        """The address for the class, and the first account's link while there is none."""
        hosts = local_addresses() if settings.HOST == "0.0.0.0" else [settings.HOST]  # noqa: S104
        address = f"http://{(hosts or ['127.0.0.1'])[0]}:{settings.PORT}/"
        self.stdout.write(f"\nMetroloco en classe : {address}")
        for other in hosts[1:]:
            self.stdout.write(f"         ou bien : http://{other}:{settings.PORT}/")
        drawing = io.StringIO()
        segno.make(address).terminal(out=drawing, compact=True)
        self.stdout.write(drawing.getvalue())
        token = first_link_token()
        if token:
            self.stdout.write(
                "\nAucun compte pour l’instant. Créez le premier à cette adresse (une seule fois) :"
            )
            self.stdout.write(f"{address}compte/premier/{token}/")
        self.stdout.write("\nPour arrêter : Ctrl+C\n")
        self.stdout.flush()
