"""What our forms share: the template writes the tag and the button."""

from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms


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
