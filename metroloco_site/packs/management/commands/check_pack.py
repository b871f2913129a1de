"""`manage.py check_pack DIR [--fix]`: whether this folder is a pack, and in the canonical form."""

from argparse import ArgumentParser
from pathlib import Path

from metroloco_site.kit.commands import Command as Saying
from metroloco_site.kit.data_folder import why
from metroloco_site.packs.actions.pack_files import CheckedPack, check_pack
from metroloco_site.packs.rules import PackErrors


class Command(Saying):
    help = "Vérifie un paquet sans rien charger ; --fix l’écrit dans sa forme canonique (docs/pack.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="le dossier qui contient lesson.md")
        remedy = "récrit les fichiers dans la forme canonique et retire les métadonnées des images"
        parser.add_argument("--fix", action="store_true", help=remedy)

    def handle(self, *args: object, folder: Path, fix: bool, **options: object) -> None:
        """Says what is wrong, one line each with exit code 1, or that nothing is."""
        try:
            checked = check_pack(folder=folder, fix=fix)
        except PackErrors as broken:
            for error in broken.errors:
                self.stderr.write(str(error))
            count = len(broken.errors)
            self.give_up(f"{count} erreur{'s' if count > 1 else ''} : ce paquet ne se charge pas.")
        except OSError as error:
            self.give_up(f"Le dossier {folder} ne se laisse pas récrire : {why(error)}.")
        self._tell(checked, fix=fix)

    def _tell(self, checked: CheckedPack, *, fix: bool) -> None:
        for path in checked.changed:
            self.say(f"{path} : {'récrit' if fix else 'une autre forme que la forme canonique'}.")
        form = "" if fix or not checked.changed else " « check_pack --fix » la récrit."
        self.say(
            f"« {checked.title} » : {checked.files} fichiers, rien n’empêche de charger ce paquet.{form}"
        )
