"""Which addresses an operator's users may have Parley call: the public internet, and what the operator allows.

Without this, whoever may add an endpoint could make Parley ask machines that only Parley reaches: the loopback, the
private network, a cloud's metadata. So each address is judged when the endpoint is added and again at each connection.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_CLOSED: Final[Sequence[Network]] = tuple(
    map(
        ipaddress.ip_network,
        (
            # IANA's registries of special addresses, and those that Python's is_global takes for public ones.
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
_OPEN_6: Final = ipaddress.ip_network("2000::/3")
# Within what is public: Teredo and other protocols, documentation, 6to4, a sink, more documentation, SRv6.
_CLOSED_6: Final[Sequence[Network]] = tuple(
    map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)


class BadAddress(ValueError):
    """A URL that no endpoint can have; the message says what it must be."""


@dataclass(frozen=True, slots=True)
class Fence:
    """`allowed` are networks that may be called although they are not public, and without TLS."""

    allowed: Sequence[Network] = ()

    def permits(self, address: str) -> bool:
        """May this address be called by https? Whatever is no address may not."""
        found = _read(address)
        return found is not None and (self._allows(found) or _is_public(found))

    def permits_plain(self, address: str) -> bool:
        """May it be called without TLS as well?"""
        found = _read(address)
        return found is not None and self._allows(found)

    def _allows(self, address: Address) -> bool:
        return any(address in network for network in self.allowed)


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks of a list as in `127.0.0.1,10.0.0.0/8`. Raises ValueError with the part that is none."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"must be a list as in 127.0.0.1,10.0.0.0/8, and {text!r} is no network") from error


def split(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an endpoint's URL. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("must be a URL, as in https://example.org/hook") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise BadAddress("must be a URL, as in https://example.org/hook")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("must hold no name or password: messages are signed instead")
    if parts.fragment or port == 0:
        raise BadAddress("must be an address that can be asked: without # and with a port of at least 1")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def _read(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED)
    # What translates to or tunnels IPv4 (NAT64, 6to4, Teredo, compatible) is never public here: nobody needs it.
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)
