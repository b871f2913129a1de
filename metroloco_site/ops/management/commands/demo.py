"""`manage.py demo`: a finished class in an installation that is deleted when it stops. No account, no trace."""

import contextlib
import os
import signal
import threading
import webbrowser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from lessons.models import ClassRun, Lesson
from metroloco_site.kit import steady, throwaway_folder
from metroloco_site.kit.data_folder import why
from metroloco_site.ops.actions import start
from metroloco_site.ops.actions.demo_link import new_link
from metroloco_site.ops.management.commands.serve import Command as Serve
from metroloco_site.rehearsal.actions import invented_class
from metroloco_site.rehearsal.rules import invented_texts

# uvicorn takes SIGINT and SIGTERM for itself while it runs. SIGINT is named: whoever is started in the background of a
# script (« make demo & ») is born with it ignored, and Python leaves it so.
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AGAIN_S = 0.5


class Command(Serve):
    help = "Ouvre une démonstration\u00a0: une activité terminée, inventée, effacée à l’arrêt."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.DATA_DIR)
        if not throwaway_folder.is_one(
            folder
        ):  # called from elsewhere than manage.py: that folder is somebody's
            self.give_up("La démonstration se lance par «\u00a0make demo\u00a0», et seulement ainsi.")
        for ending in (*ENDINGS, signal.SIGALRM):
            signal.signal(ending, _insist)
        try:
            self.show()
        except KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.say("\nArrêté.")
        except (OSError, DatabaseError) as error:
            said = why(error) if isinstance(error, OSError) else str(error)
            self.give_up(f"La démonstration ne démarre pas\u00a0: {said}.")
        finally:
            throwaway_folder.remove(folder)
        self.say("La démonstration est effacée.")

    def show(self) -> None:
        """Makes the class, says where it is and serves it until it is told to stop."""
        self.say("Préparation de la démonstration (quelques secondes)…")
        with start.listening_socket("127.0.0.1", 0) as listener:
            settings.PORT = listener.getsockname()[1]
            self.prepare()
            self.make()
            for (
                ending
            ) in ENDINGS:  # from here on the server stops its processes one after the other: asked once
                signal.signal(ending, _stop)
            address = f"http://127.0.0.1:{settings.PORT}/compte/demonstration/{new_link()}/"
            self.say(f"\nUne activité terminée, 28 élèves inventés\u00a0: {address}")
            self.say("Ce lien ouvre le tableau de bord, une seule fois. Aucun compte à créer.")
            self.say("Pour arrêter et tout effacer\u00a0: Ctrl+C\n")
            threading.Thread(target=_open_browser, args=[address], daemon=True).start()
            self.run(listener)

    def make(self) -> ClassRun:
        """The class, as if it had ended some minutes ago."""
        with transaction.atomic():
            lesson = Lesson.objects.newest().get(slug=invented_texts.LESSON)
            return invented_class.make(lesson=lesson, now=steady.now(), today=timezone.localdate())


def _stop(*_: object) -> None:
    """The terminal was closed, or a service manager asks: the same way out as Ctrl+C."""
    raise KeyboardInterrupt


def _insist(*_: object) -> None:
    """The same, and again until it is heard: what a finaliser raises, Python drops."""
    signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
    raise KeyboardInterrupt


def _open_browser(address: str) -> None:
    """In a window, where there are windows: a browser in the terminal would hide what we say there."""
    windows = any(name in os.environ for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))
    if windows or os.uname().sysname == "Darwin":
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(address)
