"""What people type, checked, with French sentences."""

from datetime import date
from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError

from lessons.models import Lesson, Participant
from lessons.rules import clock, codes
from lessons.rules.keeping import end_of_school_year, usual_deletion
from lessons.rules.pseudonyms import MAX_LENGTH


def deletion_day(day: date, today: date, last_day: date) -> date:
    """The day itself. Raises ValidationError if it is not between tomorrow and the end of the school year."""
    if not today < day <= last_day:
        raise ValidationError(
            f"Choisissez une date après aujourd’hui et au plus tard le {last_day:%d/%m/%Y}, "
            "fin de l’année scolaire."
        )
    return day


class PlainForm(forms.Form):
    """A form without its own <form> tag: the template writes it, with its button."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


def fields_of(form: PlainForm) -> str:
    """The form's fields as HTML. While nobody has filled it in, it is the same for a whole class: made once."""
    return str(render_crispy_form(form)) if form.is_bound else _blank(type(form))


@cache
def _blank(kind: type[PlainForm]) -> str:
    return str(render_crispy_form(kind()))


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


class RunForm(PlainForm):
    lesson = forms.ModelChoiceField(
        label="Leçon",
        queryset=Lesson.objects.none(),
        empty_label=None,
        error_messages={"required": "Choisissez une leçon."},
    )
    label = forms.CharField(
        label="Nom de l’activité",
        max_length=60,
        help_text="Par exemple « Seconde 4, jeudi ». N’indiquez aucun nom d’élève.",
        error_messages={"required": "Donnez un nom à l’activité."},
    )
    minutes_1 = forms.IntegerField(
        label="Durée de la partie 1, en minutes", min_value=1, max_value=240, initial=15
    )
    minutes_2 = forms.IntegerField(
        label="Durée de la partie 2, en minutes", min_value=1, max_value=240, initial=40
    )
    video_link = forms.URLField(
        label="Adresse de la vidéo de l’annexe 1",
        required=False,
        assume_scheme="https",
        max_length=400,
        help_text="Facultatif. Sans adresse, un court texte de présentation remplace la vidéo.",
    )
    tickets_only = forms.BooleanField(
        label="Avec billets seulement",
        required=False,
        help_text="Les élèves entrent avec le billet que vous leur remettez. "
        "Sans cette case, le code d’accès affiché au tableau suffit.",
    )
    delete_on = forms.DateField(
        label="Date d’effacement",
        help_text="Ce jour-là, l’activité est effacée tout entière, même si la classe y travaille encore.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.last_day = end_of_school_year(today)
        lessons = self.fields["lesson"]
        assert isinstance(lessons, forms.ModelChoiceField)
        lessons.queryset = Lesson.objects.newest()
        self.fields["delete_on"].initial = usual_deletion(today)

    def clean_delete_on(self) -> date:
        return deletion_day(self.cleaned_data["delete_on"], self.today, self.last_day)

    def minutes(self) -> dict[int, int]:
        """Durations by part number."""
        return {1: self.cleaned_data["minutes_1"], 2: self.cleaned_data["minutes_2"]}


class DeletionForm(PlainForm):
    """Another date, within the same limits: nothing is kept beyond the school year in which it was written."""

    delete_on = forms.DateField(
        label="Date d’effacement", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, today: date, made_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last_day = today, end_of_school_year(made_on)

    def clean_delete_on(self) -> date:
        return deletion_day(self.cleaned_data["delete_on"], self.today, self.last_day)


class TicketsForm(PlainForm):
    count = forms.IntegerField(label="Nombre de billets à ajouter", min_value=1, max_value=40, initial=30)


class ExtraTimeForm(PlainForm):
    unit = forms.ChoiceField(
        label="Temps supplémentaire", choices=Participant.ExtraUnit.choices, required=False
    )
    amount = forms.IntegerField(
        label="Valeur (minutes ou %)", min_value=0, max_value=200, required=False, initial=0
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needs_amount = data.get("unit") in (Participant.ExtraUnit.MINUTES, Participant.ExtraUnit.PERCENT)
        if needs_amount and not data.get("amount"):
            self.add_error("amount", "Indiquez combien.")
        if not needs_amount:
            data["amount"] = 0
        return data


class ClockForm(forms.Form):
    """A button of the board: which part, what, for how long."""

    part = forms.IntegerField(min_value=1)
    kind = forms.TypedChoiceField(choices=[(k, k) for k in clock.Kind], coerce=clock.Kind)
    minutes = forms.IntegerField(min_value=1, max_value=60, required=False)
    keeps_extra = forms.BooleanField(required=False)

    def event(self) -> dict[str, Any]:
        """What `actions.clock.act` takes, besides the phase and the instant."""
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "seconds": 60 * (data["minutes"] or 0),
            "keeps_extra": data["keeps_extra"],
        }
