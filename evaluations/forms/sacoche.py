"""A file of SACoche and what goes where in it: the browser keeps the file and sends it with each request."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from evaluations.queries.sacoche import Scores
from evaluations.rules.sacoche import BadBlank, Blank, Item, Pupil, read, same_people, same_rows

PUPIL, ITEM = "eleve-", "item-"  # then a column, a line
BLANK = ("", "laisser vide")
_CUT = "Le fichier n’est pas revenu entier de votre navigateur\u00a0: choisissez-le de nouveau."


def blank_of(sent: str) -> Blank:
    """The file as `SacocheForm.sent` has it. Raises BadBlank."""
    try:
        return read(base64.b64decode(sent, validate=True))
    except (binascii.Error, ValueError):
        raise BadBlank(_CUT) from None


class SacocheForm(forms.Form):
    """One choice a pupil and one an item; without `data` it shows what it proposes."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, blank: Blank, scores: Scores, names: Mapping[int, str]
    ) -> None:
        super().__init__(data)
        self.blank, self.scores = blank, scores
        public = {copy.pk: copy.public_id for copy in scores.copies}
        known = same_people(blank.pupils, names)
        copies = [BLANK, *((copy.public_id, copy.label) for copy in scores.copies)]
        for pupil in blank.pupils:
            who = public.get(known.get(pupil.column, 0), "")
            self.fields[f"{PUPIL}{pupil.column}"] = _choice(copies, who)
        keys = [str(pk) for pk in scores.rows]
        rows = [BLANK, *((str(pk), label) for pk, label in scores.rows.items())]
        proposed = same_rows(blank.items, list(scores.rows.values()), scores.first)
        for item, place in zip(blank.items, proposed, strict=True):
            self.fields[f"{ITEM}{item.line}"] = _choice(rows, "" if place is None else keys[place])

    @property
    def sent(self) -> str:
        """The file, for a hidden field."""
        return base64.b64encode(self.blank.filled({})).decode()

    def pupil_fields(self) -> list[tuple[Pupil, BoundField]]:
        return [(pupil, self[f"{PUPIL}{pupil.column}"]) for pupil in self.blank.pupils]

    def item_fields(self) -> list[tuple[Item, BoundField]]:
        return [(item, self[f"{ITEM}{item.line}"]) for item in self.blank.items]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        who = {name: chosen for name, chosen in cleaned.items() if name.startswith(PUPIL) and chosen}
        labels = {copy.public_id: copy.label for copy in self.scores.copies}
        for chosen in dict.fromkeys(who.values()):
            columns = [name.removeprefix(PUPIL) for name, other in who.items() if other == chosen]
            if len(columns) > 1:
                where = " et ".join(columns)
                self.add_error(
                    None, f"{labels[chosen]}\u00a0: choisi deux fois, colonnes {where} du fichier."
                )
        if not who:
            self.add_error(None, "Choisissez la fiche d’au moins un élève.")
        if not any(chosen for name, chosen in cleaned.items() if name.startswith(ITEM)):
            self.add_error(None, "Choisissez la ligne d’au moins un item.")
        return cleaned

    def codes(self) -> dict[tuple[int, int], str]:
        """By line and column; nothing where the copy is « non évalué »."""
        pks = {copy.public_id: copy.pk for copy in self.scores.copies}
        found = {}
        for item in self.blank.items:
            for pupil in self.blank.pupils:
                row, who = (
                    self.cleaned_data[f"{ITEM}{item.line}"],
                    self.cleaned_data[f"{PUPIL}{pupil.column}"],
                )
                if row and who and (rank := self.scores.levels.get((pks[who], int(row)))):
                    found[item.line, pupil.column] = str(rank)
        return found


def _choice(choices: list[tuple[str, str]], initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, required=False, initial=initial)
