"""What a conversation remembers between two utterances: small, frozen, and JSON for whoever keeps it."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict


class Expects(StrEnum):
    """What the bot's last words asked for."""

    NOTHING = "nothing"
    SLOT = "slot"
    CONFIRMATION = "confirmation"
    HAND_OVER = "hand_over"


class Conversation(BaseModel):
    """The state after a reply; `Conversation()` is a new one.

    `intent` is what is talked about, with the `slots` filled so far; `slot` is what was asked for, `asked` how often.
    `question` is what could not be answered, for a person to read; `offered` the intents that were suggested.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: int = 0
    expects: Expects = Expects.NOTHING
    intent: str | None = None
    slots: dict[str, str] = {}
    slot: str | None = None
    asked: int = 0
    question: str | None = None
    offered: tuple[str, ...] = ()
    said: str | None = None

    def to_json(self) -> str:
        """Small JSON; what is as in a new conversation is left out."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, kept: str | bytes) -> Self:
        """Raises ValueError where it is none."""
        return cls.model_validate_json(kept)
