"""What both sides of a connection must know: the secret that one of them makes up, and the address to send to."""

import base64
import secrets
from typing import Final

from bot.arrival import GIVER, Giver, System

_STANDARD_BYTES: Final = range(24, 65)


class SecretUnfit(ValueError):
    """A secret is missing, not wanted, or not of the kind that the system uses; the sentence says which."""


def secret_for(system: System, given: str | None) -> str | None:
    """The secret to keep: the one that was given, or one that nobody has seen; None where the system signs nothing.

    Raises SecretUnfit.
    """
    giver = GIVER[system]
    if giver is Giver.NOBODY:
        if given is not None:
            raise SecretUnfit(f"{system} signs nothing, so it has no secret.")
        return None
    if given is None:
        if giver is Giver.SYSTEM:
            raise SecretUnfit(f"{system} makes up its own secret; give the one that it shows.")
        return _fresh(system)
    if system is System.STANDARD and not _is_standard(given):
        raise SecretUnfit("A secret of Standard Webhooks is whsec_ and the base64 of 24 to 64 bytes.")
    return given


def address_of(system: System, token: str) -> str:
    """Where the system sends to, below the address that Parley is found by."""
    return f"/v1/inbound/{system}/{token}"


def _fresh(system: System) -> str:
    if system is System.STANDARD:
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)


def _is_standard(secret: str) -> bool:
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) in _STANDARD_BYTES
    except ValueError:
        return False
