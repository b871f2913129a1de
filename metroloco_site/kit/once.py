"""The same form sent twice makes one thing (docs/decisions/0028-one-thing-a-form.md).

A form that makes something carries a number of its own. With what its fields say it makes a key, kept on the row
that was made; for two minutes the same key gives that row again.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.core.signing import BadSignature, Signer
from django.db import models
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FIELD = "numero"
GOOD_FOR = timedelta(minutes=2)
SALT = "metroloco.once"
MARK = "~"  # between our number and what a page that came back drew for itself (lib/once.js)
MOST_DRAWN = 32  # signs
NOT_SAID = (FIELD, "csrfmiddlewaretoken")


class MadeOnce(models.Model):
    """What a form makes: `once` is the key of the press that made it, NULL where nothing was pressed."""

    once = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - NULL: no key
    once_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


Made = TypeVar("Made", bound=MadeOnce)


@dataclass(frozen=True)
class Press:
    """A form that was sent: its key, and when it came."""

    key: str
    at: datetime

    @property
    def columns(self) -> dict[str, object]:
        """What the row that it makes keeps of it."""
        return {"once": self.key, "once_at": self.at}


def new_number() -> str:
    """For one form of one page."""
    return Signer(salt=SALT).sign(secrets.token_urlsafe(16))


def key_of(number: str, says: Iterable[tuple[str, str]]) -> str | None:
    """One key for this number with these fields, in whatever order; None for a number that no page of ours gave."""
    given, _, drawn = number.partition(MARK)
    if len(drawn) > MOST_DRAWN:
        return None
    try:
        Signer(salt=SALT).unsign(given)
    except BadSignature:
        return None
    return salted_hmac(SALT, json.dumps([number, sorted(says)]), algorithm="sha256").hexdigest()


def press(request: HttpRequest, at: datetime, by: str = "") -> Press | None:
    """The form that was sent to this address by this account; None without a number of ours."""
    sent = [
        (name, value) for name, values in request.POST.lists() for value in values if name not in NOT_SAID
    ]
    files = [
        (name, f"{file.name} {file.size}") for name in request.FILES for file in request.FILES.getlist(name)
    ]
    key = key_of(request.POST.get(FIELD, ""), [(request.path, by), *sent, *files])
    return Press(key, at) if key else None


def made_by(model: type[Made], press: Press | None) -> Made | None:
    """What the same press has made already; after two minutes its number makes something new.

    To be asked while the press before it is waited for: a row that both need is locked, or the unique key decides.
    """
    if press is None:
        return None
    rows = model._default_manager.filter(once=press.key)  # noqa: SLF001 - Django's documented way
    found = rows.first()
    if found is None or found.once_at is None or press.at - found.once_at <= GOOD_FOR:
        return found
    rows.update(once=None, once_at=None)
    return None
