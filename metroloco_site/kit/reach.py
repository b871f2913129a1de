"""The address of this installation: the one that students can open, and those that our own pages come from."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from metroloco_site.kit.network import is_loopback, served_addresses

STANDARD_PORTS = {"http": 80, "https": 443}
WRONG = (
    "METROLOCO_ORIGIN={said}\u00a0: écrivez l’adresse que les élèves ouvrent, par exemple https://classe.exemple.fr "
    "ou http://192.168.1.20:8000, sans rien après. Le programme ne démarre pas."
)


def read_origin(said: str) -> str:
    """The setting METROLOCO_ORIGIN as a browser says it in « Origin », "" if it is not set.

    Raises SystemExit if it is no origin.
    """
    if not said:
        return ""
    try:
        parts = urlsplit(said.strip())
        name = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        raise SystemExit(WRONG.format(said=said)) from None
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in STANDARD_PORTS or not name or more:
        raise SystemExit(WRONG.format(said=said))
    shown = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{shown}" + (
        f":{port}" if port not in (None, STANDARD_PORTS[parts.scheme]) else ""
    )


@dataclass(frozen=True)
class Reach:
    """`origin`: what to project and print; `by_others`: other machines can open it, as far as this one knows."""

    origin: str
    by_others: bool

    @property
    def shown(self) -> str:
        """Without « http:// », as it is copied from the board."""
        return self.origin.split("://")[1]


def reach(request: HttpRequest) -> Reach:
    """What students open, whatever the teacher's own browser says: « localhost » leads each device to itself."""
    if settings.ORIGIN:
        return Reach(settings.ORIGIN, not is_loopback(urlsplit(settings.ORIGIN).hostname or ""))
    host, port = split_domain_port(request.get_host())
    own = f"{request.scheme}://{request.get_host()}"
    if not is_loopback(host):
        return Reach(own, by_others=True)
    found = served_addresses(settings.HOST)
    if not found:
        return Reach(own, by_others=False)
    return Reach(f"{request.scheme}://{found[0]}" + (f":{port}" if port else ""), by_others=True)


def is_ours(origin: str, asked: str) -> bool:
    """True if a page of ours is what a browser names; `asked`: the origin under which this request came.

    A proxy may pass the host without its port, or over plain HTTP: then the setting tells where pages come from.
    """
    return origin == asked or (bool(settings.ORIGIN) and origin == settings.ORIGIN)
