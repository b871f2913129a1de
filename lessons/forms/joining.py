"""What students type to come in or to come back, checked, with French sentences."""

from django import forms
from django.core.exceptions import ValidationError

from lessons.forms.plain_form import PlainForm
from lessons.rules import codes
from lessons.rules.pseudonyms import MAX_LENGTH


class AccessForm(PlainForm):
    code = forms.CharField(
        label="Code d’accès",
        max_length=20,
        help_text="Les huit signes affichés au tableau.",
        error_messages={"required": "Écrivez le code d’accès affiché au tableau."},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code-input",
            }
        ),
    )

    def clean_code(self) -> str:
        code = codes.normal_access_code(self.cleaned_data["code"])
        if len(code) != codes.ACCESS_LENGTH:
            raise ValidationError("Un code d’accès compte huit lettres et chiffres.")
        return code


class ReturnForm(PlainForm):
    personal_code = forms.CharField(
        label="Code personnel",
        max_length=80,
        help_text="Quatre mots, avec ou sans tirets ni accents.",
        error_messages={"required": "Écrivez les quatre mots de votre code personnel."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    seal = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)  # from a billet's QR


class PseudonymForm(PlainForm):
    pseudonym = forms.CharField(
        label="Votre pseudonyme",
        max_length=MAX_LENGTH,
        help_text="N’indiquez pas votre vrai nom.",
        error_messages={
            "required": "Choisissez un pseudonyme, ou écrivez-en un.",
            "max_length": f"Un pseudonyme compte au plus {MAX_LENGTH} signes.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
