"""What addresses mean: who can reach them, who asks from them, and where a page is."""

import ipaddress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_OF_A_SUBSCRIBER: Final = 64


def is_loopback(host: str) -> bool:
    """Does this name or address always mean the machine itself?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def subscriber_of(address: str) -> str:
    """Who asks from a network address, as far as that can be told; what is no address stands for itself.

    Of IPv6 the first 64 bits count: whoever has one of the addresses that begin so has all of them.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), _OF_A_SUBSCRIBER), strict=False))


class Origin(NamedTuple):
    """Where a page is: the scheme of its address, and the host with its port."""

    scheme: str
    host: str


def origin_of(url: str) -> Origin | None:
    """The origin of an address; None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return Origin(parts.scheme, parts.netloc)
