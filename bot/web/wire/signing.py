"""What the desk's page sends and gets about signing in."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from bot.moderator import SHORTEST_PASSWORD, Session, SignInRecord
from bot.web.wire.answered import Json, write_moment
from bot.web.wire.asked import Asked, Name


def _storable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("must not hold half a character") from error
    return text


Password = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_storable)]
NewPassword = Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=1000), AfterValidator(_storable)]


class SignInAsked(Asked):
    """Either the secret part of a link, or a name with its password."""

    link: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    name: Name | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_password = self.name is not None and self.password is not None
        if (self.link is None) != by_password or (self.link is not None and (self.name or self.password)):
            raise ValueError('needs either "link", or "name" and "password"')
        return self


class PasswordAsked(Asked):
    """A new password."""

    password: NewPassword


class SignOutAsked(Asked):
    """Signing out here, or wherever the moderator is signed in."""

    everywhere: bool = False


def write_session(session: Session, trail: list[SignInRecord]) -> Json:
    """Who is signed in: the role on each site, and the newest lines of their trail."""
    return {
        "name": session.moderator.name,
        "sites": dict(session.moderator.roles),
        "has_password": session.moderator.has_password,
        "sign_ins": [{"event": line.event, "at": write_moment(line.at), "address": line.address} for line in trail],
    }
