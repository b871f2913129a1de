"""`manage.py serve`: prepares the data folder and runs the one server process."""

import contextlib
import errno
import io
import logging
import socket
from datetime import date
from pathlib import Path
from typing import Any

import segno
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from evaluations.queries.downloads import unfinished
from lessons import live
from lessons.queries.clock import latest_instant
from metroloco_site.accounts.actions import first_link_token
from metroloco_site.kit import logs, steady, worker
from metroloco_site.kit.commands import Command as Saying
from metroloco_site.kit.data_folder import InUse, close_to_others, probe, sole_use, why
from metroloco_site.kit.machine import refused
from metroloco_site.kit.network import served_addresses
from metroloco_site.kit.turns import Turns
from metroloco_site.ops.actions import restore, start, update
from metroloco_site.ops.actions.purge import purge
from metroloco_site.ops.queries.installation import applied_migrations, unknown_migrations
from metroloco_site.rehearsal.live import rehearsals

GRACEFUL_S = 3  # open streams would keep a stop waiting
KEEP_ALIVE_S = 75  # uvicorn's 5 s are short for a class that types
DAY_CHECK_S = 20  # nothing is asked of the database until the day changes
FORGET_S = 3  # what another process erased (manage.py purge) leaves memory within so long
LAST_PORT = 65535
PORT_ERRORS = {
    errno.EADDRINUSE: "Le port {port} est déjà pris, peut-être par un autre Metroloco. "
    "Arrêtez-le, ou choisissez-en un autre : make serve PORT={other}",
    errno.EACCES: "Le port {port} est réservé à l’administrateur de la machine. "
    "Choisissez-en un autre : make serve PORT=8000",
    errno.EADDRNOTAVAIL: "{host} n’est pas une adresse de cette machine. Sans HOST, elles servent toutes.",
}


class Command(Saying):
    help = "Prépare l’installation et lance le serveur."

    def handle(self, *args: Any, **options: Any) -> None:
        data = Path(settings.DATA_DIR)
        try:
            with sole_use(data), self.listen() as listener:
                probe(data)
                if not close_to_others(data):
                    self.say(f"Attention\u00a0: d’autres utilisateurs de cette machine peuvent lire {data}.")
                self.prepare()
                self.welcome()
                self.run(listener)
        except update.Failed as error:
            self.give_up(str(error))
        except InUse:
            self.give_up(f"Un serveur utilise déjà le dossier {data}. Arrêtez-le d’abord.")
        except OSError as error:
            self.give_up(f"{why(error)} : {error.filename or data}. Le serveur ne démarre pas.")
        except DatabaseError as error:
            self.give_up(f"{refused(error, 'La base de données ne répond pas')}. Le serveur ne démarre pas.")

    def listen(self) -> socket.socket:
        """The socket, or a sentence about HOST and PORT."""
        host, port = settings.HOST, settings.PORT
        if not 1 <= port <= LAST_PORT:
            self.give_up(f"PORT={port} : un port est un nombre de 1 à {LAST_PORT}.")
        try:
            return start.listening_socket(host, port)
        except socket.gaierror:
            self.give_up(f"HOST={host} ne désigne aucune machine.")
        except OSError as error:
            sentence = PORT_ERRORS.get(error.errno or 0, f"{{host}}:{{port}} : {why(error)}.")
            self.give_up(sentence.format(host=host, port=port, other=port + 1))

    def prepare(self) -> None:
        """Database, static files and the Metroloco lesson; quick when there is nothing to do."""
        restore.finish()
        if update.finish():
            self.say(
                "Une mise à jour de la base avait été coupée\u00a0: elle est remise telle qu’elle était avant."
            )
        if unknown_migrations(applied_migrations()):
            self.give_up(
                "La base de données vient d’une version plus récente du programme : mettez-le à jour. "
                "Rien n’a changé."
            )
        if kept := update.update(now=timezone.now()):
            self.say(f"La base est mise à jour. Sa copie d’avant est gardée sept jours au plus dans {kept}.")
        start.collect_static()
        shipped = Path(settings.BASE_DIR) / "fixtures" / "metroloco"
        call_command("load_pack", str(shipped), unless_known=True)
        purge(today=timezone.localdate(), now=timezone.now())
        if latest := latest_instant():
            steady.not_before(latest)

    def welcome(self) -> None:
        """The address for the class, and the first account's link while there is none."""
        hosts = served_addresses(settings.HOST) or ["127.0.0.1"]
        found = [settings.ORIGIN] if settings.ORIGIN else [f"http://{host}:{settings.PORT}" for host in hosts]
        address = f"{found[0]}/"
        self.stdout.write(f"\nMetroloco en classe : {address}")
        for other in found[1:]:
            self.stdout.write(f"         ou bien : {other}/")
        if not settings.ORIGIN and not served_addresses(settings.HOST):
            self.say("Pour l’instant, cet ordinateur est seul à pouvoir l’ouvrir.")
        drawing = io.StringIO()
        segno.make(address).terminal(out=drawing, compact=True)
        self.stdout.write(drawing.getvalue())
        token = first_link_token()
        if token:
            self.stdout.write(
                "\nAucun compte pour l’instant. Créez le premier à cette adresse (une seule fois) :"
            )
            self.stdout.write(f"{address}compte/premier/{token}/")
        self.say(f"\nPour essayer un appareil avant la classe : {address}essai/")
        self.say("Pour arrêter : Ctrl+C\n")

    def run(self, listener: socket.socket) -> None:
        """Serves until it is told to stop."""
        config = uvicorn.Config(
            "metroloco_site.asgi:application",
            log_config=None,  # ours: no address, no text of anybody
            log_level="warning",
            access_log=False,  # no address of a student is written anywhere
            server_header=False,
            timeout_graceful_shutdown=GRACEFUL_S,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        config.load()  # sets Django up once more, and its logging: ours comes after
        logging.getLogger().addHandler(logs.DayByDay(Path(settings.DATA_DIR)))
        logs.take_over()
        start.warm()
        left = unfinished()
        connection.close()
        Turns("purge", DailyPurge(timezone.localdate()).look, first_s=DAY_CHECK_S, most_s=DAY_CHECK_S).start()
        Turns("forgetting", forget_deleted, first_s=FORGET_S).start()
        rehearsals.start()
        supervisor = worker.supervise()
        if left:
            supervisor.wake()
        try:
            with contextlib.suppress(KeyboardInterrupt):  # asyncio may have dealt with it already
                uvicorn.Server(config).run(sockets=[listener])
        finally:
            rehearsals.stop()
            supervisor.stop()
        self.say("\nArrêté.")


class DailyPurge:
    """Purges at the first look of each new day; a failure is tried again at the next look."""

    def __init__(self, done: date) -> None:
        self._done = done

    def look(self) -> float:
        """Gives the seconds until the next one."""
        today = timezone.localdate()
        try:
            if today != self._done:
                purge(today=today, now=timezone.now())
                self._done = today
        finally:
            connection.close()
        return DAY_CHECK_S


def forget_deleted() -> float:
    """Whatever this server remembers of activités that another process erased goes, and their streams end."""
    try:
        live.forget_deleted()
    except Exception:
        connection.close()  # the next look opens another one
        raise
    return FORGET_S
