"""The secret behind a key: shown once, stored only as a hash."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

PREFIX = "parley_"
"""Lets people and secret scanners recognise a leaked key."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token of 256 random bits and the id that its key is listed under."""

    key_id: int
    text: str

    @classmethod
    def fresh(cls) -> "Token":
        """A token that nobody has seen.

        In letters that do not change where case is lost, and short enough to be the first label of a host's name, as
        Akismet's older clients send their key.
        """
        text = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()
        return cls(secrets.randbelow(10**9), PREFIX + text)

    @property
    def hash(self) -> bytes:
        """What the store keeps of the token."""
        return token_hash(self.text)


def token_hash(text: str) -> bytes:
    """SHA-256. A plain hash suffices: 256 random bits cannot be guessed, so there is nothing to slow down."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
