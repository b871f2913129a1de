"""What a member of a group asks for: one small form an action."""

from django import forms


class RotateForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=10_000)


class HandForm(forms.Form):
    """« Je la prends », or « Confier »."""

    annexe = forms.IntegerField(min_value=1, max_value=1000)
    to = forms.SlugField()


class SwapForm(forms.Form):
    one = forms.IntegerField(min_value=1, max_value=1000)
    other = forms.IntegerField(min_value=1, max_value=1000)
