"""No endpoint leads to what only Parley reaches: every way of writing a private address is known."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fence import BadAddress, Fence, read_networks, split

CLOSED = Fence()
PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8
    192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255
"""
PRIVATE_6 = """
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
    64:ff9b::808:808 64:ff9b:1::a00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
    2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1::1 2002:a9fe:a9fe:: 2002:808:808::1 2620:4f:8000::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1
    fe80::1%eth0 fec0::1 ff02::1 ff0e::1
"""
PUBLIC = "1.1.1.1 8.8.8.8 93.184.216.34 172.32.0.1 2606:4700:4700::1111 2a00:1450:4001:82b::200e ::ffff:8.8.8.8"


@pytest.mark.parametrize("address", (PRIVATE + PRIVATE_6).split())
def test_what_is_private_translated_or_for_many_is_never_called(address: str) -> None:
    assert not CLOSED.permits(address)
    assert not CLOSED.permits_plain(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_what_is_public_may_be_called_but_not_without_tls(address: str) -> None:
    assert CLOSED.permits(address)
    assert not CLOSED.permits_plain(address)


@given(st.ip_addresses())
def test_nothing_is_permitted_that_python_calls_special(address: IPv4Address | IPv6Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified
    assert not (special and CLOSED.permits(str(address)) and getattr(address, "ipv4_mapped", None) is None)


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_permitted_at_most_where_it_is_itself(address: IPv4Address) -> None:
    """Mapped it is the same; compatible, NAT64, 6to4 and ISATAP it never is."""
    number = int(address)
    assert CLOSED.permits(f"::ffff:{address}") is CLOSED.permits(str(address))
    others = (
        number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        (0xFE80 << 112) | (0x5EFE << 32) | number,
    )
    assert not any(CLOSED.permits(str(IPv6Address(other))) for other in others)


@given(st.text())
def test_what_is_no_address_is_not_called(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not CLOSED.permits(text)


def test_the_operator_opens_it_for_some() -> None:
    fence = Fence(read_networks("127.0.0.1, 10.0.0.0/8,fd00::/8"))
    assert all(map(fence.permits_plain, ("127.0.0.1", "10.9.9.9", "::ffff:10.9.9.9", "fd00::7")))
    assert not any(map(fence.permits, ("127.0.0.2", "169.254.169.254", "::1", "10.0.0.1.example.org")))
    with pytest.raises(ValueError, match=r"'10\.0\.0\.1/8' is no network"):
        read_networks("10.0.0.1/8")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https:///x",
        "https://u:p@example.org/",
        "https://example.org/#x",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://[::1",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_what_cannot_be_asked_is_no_endpoint(url: str) -> None:
    with pytest.raises(BadAddress, match=r"^must"):
        split(url)


def test_an_endpoint_has_a_scheme_a_host_and_a_port() -> None:
    assert split("https://example.org/a?b=c") == ("https", "example.org", 443)
    assert split("http://[::1]:8080/") == ("http", "::1", 8080)
