"""What a network address means for who can reach it."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Does this name or address always mean the machine itself?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
