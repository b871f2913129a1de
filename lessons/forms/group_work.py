"""What a member of a group asks for: one small form an action, and the whole work without JavaScript."""

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from lessons.rules import poster

MOST_TEXTS = 80
_ANNEXE = re.compile(r"[1-9][0-9]{0,2}")


class RotateForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=10_000)


class HandForm(forms.Form):
    """« Je la prends », or « Confier »."""

    annexe = forms.IntegerField(min_value=1, max_value=1000)
    to = forms.SlugField()


class SwapForm(forms.Form):
    one = forms.IntegerField(min_value=1, max_value=1000)
    other = forms.IntegerField(min_value=1, max_value=1000)


@dataclass(frozen=True)
class Work:
    """What the form changed: of each text what its page showed and what it says now, ticks, the look."""

    texts: dict[str, tuple[str, str]]
    passed: dict[str, bool]
    look: dict[str, str]


def read_work(post: QueryDict) -> Work:
    """Fields that no page of ours sends are left aside. Raises BadRequest."""
    texts = {
        name: (str(post[f"base-{name}"]), str(post[name]))
        for name in post
        if poster.is_text(name) and f"base-{name}" in post
    }
    if len(texts) > MOST_TEXTS or any(len(text) > 2 * poster.MAX_TEXT for _, text in texts.values()):
        raise BadRequest("texts")
    return Work(texts, _ticks(post), _look(post))


def _ticks(post: QueryDict) -> dict[str, bool]:
    """« C’est transmis »: only those that this page has changed, or an old page would undo another's tick."""
    if "ticks" not in post:
        return {}
    was, now = set(post.getlist("was-transmis")), set(post.getlist("transmis"))
    return {number: number in now for number in was ^ now if _ANNEXE.fullmatch(number)}


def _look(post: QueryDict) -> dict[str, str]:
    """The three choices that differ from what this page showed."""
    asked = {name: str(post.get(f"forme-{name}", "")) for name in poster.look({})}
    known = poster.look(dict(asked))
    return {
        name: value
        for name, value in asked.items()
        if value and value == known[name] and value != post.get(f"was-forme-{name}")
    }
