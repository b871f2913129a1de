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


def may_sign_in(*, username: str, now: datetime) -> bool:
    """False while this account name waits after wrong passwords."""
    throttle = SignInThrottle.objects.filter(name_key=_name_key(username)).first()
    return throttle is None or rules.may_try(throttle.failures, throttle.last_failure_at, now)


def sign_in_failed(*, username: str, now: datetime) -> None:
    """Counts a wrong password, and forgets those of more than an hour ago."""
    SignInThrottle.objects.filter(last_failure_at__lt=now - rules.FORGOTTEN_AFTER).delete()
    throttle, _ = SignInThrottle.objects.get_or_create(
        name_key=_name_key(username), defaults={"last_failure_at": now}
    )
    throttle.failures += 1
    throttle.last_failure_at = now
    throttle.save()


def sign_in_succeeded(*, username: str) -> None:
    """Forgets the wrong passwords of this account name."""
    SignInThrottle.objects.filter(name_key=_name_key(username)).delete()


def _name_key(username: str) -> str:
    return salted_hmac("accounts.throttle", username.casefold(), algorithm="sha256").hexdigest()


def _token_file() -> Path:
    return Path(settings.DATA_DIR) / "first-account-link"
