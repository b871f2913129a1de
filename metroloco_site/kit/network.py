"""What this machine is called on the local network, now: its address changes with the Wi-Fi."""

import ipaddress
import socket
import time
from collections.abc import Iterator

import ifaddr

LOOKED_S = 5.0  # an address that is not known is looked for again after so long
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - what HOST says by default
ELSEWHERE = ("198.51.100.1", 9)  # kept for documents (RFC 5737): nobody's


def is_loopback(host: str) -> bool:
    """True for a name that leads every machine to itself; `host` without its port."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def served_addresses(host: str) -> list[str]:
    """Where others reach a server that listens on `host` (the setting HOST), the likeliest first."""
    if host in EVERY_ADDRESS:
        return local_addresses()
    return [] if is_loopback(host) else [host]


def local_addresses() -> list[str]:
    """IPv4 addresses of this machine that others can reach: the one that leads out first, then private ones."""
    found = {
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4 and not ipaddress.ip_address(str(ip.ip)).is_loopback
    }
    out = _way_out()  # beside it may stand those of virtual machines and containers, which no pupil reaches
    return sorted(found, key=lambda ip: (ip != out, not ipaddress.ip_address(ip).is_private, ip))


def _way_out() -> str:
    """The address with which this machine would speak to others, "" without a network. Sends nothing (UDP)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(ELSEWHERE)
        except OSError:
            return ""
        return str(trial.getsockname()[0])


class Addresses:
    """This machine's addresses, looked up again when somebody asks under one that is not known."""

    def __init__(self) -> None:
        self._known: list[str] = []
        self._looked = -LOOKED_S

    def __iter__(self) -> Iterator[str]:
        yield from self._known
        if time.monotonic() - self._looked >= LOOKED_S:
            self._looked = time.monotonic()
            self._known = local_addresses()
            yield from self._known


addresses = Addresses()


class Hosts(list[str]):
    """Every host name under which a browser may ask this machine (Django's ALLOWED_HOSTS).

    Written names, then the addresses of the moment: a laptop that changes its Wi-Fi in the middle of the
    day answers under its new address without being started again.
    """

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        yield from addresses


def local_hosts(*more: str) -> Hosts:
    """This machine's names, and those that the settings add."""
    name = socket.gethostname().lower()
    return Hosts(["localhost", "127.0.0.1", "[::1]", name, f"{name.split('.')[0]}.local", *more])


def is_this_machine(address: str) -> bool:
    """True if a request comes from the server's own machine. Behind a proxy of ours, all of them do."""
    return address in ("127.0.0.1", "::1") or address in addresses
