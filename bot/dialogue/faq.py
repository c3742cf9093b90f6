"""A site's FAQ as people write it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Line = Annotated[str, Field(min_length=1, max_length=2000)]


class Intent(_Document):
    """What readers may want to know, how they ask for it, and what they are told."""

    id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9_]+$")]
    questions: Annotated[tuple[Line, ...], Field(min_length=1, max_length=1000)]
    answer: Line
    actions: tuple[str, ...] = ()


class Faq(_Document):
    """The whole document."""

    intents: Annotated[tuple[Intent, ...], Field(min_length=1, max_length=500)]
    fallback: Line = "I do not know that."
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    words: dict[str, str] = {}
