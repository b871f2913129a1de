"""What the grading page sends: the fields that changed, of one copy or of several after a cut."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.utils.datastructures import MultiValueDict

from evaluations.forms.sheet import SEEN, SheetForm
from lessons.models import Criterion

MOST = 500  # fields in one request: a class of 35 with every field of a sheet changed is 385


@dataclass(frozen=True)
class Change:
    """One field of one copy; `seen` is what the page has shown there or sent itself."""

    copy: str
    name: str
    value: str
    seen: tuple[str, ...]


def read_changes(text: str) -> dict[str, list[Change]]:
    """By copy, from [{"copy", "name", "value", "seen": […]}]. Raises BadRequest."""
    try:
        changes = [_change(**change) for change in json.loads(text)]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadRequest("changes") from error
    if len(changes) > MOST:
        raise BadRequest("changes")
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.copy, []).append(change)
    return found


def sheet_form(changes: Sequence[Change], criteria: Sequence[Criterion]) -> SheetForm:
    """The same form as the page's own, with these fields alone."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for change in changes:
        data[change.name] = change.value
        data.setlist(SEEN + change.name, list(change.seen))
    return SheetForm(data, criteria=criteria)


def _change(*, copy: str, name: str, value: str, seen: list[str]) -> Change:
    if not all(isinstance(text, str) for text in (copy, name, value, *seen)):
        raise TypeError
    return Change(copy, name, value, tuple(seen))
