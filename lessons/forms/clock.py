"""What the teacher chooses about the time of a part and of a student."""

from typing import Any

from django import forms

from lessons.forms.plain_form import PlainForm
from lessons.models import Participant
from lessons.rules import clock


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
