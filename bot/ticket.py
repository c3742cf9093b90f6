"""Tickets: what a link in a notice is good for. One decision about one comment as it stood when the notice was written.

A ticket names the endpoint that it was given to, the comment, and how long the comment's audit trail was. So whatever
is decided in the meantime, by whoever, uses it up: no list of used ones is kept. It is sealed with HMAC-SHA256 by the
endpoint's own secret, over the site's name and all that it says.
"""

import base64
import binascii
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.signature import Secret

GOOD_FOR: Final = timedelta(days=7)
"""How long a ticket can be used."""

_FORM: Final = struct.Struct(">QQIQ")
_SEAL: Final = 16
# So that no seal can be taken for the signature of anything else that the secret signs.
_PURPOSE: Final = b"parley ticket 1\0"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Ticket:
    """The decision that may be taken. `lines` is how long the comment's trail was; `until` is in whole seconds."""

    endpoint: int
    comment: int
    lines: int
    until: datetime

    def sealed(self, site: str, secret: Secret) -> str:
        """The ticket as it stands in a link."""
        said = _FORM.pack(self.endpoint, self.comment, self.lines, int(self.until.timestamp()))
        return base64.urlsafe_b64encode(said + _seal(site, secret, said)).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ticket that somebody showed, before it is known whether Parley sealed it."""

    ticket: Ticket
    said: bytes
    seal: bytes

    @classmethod
    def read(cls, text: str) -> "Sealed | None":
        """What `text` holds; None where it is no ticket at all."""
        if len(text) > _LONGEST:
            return None
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        said, seal = raw[:-_SEAL], raw[-_SEAL:]
        if len(said) != _FORM.size:
            return None
        endpoint, comment, lines, until = _FORM.unpack(said)
        try:
            return cls(Ticket(endpoint, comment, lines, datetime.fromtimestamp(until, UTC)), said, seal)
        except (ValueError, OverflowError, OSError):
            return None

    def is_of(self, site: str, secrets: Iterable[Secret]) -> bool:
        """Was it sealed for that site with one of these secrets? Each comparison takes as long whatever is compared."""
        return sum(hmac.compare_digest(self.seal, _seal(site, secret, self.said)) for secret in secrets) > 0


def _seal(site: str, secret: Secret, said: bytes) -> bytes:
    return hmac.digest(secret.key, _PURPOSE + site.encode() + b"\0" + said, "sha256")[:_SEAL]
