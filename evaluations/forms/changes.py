"""What a grading page sends: the fields that changed, of one copy or poster, or of several after a cut."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.utils.datastructures import MultiValueDict

from evaluations.forms.sheet import SEEN

OF_GROUP = "groupe:"  # no public id has this sign
MOST = 500  # fields in one request: a class of 35 with every field of a sheet changed is 385
LONGEST_NUMBER = 6


@dataclass(frozen=True)
class Change:
    """One field of one copy; `seen` is what the page has shown there or sent itself.

    `copy`: a participant's public id, or « groupe:3 » for the poster of a group.
    """

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


def as_sent(changes: Sequence[Change]) -> MultiValueDict[str, str]:
    """As the page's own form would send these fields alone."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for change in changes:
        data[change.name] = change.value
        data.setlist(SEEN + change.name, list(change.seen))
    return data


def _change(*, copy: str, name: str, value: str, seen: list[str]) -> Change:
    if not all(isinstance(text, str) for text in (copy, name, value, *seen)):
        raise TypeError
    return Change(copy, name, value, tuple(seen))


def group_of(copy: str) -> int:
    """The group whose poster it is; 0 for a student's copy."""
    number = copy.removeprefix(OF_GROUP)
    return int(number) if number != copy and number.isdecimal() and len(number) < LONGEST_NUMBER else 0
