"""Where comments of other systems come from, as admins see and change it."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from bot.arrival import System
from bot.store.sources import Source
from bot.web.wire.answered import Answered, Json, write_moment
from bot.web.wire.asked import Asked, without_nul

Secret = Annotated[
    str | None,
    Field(
        min_length=8,
        max_length=1000,
        pattern=r"^[\x21-\x7e]+$",
        description="What the other system signs with. Leave it out where Parley makes it up.",
    ),
    AfterValidator(lambda secret: secret if secret is None else without_nul(secret)),
]


class SourceAsked(Asked):
    """A system that is to send the site's comments."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"system": "discourse"}]})

    system: System
    secret: Secret = None


class SourceSecretAsked(Asked):
    """One more secret for a source, beside those that it has."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    secret: Secret = None


class SourcePath(Asked):
    """The id of a source."""

    source: Annotated[int, Field(ge=0, le=2**63 - 1, examples=[1])]


class SecretPath(SourcePath):
    """The id of a source, and the number of one of its secrets."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1, examples=[1])]


class SourceAnswered(Answered):
    """A source, without its address and its secrets."""

    id: int
    system: System
    secrets: Annotated[list[int], Field(description="The numbers of its secrets.")]
    created_at: datetime


class SourcesAnswered(Answered):
    """The site's sources, oldest first."""

    items: list[SourceAnswered]


class SourceAddedAnswered(SourceAnswered):
    """A new source, with what is shown this once."""

    address: Annotated[str, Field(description="Where it sends to, below the address that Parley is found by.")]
    secret: Annotated[str | None, Field(description="To enter in the other system; null where it signs nothing.")]


class SourceSecretAnswered(Answered):
    """One more secret, shown this once."""

    number: int
    secret: str


class SourceRemovedAnswered(Answered):
    """It is gone."""

    removed: bool


def write_source(source: Source) -> Json:
    """The shape of SourceAnswered."""
    return {
        "id": source.id,
        "system": source.system,
        "secrets": list(source.secrets),
        "created_at": write_moment(source.created_at),
    }
