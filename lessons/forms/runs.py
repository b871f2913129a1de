"""What the teacher types about an activité: how it is made, its billets, the day on which it goes."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from lessons.forms.plain_form import PlainForm
from lessons.models import Lesson
from lessons.rules.keeping import end_of_school_year, usual_deletion


def deletion_day(day: date, today: date, last_day: date) -> date:
    """The day itself. Raises ValidationError if it is not between tomorrow and the end of the school year."""
    if not today < day <= last_day:
        raise ValidationError(
            f"Choisissez une date après aujourd’hui et au plus tard le {last_day:%d/%m/%Y}, "
            "fin de l’année scolaire."
        )
    return day


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
        help_text="Ce jour-là, plus personne ne voit l’activité, même si la classe y travaille encore. "
        "Le lendemain, elle est effacée.",
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
