"""« Nouvelle répétition »: how many simulated students, how fast a clock."""

from collections.abc import Sequence
from typing import Any

from django import forms

from lessons.forms.plain_form import PlainForm
from lessons.models import Lesson
from metroloco_site.kit.french import NBSP

AS_IN_CLASS = 1
VOTE_FROM = 9  # students: with fewer, there are two groups


class RehearsalForm(PlainForm):
    lesson = forms.ModelChoiceField(
        label="Leçon",
        queryset=Lesson.objects.none(),
        empty_label=None,
        error_messages={"required": "Choisissez une leçon."},
    )
    students = forms.TypedChoiceField(
        label="Élèves simulés",
        coerce=int,
        error_messages={"invalid_choice": "Choisissez un nombre d’élèves de la liste."},
    )
    speed = forms.TypedChoiceField(
        label="Horloge",
        coerce=int,
        error_messages={"invalid_choice": "Choisissez une horloge de la liste."},
        help_text="La durée des parties est divisée d’autant, et les élèves simulés vont d’autant plus vite. "
        "+1\u00a0min et +5\u00a0min restent de vraies minutes.",
    )
    minutes_1 = forms.IntegerField(
        label="Durée de la partie 1, en minutes de classe", min_value=1, max_value=240, initial=15
    )
    minutes_2 = forms.IntegerField(
        label="Durée de la partie 2, en minutes de classe", min_value=1, max_value=240, initial=40
    )

    def __init__(self, *args: Any, sizes: Sequence[int], speeds: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("students", [(n, _size(n)) for n in sizes])
        self._offer("speed", [(n, _spoken(n)) for n in speeds])
        lessons = self.fields["lesson"]
        assert isinstance(lessons, forms.ModelChoiceField)
        lessons.queryset = Lesson.objects.newest()

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = choices

    def minutes(self) -> dict[int, int]:
        """Durations by part number."""
        return {1: self.cleaned_data["minutes_1"], 2: self.cleaned_data["minutes_2"]}


def _size(students: int) -> str:
    """Groups are of three or four, and a vote takes three posters."""
    return f"{students} (deux groupes{NBSP}: pas de vote)" if students < VOTE_FROM else str(students)


def _spoken(speed: int) -> str:
    if speed == AS_IN_CLASS:
        return f"×{NBSP}1, comme en classe"
    return f"×{NBSP}{speed}, une vraie minute en vaut {speed}"
