"""What this machine is called on the local network."""

import ipaddress
import socket

import ifaddr


def local_addresses() -> list[str]:
    """IPv4 addresses of this machine that others can reach, private ones first."""
    found = {
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4 and not ipaddress.ip_address(str(ip.ip)).is_loopback
    }
    return sorted(found, key=lambda ip: (not ipaddress.ip_address(ip).is_private, ip))


def local_hosts() -> list[str]:
    """Every host name under which a browser may ask this machine (Django's ALLOWED_HOSTS)."""
    name = socket.gethostname().lower()
    return ["localhost", "127.0.0.1", "[::1]", name, f"{name.split('.')[0]}.local", *local_addresses()]
