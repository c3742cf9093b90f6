"""Signatures of Standard Webhooks 1.0.0: who sent a message, and that nobody changed it on the way.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOLERANCE: Final = timedelta(minutes=5)
"""How far a message's clock may be from ours, either way."""

SHORTEST_SECRET: Final = 24
LONGEST_SECRET: Final = 64
"""Bytes of a shared secret."""

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"

_SEED: Final = 32


class Scheme(StrEnum):
    """v1 is HMAC-SHA256 with a secret that both sides have; v1a is ed25519, so that a receiver cannot sign itself."""

    V1 = "v1"
    V1A = "v1a"


PREFIX: Final[Mapping[Scheme, str]] = {Scheme.V1: "whsec_", Scheme.V1A: "whsk_"}
"""How a secret begins; the public half of a `whsk_` begins with `whpk_`."""

_PUBLIC: Final = "whpk_"


class BadSecret(ValueError):
    """A text that is no secret of Standard Webhooks."""

    def __str__(self) -> str:
        return (
            f"must be `whsec_` and the base64 of {SHORTEST_SECRET} to {LONGEST_SECRET} random bytes, "
            "or `whsk_` and the base64 of an ed25519 key"
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """What messages are signed with: the bytes shared with a receiver, or the seed of an ed25519 key."""

    scheme: Scheme
    key: bytes

    @classmethod
    def of(cls, scheme: Scheme, noise: bytes) -> "Secret":
        """A secret made of 32 random bytes."""
        assert len(noise) == _SEED
        return cls(scheme, noise)

    @classmethod
    def read(cls, text: str) -> "Secret":
        """The secret that `text` writes down. Raises BadSecret."""
        for scheme, prefix in PREFIX.items():
            if text.startswith(prefix):
                return cls(scheme, _key(scheme, _decode(text.removeprefix(prefix))))
        raise BadSecret

    @property
    def text(self) -> str:
        """How it is written down. An ed25519 key has its public half behind it, as libsodium and Svix write it."""
        key = self.key if self.scheme is Scheme.V1 else self.key + _public(self.key)
        return PREFIX[self.scheme] + base64.b64encode(key).decode()

    @property
    def shown_to_receivers(self) -> str:
        """What a receiver needs to verify: the shared secret itself, or the public half."""
        if self.scheme is Scheme.V1:
            return self.text
        return _PUBLIC + base64.b64encode(_public(self.key)).decode()

    def sign(self, message: bytes) -> str:
        """One signature, as in `v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=`."""
        raw = _hmac(self.key, message) if self.scheme is Scheme.V1 else _private(self.key).sign(message)
        return f"{self.scheme},{base64.b64encode(raw).decode()}"


def sign(secrets: Sequence[Secret], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of an attempt at `at`; one signature for each secret, so that old and new ones verify."""
    timestamp = str(int(at.timestamp()))
    signed = _signed(message_id, timestamp, body)
    return {ID: message_id, TIMESTAMP: timestamp, SIGNATURE: " ".join(secret.sign(signed) for secret in secrets)}


def verify(secrets: Sequence[Secret], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Did somebody who has one of the shared secrets send exactly this, within the tolerance? Junk is a no.

    `headers` are looked up by lower-case names. Each comparison takes as long whatever is compared.
    """
    message_id, timestamp, given = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    signed = _signed(message_id, timestamp, body)
    expected = [secret.sign(signed).encode() for secret in secrets if secret.scheme is Scheme.V1]
    offered = [one.encode("utf-8", "surrogatepass") for one in given.split(" ")]
    return any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in offered)


def _signed(message_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadSecret from error


def _key(scheme: Scheme, raw: bytes) -> bytes:
    if scheme is Scheme.V1:
        if not SHORTEST_SECRET <= len(raw) <= LONGEST_SECRET:
            raise BadSecret
        return raw
    seed = raw[:_SEED]
    if len(raw) not in (_SEED, 2 * _SEED) or raw[_SEED:] not in (b"", _public(seed)):
        raise BadSecret
    return seed


def _public(seed: bytes) -> bytes:
    return _private(seed).public_key().public_bytes_raw()


def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
