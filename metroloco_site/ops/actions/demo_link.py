"""The demonstration's door: no account to make, one link that signs in once."""

from pathlib import Path
from secrets import compare_digest, token_urlsafe

from django.conf import settings

from metroloco_site.accounts.models import User


def new_link() -> str:
    """The token of the link, readable by its owner alone until it is used."""
    token = token_urlsafe(24)
    path = _file()
    path.touch(mode=0o600)
    path.write_text(token, encoding="ascii")
    return token


def spend(token: str) -> User | None:
    """The demonstration's teacher, once; None if the link is another one or was used."""
    path = _file()
    try:
        if not compare_digest(path.read_bytes(), token.encode()):
            return None
        path.unlink()
    except FileNotFoundError:  # used before, or by another at this instant
        return None
    return User.objects.get()


def _file() -> Path:
    return Path(settings.DATA_DIR) / "demo-link"
