"""How readers say who they are, and the pass that they get."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from bot.identity import LONGEST, Identity, Pass
from bot.web.wire.answered import Answered, Json, write_moment
from bot.web.wire.asked import Asked, Name

GuestName = Annotated[Name, Field(max_length=60, description="What readers see.")]


class SessionAsked(Asked):
    """Who asks: a guest by a name, or a user of the site by what the site signed about them."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["name"]}, {"required": ["jwt"]}], "examples": [{"name": "Ada"}]}
    )

    name: Annotated[GuestName | None, Field(description="For a guest; with a pass of theirs, a new name.")] = None
    jwt: Annotated[
        str | None, Field(min_length=1, max_length=LONGEST, description="A JWT by one of the site's keys.")
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.name is None) == (self.jwt is None):
            raise ValueError('needs "name" or "jwt", and not both')
        return self


class WriterAnswered(Answered):
    """An author as readers see them."""

    id: Annotated[str, Field(description="Stays the same; for muting somebody. A guest's begins with `guest-`.")]
    name: str
    avatar: str | None
    role: str | None
    guest: bool


class SessionAnswered(Answered):
    """A pass: send it as `Authorization: Bearer` and keep it where only this site's pages read it."""

    token: str
    author: WriterAnswered
    ends_at: datetime


def write_writer(identity: Identity) -> Json:
    """The shape of WriterAnswered."""
    return {
        "id": identity.author.id,
        "name": identity.author.name,
        "avatar": identity.avatar,
        "role": identity.role,
        "guest": identity.is_guest,
    }


def write_session(token: str, given: Pass) -> Json:
    """The shape of SessionAnswered."""
    return {"token": token, "author": write_writer(given.identity), "ends_at": write_moment(given.ends_at)}
