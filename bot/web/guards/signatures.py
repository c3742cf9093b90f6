"""Is it signed by somebody who knows the secret, and just now? Pure, and in constant time."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

TOLERANCE: Final = timedelta(minutes=5)
"""By so much another system's clock may differ, or a delivery be under way."""

_MOST_SIGNATURES: Final = 10
_LONGEST_STAMP: Final = 12


def hexadecimal(message: bytes, secret: str, scheme: str = "sha256=") -> str:
    """The HMAC-SHA256 of a message as most systems write it."""
    return scheme + hmac.digest(secret.encode("utf-8", "replace"), message, "sha256").hex()


def standard(message: bytes, secret: str) -> str | None:
    """A signature of Standard Webhooks 1.0 with a symmetric secret (`whsec_` and base64); None for no such secret."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return "v1," + base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def several(header: str, separator: str) -> list[str]:
    """The signatures of a header that may hold more than one, while its sender changes from one secret to the next."""
    return [one.strip() for one in header.split(separator, _MOST_SIGNATURES)]


def is_one_of(given: Iterable[str], wanted: Iterable[str | None]) -> bool:
    """Is any of the signatures one that is wanted? Every pair is compared, so that time tells nothing."""
    expected = [one.encode() for one in wanted if one is not None]
    return sum(hmac.compare_digest(one.encode("utf-8", "replace"), other) for one in given for other in expected) > 0


def is_fresh(stamp: str, now: datetime) -> bool:
    """Are these seconds since 1970, and within the tolerance?"""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > _LONGEST_STAMP:
        return False
    return abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
