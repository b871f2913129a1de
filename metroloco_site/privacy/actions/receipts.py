"""What is said of an erasure, for good: a day and counts."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

RECEIPTS = "effacements.log"


@dataclass(frozen=True)
class Receipt:
    """Counts alone: a receipt names nobody."""

    activities: int = 0
    students: int = 0
    texts: int = 0
    files: int = 0
    sessions: int = 0
    hidden: int = 0  # due, to be erased by the look of a later day: not a receipt's matter yet

    def sentence(self, day: date) -> str:
        return (
            f"{day:%d/%m/%Y} : effacé {self.activities} activité(s), {self.students} élève(s),"
            f" {self.texts} texte(s), {self.files} fichier(s), {self.sessions} session(s)."
        )


def write_receipt(receipt: Receipt, day: date) -> None:
    """A dated line without personal data, kept for good."""
    path = Path(settings.DATA_DIR) / RECEIPTS
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.write(receipt.sentence(day) + "\n")
