"""What tells readers from robots without asking either: how long a page was looked at, and a proof of work.

A ticket says when the form was shown; who comes back at once, or long after, or without one, proves with a little work
that they mean it (hashcash, after Back 2002: a number with which SHA-256 begins with so many zero bits). Pure; what is
signed is signed with the site's seal, so that nothing needs to be stored.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

SOONEST: Final = timedelta(seconds=2)
"""Nobody writes a comment in less."""

LATEST: Final = timedelta(hours=24)
SOLVED_WITHIN: Final = timedelta(seconds=60)
BITS: Final = 14
"""Zero bits of a proof: 16,384 hashes on average, about a second of a phone."""

_TICKET: Final = re.compile(r"(\d{1,12})\.([0-9a-f]{32})")
_CHALLENGE: Final = re.compile(r"(\d{1,12})\.(\d{1,2})\.([0-9a-f]{32})\.([0-9a-f]{32})")
_PROOF: Final = re.compile(r"([0-9a-f.]{1,100}):\d{1,12}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """`text` is to be followed by a colon and a number; `bits` are the zero bits that their SHA-256 begins with."""

    text: str
    bits: int


def write_ticket(seal: bytes, thread: str, now: datetime) -> str:
    """Says that this thread's form was shown now."""
    moment = str(int(now.timestamp()))
    return f"{moment}.{_mac(seal, 'ticket', thread, moment)}"


def is_in_time(ticket: str | None, seal: bytes, thread: str, now: datetime) -> bool:
    """Was the form shown as long ago as people need to write in it?"""
    found = _TICKET.fullmatch(ticket or "")
    if found is None or not hmac.compare_digest(found[2], _mac(seal, "ticket", thread, found[1])):
        return False
    return SOONEST <= now - datetime.fromtimestamp(int(found[1]), UTC) <= LATEST


def write_challenge(seal: bytes, author: str, noise: str, now: datetime) -> Challenge:
    """Work for this author, to be done within a minute; `noise` is 32 random hex digits: no two are the same."""
    body = f"{int((now + SOLVED_WITHIN).timestamp())}.{BITS}.{noise}"
    return Challenge(f"{body}.{_mac(seal, 'challenge', author, body)}", BITS)


def solved(proof: str | None, seal: bytes, author: str, now: datetime) -> str | None:
    """The challenge that this proof solves in time, for the caller to take only once; None where it solves none."""
    found = _PROOF.fullmatch(proof or "")
    asked = _CHALLENGE.fullmatch(found[1]) if found else None
    if proof is None or asked is None:
        return None
    body = f"{asked[1]}.{asked[2]}.{asked[3]}"
    genuine = hmac.compare_digest(asked[4], _mac(seal, "challenge", author, body))
    if not genuine or now.timestamp() > int(asked[1]):
        return None
    digest = int.from_bytes(sha256(proof.encode()).digest())
    return asked[0] if digest >> (256 - int(asked[2])) == 0 else None


def _mac(seal: bytes, *said: str) -> str:
    return hmac.digest(seal, "\n".join(said).encode("utf-8", "surrogatepass"), "sha256").hex()[:32]
