"""What this machine is called on the local network, now: its address changes with the Wi-Fi."""

import ipaddress
import socket
import time
from collections.abc import Iterator

import ifaddr

LOOKED_S = 5.0  # an address that is not known is looked for again after so long


def local_addresses() -> list[str]:
    """IPv4 addresses of this machine that others can reach, private ones first."""
    found = {
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4 and not ipaddress.ip_address(str(ip.ip)).is_loopback
    }
    return sorted(found, key=lambda ip: (not ipaddress.ip_address(ip).is_private, ip))


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
