"""Accounts, and the memory of wrong passwords."""

from datetime import datetime
from pathlib import Path
from secrets import compare_digest, token_urlsafe

from django.conf import settings
from django.utils.crypto import salted_hmac

from metroloco_site.accounts import rules
from metroloco_site.accounts.models import SignInThrottle, User


def first_link_token() -> str | None:
    """The token of the one-time link, kept in the data folder while there is no account; None after."""
    path = _token_file()
    if User.objects.exists():
        path.unlink(missing_ok=True)
        return None
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(token_urlsafe(24), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def is_first_link(token: str) -> bool:
    """True for the one-time link, while there is no account."""
    known = first_link_token()
    return known is not None and compare_digest(known.encode(), token.encode())


def create_first_account(*, username: str, password: str) -> User:
    """The first teacher, who also looks after the accounts; the one-time link is spent."""
    user = User.objects.create_user(username, password, is_staff=True)
    _token_file().unlink(missing_ok=True)
    return user


def may_sign_in(*, username: str, now: datetime, here: bool = False) -> bool:
    """False while this account name waits after wrong passwords; else one try, counted as wrong until it is right.

    Counted before the password is looked at, so that many tries sent in the same instant are not one.
    `here`: typed on the server's own machine, where wrong tries from the classroom count for nothing.
    """
    SignInThrottle.objects.filter(last_failure_at__lt=now - rules.FORGOTTEN_AFTER).delete()
    key = _name_key(username, here=here)
    _, first = SignInThrottle.objects.get_or_create(
        name_key=key, defaults={"failures": 1, "last_failure_at": now}
    )
    known = SignInThrottle.objects.select_for_update().filter(name_key=key).first()
    if first or known is None:  # gone in the meantime: somebody has just signed in
        return True
    if not rules.may_try(known.failures, known.last_failure_at, now):
        return False
    known.failures, known.last_failure_at = known.failures + 1, now
    known.save(update_fields=["failures", "last_failure_at"])
    return True


def sign_in_succeeded(*, username: str, here: bool = False) -> None:
    """Forgets the wrong passwords of this account name."""
    SignInThrottle.objects.filter(name_key=_name_key(username, here=here)).delete()


def _name_key(username: str, *, here: bool) -> str:
    salt = "accounts.throttle.here" if here else "accounts.throttle"
    return salted_hmac(salt, username.casefold(), algorithm="sha256").hexdigest()


def _token_file() -> Path:
    return Path(settings.DATA_DIR) / "first-account-link"
