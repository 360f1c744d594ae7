"""Which machines a web address may lead to: names are resolved once, and only the public internet is let through."""

from __future__ import annotations

import ipaddress
import socket

from automl.errors import DataError

__all__ = ["allowed_addresses"]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV4_BITS = 0xFFFFFFFF


def allowed_addresses(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """Resolve a host to numeric addresses, in the order to try them.

    Whoever connects must use these addresses and not the name again, which may lead elsewhere a moment later.

    Raises
    ------
    DataError
        If the host is not known; or if any of its addresses belongs to this machine, a private network or another
        special range, unless ``allow_private``.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DataError(f"The host '{host}' is not known.", "Check the address and the network.") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(map(_is_public, addresses)):
        raise DataError(
            f"The host '{host}' is not on the public internet: it is this machine or of a private network.",
            "Add --allow-private-addresses if you mean it.",
        )
    return addresses


def _is_public(address: str) -> bool:
    number = ipaddress.ip_address(address)
    reached = _carried(number) or number
    return reached.is_global and not reached.is_multicast


def _carried(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(number, ipaddress.IPv4Address):
        return None
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & _IPV4_BITS)
    return number.ipv4_mapped or number.sixtofour
