"""The words of signing in: who may work which site's queue, the link that lets them in, the session that follows.

Pure: whether a link or a session is still good is asked with `now`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LINK_KEPT: Final = timedelta(hours=24)
"""How long a link to sign in waits to be used, once."""

SESSION_IDLE: Final = timedelta(days=7)
"""A session that nobody used for so long is over."""

SESSION_LONGEST: Final = timedelta(days=30)
"""Every session is over after this, however much it is used."""

SHORTEST_PASSWORD: Final = 12
"""Characters; long beats complicated."""


class Role(StrEnum):
    """What a moderator may do on a site; an admin also changes its policy."""

    MODERATOR = "moderator"
    ADMIN = "admin"


class SignInEvent(StrEnum):
    """What the trail of sign-ins tells."""

    LINK_MADE = "link_made"
    LINK_USED = "link_used"
    PASSWORD_USED = "password_used"  # noqa: S105 - the name of an event
    PASSWORD_WRONG = "password_wrong"  # noqa: S105
    PASSWORD_SET = "password_set"  # noqa: S105
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person with a role on one or more sites; `has_password` tells whether they can sign in without a link."""

    name: str
    roles: Mapping[str, Role]
    has_password: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody signed in with; `token_hash` stands for the secret that only the browser has."""

    token_hash: bytes
    moderator: Moderator
    created_at: datetime
    seen_at: datetime

    def is_good(self, now: datetime) -> bool:
        """May it still be used?"""
        return now < self.seen_at + SESSION_IDLE and now < self.created_at + SESSION_LONGEST


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """One line of a moderator's trail of sign-ins; `address` is where it came from, None from the command line."""

    moderator: str
    event: SignInEvent
    at: datetime
    address: str | None
