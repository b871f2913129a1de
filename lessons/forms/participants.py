"""What the teacher types about participants."""

from collections.abc import Iterable
from typing import Any

from django import forms

from lessons.forms.plain_form import PlainForm
from lessons.rules.pseudonyms import MAX_LENGTH


class RenameForm(PlainForm):
    pseudonym = forms.CharField(
        label="Nouveau pseudonyme",
        max_length=MAX_LENGTH,
        help_text="Jamais un vrai nom.",
        error_messages={
            "required": "Écrivez un pseudonyme.",
            "max_length": f"Un pseudonyme compte au plus {MAX_LENGTH} signes.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PaperForm(PlainForm):
    """A student without a device; we propose a pseudonym where the teacher leaves it to us."""

    pseudonym = forms.CharField(
        label="Pseudonyme",
        required=False,
        max_length=MAX_LENGTH,
        error_messages={"max_length": f"Un pseudonyme compte au plus {MAX_LENGTH} signes."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class MergeForm(PlainForm):
    """Which other place is the same student's."""

    into = forms.ChoiceField(
        label="La même personne que",
        error_messages={
            "required": "Choisissez l’autre place de cet élève.",
            "invalid_choice": "Cette place n’existe plus : choisissez-en une autre.",
        },
    )

    def __init__(self, *args: Any, others: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choisir…"), *others]
        self.voted_twice = False

    @property
    def votes_again(self) -> bool:
        """« Réunir et recommencer le vote », a button that is there once both places have voted."""
        return "revoter" in self.data

    def refuse(self, sentence: str, *, voted_twice: bool) -> None:
        self.add_error("into", sentence)
        self.voted_twice = voted_twice
