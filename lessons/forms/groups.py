"""What the teacher chooses about groups: buttons and lists, nothing typed."""

from django import forms

NEW = "nouveau"


class MoveForm(forms.Form):
    """Into a group by its number, into a new one, or out of any (0)."""

    participant = forms.SlugField()
    group = forms.RegexField(rf"^(\d{{1,3}}|{NEW})$")


class PinForm(forms.Form):
    participant = forms.SlugField()
    pinned = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")


class SeparateForm(forms.Form):
    one = forms.SlugField()
    other = forms.SlugField()
    separated = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")


class ReadersForm(forms.Form):
    """Who reads what in one group: a list « annexe-4 » an annexe, with the reader's public id."""

    def readers(self) -> dict[int, str]:
        """Public ids by number of the annexe; annexes left without a choice are not in it."""
        chosen = {}
        for name, value in self.data.items():
            annexe, _, number = name.partition("-")
            if annexe == "annexe" and number.isdecimal() and value:
                chosen[int(number)] = str(value)
        return chosen
